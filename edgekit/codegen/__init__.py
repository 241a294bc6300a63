"""Graph + MemoryPlan + KernelChoice -> C source as text; nothing here touches the disk."""

from edgekit.codegen._emit import emit_model
from edgekit.codegen._model import Labels, ModelCode

__all__ = ["Labels", "ModelCode", "emit_model"]
