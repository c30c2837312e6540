"""An array program while it is written: what is known of the graph, and where its numbers are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.agenda import Agenda
from glassgrad.lift.arguments import Argument
from glassgrad.lift.arrange import Operand
from glassgrad.lift.canonical import Canonical
from glassgrad.lift.flatten import Tape
from glassgrad.lift.indices import Ids, equal
from glassgrad.lift.ir import Buffer, Code, Instruction, View
from glassgrad.lift.layout import FIXED, Layout
from glassgrad.lift.look import Copies
from glassgrad.ops import Op
from glassgrad.value import Value


class Draft:
    """What all that write instructions share.

    is_due: which heads have come up by now. signature: of each sum, for `groups.candidates`.
    layout: where each number is. copies: constants, and copies that have been asked for.
    """

    def __init__(
        self,
        tape: Tape,
        canonical: Canonical,
        number: dict[Value, int],
        wrt: Sequence[Value],
        arguments: Sequence[Argument],
    ) -> None:
        self.tape, self.canonical = tape, canonical
        self.agenda = Agenda(tape, canonical)
        self.is_due = np.zeros(len(canonical.heads), np.bool_)
        names = ["np", "theta", *(argument.name for argument in arguments)]
        self.layout = Layout(canonical.fixed, names)
        self.copies = Copies(self.layout.incomplete)
        self.code = Code(Buffer("theta", (len(wrt),), "parameter"))
        self.signature = np.zeros(len(canonical.heads), np.uint64)
        self._copied = 0  # how many of the copies have been written
        leaves = [(self.code.parameters, list(wrt))]
        for argument in arguments:
            buffer = Buffer(argument.name, argument.shape, argument.role, argument.batched)
            self.code.inputs.append(buffer)
            leaves.append((buffer, argument.values))
        for buffer, values in leaves:
            there = [(number[leaf], cell) for cell, leaf in enumerate(values) if leaf in number]
            nodes, places = np.array(there, np.intp).reshape(-1, 2).T
            self.layout.place(buffer, nodes, places)

    def emit(self, instruction: Instruction) -> None:
        """Write an instruction, after the copies that have been asked for since the last one."""
        self.code.forward.extend(self.copies.gathers[self._copied :])
        self._copied = len(self.copies.gathers)
        self.code.forward.append(instruction)

    def op(self, code: int) -> Op:
        """An operation by its code on the tape."""
        op = self.tape.rules[code]
        assert op is not None
        return op

    def operand(self, nodes: Ids) -> Operand:
        """Nodes (heads, columns) that are all in one buffer, or all constants."""
        which = self.layout.buffer_of[nodes.flat[0]]
        if which == FIXED:
            return constants(self.tape.data[nodes])
        return Operand(self.layout.buffers[which], self.layout.cell_of[nodes].astype(np.intp))

    def alike(self, inputs: Sequence[Ids]) -> list[Ids]:
        """Which heads have their inputs in the same buffers."""
        key = np.zeros(len(inputs[0]), np.int64)
        for nodes in inputs:
            which = self.layout.buffer_of[nodes]
            if (which != which[0]).any():
                _, key = np.unique(
                    key * (len(self.layout.buffers) + 3) + which, return_inverse=True
                )
        return equal(key)

    def view(self, node: int) -> View:
        """A view of one number."""
        if self.layout.buffer_of[node] == FIXED:
            data = np.array(self.tape.data[node])
            buffer = Buffer(self.layout.name("constant"), (), "constant", data=data)
            return View(buffer, 0, ())
        buffer = self.layout.buffers[self.layout.buffer_of[node]]
        return View(buffer, int(self.layout.cell_of[node]), ())

    def labelled(self) -> list[Buffer]:
        """The buffers in which there are numbers with labels: somebody wants to see them."""
        which = self.layout.buffer_of[self.canonical.same[self.tape.labelled]]
        return [self.layout.buffers[i] for i in np.unique(which) if i >= 0]

    def comment(self, heads: Ids) -> str:
        """How many scalar nodes some heads were."""
        count = int(self.canonical.absorbed[heads].sum())
        return f"{count:,} scalar nodes" if count > 1 else "1 scalar node"


def constants(numbers: NDArray[np.float64]) -> Operand:
    """Constants (heads, columns) to look at."""
    return Operand(None, np.zeros(numbers.shape, np.intp), np.ascontiguousarray(numbers))
