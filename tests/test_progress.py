"""The progress bar, as tqdm writes it into a terminal; and when nothing is written."""

import io
import itertools
import re
import sys
from math import inf, nan
from types import ModuleType

import pytest

from glassgrad import SGD, Module, Value, fit
from glassgrad.data import Dataset
from glassgrad.history import History
from glassgrad.progress import Bar

pytest.importorskip("tqdm.auto")


class Terminal(io.StringIO):
    """It keeps what is written, and says whether somebody sees it."""

    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def isatty(self):
        return self.seen

    def frames(self):
        """What stood in the line, one after the other, without the times."""
        frames = [frame.strip() for frame in self.getvalue().split("\r")]
        return [re.sub(r"[\d:?]+<[\d:?]+", "TIME", frame) for frame in frames if frame]


@pytest.fixture
def terminal(monkeypatch):
    """`terminal()` is where stderr goes from then on."""
    # The clock goes on a second at each glance, so that each step is written.
    monkeypatch.setattr("tqdm.std.time", itertools.count().__next__)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    monkeypatch.delenv("COLUMNS", raising=False)  # then the bar is 10 characters wide

    def make(seen=True):
        screen = Terminal(seen)
        monkeypatch.setattr(sys, "stderr", screen)
        return screen

    return make


class Constant(Module):
    def __init__(self):
        self.value = Value(0.0)

    def __call__(self, x):
        return self.value


def train(**options):
    """Half of the way to 8 in each step, and two steps an epoch: 4, 6; 7, 7.5; ..."""
    model = Constant()
    eights = Dataset([[0.0]] * 4, [8.0] * 4, ["x"], [])
    return fit(model, eights, batch_size=2, optimizer=SGD(model, 0.25), **options)


def history_of(metric, **row):
    empty = dict.fromkeys(["train_loss", "train_metric", "validation_loss", "validation_metric"])
    return History("loss", metric, 0, [empty | row])


def test_epochs_in_front_loss_and_metric_behind(terminal):
    screen = terminal()
    with Bar(steps=4, epochs=2, wanted=True) as bar:
        bar.advance(1)
        bar.advance(1)
        bar.show(history_of("accuracy", validation_loss=0.25, validation_metric=0.75))
        bar.advance(2)
        bar.advance(2)
        bar.show(history_of("accuracy", validation_loss=0.12346, validation_metric=0.8754))
    assert screen.frames() == [
        "epoch 1 of 2 |          | TIME",
        "epoch 1 of 2 |##5       | TIME",
        "epoch 1 of 2 |#####     | TIME",
        "epoch 2 of 2 |#######5  | TIME, validation loss 0.2500, accuracy 0.750",
        "epoch 2 of 2 |##########| TIME, validation loss 0.2500, accuracy 0.750",
        "epoch 2 of 2 |##########| TIME, validation loss 0.1235, accuracy 0.875",
    ]
    assert screen.getvalue().endswith("\n")  # what is printed next has a line of its own


@pytest.mark.parametrize(
    ("metric", "row", "text"),
    [
        (None, {"train_loss": 2.0}, "train loss 2.0000"),
        ("r2", {"train_loss": 2.0, "train_metric": -0.5}, "train loss 2.0000, r2 -0.500"),
        (None, {"train_loss": 2.0, "validation_loss": 3.0}, "validation loss 3.0000"),
        ("r2", {"train_loss": inf, "train_metric": nan}, "train loss inf, r2 nan"),
    ],
)
def test_behind_the_bar(terminal, metric, row, text):
    screen = terminal()
    with Bar(steps=1, epochs=1, wanted=True) as bar:
        bar.advance(1)
        bar.show(history_of(metric, **row))
    assert screen.frames()[-1] == f"epoch 1 of 1 |##########| TIME, {text}"


def test_an_error_inside_ends_the_line(terminal):
    screen = terminal()
    with pytest.raises(ZeroDivisionError), Bar(steps=2, epochs=1, wanted=True) as bar:
        bar.advance(1)
        print(1 / 0)
    assert screen.getvalue().endswith("\n")


def test_fit_shows_it(terminal):
    """At the end of the epochs 6 and 7.5 are 2 and 0.5 away from 8; r2 is not defined."""
    screen = terminal()
    train(epochs=2)
    assert screen.frames() == [
        "epoch 1 of 2 |          | TIME",
        "epoch 1 of 2 |##5       | TIME",
        "epoch 1 of 2 |#####     | TIME",
        "epoch 2 of 2 |#######5  | TIME, train loss 4.0000, r2 nan",
        "epoch 2 of 2 |##########| TIME, train loss 4.0000, r2 nan",
        "epoch 2 of 2 |##########| TIME, train loss 0.2500, r2 nan",
    ]


def test_where_training_ends_early_its_last_epoch_stays(terminal):
    screen = terminal()
    train(epochs=4, callbacks=[lambda _, history: len(history.epochs) == 2])
    assert screen.frames()[-1] == "epoch 2 of 4 |#####     | TIME, train loss 0.2500, r2 nan"


def test_a_notebook_is_no_terminal_but_somebody_sees_it(terminal, monkeypatch):
    errors, screen = terminal(seen=False), Terminal(seen=False)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    train(epochs=2)
    assert errors.getvalue() == ""  # which a notebook shows in red
    assert screen.frames()[-1].startswith("epoch 2 of 2 |##########|")


# Where nothing is written.


def test_not_where_it_is_not_wanted(terminal):
    screen = terminal()
    train(epochs=2, progress=False)
    assert screen.getvalue() == ""


def test_not_where_nobody_sees_it(terminal):
    screen = terminal(seen=False)
    assert len(train(epochs=2).epochs) == 2
    assert screen.getvalue() == ""


def test_not_where_tqdm_is_missing(terminal, monkeypatch):
    screen = terminal()
    for name in ("tqdm", "tqdm.auto"):
        monkeypatch.setitem(sys.modules, name, None)
    assert len(train(epochs=2).epochs) == 2
    assert screen.getvalue() == ""


def test_not_where_there_is_no_stderr(terminal, monkeypatch):
    """As in a program of Windows that has no console."""
    terminal()
    monkeypatch.setattr(sys, "stderr", None)
    assert len(train(epochs=2).epochs) == 2


def test_not_where_stderr_is_something_that_can_only_be_written_to(terminal, monkeypatch):
    class Log:
        def write(self, text):
            raise AssertionError(text)

    terminal()
    monkeypatch.setattr(sys, "stderr", Log())
    assert len(train(epochs=2).epochs) == 2
