"""Where the results of groups go: into buffers of their own, or together into one.

What is used together should lie together. Once the numbers of one level are in several buffers,
those of the next level, which look at them, would fall into even more groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.arrange import Box, Operand, follow
from glassgrad.lift.draft import Draft
from glassgrad.lift.groups import Group
from glassgrad.lift.indices import Ids
from glassgrad.lift.ir import Buffer, Shape, View, row_major
from glassgrad.lift.layout import Family
from glassgrad.lift.look import Sight
from glassgrad.lift.text.names import common_name

# Numbers, to put parts one behind the other: single results are better each under its own name,
# and only for more does it pay that the next level can look at all of them at once.
ENOUGH = 8


@dataclass
class Placed:
    """Heads of a group in the order of a box, and what they see."""

    group: Group
    heads: Ids
    box: Box
    sight: Sight

    @property
    def batched(self) -> bool:
        """Whether their numbers differ by example."""
        views = (x for looks in self.sight.looks for x in looks if isinstance(x, View))
        return any(view.buffer.batched for view in views)


class Targets:
    """Gives places to results."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.rows: dict[int, tuple[Family, int]] = {}
        for stages in draft.agenda.families:
            family = Family(stages)
            self.rows |= {stage: (family, row) for row, stage in enumerate(stages.tolist())}

    def of(self, parts: Sequence[Placed]) -> list[View]:
        """The views to write to, for parts that are due together."""
        if len(parts) == 1:
            return [self._row(parts[0]) or self._alone(parts[0])]
        return self._in_order(parts) or self._stacked(parts) or [self._alone(x) for x in parts]

    def _nodes(self, part: Placed) -> Ids:
        return self.draft.canonical.heads[part.heads]

    def _alone(self, part: Placed) -> View:
        """A buffer for this part."""
        label = self._label(part.heads)
        name = self.draft.layout.name(part.group.kind, label)
        shape, nodes = part.sight.shape, self._nodes(part)
        view = self.draft.layout.alone(name, shape, part.batched, part.box, nodes)
        view.buffer.labelled = bool(label)
        return view

    def _label(self, heads: Ids) -> str:
        """What the labels of all of these heads have in common, "" if one has none."""
        labels = []
        for node in self.draft.canonical.heads[heads].tolist():
            labels.append(self.draft.tape.nodes[node].label)
            if not labels[-1]:
                return ""
        return labels[0] if len(labels) == 1 else common_name(labels)

    def _together(
        self, parts: Sequence[Placed], shape: Shape, mask: NDArray[np.bool_] | None
    ) -> Buffer:
        """A buffer for several parts."""
        label = self._label(np.concatenate([part.heads for part in parts]))
        name = self.draft.layout.name(parts[0].group.kind, label)
        return Buffer(name, shape, "value", parts[0].batched, mask=mask, labelled=bool(label))

    def _row(self, part: Placed) -> View | None:
        """A row of a buffer for several stages, if this is all of its stage."""
        stage = int(self.draft.agenda.stage[part.heads[0]])
        if stage not in self.rows:
            return None
        if not np.array_equal(part.heads, self.draft.agenda.members[stage]):
            return None
        family, row = self.rows[stage]
        if family.buffer is None:
            everyone = np.concatenate([self.draft.agenda.members[i] for i in family.stages])
            label, kind = self._label(everyone), part.group.kind
            family.begin(self.draft.layout, kind, part.sight.shape, part.batched, label)
        nodes = self._nodes(part)
        return self.draft.layout.row(family, row, part.sight.shape, part.batched, part.box, nodes)

    def _in_order(self, parts: Sequence[Placed]) -> list[View] | None:
        """Views of one buffer in the order of what all parts look at."""
        if len({part.batched for part in parts}) > 1:
            return None
        groups = list({id(part.group): part.group for part in parts}.values())
        for buffer in dict.fromkeys(x.buffer for looks in groups[0].operands for x in looks):
            if buffer is None or buffer.role == "parameter":
                continue
            cells = [group.cells_in(buffer) for group in groups]
            if any(x is None for x in cells):
                continue
            first = np.concatenate([x for x in cells if x is not None])
            box = follow(Operand(buffer, first[:, None]))
            if box is not None and len(np.unique(first)) == len(first):
                heads = np.concatenate([group.heads for group in groups])
                order = np.argsort(heads)
                return self._parts_of(parts, box, heads[order], box.place[order])
        return None

    def _parts_of(
        self, parts: Sequence[Placed], box: Box, heads: Ids, cells: Ids
    ) -> list[View] | None:
        """Views of a buffer in which each head has its cell, if there are such."""
        layout = self.draft.layout
        cells_of = [cells[np.searchsorted(heads, part.heads)] for part in parts]
        fits = [
            layout.part(box, mine, part.sight.shape, part.box)
            for part, mine in zip(parts, cells_of, strict=True)
        ]
        if all(found is None for found in fits):
            return None
        buffer = self._together(parts, box.shape, box.mask)
        views = []
        for part, mine, found in zip(parts, cells_of, fits, strict=True):
            if found is None:
                views.append(self._alone(part))
                continue
            layout.place(buffer, self._nodes(part), mine)
            views.append(View(buffer, *found))
        return views

    def _stacked(self, parts: Sequence[Placed]) -> list[View] | None:
        """Parts of one buffer, one behind the other along its first axis."""
        kinds = {(part.sight.shape[1:], part.batched) for part in parts}
        if len(kinds) > 1 or sum(len(part.heads) for part in parts) < ENOUGH:
            return None
        shape = parts[0].sight.shape[1:]
        lengths = [part.sight.shape[0] if part.sight.shape else 1 for part in parts]
        mask = None
        if any(part.box.mask is not None for part in parts):
            masks = [part.box.mask for part in parts]
            full = [
                np.ones(prod(part.sight.shape), np.bool_) if own is None else own.ravel()
                for part, own in zip(parts, masks, strict=True)
            ]
            mask = np.concatenate(full).reshape(sum(lengths), *shape)
        buffer = self._together(parts, (sum(lengths), *shape), mask)
        views, start = [], 0
        for part, length in zip(parts, lengths, strict=True):
            self.draft.layout.place(buffer, self._nodes(part), start + part.box.place)
            views.append(View(buffer, start, row_major(part.sight.shape)))
            start += length * prod(shape)
        return views
