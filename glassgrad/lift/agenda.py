"""The third pass: in which order the heads are computed, and which could be done together.

A head's level is its longest distance to a result, so each is due as late as possible. Then ragged
structures line up: positions of a sequence that look at 1, 2, 3 ... earlier ones end at the same
level, though they begin at different ones. Heads of one level and kind are due together; others of
that kind whose inputs are known by then may join them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift import walk
from glassgrad.lift.canonical import Canonical
from glassgrad.lift.families import families
from glassgrad.lift.flatten import Tape
from glassgrad.lift.indices import Ids, cut, spans
from glassgrad.lift.structure import unstructured
from glassgrad.lift.walk import EXTREME, TAKE


class Agenda:
    """Heads by their numbers, from the leaves to the roots: `for due, early in agenda`.

    members: the heads of each stage, that is of a level and kind; stage: of each head.
    due: heads of one kind that have to be computed now. early: others of the same kind that could
    be. All of `due`, and those of `early` that are computed with them, go to `done`.
    families: stages that should share a buffer.
    """

    def __init__(self, tape: Tape, canonical: Canonical) -> None:
        self.level = levels(tape, canonical)
        self.kind = canonical.kind
        source, self.consumer = _edges(tape, canonical)
        order = np.argsort(source, kind="stable")
        self.consumer = self.consumer[order]
        self.first = np.searchsorted(source[order], np.arange(len(self.kind) + 1))
        self.waiting = np.bincount(self.consumer, minlength=len(self.kind))
        self.finished = np.zeros(len(self.kind), np.bool_)
        self.members = stages(self.level, self.kind)
        self.stage = np.zeros(len(self.kind), np.intp)
        for number, heads in enumerate(self.members):
            self.stage[heads] = number
        self.source = source[order]
        self.families = families(self.stage, self.kind, self.source, self.consumer)
        shared = np.arange(len(self.members))
        for family in self.families:
            shared[family] = family[0]
        terms = np.where(self.kind == TAKE, np.iinfo(np.int32).max, np.diff(canonical.start))
        self.unstructured = dict(
            unstructured(self.level, shared[self.stage], self.source, self.consumer, terms)
        )
        self.ready: dict[int, list[Ids]] = {}
        self._note_ready(np.flatnonzero(self.waiting == 0))

    def __iter__(self) -> Iterator[tuple[Ids, Ids]]:
        for group in self.members:
            due = group[~self.finished[group]]
            if not len(due):
                continue
            kind = int(self.kind[due[0]])
            able = np.sort(np.concatenate(self.ready.pop(kind)))
            able = able[~self.finished[able]]
            yield due, able[self.level[able] < self.level[due[0]]]
            self.ready.setdefault(kind, []).append(able[~self.finished[able]])

    def loose(self, due: Ids) -> Ids | None:
        """What is left of this level and those after it without structure, None if it has some."""
        heads = self.unstructured.pop(int(self.level[due[0]]), None)
        return None if heads is None else heads[~self.finished[heads]]

    def done(self, heads: Ids) -> None:
        """Note that these are computed, and who may be next."""
        self.finished[heads] = True
        edges = spans(self.first[heads], self.first[heads + 1] - self.first[heads])
        consumers, times = np.unique(self.consumer[edges], return_counts=True)
        self.waiting[consumers] -= times
        self._note_ready(consumers[self.waiting[consumers] == 0])

    def _note_ready(self, heads: Ids) -> None:
        for kind in np.unique(self.kind[heads]):
            self.ready.setdefault(int(kind), []).append(heads[self.kind[heads] == kind])


def levels(tape: Tape, canonical: Canonical) -> NDArray[np.int32]:
    """For each head its longest distance to a result."""
    choices = {head: canonical.same[children].tolist() for head, children in tape.takes.items()}
    level = walk.levels(
        len(tape),
        canonical.heads.tolist(),
        canonical.kind.tolist(),
        canonical.start.tolist(),
        canonical.left.tolist(),
        canonical.right.tolist(),
        choices,
    )
    return np.array(level, np.int32)[canonical.heads]


def stages(level: NDArray[np.int32], kind: NDArray[np.int32]) -> list[Ids]:
    """The heads of one level and kind, one array after another, in an order that can be computed.

    >>> [group.tolist() for group in stages(np.array([1, 1, 0, 1]), np.array([5, 7, 5, 5]))]
    [[0, 3], [1], [2]]
    """
    if not len(level):
        return []
    order = np.lexsort((np.arange(len(level)), kind, -level))
    new = (np.diff(level[order]) != 0) | (np.diff(kind[order]) != 0)
    return cut(order, np.flatnonzero(new) + 1)


def _edges(tape: Tape, canonical: Canonical) -> tuple[Ids, Ids]:
    """For each input of a head that is a head too: its number, and that of the other."""
    number = np.full(len(tape) + 1, -1, np.intp)  # one more for the input number -1, which is none
    number[canonical.heads] = np.arange(len(canonical.heads))
    row = np.repeat(np.arange(len(canonical.heads)), np.diff(canonical.start))
    right = np.where(canonical.kind[row] == EXTREME, -1, canonical.right)
    sources, consumers = [number[canonical.left], number[right]], [row, row]
    for head in np.flatnonzero(canonical.kind == TAKE):
        children = canonical.same[tape.takes[int(canonical.heads[head])]]
        sources.append(number[children])
        consumers.append(np.full(len(children), head))
    source, consumer = np.concatenate(sources), np.concatenate(consumers)
    return source[source >= 0], consumer[source >= 0]
