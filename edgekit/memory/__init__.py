"""Where every activation lives in the arena, and the proof that none overwrites another."""

from edgekit.memory._order import least_order
from edgekit.memory._plan import Allocation, Buffer, MemoryPlan
from edgekit.memory._planning import plan_memory
from edgekit.memory._ranges import buffers_of, layout_of, live_bytes, overlaps_of, with_kept
from edgekit.memory._verify import verify_plan

__all__ = [
    "Allocation",
    "Buffer",
    "MemoryPlan",
    "buffers_of",
    "layout_of",
    "least_order",
    "live_bytes",
    "overlaps_of",
    "plan_memory",
    "verify_plan",
    "with_kept",
]
