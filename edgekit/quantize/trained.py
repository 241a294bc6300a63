"""A model that was trained with int8's rounding already: converted as it is.

It was prepared by edgekit's `qat.prepare` and saved as .keras, or by TensorFlow's own
tensorflow-model-optimization (tfmot) and saved as .h5 or SavedModel. Its ranges are in its graph,
as fake-quantization ops, so it needs no data.
"""

from __future__ import annotations

from edgekit.errors import UnsupportedError
from edgekit.quantize import int8_ptq, qat
from edgekit.quantize._converter import converted, integer_converter
from edgekit.quantize._network import Network
from edgekit.quantize._prepared import is_prepared

DESCRIPTION = "int8 of a model that was trained with its rounding already, by qat.prepare or tfmot"
TRAINS = False
NEEDS_DATA = False
FOR_FIRMWARE = True

check = int8_ptq.check


def quantize(network: Network) -> bytes:
    """Convert a prepared and trained network.

    Raises:
        UnsupportedError: it was not prepared.
        InputError: a range never saw data.
    """
    if not is_prepared(network.function):
        raise UnsupportedError(
            "the model was not trained with int8's rounding: it has no fake quantization",
            "use --quantize qat, which trains it so, or int8_ptq",
        )
    if network.keras is not None:
        qat.require_data(network.keras)
    return converted(integer_converter(network.function))
