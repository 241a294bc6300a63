"""The rules of `Tensor.live`; the reader's tests break the others."""

from __future__ import annotations

import dataclasses

import pytest

from edgekit.errors import InputError
from edgekit.ir import Live, verify_graph
from tests.support.networks import residual_network


@pytest.mark.parametrize(
    "live",
    [
        Live(8, (0, 2, 3)),  # fewer than the shape has
        Live(8, (0, 1, 2, 3, 4, 4)),  # one twice
        Live(5, (0, 1, 2, 3, 4, 5)),  # one that the model's tensor lacks
        Live(8, (0, 1, 2, 3, 4, 5), ((8, 1),)),
        Live(8, (0, 1, 2, 3, 4, 5), ((5, 1),)),  # live and constant
    ],
)
def test_live_channels(live: Live) -> None:
    graph = residual_network()
    index = graph.ops[0].outputs[0]
    tensors = list(graph.tensors)
    assert tensors[index].shape[-1] == 6
    tensors[index] = dataclasses.replace(
        tensors[index], live=Live(8, (0, 2, 3, 4, 5, 7), ((1, -3),))
    )
    verify_graph(dataclasses.replace(graph, tensors=tuple(tensors)))
    tensors[index] = dataclasses.replace(tensors[index], live=live)
    with pytest.raises(InputError, match="channels"):
        verify_graph(dataclasses.replace(graph, tensors=tuple(tensors)))
