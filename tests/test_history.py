"""`History`: its text, its strict JSON, its picture."""

import json
import sys
from math import inf, nan

import pytest

from glassgrad.history import History


def row(epoch, train, validation=None, metric=None, validation_metric=None):
    return {
        "epoch": epoch,
        "learning_rate": 0.1,
        "train_loss": train,
        "train_metric": metric,
        "validation_loss": validation,
        "validation_metric": validation_metric,
    }


@pytest.mark.parametrize(
    ("history", "text"),
    [
        (History("hinge", None, 7), "History(0 epochs, hinge, seed 7)"),
        (History("hinge", None, 0, [row(1, 2.5)]), "History(1 epoch, hinge 2.5, seed 0)"),
        (
            History("logistic", "accuracy", 1, [row(1, 0.693147), row(2, 0.5, metric=0.75)]),
            "History(2 epochs, logistic 0.6931 -> 0.5, train accuracy 0.75, seed 1)",
        ),
        (
            History(
                "squared_error",
                "r2",
                0,
                [row(1, 9.0), row(2, 4.0), row(3, 1e-9, 2.0, 0.99996, -3.0)],
                best_epoch=2,
                stopped_early=True,
                interrupted=True,
            ),
            "History(3 epochs, squared_error 9 -> 1e-09, train r2 1, validation r2 -3, "
            "best epoch 2, interrupted, seed 0)",
        ),
        (
            History("mine", "yours", 0, [row(1, 3.0), row(2, inf, nan, nan, -inf)]),
            "History(2 epochs, mine 3 -> inf, train yours nan, validation yours -inf, seed 0)",
        ),
    ],
)
def test_text(history, text):
    assert repr(history) == text


def test_everything_as_strict_json():
    """JSON has no word for inf and nan, and many readers refuse Python's own."""
    epochs = [row(1, 2.0, inf, nan), row(2, -inf, 0.5, 1.0, 0.25)]
    history = History("loss", "metric", 3, epochs, best_epoch=2, seconds=1.5)
    assert json.loads(json.dumps(history.to_dict(), allow_nan=False)) == {
        "loss_name": "loss",
        "metric_name": "metric",
        "seed": 3,
        "epochs": [row(1, 2.0), row(2, None, 0.5, 1.0, 0.25)],
        "best_epoch": 2,
        "stopped_early": False,
        "interrupted": False,
        "seconds": 1.5,
        "backend": "eager",
        "backend_note": "",
    }
    assert epochs[0]["validation_loss"] == inf  # which stays what it was


def test_the_dictionary_is_a_copy():
    history = History("loss", None, 0, [row(1, 2.0)])
    found = history.to_dict()
    found["seed"] = 9
    found["epochs"][0]["train_loss"] = 9.0
    found["epochs"].append(row(2, 9.0))
    assert history == History("loss", None, 0, [row(1, 2.0)])


def test_at_first_nothing_has_happened():
    one, other = History("loss", None, 0), History("loss", None, 0)
    one.epochs.append(row(1, 2.0))
    assert other == History("loss", None, 0, [], None, False, False, 0.0)


@pytest.mark.parametrize("epochs", [[], [row(1, 2.0)], [row(1, 2.0, 3.0, 0.5), row(2, inf, nan)]])
def test_a_notebook_shows_the_curves(epochs):
    pytest.importorskip("matplotlib")
    image = History("loss", "metric", 0, epochs)._repr_png_()
    assert image.startswith(b"\x89PNG\r\n\x1a\n")
    assert image.endswith(b"IEND\xaeB`\x82")


def test_a_notebook_shows_the_text_where_matplotlib_is_missing(monkeypatch):
    monkeypatch.delitem(sys.modules, "glassgrad.draw.plots", raising=False)
    for name in ("matplotlib", "matplotlib.colors", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, name, None)
    assert History("loss", None, 0, [row(1, 2.0)])._repr_png_() is None
