"""An end for loops that have none."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

AGAIN = 0.5  # seconds: an `except:` in the loop may have swallowed the first one


class OutOfTime(BaseException):
    """Not an Exception, so that an `except Exception:` in the loop does not swallow it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Inside, Python code is ended by OutOfTime when so many seconds have passed.

    A second thread looks at the clock and raises it in this one (PyThreadState_SetAsyncExc of
    CPython). A single call into C cannot be ended, and without threads nothing can.

    >>> with time_limit(0.01):
    ...     while True:
    ...         pass
    Traceback (most recent call last):
    glassgrad.course.time_limit.OutOfTime
    """
    here = ctypes.c_ulong(threading.get_ident())
    lock, done = threading.Lock(), threading.Event()
    raise_in_thread = ctypes.pythonapi.PyThreadState_SetAsyncExc
    fired = False

    def watch() -> None:
        nonlocal fired
        wait = seconds
        while not done.wait(wait):
            wait = AGAIN
            with lock:
                if not done.is_set():
                    fired = True
                    raise_in_thread(here, ctypes.py_object(OutOfTime))

    watcher = threading.Thread(target=watch, daemon=True)
    try:
        watcher.start()
    except RuntimeError:  # Python in a browser
        yield
        return
    try:
        yield
    finally:
        with lock:
            done.set()
        if fired:  # one that is on its way comes here; taking it back makes CPython 3.11 look for
            with suppress(OutOfTime):  # it for ever, which no debugger survives
                raise_in_thread(here, ctypes.py_object(OutOfTime))
                while True:
                    pass
