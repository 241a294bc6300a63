"""Functions of one int8 value, by a table of their 256 results: what LOGISTIC and others do.

The table is computed when the code is generated, from the very numbers of the op's reference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from edgekit.ir import Graph, Op
from edgekit.ir.tensor import Array
from edgekit.ops._common import INT8_MAX, INT8_MIN
from edgekit.ops._kernel import ConstArray, KernelCall, KernelChoice
from edgekit.ops._overlap import elementwise_lead
from edgekit.targets import Target

Table = Callable[[Op, Graph], Array]

# Every int8 value, in the table's order.
EVERY: npt.NDArray[np.int64] = np.arange(INT8_MIN, INT8_MAX + 1, dtype=np.int64)


def look_up(table: Array, inputs: Sequence[Array | None]) -> Array:
    """The first input's results.

    Args:
        table: the result for every value of EVERY, int8.
        inputs: the first one is int8, of any shape.
    """
    values = inputs[0]
    assert values is not None
    result: Array = table[values.astype(np.intp) - INT8_MIN]
    return result


def table_reference(table: Table) -> Callable[[Op, Graph, Sequence[Array | None]], Array]:
    """The `reference` of an op that has a function which makes its table."""

    def reference(op: Op, graph: Graph, inputs: Sequence[Array | None]) -> Array:
        """Looked up in the table."""
        return look_up(table(op, graph), inputs)

    return reference


def table_kernel(table: Table) -> Callable[[Op, Graph, Target], KernelChoice]:
    """The `kernel` of such an op."""

    def kernel(op: Op, graph: Graph, target: Target) -> KernelChoice:
        """Portable C."""
        return lookup_kernel(op, graph, table(op, graph))

    return kernel


def lookup_kernel(op: Op, graph: Graph, table: Array) -> KernelChoice:
    """The kernel that does the same."""
    params = (("count", graph.output(op).size), ("table", ConstArray("table", table)))
    in_place = elementwise_lead(op, graph)
    return KernelChoice("lookup", "s8", (KernelCall(params),), in_place=in_place)
