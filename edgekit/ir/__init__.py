"""The network as frozen data: tensors, ops and the graph they form."""

from edgekit.ir.dtype import DType
from edgekit.ir.graph import Graph, Op
from edgekit.ir.tensor import Live, Quant, Tensor
from edgekit.ir.verify import verify_graph

__all__ = ["DType", "Graph", "Live", "Op", "Quant", "Tensor", "verify_graph"]
