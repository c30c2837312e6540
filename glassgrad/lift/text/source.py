"""An array program as NumPy source that runs, to be read.

`forward(theta, ...)` and `value_and_grad(theta, ...)` compute what the backends do, in the words of
a textbook: `h1 = np.tanh(x @ W1.T + b1)`. The batch, if there is one, is the first axis. Products
are in the program's own order, but for x * (1.0 / y), which is x / y. Numbers that would fill pages
are not in the text: whoever runs it gives them as `CONSTANTS`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from math import prod
from textwrap import indent
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift.fit import fit
from glassgrad.lift.ir import Buffer, Code, Instruction, Shape, View, Zero, target_of
from glassgrad.lift.text.arrays import Arrays, shape_text
from glassgrad.lift.text.constants import FEW, Constants
from glassgrad.lift.text.names import identifier, unused
from glassgrad.lift.text.parts import Parts, looks_of
from glassgrad.lift.text.statements import Writer
from glassgrad.lift.text.store import Statement
from glassgrad.lift.text.views import BATCH, Dim
from glassgrad.lift.text.wrapping import wrapped

WIDTH = 100
LONG_RESULT = 60  # letters from which results have a line of their own
RESERVED = (
    "np", "math", "batch", "seeds", "results", "erf", "sliding_window_view", "CONSTANTS",
)  # fmt: skip
CONSTANTS = "# CONSTANTS: arrays that are too large for a text, as program.constants() gives them"


def source(
    code: Code,
    names: Sequence[str] = (),
    shape: Shape | None = None,
    feeds: Sequence[int] = (),
    most: int = FEW,
) -> str:
    """The text of a module with `forward`, and `value_and_grad` if there is a backward pass.

    names: the path or label of each parameter, from which the names of their arrays are made.
    shape: in which results are given, () for a single one; None for one after the other.
    feeds: for each input which argument it is filled from; arguments are not to be told apart
    without. most: how many numbers of a constant are written out.

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
    return _Module(code, names, shape, feeds, most).text()


def constants_of(code: Code, names: Sequence[str] = (), most: int = FEW) -> dict[str, NDArray[Any]]:
    """The numbers that the text of `source` expects in `CONSTANTS`."""
    module = _Module(code, names, most=most)
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

    def __init__(
        self,
        code: Code,
        names: Sequence[str],
        shape: Shape | None = None,
        feeds: Sequence[int] = (),
        most: int = FEW,
    ) -> None:
        self.code = code
        count = len(code.roots)
        self.shape = shape if shape is not None else () if count == 1 else (count,)
        self.feeds = feeds or range(len(code.inputs))
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
        self.constants = Constants(self.names, taken, most)
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
        given = [i for i, line in enumerate(lines) if 'CONSTANTS["' in line]
        if given:
            lines.insert(given[0], CONSTANTS)
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
        arguments: dict[int, str] = {}
        for feed, buffer in zip(self.module.feeds, code.inputs, strict=True):
            arguments.setdefault(feed, names[buffer])
        takes = [names[code.parameters], *arguments.values()]
        if self.backward and self.module.shape:
            takes.append("seeds")
        name = "value_and_grad" if self.backward else "forward"
        lines = [Statement(f'"""{self._meaning()}"""', None)] if self.backward else []
        result = self._result()
        lines += [*self._begin(body, result), *self._parts(), *body]
        for part in self.module.parts.parts:
            if part in self.arrays.d_parts_used and not part.is_view:
                assert self.arrays.d_theta is not None
                text = f"{part.text(names[self.arrays.d_theta])} += d_{part.name}"
                lines.append(Statement(text, None))
        if self.backward and len(result) > LONG_RESULT:
            lines.append(Statement(f"results = {result}", None))
            result = "results"
        lines.append(Statement(f"return {self._returned(result)}", None))
        return "\n".join([f"def {name}({', '.join(takes)}):", *_laid_out(lines)])

    def _meaning(self) -> str:
        if self.module.shape:
            return "The results, and the gradient of the sum of seeds * results."
        if self.module.code.batched:
            return "The mean of the results over the batch, and its gradient."
        return "The result, and its gradient."

    def _parts(self) -> Iterator[Statement]:
        vector = self.module.code.parameters
        name = self.module.names[vector]
        for part in self.module.parts.parts:
            if part in self.arrays.parts_used:
                text = f"{part.name} = {part.text(name)}"
                yield Statement(text, None, _words(part.shape))

    def _begin(self, body: Iterable[Statement], result: str) -> Iterator[Statement]:
        """What comes before all others: about the batch, and arguments as numbers."""
        code, names = self.module.code, self.module.names
        text = " ".join([*(statement.text for statement in body), result])
        if code.batched:
            batch = f"len({names[next(x for x in code.inputs if x.batched)]})"
            if re.search(r"\bbatch\b", text):
                yield Statement(f"batch = {batch}", None)
                batch = "batch"
            if self.backward and not self.module.shape:
                yield Statement(f"if {batch} == 0:", None)
                yield Statement(f"    return 0.0, np.zeros_like({names[code.parameters]})", None)
        known: dict[int, str] = {}
        for feed, buffer in zip(self.module.feeds, code.inputs, strict=True):
            name = names[buffer]
            if known.setdefault(feed, name) != name and re.search(rf"\b{name}\b", text):
                yield Statement(f"{name} = {known[feed]}.astype(float)", None)

    def _returned(self, result: str) -> str:
        """What the function returns."""
        code = self.module.code
        if not self.backward:
            return result
        if not self.module.shape and code.roots[0].buffer.batched:
            result = f"{result}.mean()"
        gradient = self.arrays.d_theta
        zeros = f"np.zeros_like({self.module.names[code.parameters]})"
        return f"{result}, {self.module.names[gradient] if gradient else zeros}"

    def _result(self) -> str:
        """The results in their shape."""
        code, shape = self.module.code, self.module.shape
        if self.backward and not shape:  # the mean of equal numbers is one of them
            return self._root(code.roots[0])
        if 0 in shape:
            return f"np.zeros({shape_text(code.batched, shape)})"
        places = np.arange(len(code.roots)).reshape(shape)
        whole = self._whole(places)
        if whole:
            return whole
        rows = [self._whole(row) for row in places] if len(shape) > 1 else []
        if not all(rows) or not rows:
            texts = [self._wide(self._root(root), root.buffer, ()) for root in code.roots]
            if not code.batched:
                return f"np.array({_nested(texts, shape)})"
            stacked = f"np.stack([{', '.join(texts)}], axis=1)"
            return stacked if len(shape) == 1 else f"{stacked}.reshape({shape_text(True, shape)})"
        return f"np.stack([{', '.join(rows)}]{', axis=1' if code.batched else ''})"

    def _root(self, root: View) -> str:
        return self.arrays.look(root.buffer, root.offset, [BATCH] * root.buffer.batched)

    def _whole(self, places: NDArray[np.intp]) -> str:
        """A look that shows the results at these places, "" if there is none."""
        roots = [self.module.code.roots[place] for place in places.ravel().tolist()]
        buffer = roots[0].buffer
        found = fit(np.reshape([root.offset for root in roots], places.shape))
        if found is None or len({root.buffer for root in roots}) > 1:
            return ""
        offset, strides = found
        if any(n > 1 and not stride for n, stride in zip(places.shape, strides, strict=True)):
            return ""
        dims: list[Dim | int | None] = [
            Dim(n, stride) if n > 1 else None
            for n, stride in zip(places.shape, strides, strict=True)
        ]
        text = self.arrays.look(buffer, offset, [*[BATCH] * buffer.batched, *dims])
        return self._wide(text, buffer, places.shape)

    def _wide(self, text: str, buffer: Buffer, shape: Shape) -> str:
        """What is the same for all examples, once for each."""
        wide = self.module.code.batched and not buffer.batched
        return f"np.broadcast_to({text}, {shape_text(True, shape)})" if wide else text

    def _seeds(self) -> Iterator[Statement]:
        """The gradients with which the backward pass begins, and the one that it fills."""
        seeds = list(self._of_roots())  # a root may be a part of the parameters, which has a name
        d_theta = self.arrays.d_theta
        if d_theta is not None:
            yield self._zeros(d_theta)
            for part in self.module.parts.parts:
                if part in self.arrays.d_parts_used:
                    text = f"d_{part.name} = np.zeros({part.shape})"
                    if part.is_view:
                        text = f"d_{part.name} = {part.text(self.module.names[d_theta])}"
                    yield Statement(text, None, _words(part.shape))
        yield from seeds

    def _of_roots(self) -> Iterator[Statement]:
        """The gradients of the roots' arrays: 1, or a share of it, or what was asked for."""
        code, names, shape = self.module.code, self.module.names, self.module.shape
        d_theta = self.arrays.d_theta
        for buffer in self._seeded():
            roots = [
                (place, root)
                for place, root in enumerate(code.roots)
                if code.gradients.get(root.buffer) is buffer
                and (buffer.mask is None or buffer.mask.flat[root.offset])
            ]
            axes = shape_text(buffer.batched, buffer.shape)
            if buffer is not d_theta:
                whole = buffer.size == 1 and not shape
                fill = "1.0"
                if whole and buffer.batched:
                    fill = f"np.full({axes}, 1.0) / batch"
                elif whole and buffer.shape:
                    fill = f"np.ones({axes})"
                if not whole:
                    fill = self.arrays.zeros(buffer)
                words = self.arrays.words(buffer)
                yield Statement(f"{names[buffer]} = {fill}", buffer, words)
                if whole:
                    continue
            for place, root in roots:
                target = self.arrays.look(buffer, root.offset, [BATCH] * buffer.batched)
                seed = "1.0 / batch" if buffer.batched else "1.0"
                if shape:
                    index = [":"] * code.batched + [str(i) for i in np.unravel_index(place, shape)]
                    seed = f"seeds[{', '.join(index)}]"
                    if code.batched and not buffer.batched:
                        seed += ".sum()"
                yield Statement(f"{target} += {seed}", buffer)

    def _zeros(self, d_theta: Buffer) -> Statement:
        names, code = self.module.names, self.module.code
        text = f"{names[d_theta]} = np.zeros_like({names[code.parameters]})"
        return Statement(text, None, f"{d_theta.size}")


def _words(shape: Shape) -> str:
    return " x ".join(map(str, shape)) or "a number"


def _nested(texts: Sequence[str], shape: Shape) -> str:
    """Texts as nested lists of that shape."""
    if not shape:
        return texts[0]
    step = prod(shape[1:])
    parts = [_nested(texts[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]
    return f"[{', '.join(parts)}]"


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
