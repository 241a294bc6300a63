"""The passes, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable

from edgekit.ir import Graph
from edgekit.passes.drop_constant_channels import drop_constant_channels
from edgekit.passes.drop_dead_ops import drop_dead_ops
from edgekit.passes.drop_reshapes import drop_reshapes
from edgekit.passes.fold_constants import fold_constants
from edgekit.passes.fuse_activations import fuse_activations
from edgekit.passes.fuse_padding import fuse_padding
from edgekit.passes.fuse_requantization import fuse_requantization

ORDER: tuple[Callable[[Graph], Graph], ...] = (
    fold_constants,
    drop_dead_ops,
    drop_reshapes,
    fuse_padding,
    fuse_requantization,
    fuse_activations,
    drop_constant_channels,
)
