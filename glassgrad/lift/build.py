"""From a graph to an array program: the passes in order, and the last one, which writes it down.

Groups of heads are taken from the leaves to the roots. Each group finds its order (`arrange.py`)
and its views of what is there already (`look.py`), and becomes an instruction and a buffer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from glassgrad.collector import collector_paused
from glassgrad.lift import selections
from glassgrad.lift.arguments import Argument, Place
from glassgrad.lift.arrange import arrange
from glassgrad.lift.canonical import Canonical, canonicalise
from glassgrad.lift.draft import Draft
from glassgrad.lift.flatten import Tape, flatten
from glassgrad.lift.groups import Group, candidates, operations, sums
from glassgrad.lift.indices import Ids
from glassgrad.lift.ir import Buffer, Code, Compute
from glassgrad.lift.layout import Layout
from glassgrad.lift.look import look
from glassgrad.lift.singles import singles
from glassgrad.lift.targets import Placed, Targets
from glassgrad.lift.unused import remove_unused
from glassgrad.lift.walk import EXTREME, SUM, TAKE
from glassgrad.value import Value


@dataclass
class Built:
    """An array program with its way back to the graph. n_nodes: how many scalar nodes it had."""

    code: Code
    n_nodes: int
    _tape: Tape
    _canonical: Canonical
    _layout: Layout
    _numbers: dict[Value, int] | None = None

    def where(self, value: Value) -> Place | None:
        """Where the number of a Value is; None if it is a constant, or no result needs it."""
        if self._numbers is None:
            self._numbers = {node: i for i, node in enumerate(self._tape.nodes)}
        node = int(self._canonical.same[self._numbers[value]]) if value in self._numbers else -1
        if node < 0:
            return None
        owner = node if self._layout.buffer_of[node] >= 0 else int(self._canonical.owner[node])
        if owner < 0 or self._layout.buffer_of[owner] < 0:
            return None
        buffer = self._layout.buffers[self._layout.buffer_of[owner]]
        index = np.unravel_index(int(self._layout.cell_of[owner]), buffer.shape or (1,))
        return Place(buffer.name, tuple(map(int, index))[: len(buffer.shape)], owner != node)

    def values_at(self, name: str, index: tuple[int, ...]) -> tuple[list[Value], list[Value]]:
        """The Values whose number is in a cell of a buffer, and those that are a part of it."""
        layout = self._layout
        which = next((i for i, x in enumerate(layout.buffers) if x.name == name), None)
        if which is None:
            return [], []
        cell = int(np.ravel_multi_index(index, layout.buffers[which].shape)) if index else 0
        there = (layout.buffer_of == which) & (layout.cell_of == cell)
        whole = there[self._canonical.same]
        owner = self._canonical.owner
        part = (owner >= 0) & there[owner] & ~whole
        nodes = self._tape.nodes
        return [nodes[i] for i in np.flatnonzero(whole)], [nodes[i] for i in np.flatnonzero(part)]


def build(roots: Sequence[Value], wrt: Sequence[Value], arguments: Sequence[Argument]) -> Built:
    """Lift a graph: the numbers of `wrt` become the parameters, those of `arguments` inputs.

    >>> w = [Value(1.0), Value(2.0)]
    >>> built = build([w[0] * 3 + w[1] * 4], w, [])
    >>> [term.reduce for term in built.code.forward[0].terms]
    [(2,)]
    """
    with collector_paused():
        return _build(roots, wrt, arguments)


def _build(roots: Sequence[Value], wrt: Sequence[Value], arguments: Sequence[Argument]) -> Built:
    index_leaves = [leaf for a in arguments if a.role == "index" for leaf in a.values]
    tape = flatten(roots, index_leaves)
    number = {node: i for i, node in enumerate(tape.nodes) if node._rule is None}
    varying = [*wrt, *(leaf for argument in arguments for leaf in argument.values)]
    canonical = canonicalise(tape, {number[leaf] for leaf in varying if leaf in number})
    draft = Draft(tape, canonical, number, wrt, arguments)
    targets = Targets(draft)
    for due, early in draft.agenda:
        kind = int(canonical.kind[due[0]])
        if (loose := draft.agenda.loose(due)) is not None:
            _write_singly(draft, loose)
        elif kind == TAKE:
            selections.takes(draft, targets, due)
        elif kind == EXTREME:
            _write(draft, targets, selections.extremes(draft, targets, due))
        else:
            if kind == SUM:
                early = candidates(draft, due, early)
            heads = np.sort(np.concatenate([due, early]))
            groups = sums(draft, heads) if kind == SUM else operations(draft, heads, kind)
            draft.is_due[due] = True
            _write(draft, targets, [x for x in groups if draft.is_due[x.heads].any()])
    draft.code.roots = [draft.view(int(canonical.same[root])) for root in tape.roots]
    draft.layout.forget(remove_unused(draft.code, draft.labelled()))
    return Built(draft.code, len(tape), tape, canonical, draft.layout)


def _write(draft: Draft, targets: Targets, groups: Iterable[Group]) -> None:
    """An instruction for each group that is due; for several if its heads form several boxes."""
    parts = []
    for group in groups:
        flat = [operand for operands in group.operands for operand in operands]
        for some, box in arrange(len(group.heads), flat):
            sight = look(box, some, group.operands, draft.copies)
            parts.append(Placed(group, group.heads[some], box, sight))
    for part, target in zip(parts, targets.of(parts) if parts else [], strict=True):
        terms, comment = part.group.formula(part.sight), draft.comment(part.heads)
        draft.emit(Compute(target, part.sight.shape, terms, comment=comment))
        draft.agenda.done(part.heads)


def _write_singly(draft: Draft, heads: Ids) -> None:
    """Heads without any structure, one after the other, into one buffer."""
    out = Buffer(draft.layout.name("t"), (len(heads),), "value")
    draft.layout.place(out, draft.canonical.heads[heads], np.arange(len(heads)))
    for instruction in singles(draft.tape, draft.canonical, draft.layout, heads):
        draft.emit(instruction)
    draft.agenda.done(heads)
