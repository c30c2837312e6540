"""Instructions for a few numbers, as plain Python: calling NumPy for three numbers takes longer.

Those that follow one another become one function. A number that it has met stays in a variable.
"""

from __future__ import annotations

import math
from typing import Any

from glassgrad import ops
from glassgrad.backends.numpy_formulas import negated
from glassgrad.backends.numpy_plan import Plan
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Compute,
    Expr,
    Gather,
    Instruction,
    Scatter,
    View,
    Zero,
    indexes,
    sources_of,
    target_of,
)

# Nanoseconds, roughly: of a call of NumPy, of going to a cell, of an operation, of a function.
CALL, CELL, OPERATION, FUNCTION = 220, 35, 20, 70
MOST_PARTS = 100  # of a formula
MOST_LINES = 400  # of a function


class Few:
    """Takes the instructions that are faster in plain Python, for as long as they follow."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._lines: list[str] = []
        self._names: dict[str, Any] = {}  # what the function works with
        self._name_of: dict[object, str] = {}
        self._variables: dict[tuple[Buffer, int], str] = {}  # cells whose number is in a variable

    def takes(self, step: Instruction) -> bool:
        """Take an instruction, if it is one for a few numbers."""
        if self._plan.batch != 1 and any(x.batched for x in [target_of(step), *sources_of(step)]):
            return False
        match step:
            case Compute() if _is_cheap(step):
                self._compute(step)
            case Gather(target, source, index) if target.size * 2 * CELL < CALL:
                for cell, k in enumerate(index.tolist()):
                    self._store(target, cell, "0.0" if k == -1 else self._load(source, k))
            case Scatter(target, source, index) if source.size * 3 * CELL < 2 * CALL:
                for cell, k in enumerate(index.tolist()):
                    if k != -1:
                        self._store(
                            target, k, f"{self._load(target, k)} + {self._load(source, cell)}"
                        )
            case Zero(target) if target.size * CELL < CALL:
                for cell in range(target.size):
                    self._store(target, cell, "0.0")
            case _:
                return False
        if len(self._lines) > MOST_LINES:
            self.finish()
        return True

    def finish(self) -> None:
        """Add the call that does what was taken so far."""
        if self._lines:
            # Arguments are found faster than what belongs to the module.
            given = ", ".join(f"{name}={name}" for name in self._names)
            text = "\n    ".join([f"def run({given}):", *self._lines])
            exec(compile(text, "<a few numbers>", "exec"), self._names)
            self._plan.calls.append(self._names["run"])
        self._lines, self._names, self._name_of, self._variables = [], {}, {}, {}

    def _compute(self, step: Compute) -> None:
        for index in indexes(step.shape):
            cell = step.target.cell(index)
            parts = [
                self._text(term.expr, index + inner)
                for term in step.terms
                for inner in indexes(term.reduce)
            ]
            if step.accumulate:
                parts = [self._load(step.target.buffer, cell), *parts]
            self._store(step.target.buffer, cell, " + ".join(parts))

    def _text(self, expr: Expr | float, index: tuple[int, ...]) -> str:
        if isinstance(expr, View):
            return self._load(expr.buffer, expr.cell(index))
        if not isinstance(expr, Apply):
            return self._number(float(expr))  # type: ignore[arg-type]
        minus = negated(expr)
        if minus is not None:
            return f"-{self._text(minus, index)}"
        inputs = [self._text(x, index) for x in expr.inputs]
        if expr.op is ops.add:
            return f"({inputs[0]} + {inputs[1]})"
        if expr.op is ops.multiply:
            return f"({inputs[0]} * {inputs[1]})"
        return f"{self._name(expr.op, expr.op.value, 'f')}({', '.join(inputs)})"

    def _number(self, number: float) -> str:
        return f"({number!r})" if math.isfinite(number) else self._name(repr(number), number, "c")

    def _name(self, key: object, thing: Any, prefix: str) -> str:
        if key not in self._name_of:
            self._name_of[key] = f"{prefix}{len(self._name_of)}"
            self._names[self._name_of[key]] = thing
        return self._name_of[key]

    def _memory(self, buffer: Buffer) -> str:
        memory: Any = self._plan.memory(buffer)
        return self._name(buffer, memoryview(memory), "m")

    def _load(self, buffer: Buffer, cell: int) -> str:
        if (buffer, cell) not in self._variables:
            name = self._variables[buffer, cell] = f"x{len(self._lines)}"
            self._lines.append(f"{name} = {self._memory(buffer)}[{cell}]")
        return self._variables[buffer, cell]

    def _store(self, buffer: Buffer, cell: int, text: str) -> None:
        if buffer.mask is None or buffer.mask.flat[cell]:
            name = self._variables[buffer, cell] = f"x{len(self._lines)}"
            self._lines.append(f"{name} = {self._memory(buffer)}[{cell}] = {text}")


def _is_cheap(step: Compute) -> bool:
    """Whether plain Python takes less time than NumPy."""
    cells = math.prod(step.shape)
    python = cells * CELL * (1 + step.accumulate)
    numpy = CALL * (step.accumulate + len(step.terms) - 1)
    for term in step.terms:
        indices = cells * math.prod(term.reduce)
        if indices * CELL > 10 * CALL:
            return False
        size, time = 0, 0
        stack: list[Any] = [term.expr]
        while stack:
            part = stack.pop()
            size += 1
            if isinstance(part, View):
                time += CELL
            elif isinstance(part, Apply):
                time += OPERATION if part.op in (ops.add, ops.multiply) else FUNCTION
                numpy += CALL
                stack += part.inputs
            if size > MOST_PARTS:
                return False
        python += indices * time
        numpy += 2 * CALL if term.reduce else CALL * (size == 1)
    return python < numpy
