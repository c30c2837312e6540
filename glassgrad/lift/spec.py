"""What every Code satisfies: checked between passes in the tests, one small function a rule.

A rule about one instruction looks at nothing else. The rules of order, about what holds a number
when, are in `_Run`, which goes through the instructions as a run would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from keyword import iskeyword

import numpy as np
from numpy.typing import NDArray

from glassgrad import ops
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Code,
    Compute,
    Expr,
    Extreme,
    ExtremeGradient,
    Gather,
    Instruction,
    Put,
    Scatter,
    Shape,
    Take,
    Term,
    View,
    Zero,
    cells,
    sources_of,
    target_of,
    views_of,
    whole,
)


class SpecError(ValueError):
    """A Code that no backend has to run: which instruction it is, and the rule that it breaks."""


def check(code: Code) -> None:
    """Raise SpecError for the first rule that is broken.

    >>> from glassgrad.lift.ir import Term
    >>> theta, y = Buffer("theta", (3,), "parameter"), Buffer("y", (), "value")
    >>> far = Compute(View(y, 0, ()), (), [Term(View(theta, 3, ()))])
    >>> try:
    ...     check(Code(theta, forward=[far]))
    ... except SpecError as error:
    ...     print(str(error).split(": ")[-1])
    the view theta@3[] shows cells 3 to 3 of a buffer with 3
    """
    for rule in CODE_RULES:
        for complaint in rule(code):
            raise SpecError(complaint)
    for place, instruction in _numbered(code):
        for law in INSTRUCTION_RULES:
            for complaint in law(instruction):
                raise SpecError(f"{place}, {instruction!r}: {complaint}")
    run = _Run(code)
    for place, instruction in _numbered(code):
        for complaint in run.step(instruction):
            raise SpecError(f"{place}, {instruction!r}: {complaint}")
    for root in code.roots:
        if not run.holds(root):
            raise SpecError(f"the root {root!r} is never written")


def _numbered(code: Code) -> Iterator[tuple[str, Instruction]]:
    for part, instructions in [("forward", code.forward), ("backward", code.backward)]:
        for number, instruction in enumerate(instructions):
            yield f"instruction {number} of {part}", instruction


def _buffers(code: Code) -> list[Buffer]:
    """Every buffer, each once."""
    named = [code.parameters, *code.inputs, *(root.buffer for root in code.roots)]
    used = [
        buffer
        for instruction in [*code.forward, *code.backward]
        for buffer in [*sources_of(instruction), target_of(instruction)]
    ]
    return list(dict.fromkeys([*named, *used, *code.gradients, *code.gradients.values()]))


# Rules about buffers and the Code as a whole.


def names_differ(code: Code) -> Iterator[str]:
    """Names are Python identifiers, and no two buffers share one."""
    seen: set[str] = set()
    for buffer in _buffers(code):
        if not buffer.name.isidentifier() or iskeyword(buffer.name):
            yield f"the name {buffer.name!r} is not an identifier"
        if buffer.name in seen:
            yield f"two buffers are called {buffer.name!r}"
        seen.add(buffer.name)


def roles_fit(code: Code) -> Iterator[str]:
    """A buffer stands where its role lets it, and only numbers of an example are batched."""
    if code.parameters.role != "parameter" or len(code.parameters.shape) != 1:
        yield f"{code.parameters!r} holds the parameters: its role is that, its shape flat"
    for buffer in _buffers(code):
        if (buffer.role == "parameter") != (buffer is code.parameters):
            yield f"{buffer!r} is one of two buffers of parameters"
        if (buffer.role in ("input", "index")) != (buffer in code.inputs):
            yield f"{buffer!r} is a number of an example if, and only if, it is in `inputs`"
        if buffer.role in ("parameter", "constant") and buffer.batched:
            yield f"{buffer!r} is the same for each example, so it is not batched"
    for instruction in code.forward:
        for buffer in [*sources_of(instruction), target_of(instruction)]:
            if buffer.role == "gradient":
                yield f"{buffer!r} is a gradient in the forward part"


def examples_do_not_mix(code: Code) -> Iterator[str]:
    """Forward, what comes from the examples of a batch is batched: none is added up over it."""
    for instruction in code.forward:
        target = target_of(instruction)
        for source in sources_of(instruction):
            if source.batched and not target.batched:
                yield f"{target!r} is the same for each example, but comes from {source!r}"


def data_fit(code: Code) -> Iterator[str]:
    """Constants have numbers, in their shape."""
    for buffer in _buffers(code):
        if (buffer.data is not None) != (buffer.role == "constant"):
            yield f"{buffer!r} has `data` if, and only if, it is a constant"
        if buffer.data is not None and buffer.data.shape != buffer.shape:
            yield f"{buffer!r} has data of shape {buffer.data.shape}"


def masks_fit(code: Code) -> Iterator[str]:
    """Holes hold 0.0, in a buffer whose numbers do not come from outside."""
    for buffer in _buffers(code):
        if buffer.mask is None:
            continue
        if buffer.mask.shape != buffer.shape:
            yield f"{buffer!r} has a mask of shape {buffer.mask.shape}"
        elif buffer.role in ("parameter", "input", "index"):
            yield f"{buffer!r} has holes that may be filled from outside"
        elif buffer.data is not None and buffer.data[~buffer.mask].any():
            yield f"{buffer!r} has numbers in its holes"


def gradients_fit(code: Code) -> Iterator[str]:
    """A gradient is like what it is the gradient of."""
    for buffer, gradient in code.gradients.items():
        if gradient.role != "gradient":
            yield f"{gradient!r} is a gradient, but its role is {gradient.role!r}"
        if (gradient.shape, gradient.batched) != (buffer.shape, buffer.batched):
            yield f"{gradient!r} has not the shape of {buffer!r}"
        if not _same_mask(gradient.mask, buffer.mask):
            yield f"{gradient!r} has not the mask of {buffer!r}"
    if code.backward and code.parameters not in code.gradients:
        yield "there is a backward part, but the parameters have no gradient"


def roots_fit(code: Code) -> Iterator[str]:
    """A root is one cell."""
    for root in code.roots:
        if root.strides:
            yield f"the root {root!r} has dimensions"
        elif not 0 <= root.offset < root.buffer.size:
            yield f"the root {root!r} lies outside its buffer"


CODE_RULES: list[Callable[[Code], Iterator[str]]] = [
    names_differ,
    roles_fit,
    examples_do_not_mix,
    data_fit,
    masks_fit,
    gradients_fit,
    roots_fit,
]


def _same_mask(a: NDArray[np.bool_] | None, b: NDArray[np.bool_] | None) -> bool:
    return a is b or (a is not None and b is not None and bool(np.array_equal(a, b)))


# Rules about one instruction.


def _reads(instruction: Instruction) -> Iterator[tuple[View, Shape]]:
    """Each view that an instruction reads through, with the index space that it stands in."""
    match instruction:
        case Compute(_, shape, terms):
            for term in terms:
                if isinstance(term.expr, Expr):
                    yield from ((view, shape + term.reduce) for view in term.expr.views())
        case Extreme(_, _, shape, source, reduce):
            yield source, shape + reduce
        case ExtremeGradient(Extreme(_, result, shape, source, reduce), _, upstream):
            yield from [(source, shape + reduce), (result, shape), (upstream, shape)]
        case Take(_, shape, table, which):
            yield from [(table, shape), (which, shape)]
        case Put(_, shape, upstream, which):
            yield from [(upstream, shape), (which, shape)]


def _target(instruction: Instruction) -> tuple[View, Shape]:
    """The view that an instruction writes through, with the index space that it stands in."""
    match instruction:
        case Compute(target, shape) | Extreme(_, target, shape):
            return target, shape
        case Take(target, shape) | Put(target, shape):
            return target, shape
        case ExtremeGradient(Extreme(_, _, shape, _, reduce), target):
            return target, shape + reduce
        case Gather(target) | Scatter(target) | Zero(target):
            return whole(target), target.shape


def _looks(instruction: Instruction) -> list[tuple[View, Shape]]:
    return [_target(instruction), *_reads(instruction)]


def spaces_are_not_empty(instruction: Instruction) -> Iterator[str]:
    """There is at least one index in every index space."""
    for _, space in _looks(instruction):
        if any(count < 1 for count in space):
            yield f"the index space {space} is empty"


def strides_fit(instruction: Instruction) -> Iterator[str]:
    """A view has one stride for each dimension of its index space."""
    for view, space in _looks(instruction):
        if len(view.strides) != len(space):
            yield f"the view {view!r} has {len(view.strides)} strides in the space {space}"


def views_in_bounds(instruction: Instruction) -> Iterator[str]:
    """A view shows cells of its buffer; for a look-up, wherever the index moves it."""
    step, count, moved = 0, 1, None
    if isinstance(instruction, Take | Put):
        step, count = instruction.step, instruction.count
        moved = instruction.table if isinstance(instruction, Take) else instruction.target
        if count < 1:
            yield f"there are {count} to choose from"
    for view, space in _looks(instruction):
        ends = [s * (n - 1) for s, n in zip(view.strides, space, strict=True)]
        ends += [step * (count - 1)] if view is moved else []
        low = view.offset + sum(min(end, 0) for end in ends)
        high = view.offset + sum(max(end, 0) for end in ends)
        if low < 0 or high >= view.buffer.size:
            shown = f"cells {low} to {high} of a buffer with {view.buffer.size}"
            yield f"the view {view!r} shows {shown}"


def formulas_fit(instruction: Instruction) -> Iterator[str]:
    """Operations have as many inputs as the table says."""
    stack: list[Expr | float] = []
    if isinstance(instruction, Compute):
        stack.extend(term.expr for term in instruction.terms)
    while stack:
        part = stack.pop()
        if isinstance(part, Apply):
            if len(part.inputs) != part.op.arity:
                yield f"{part.op!r} of {len(part.inputs)} inputs has {part.op.arity}"
            stack.extend(part.inputs)


def extremes_fit(instruction: Instruction) -> Iterator[str]:
    """An Extreme is a maximum or minimum of one number at least; holes are none."""
    if isinstance(instruction, Extreme):
        if instruction.op not in (ops.maximum, ops.minimum):
            yield f"{instruction.op!r} is neither the maximum nor the minimum"
        source, target = instruction.source, instruction.target
        if source.buffer.mask is not None:
            space = instruction.shape + instruction.reduce
            some = _full(source, space).reshape(*instruction.shape, -1).any(axis=-1)
            if not np.all(some | ~_full(target, instruction.shape)):
                yield "it is the extreme of holes alone"
    if isinstance(instruction, ExtremeGradient):
        source, target = instruction.extreme.source, instruction.target
        if (source.offset, source.strides) != (target.offset, target.strides):
            yield f"the views {source!r} and {target!r} differ"


def indexes_fit(instruction: Instruction) -> Iterator[str]:
    """Numbers that say which cell: in range, one for each cell, and -1 only for a hole."""
    if isinstance(instruction, Gather | Scatter):
        to, index = instruction.target, instruction.index
        one_each, cells_of = (
            (to, instruction.source)
            if isinstance(instruction, Gather)
            else (instruction.source, to)
        )
        if index.shape != (one_each.size,):
            yield f"the index has shape {index.shape} for {one_each.size} cells"
        elif index.size and not (index.min() >= -1 and index.max() < cells_of.size):
            yield f"the index goes from {index.min()} to {index.max()} of {cells_of.size} cells"
        elif np.any(_mask(one_each) & (index == -1)):
            yield f"the index is -1 where {one_each!r} has no hole"


def index_buffers_are_looked_up(instruction: Instruction) -> Iterator[str]:
    """Whole numbers of an example say which; nothing is computed with them."""
    which = instruction.which if isinstance(instruction, Take | Put) else None
    if which is not None and which.buffer.role != "index":
        yield f"the view {which!r} is not of an index buffer"
    for view in views_of(instruction):
        if view is not which and view.buffer.role == "index":
            yield f"the view {view!r} of an index buffer stands for a number"


def targets_are_computed(instruction: Instruction) -> Iterator[str]:
    """Parameters, inputs and constants stay as they are."""
    target = target_of(instruction)
    if target.role not in ("value", "gradient"):
        yield f"{target!r} is not computed: its role is {target.role!r}"


def targets_are_injective(instruction: Instruction) -> Iterator[str]:
    """What is stored, rather than added, is stored in each cell once."""
    adds = isinstance(instruction, Compute) and instruction.accumulate
    if isinstance(instruction, Compute | Extreme | Take) and not adds:
        shown = cells(instruction.target, instruction.shape).ravel()
        if np.unique(shown).size < shown.size:
            yield f"the target {instruction.target!r} shows a cell twice"


def _mask(buffer: Buffer) -> NDArray[np.bool_]:
    full = np.ones(buffer.shape, np.bool_) if buffer.mask is None else buffer.mask
    return full.ravel()


def _full(view: View, space: Shape) -> NDArray[np.bool_]:
    """For each index, whether the view shows something other than a hole there."""
    return _mask(view.buffer)[cells(view, space)]


INSTRUCTION_RULES: list[Callable[[Instruction], Iterator[str]]] = [
    strides_fit,
    spaces_are_not_empty,
    views_in_bounds,
    formulas_fit,
    extremes_fit,
    indexes_fit,
    index_buffers_are_looked_up,
    targets_are_computed,
    targets_are_injective,
]


# Rules of order.


class _Run:
    """What is known of each cell while the instructions go by.

    A cell that nothing ever writes holds 0.0 from the start. Any other holds what an earlier run
    left there, until it is written.
    """

    def __init__(self, code: Code) -> None:
        buffers = _buffers(code)
        self._holds = {x: ~_mask(x) for x in buffers}  # holes hold 0.0
        self._stored = {x: np.zeros(x.size, np.bool_) for x in buffers}
        self._read = {x: np.zeros(x.size, np.bool_) for x in buffers}
        for buffer in buffers:
            self._holds[buffer] |= buffer.role != "value"
        for instruction in code.backward:
            self._holds[target_of(instruction)][_written(instruction)] = False
        for root in code.roots:
            gradient = code.gradients.get(root.buffer)
            if gradient is not None:  # the backend sets it to 0.0, and this cell to the seed
                self._holds[gradient][:] = True
                self._stored[gradient][root.offset] = True

    def holds(self, view: View) -> bool:
        return bool(self._holds[view.buffer][view.offset])

    def step(self, instruction: Instruction) -> Iterator[str]:
        """Cells are written before they are read, stored once, and left alone once read."""
        for buffer, shown in _shown(instruction):
            if not self._holds[buffer][shown].all():
                yield f"it reads cells of {buffer!r} before they are written"
            self._read[buffer][shown] = True
        target, shown = target_of(instruction), _written(instruction)
        if self._read[target][shown].any():
            yield f"it changes cells of {target!r} that have been read"
        if _adds(instruction):
            if not self._holds[target][shown].all():
                yield f"it adds to cells of {target!r} before they are written"
        elif self._stored[target][shown].any():
            yield f"it stores in cells of {target!r} where there is a number already"
        self._holds[target][shown] = True
        self._stored[target][shown] = not isinstance(instruction, Zero)


def _adds(instruction: Instruction) -> bool:
    if isinstance(instruction, Compute):
        return instruction.accumulate
    return isinstance(instruction, ExtremeGradient | Scatter | Put)


def _shown(instruction: Instruction) -> Iterator[tuple[Buffer, NDArray[np.intp]]]:
    """The cells that an instruction reads."""
    match instruction:
        case Gather(_, source, index):
            yield source, index[index >= 0]
        case Scatter(_, source, index):
            yield source, np.flatnonzero(index >= 0)
        case Take(_, shape, table, which, step, count):
            yield which.buffer, _cells(which, shape)
            yield table.buffer, _moved(table, shape, step, count)
        case Compute(target, shape) | Extreme(_, target, shape) if target.buffer.mask is not None:
            full = _full(target, shape)  # what is computed for a hole may be of anything
            yield from ((x.buffer, cells(x, space)[full]) for x, space in _reads(instruction))
        case _:
            yield from ((x.buffer, _cells(x, space)) for x, space in _reads(instruction))


def _written(instruction: Instruction) -> NDArray[np.intp]:
    """The cells that an instruction writes to; holes are not among them."""
    target = target_of(instruction)
    shown = _aimed(instruction)
    return shown[_mask(target)[shown]]


def _aimed(instruction: Instruction) -> NDArray[np.intp]:
    match instruction:
        case Scatter(_, _, index):
            return index[index >= 0]
        case Put(target, shape, _, _, step, count):
            return _moved(target, shape, step, count)
        case Compute(target, shape, terms, accumulate=True) if any(map(_hole_views, terms)):
            return cells(target, shape)[~_adds_zero(instruction)]
        case _:
            return _cells(*_target(instruction))


def _adds_zero(compute: Compute) -> NDArray[np.bool_]:
    """For each index, whether all that is added is a product with a hole."""
    found = np.ones(compute.shape, np.bool_)
    for term in compute.terms:
        zero = np.zeros(compute.shape + term.reduce, np.bool_)
        for view in _hole_views(term):
            zero |= ~_full(view, compute.shape + term.reduce)
        found &= zero.reshape(*compute.shape, -1).all(axis=-1)
    return found


def _hole_views(term: Term) -> list[View]:
    """The factors of a term that are views of buffers with holes."""
    found: list[View] = []
    stack = [term.expr]
    while stack:
        part = stack.pop()
        if isinstance(part, View) and part.buffer.mask is not None:
            found.append(part)
        elif isinstance(part, Apply) and part.op is ops.multiply:
            stack.extend(part.inputs)
        elif isinstance(part, Apply) and part.op is ops.mask:
            stack.append(part.inputs[0])
    return found


def _cells(view: View, space: Shape) -> NDArray[np.intp]:
    """The cells that a view shows, each once for all indexes that it does not depend on."""
    moving = [(n, s) for n, s in zip(space, view.strides, strict=True) if s]
    still = View(view.buffer, view.offset, tuple(s for _, s in moving))
    return cells(still, tuple(n for n, _ in moving)).ravel()


def _moved(view: View, shape: Shape, step: int, count: int) -> NDArray[np.intp]:
    return _cells(View(view.buffer, view.offset, (*view.strides, step)), (*shape, count))
