"""A pause for the search for garbage, while large graphs are made or read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without Python's search for garbage in cycles.

    It starts whenever enough objects have been made, and looks through the whole growing graph
    each time; a graph has no cycles, and goes as soon as nobody holds it.

    >>> with collector_paused():
    ...     gc.isenabled()
    False
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
