"""Ctrl-C as a polite request: the work in hand is finished first."""

from __future__ import annotations

import signal
import threading
from typing import Any


class CtrlC:
    """Inside `with CtrlC() as ctrl_c:` the first Ctrl-C only sets `ctrl_c.pressed`.

    A second one raises KeyboardInterrupt at once. Signals reach the main thread alone, so in any
    other thread, and in a process that ignores Ctrl-C, nothing changes.

    >>> with CtrlC() as ctrl_c:
    ...     signal.raise_signal(signal.SIGINT)
    ...     print("finishing first")
    finishing first
    >>> ctrl_c.pressed
    True
    """

    def __init__(self) -> None:
        self.pressed = False
        self._before: Any = None

    def __enter__(self) -> CtrlC:
        here = threading.current_thread() is threading.main_thread()
        if here and callable(signal.getsignal(signal.SIGINT)):
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _press(self, *_: object) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
