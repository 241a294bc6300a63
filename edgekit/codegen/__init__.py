"""Graph + MemoryPlan + KernelChoice -> C source as text; nothing here touches the disk."""

from edgekit.codegen._emit import emit_model
from edgekit.codegen._model import Labels, ModelCode
from edgekit.codegen._ports import Port, ports

__all__ = ["Labels", "ModelCode", "Port", "emit_model", "ports"]
