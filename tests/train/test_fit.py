import dataclasses

import numpy as np
import pytest

from edgekit import datasets, train
from edgekit.datasets import Dataset, Form, Samples
from edgekit.errors import InputError, UnsupportedError
from edgekit.train import Augment, Options
from tests.support.tensorflow import needs_tensorflow

pytestmark = needs_tensorflow
OPTIONS = Options(epochs=3, batch_size=16, learning_rate=0.01)


def network(classes=3, activation="softmax", dropout=0.2):
    """A small network whose dropout makes it depend on the seed's state."""
    import keras

    keras.utils.set_random_seed(3)
    inputs = keras.Input((4,))
    x = keras.layers.Dense(8, name="body")(inputs)
    x = keras.layers.BatchNormalization(momentum=0.9, name="norm")(x)
    x = keras.layers.Dropout(dropout)(keras.layers.ReLU()(x))
    outputs = keras.layers.Dense(classes, activation=activation, name="head")(x)
    return keras.Model(inputs, outputs)


def blobs(count=96, classes=3) -> Dataset:
    """Points about a corner per class."""
    random = np.random.default_rng(0)
    y = np.arange(count) % classes
    x = (np.eye(4)[y] * 3 + random.normal(0, 0.3, (count, 4))).astype(np.float32)
    parts = [Samples("blobs", x[i::4], y[i::4], total=count) for i in range(4)]
    rest = Samples("blobs", *(np.concatenate([getattr(p, a) for p in parts[1:]]) for a in "xy"))
    return Dataset("blobs", rest, parts[0], None, (), "0" * 64)


class Seen:
    """Events, written down; can interrupt."""

    def __init__(self, stop_at=None):
        self.stages, self.steps, self.stop_at = [], 0, stop_at

    def stage(self, text, total=0):
        self.stages.append((text, total))

    def advance(self):
        self.steps += 1
        if self.steps == self.stop_at:
            raise KeyboardInterrupt


def weights(model):
    return [v.numpy() for v in model.variables]


def equal(first, second):
    return all((a == b).all() for a, b in zip(weights(first), weights(second), strict=True))


def test_learns_and_tells():
    model, seen = network(), Seen()
    history = train.fit(model, blobs(), dataclasses.replace(OPTIONS, epochs=8), seen)
    assert history.validation.accuracy == 1.0
    assert history.epochs[-1].train.loss < history.epochs[0].train.loss
    assert [e.epoch for e in history.epochs] == list(range(1, 9))
    assert seen.stages[0] == ("epoch 1 of 8", 5)
    assert seen.steps == 40
    rates = [e.learning_rate for e in history.epochs]
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(1e-4, rel=1e-3)
    assert train.evaluate(model, blobs())["validation"].accuracy == 1.0


def test_scores_are_of_the_whole_epoch():
    """Of a network that stands still: those of its evaluation, though the last batch is small."""
    import keras

    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.Dense(3, activation="softmax")(inputs))
    data, options = blobs(), dataclasses.replace(OPTIONS, epochs=1, learning_rate=1e-9)
    history = train.fit(model, data, dataclasses.replace(options, batch_size=25))
    found = train.evaluate(model, data)["train"]
    assert history.epochs[0].train.loss == pytest.approx(found.loss, rel=1e-5)
    assert history.epochs[0].train.accuracy == pytest.approx(found.accuracy)


def test_ends_with_the_best_epochs_weights():
    model, data = network(), blobs()
    history = train.fit(model, data, dataclasses.replace(OPTIONS, epochs=5, learning_rate=1.0))
    assert train.evaluate(model, data)["validation"] == history.validation
    best = max(history.epochs, key=lambda e: e.validation.order)
    assert history.best == best.epoch


def test_one_seed_one_result():
    """With augmentation and dropout, which are random."""
    options = dataclasses.replace(OPTIONS, augment=Augment(noise=0.1))
    first, second, other = network(), network(), network()
    train.fit(first, blobs(), options)
    train.fit(second, blobs(), options)
    train.fit(other, blobs(), dataclasses.replace(options, seed=1))
    assert equal(first, second)
    assert not equal(first, other)


@pytest.mark.parametrize("frozen", [(), ("body", "norm")])
def test_resumed_is_as_uninterrupted(tmp_path, frozen):
    """Interrupted in the middle of each epoch but the first."""
    options = dataclasses.replace(OPTIONS, epochs=4, frozen_epochs=2, augment=Augment(noise=0.1))
    whole = network()
    train.fit(whole, blobs(), options, frozen=frozen)
    file = tmp_path / "checkpoint.npz"
    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            train.fit(
                network(), blobs(), options, Seen(7), frozen=frozen, checkpoint=file, resume=True
            )
    last = network()
    history = train.fit(last, blobs(), options, frozen=frozen, checkpoint=file, resume=True)
    assert len(history.epochs) == 4
    assert equal(last, whole)
    again = network()
    assert train.fit(again, blobs(), options, checkpoint=file, resume=True) == history
    assert equal(again, whole)


def test_checkpoint_of_another_model(tmp_path):
    file = tmp_path / "checkpoint.npz"
    train.fit(network(), blobs(), dataclasses.replace(OPTIONS, epochs=1), checkpoint=file)
    with pytest.raises(InputError, match="another model"):
        train.fit(network(4), blobs(classes=4), OPTIONS, checkpoint=file, resume=True)
    file.write_bytes(file.read_bytes()[:300])
    with pytest.raises(InputError, match="is damaged"):
        train.fit(network(), blobs(), OPTIONS, checkpoint=file, resume=True)


def test_frozen_phase():
    model, seen = network(), []
    body, norm, head = (model.get_layer(name) for name in ("body", "norm", "head"))

    def note():
        seen.append([w.numpy().copy() for w in (*body.weights, *norm.weights, head.kernel)])

    note()
    options = dataclasses.replace(OPTIONS, epochs=2, frozen_epochs=1, fine_tuning_rate=0.01)
    train.fit(model, blobs(), options, frozen=("body", "norm"), after_step=note)
    start, frozen, free = seen[0], seen[5], seen[10]
    assert all((old == new).all() for old, new in zip(start[:-1], frozen[:-1], strict=True))
    assert (start[-1] != frozen[-1]).any()
    assert all((old != new).any() for old, new in zip(frozen, free, strict=True))


def test_early_stopping():
    options = dataclasses.replace(OPTIONS, epochs=40, patience=2, learning_rate=1e-9)
    data = blobs()
    history = train.fit(network(), data, options)
    if history.stopped_early:
        assert len(history.epochs) == history.best + 2
    assert len(history.epochs) < 40


def test_balance_counts_rare_classes_more():
    """Four of five samples of one class, no information in x: a balanced network can't prefer."""
    y = (np.arange(200) % 5 == 0).astype(np.int64)
    part = Samples("x", np.zeros((200, 4), np.float32), y)
    data = Dataset("x", part, part, None, (), "")
    options = dataclasses.replace(OPTIONS, epochs=12, learning_rate=0.1)
    shares = []
    for balance in ("none", "weights"):
        model = network(2, dropout=0.0)
        train.fit(model, data, dataclasses.replace(options, balance=balance))
        shares.append(float(model(part.x[:1], training=False)[0, 1]))
    assert shares[0] == pytest.approx(0.2, abs=0.08)
    assert shares[1] == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize(("outputs", "activation"), [(1, "sigmoid"), (1, None), (2, None)], ids=str)
def test_heads(outputs, activation):
    """Probabilities and logits, one output or one per class."""
    options = dataclasses.replace(OPTIONS, epochs=6)
    history = train.fit(network(outputs, activation), blobs(classes=2), options)
    assert history.validation.accuracy == 1.0


def test_reconstruction_needs_no_classes():
    part = Samples("x", blobs().train.x)
    history = train.fit(network(4, None), Dataset("x", part, part, None, (), ""), OPTIONS)
    assert history.validation.accuracy is None
    assert history.epochs[-1].validation.loss < history.epochs[0].validation.loss


@pytest.mark.parametrize("optimizer", ["adamw", "sgd"])
def test_optimizers(optimizer):
    options = dataclasses.replace(
        OPTIONS,
        optimizer=optimizer,
        weight_decay=1e-3,
        clip_norm=1.0,
        warmup_epochs=1,
        label_smoothing=0.1,
        epochs=8,
        learning_rate=0.03,
    )
    assert train.fit(network(), blobs(), options).validation.accuracy > 0.9


@pytest.mark.parametrize("shape", [(8, 8, 3), (20, 10), (30,)])
def test_augmentation_keeps_the_shape(shape):
    from edgekit.train._augment import changes

    every = Augment(True, 0.1, 0.1, 0.05, 0.1, 0.1, 0.1, 0.3, 0.01)
    if len(shape) < 3:
        every = Augment(shift_y=0.1, noise=0.01, contrast=0.1, brightness=0.1)
    x = np.random.default_rng(0).random((5, *shape), np.float32)
    first, again = (changes(every, shape, 0.0, 1.0, 7)(x) for _ in range(2))
    assert first.shape == x.shape
    assert first.dtype == np.float32
    assert (first == again).all()
    assert (first != x).any()
    assert (changes(every, shape, 0.0, 1.0, 8)(x) != first).any()


def test_callbacks_and_steps():
    import keras

    told = []
    callback = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: told.append((epoch, sorted(logs)))
    )
    steps = []
    options = dataclasses.replace(OPTIONS, epochs=2)
    train.fit(network(), blobs(), options, callbacks=[callback], after_step=lambda: steps.append(1))
    assert told == [(e, ["accuracy", "loss", "val_accuracy", "val_loss"]) for e in (0, 1)]
    assert len(steps) == 10


class TestRefused:
    def test_diverging(self):
        options = dataclasses.replace(OPTIONS, optimizer="sgd", learning_rate=1e30, epochs=20)
        with pytest.raises(InputError, match="no longer finite in epoch"):
            train.fit(network(3, None), blobs(), options)

    def test_classes_out_of_range(self):
        with pytest.raises(InputError, match="out of range, the first is 2"):
            train.fit(network(2), blobs(), OPTIONS)

    def test_other_number_of_labels(self):
        data = dataclasses.replace(blobs(), labels=("a", "b", "c"))
        with pytest.raises(InputError, match="has 3 classes and the model tells 4 apart"):
            train.fit(network(4), data, OPTIONS)

    def test_other_shape(self):
        pytest.importorskip("sklearn")
        with pytest.raises(InputError, match="don't fit the model's input"):
            train.fit(network(), datasets.load("digits", Form((8, 8, 1))), OPTIONS)

    def test_neither_classifier_nor_autoencoder(self):
        import keras

        inputs = keras.Input((4,))
        model = keras.Model(inputs, keras.layers.Reshape((2, 2))(inputs))
        with pytest.raises(UnsupportedError, match="neither one score per class"):
            train.fit(model, blobs(), OPTIONS)
