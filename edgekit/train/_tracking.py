"""Records of a training beside its run folder: TensorBoard, MLflow, energy by CodeCarbon."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgekit.errors import InputError, ToolError

if TYPE_CHECKING:
    from edgekit.train._config import Config, Log

_INSTALL = "pip install 'edgekit[tracking]'"


@dataclass(slots=True)
class Tracker:
    """What listens to a training.

    Attributes:
        callbacks: for Keras.
        energy: what CodeCarbon estimated, once the training is over; None without it.
    """

    callbacks: list[Any] = field(default_factory=list)
    energy: dict[str, Any] | None = None


@contextlib.contextmanager
def tracked(log: Log, run: Path, config: Config) -> Iterator[Tracker]:
    """The listeners that a config asks for, for the time of the block.

    Raises:
        ToolError: a package for it is not installed, or MLflow does not answer.
        InputError: CodeCarbon doesn't know the country.
    """
    tracker = Tracker()
    with contextlib.ExitStack() as stack:
        if log.tensorboard:
            tracker.callbacks.append(_tensorboard(run / "tensorboard"))
        if log.mlflow is not None:
            tracker.callbacks.append(stack.enter_context(_mlflow(log.mlflow, run, config)))
        if log.codecarbon is not None:
            stack.enter_context(_codecarbon(log.codecarbon, tracker))
        yield tracker


def _tensorboard(folder: Path) -> Any:
    import keras

    try:
        import tensorboard  # noqa: F401 - TensorFlow itself would only say so at the first epoch
    except ImportError as error:
        raise ToolError("TensorBoard is not installed", _INSTALL) from error
    return keras.callbacks.TensorBoard(str(folder), write_graph=False)


@contextlib.contextmanager
def _mlflow(uri: str, run: Path, config: Config) -> Iterator[Any]:
    try:
        import mlflow
    except ImportError as error:
        raise ToolError("MLflow is not installed", _INSTALL) from error
    import keras

    try:
        mlflow.set_tracking_uri(uri)
        mlflow.set_experiment("edgekit")
        with mlflow.start_run(run_name=run.name):
            mlflow.log_params(_flat(dataclasses.asdict(config)))
            yield keras.callbacks.LambdaCallback(
                on_epoch_end=lambda epoch, logs: mlflow.log_metrics(logs, step=epoch + 1)
            )
    except mlflow.exceptions.MlflowException as error:
        text = str(error).splitlines()[0][:300]
        raise ToolError(f"MLflow at {uri} failed: {text}", "check the URI in [log]") from error


def _flat(values: dict[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in values.items():
        name = f"{before}{key}"
        found |= _flat(value, f"{name}.") if isinstance(value, dict) else {name: value}
    return found


@contextlib.contextmanager
def _codecarbon(country: str, tracker: Tracker) -> Iterator[None]:
    try:
        from codecarbon import OfflineEmissionsTracker
    except ImportError as error:
        raise ToolError("CodeCarbon is not installed", _INSTALL) from error
    if not (len(country) == 3 and country.isalpha() and country.isupper()):
        raise InputError(f"{country!r} is no country's code", "write three letters, e.g. DEU")
    meter = OfflineEmissionsTracker(
        country_iso_code=country,
        save_to_file=False,
        log_level="critical",
        allow_multiple_runs=True,
    )
    meter.start()
    try:
        yield
    finally:
        co2_kg = meter.stop()
        found = meter.final_emissions_data
        tracker.energy = {
            "energy_kwh": float(found.energy_consumed),
            "co2_kg": None if co2_kg is None else float(co2_kg),
            "country": country,
            "how": f"CodeCarbon {found.codecarbon_version}, offline; an estimate where the "
            "processor has no power counter",
        }
