"""The bar that shows how far training has come, by tqdm."""

from __future__ import annotations

import sys
from typing import Any

from glassgrad.history import History


class Bar:
    """A progress bar in a terminal or a notebook.

    It shows nothing where it is not wanted, where nobody would see it, or where tqdm is missing.

    >>> with Bar(steps=10, epochs=2, wanted=False) as bar:
    ...     bar.advance(epoch=1)
    """

    def __init__(self, steps: int, epochs: int, wanted: bool) -> None:
        self.epochs = epochs
        self._bar: Any = None
        terminal = getattr(sys.stderr, "isatty", lambda: False)  # it may be None, or an object
        seen = "IPython" in sys.modules or terminal()  # of somebody's own that only has `write`
        if not (wanted and seen):
            return
        try:
            from tqdm import tqdm
        except ImportError:
            return
        layout = "{desc} |{bar}| {elapsed}<{remaining}{postfix}"
        # In a notebook what goes to stderr is shown in red, and a bar of text stays in the file.
        where = sys.stderr if terminal() else sys.stdout
        self._bar = tqdm(total=steps, desc=f"epoch 1 of {epochs}", bar_format=layout, file=where)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def advance(self, epoch: int) -> None:
        """One more step is done, in this epoch."""
        if self._bar is not None:
            self._bar.set_description_str(f"epoch {epoch} of {self.epochs}", refresh=False)
            self._bar.update()

    def show(self, history: History) -> None:
        """Write behind the bar how the last epoch ended: on validation, if there is one."""
        if self._bar is None:
            return
        row = history.epochs[-1]
        part = "train" if row["validation_loss"] is None else "validation"
        text = f"{part} loss {row[f'{part}_loss']:.4f}"
        if history.metric_name is not None:
            text += f", {history.metric_name} {row[f'{part}_metric']:.3f}"
        self._bar.set_postfix_str(text, refresh=False)
