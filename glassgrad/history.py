"""`History`: what happened while a network was trained. `fit` (train.py) writes it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any


@dataclass(repr=False)
class History:
    """The course of a training. In a notebook it shows itself as its curves.

    epochs: one row for each, a dict with `epoch` (from 1), `learning_rate`, `train_loss`,
    `train_metric`, `validation_loss` and `validation_metric`, all measured at its end; None where
    there is no validation or no metric.
    best_epoch: with `patience`, the epoch of the lowest validation loss, whose weights the network
    has now; else None.
    stopped_early: whether `patience` or a callback ended it before the last epoch.
    interrupted: whether Ctrl-C did; then the last row may be that of an unfinished epoch.
    seconds: how long it took.
    backend: "eager" if it built the graph of each minibatch, "numpy" if it ran on arrays that were
    lifted from the graph of one example. backend_note: why it was eager though it may have been
    worth lifting; else "".

    Its text has the training loss after epoch 1 (not of the network as it was before) and after
    the last epoch.

    >>> History("squared_error", "r2", seed=0)
    History(0 epochs, squared_error, seed 0)
    """

    loss_name: str
    metric_name: str | None
    seed: int
    epochs: list[dict[str, Any]] = field(default_factory=list)
    best_epoch: int | None = None
    stopped_early: bool = False
    interrupted: bool = False
    seconds: float = 0.0
    backend: str = "eager"
    backend_note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Everything, ready for strict JSON: None stands for a number that is inf or nan."""
        rows = [{key: _finite(value) for key, value in row.items()} for row in self.epochs]
        return {**vars(self), "epochs": rows}

    def __repr__(self) -> str:
        count = len(self.epochs)
        parts = [f"{count} epoch{'s' * (count != 1)}", self.loss_name]
        if self.epochs:
            first, last = self.epochs[0], self.epochs[-1]
            shown = [first] if count == 1 else [first, last]
            parts[1] += " " + " -> ".join(f"{row['train_loss']:.4g}" for row in shown)
            measured = {part: last[f"{part}_metric"] for part in ("train", "validation")}
            parts += [
                f"{part} {self.metric_name} {number:.4g}"
                for part, number in measured.items()
                if number is not None
            ]
        if self.best_epoch is not None:
            parts.append(f"best epoch {self.best_epoch}")
        if self.interrupted:
            parts.append("interrupted")
        parts.append(f"seed {self.seed}")
        if self.backend != "eager" or self.backend_note:
            parts.append(f"{self.backend}{self.backend_note and f' because {self.backend_note}'}")
        return f"History({', '.join(parts)})"

    def _repr_png_(self) -> bytes | None:
        """The curves; nothing, so that a notebook shows the text, where matplotlib is missing."""
        try:
            from glassgrad.draw.plots import plot_history
        except ImportError:
            return None
        return plot_history(self)._repr_png_()


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
