"""How each tensor lies in the arena: NHWC, or as the kernels on both of its sides like it best."""

from edgekit.layout._assign import Assigned, Edge, assign, cheapest, forced, never

__all__ = ["Assigned", "Edge", "assign", "cheapest", "forced", "never"]
