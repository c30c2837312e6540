"""An array program as NumPy source that runs, to be read.

`forward(theta, ...)` and `value_and_grad(theta, ...)` compute what the backends do, in the words of
a textbook: `h1 = np.tanh(x @ W1.T + b1)`. The batch, if there is one, is the first axis. Numbers
that would fill pages are not in the text: whoever runs it gives them as `CONSTANTS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import prod
from textwrap import indent
from typing import Any

from numpy.typing import NDArray

from glassgrad.lift.ir import Buffer, Code, Instruction, Shape, Zero, target_of
from glassgrad.lift.text.arrays import Arrays, shape_text
from glassgrad.lift.text.constants import Constants
from glassgrad.lift.text.formulas import wrapped
from glassgrad.lift.text.names import identifier, unused
from glassgrad.lift.text.parts import Parts, looks_of
from glassgrad.lift.text.statements import Writer
from glassgrad.lift.text.store import Statement
from glassgrad.lift.text.views import BATCH, Dim

WIDTH = 100
RESERVED = ("np", "math", "batch", "seeds", "erf", "sliding_window_view", "CONSTANTS")


def source(code: Code, names: Sequence[str] = ()) -> str:
    """The text of a module with `forward`, and `value_and_grad` if there is a backward pass.

    names: the path or label of each parameter, from which the names of their arrays are made.

    >>> from glassgrad.lift.ir import Compute, Term, whole
    >>> theta, y = Buffer("theta", (3,), "parameter"), Buffer("y", (), "value")
    >>> squares = Term(whole(theta) ** 2, reduce=(3,))
    >>> print(source(Code(theta, roots=[whole(y)], forward=[Compute(whole(y), (), [squares])])))
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    def forward(theta):
        y = np.sum(theta ** 2)  # a number
        return y
    <BLANKLINE>
    """
    return _Module(code, names).text()


def constants_of(code: Code, names: Sequence[str] = ()) -> dict[str, NDArray[Any]]:
    """The numbers that the text of `source` expects in `CONSTANTS`."""
    module = _Module(code, names)
    module.text()
    return module.constants.large


def statements_of(code: Code, names: Sequence[str] = ()) -> list[Statement]:
    """The statements of the forward pass, none put inside another."""
    module = _Module(code, names)
    return _Function(module, backward=False).statements(inline=False)


@dataclass(frozen=True)
class Leaf:
    """An array that a program begins with: a "parameter" or more, an "input", or a "constant"."""

    name: str
    words: str
    kind: str
    size: int


def leaves_of(code: Code, names: Sequence[str] = ()) -> list[Leaf]:
    """What the statements of the forward pass may read that none of them makes."""
    module = _Module(code, names)
    words = _Function(module, backward=False).arrays.words
    leaves = [
        Leaf(part.name, _words(part.shape), "parameter", prod(part.shape))
        for part in module.parts.parts
    ]
    for buffer, name in module.names.items():
        kind = "input" if buffer.role == "index" else buffer.role
        if buffer.role not in ("value", "gradient"):
            leaves.append(Leaf(name, words(buffer), kind, buffer.size))
    return leaves


class _Module:
    """What the functions of one text share."""

    def __init__(self, code: Code, names: Sequence[str]) -> None:
        self.code = code
        self.names: dict[Buffer, str] = {}
        self.helpers: dict[str, str] = {}
        instructions = [*code.forward, *code.backward]
        buffers = [code.parameters, *code.inputs]
        for instruction in instructions:
            buffers += [view.buffer for view, _ in looks_of(instruction)]
            buffers.append(target_of(instruction))
            source = getattr(instruction, "source", None)
            buffers += [source] if isinstance(source, Buffer) else []
        buffers += [root.buffer for root in code.roots]
        buffers += [code.gradients[x] for x in list(dict.fromkeys(buffers)) if x in code.gradients]
        taken = set(RESERVED)
        for buffer in dict.fromkeys(buffers):
            self.names[buffer] = unused(identifier(buffer.name), taken)
            taken.add(self.names[buffer])
        self.constants = Constants(self.names, taken)
        self.parts = Parts(code.parameters, names, taken)
        self.parts.learn(instructions)

    def text(self) -> str:
        """The whole text."""
        functions = [_Function(self, backward=False).text()]
        if self.code.backward or self.code.gradients:
            functions.append(_Function(self, backward=True).text())
        body = "\n\n\n".join(functions)
        head = ["import numpy as np"]
        if "math." in "".join(self.helpers.values()):
            head.insert(0, "import math\n")
        if "sliding_window_view(" in body:
            head.append("from numpy.lib.stride_tricks import sliding_window_view")
        short = [x for x in self.helpers.values() if not x.startswith("def ")]
        lines = [*short, *self.constants.definitions.values()]
        head += ["", *lines] if lines else []
        defined = [x for x in self.helpers.values() if x.startswith("def ")]
        return "\n\n\n".join(["\n".join(head), *defined, body]) + "\n"


@dataclass
class _Function:
    """One function of the text: the forward pass, or both."""

    module: _Module
    backward: bool
    lines: list[Statement] = field(default_factory=list)

    def __post_init__(self) -> None:
        code = self.module.code
        self.instructions: list[Instruction] = list(code.forward)
        if self.backward:
            self.instructions += code.backward
        module = self.module
        d_theta = code.gradients.get(code.parameters) if self.backward else None
        self.arrays = Arrays(code, module.names, module.parts, module.constants, module.helpers)
        self.arrays.d_theta = d_theta
        self.writer = Writer(self.arrays)
        self.writer.count(self.instructions, self._seeded())

    def _seeded(self) -> list[Buffer]:
        """The buffers in which the backward pass begins."""
        gradients = self.module.code.gradients
        roots = dict.fromkeys(root.buffer for root in self.module.code.roots)
        return [gradients[x] for x in roots if x in gradients] if self.backward else []

    def statements(self, inline: bool = True) -> list[Statement]:
        """The body of the function, without what names the parameters and returns results."""
        code = self.module.code
        self.writer.may_name_views = inline
        lines: list[Statement] = []
        for instruction in code.forward:
            _join(lines, self.writer.write(instruction, lines[-1:] if inline else []))
        if self.backward:
            back: list[Statement] = []
            for instruction in code.backward:
                if isinstance(instruction, Zero) and instruction.target is self.arrays.d_theta:
                    continue
                _join(back, self.writer.write(instruction, back[-1:] if inline else []))
            lines += [Statement("", None), *self._seeds(), *back]
        return lines

    def text(self) -> str:
        """The whole function."""
        code, names = self.module.code, self.module.names
        body = self.statements()
        takes = [names[code.parameters], *(names[x] for x in code.inputs)]
        if self.backward and len(code.roots) != 1:
            takes.append("seeds")
        name = "value_and_grad" if self.backward else "forward"
        lines = [Statement(f'"""{self._meaning()}"""', None)] if self.backward else []
        lines += [*self._parts(), *self._batch(body), *body]
        for part in self.module.parts.parts:
            if part in self.arrays.d_parts_used and not part.is_view:
                assert self.arrays.d_theta is not None
                text = f"{part.text(names[self.arrays.d_theta])} += d_{part.name}"
                lines.append(Statement(text, None))
        lines.append(Statement(f"return {self._result()}", None))
        return "\n".join([f"def {name}({', '.join(takes)}):", *_laid_out(lines)])

    def _meaning(self) -> str:
        if len(self.module.code.roots) != 1:
            return "The results, and the gradient of the sum of seeds * results."
        if self._mean():
            return "The mean of the results over the batch, and its gradient."
        return "The result, and its gradient."

    def _mean(self) -> bool:
        return any(root.buffer.batched for root in self.module.code.roots)

    def _parts(self) -> Iterator[Statement]:
        vector = self.module.code.parameters
        name = self.module.names[vector]
        for part in self.module.parts.parts:
            if part in self.arrays.parts_used:
                text = f"{part.name} = {part.text(name)}"
                yield Statement(text, None, _words(part.shape))

    def _batch(self, body: Iterable[Statement]) -> list[Statement]:
        code = self.module.code
        text = " ".join([*(statement.text for statement in body), self._result()])
        if not code.batched or not re.search(r"\bbatch\b", text):
            return []
        one = next(x for x in code.inputs if x.batched)
        return [Statement(f"batch = len({self.module.names[one]})", None)]

    def _result(self) -> str:
        """What the function returns."""
        code = self.module.code
        texts = self._roots()
        result = texts[0] if len(texts) == 1 else f"np.stack([{', '.join(texts)}], axis=-1)"
        if not self.backward:
            return result
        if len(code.roots) == 1 and self._mean():
            result = f"{texts[0]}.mean()"
        gradient = self.arrays.d_theta
        zeros = f"np.zeros_like({self.module.names[code.parameters]})"
        return f"{result}, {self.module.names[gradient] if gradient else zeros}"

    def _roots(self) -> list[str]:
        """The roots, or one text for all where they follow each other in one buffer."""
        roots = self.module.code.roots
        first = roots[0] if roots else None
        batched = self.module.code.batched
        if first is None:
            return ["np.zeros((batch, 0))" if batched else "np.zeros(0)"]
        step = _step([root.offset for root in roots])
        if step and len({root.buffer for root in roots}) == 1 and batched == first.buffer.batched:
            dims = [Dim(len(roots), step)] if len(roots) > 1 else []
            axes = [BATCH] * batched
            return [self.arrays.look(first.buffer, first.offset, [*axes, *dims])]
        texts = []
        for root in roots:
            text = self.arrays.look(root.buffer, root.offset, [BATCH] * root.buffer.batched)
            wide = batched and not root.buffer.batched
            texts.append(f"np.broadcast_to({text}, batch)" if wide else text)
        return texts

    def _seeds(self) -> Iterator[Statement]:
        """The gradients with which the backward pass begins, and the one that it fills."""
        code, names = self.module.code, self.module.names
        d_theta = self.arrays.d_theta
        if d_theta is not None:
            yield self._zeros(d_theta)
            for part in self.module.parts.parts:
                if part in self.arrays.d_parts_used:
                    text = f"d_{part.name} = np.zeros({part.shape})"
                    if part.is_view:
                        text = f"d_{part.name} = {part.text(names[d_theta])}"
                    yield Statement(text, None, _words(part.shape))
        for buffer in self._seeded():
            roots = [
                (place, root)
                for place, root in enumerate(code.roots)
                if code.gradients.get(root.buffer) is buffer
                and (buffer.mask is None or buffer.mask.flat[root.offset])
            ]
            shape = shape_text(buffer.batched, buffer.shape)
            if buffer is not d_theta:
                whole = buffer.size == 1 and len(code.roots) == 1
                fill = "1.0"
                if whole and buffer.batched:
                    fill = f"np.full({shape}, 1.0) / batch"
                elif whole and buffer.shape:
                    fill = f"np.ones({shape})"
                if not whole:
                    fill = self.arrays.zeros(buffer)
                words = self.arrays.words(buffer)
                yield Statement(f"{names[buffer]} = {fill}", buffer, words)
                if whole:
                    continue
            for place, root in roots:
                axes = [BATCH] * buffer.batched
                target = self.arrays.look(buffer, root.offset, axes)
                seed = "1.0 / batch" if buffer.batched else "1.0"
                if len(code.roots) > 1:
                    seed = f"seeds[:, {place}]" if code.batched else f"seeds[{place}]"
                    if code.batched and not buffer.batched:
                        seed += ".sum()"
                yield Statement(f"{target} += {seed}", buffer)

    def _zeros(self, d_theta: Buffer) -> Statement:
        names, code = self.module.names, self.module.code
        text = f"{names[d_theta]} = np.zeros_like({names[code.parameters]})"
        return Statement(text, None, f"{d_theta.size}")


def _words(shape: Shape) -> str:
    return " x ".join(map(str, shape)) or "a number"


def _step(offsets: Sequence[int]) -> int:
    """How far apart numbers are; 0 if not evenly."""
    steps = {b - a for a, b in pairwise(offsets)} or {1}
    return steps.pop() if len(steps) == 1 else 0


def _join(lines: list[Statement], more: Sequence[Statement]) -> None:
    """Add statements; the first may hold what the last line computed."""
    if more and more[0].holds_last:
        lines.pop()
    lines.extend(more)


def _laid_out(statements: Sequence[Statement]) -> Iterator[str]:
    """Lines with their comments below each other, or above where there is no room."""
    short = [len(x.text) for x in statements if x.comment and len(x.text) <= 60]
    column = max(short, default=0) + 2
    for statement in statements:
        if not statement.comment:
            yield indent(wrapped(statement.text, WIDTH - 4), "    ")
            continue
        room = max(column, len(statement.text) + 2)
        line = f"    {statement.text:<{room}}# {statement.comment}"
        if len(line) > WIDTH:
            yield f"    # {statement.comment}"
            line = indent(wrapped(statement.text, WIDTH - 4), "    ")
        yield line
