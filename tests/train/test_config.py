import dataclasses
import re
from pathlib import Path

import pytest

from edgekit import train
from edgekit.errors import InputError

pytest.importorskip("pydantic")
MINIMAL = {"model": "zoo:mlp", "data": {"source": "digits"}}


def test_defaults():
    config = train.parse(MINIMAL, "x")
    assert config == train.Config("zoo:mlp", train.Data("digits"))
    assert config.training == train.Options()


def test_toml(tmp_path):
    path = tmp_path / "a.toml"
    path.write_text(
        'model = "zoo:mlp"\n[data]\nsource = "digits"\n[training]\nepochs = 7\n'
        "learning_rate = 1\n[training.augment]\nflip = true\n[log]\ntensorboard = true\n"
    )
    config = train.parse(train.read(path), str(path))
    assert config.training.epochs == 7
    assert config.training.learning_rate == 1.0
    assert config.training.augment == train.Augment(flip=True)
    assert config.log.tensorboard


@pytest.mark.parametrize(
    ("change", "message", "hint"),
    [
        ({"modell": "x"}, "unknown key in a.toml 'modell'", "'model'"),
        ({"training": {"epoch": 3}}, r"unknown key in \[training\] of a.toml 'epoch'", "'epochs'"),
        ({"training": {"augment": {"flipp": True}}}, "'flipp'", "'flip'"),
        ({"training": {"epochs": 0}}, "training.epochs: .*greater than or equal to 1", ""),
        ({"training": {"epochs": "3"}}, "training.epochs: .*valid integer", ""),
        ({"training": {"epochs": True}}, "training.epochs: .*valid integer", ""),
        ({"training": {"optimizer": "lion"}}, "training.optimizer: .*'adam'", ""),
        ({"training": {"augment": {"noise": 2}}}, "augment.noise: .*less than or equal to 1", ""),
        ({"training": 3}, "training: ", ""),
        ({"data": {"source": "x", "validation": 1.0}}, "data.validation: ", ""),
        ({"data": {}}, "data.source: is missing", ""),
    ],
)
def test_refused(change, message, hint):
    with pytest.raises(InputError, match=message) as caught:
        train.parse({**MINIMAL, **change}, "a.toml")
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["a = ", "\x00", '{"a": 1}', "a = 2020-01-01"])
def test_not_toml(tmp_path, text):
    path = tmp_path / "a.toml"
    path.write_text(text)
    with pytest.raises(InputError):
        train.parse(train.read(path), "a.toml")


@pytest.mark.parametrize("text", ["[1]", "{}", "{"])
def test_not_a_run(tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text)
    with pytest.raises(InputError, match=r"run\.json"):
        train.read(path)


def test_merged():
    values = train.merged(
        {"model": "a", "training": {"epochs": 3}},
        {"model": None, "training": {"epochs": 4, "seed": None}, "data": {"source": None}},
    )
    assert values == {"model": "a", "training": {"epochs": 4}}


def test_the_documented_config_is_one(tmp_path):
    """And names every key that there is."""
    text = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    block = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    (tmp_path / "a.toml").write_text(block[1])
    values = train.read(tmp_path / "a.toml")
    train.parse(values, "a.toml")
    for kind, found in (
        (train.Config, values),
        (train.Data, values["data"]),
        (train.Options, values["training"]),
        (train.Augment, values["training"]["augment"]),
        (train.Log, values["log"]),
    ):
        assert {field.name for field in dataclasses.fields(kind)} == set(found)
