"""What a lifted program is, in a few lines: where it came from, its operations, its memory."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.lift.ir import Buffer
from glassgrad.lift.lifted import Lifted
from glassgrad.lift.text.source import statements_of

BYTES = 8  # of a number
LONGEST = 60  # operations to list; of more, the first and the last


def line(title: str, lifted: Lifted | None) -> str:
    """It in one line."""
    if lifted is None:
        return f"{title}, not traced yet"
    n_operations = len(lifted.code.forward)
    operations = f"{n_operations:,} array operation{'s' * (n_operations != 1)}"
    return f"{f'{title}: ' if title else ''}{lifted.n_nodes:,} scalar nodes -> {operations}"


def text(title: str, lifted: Lifted | None) -> str:
    """It in as many lines as it takes."""
    if lifted is None:
        return f"{title} is traced when it is first called, with arrays that show the shapes"
    code = lifted.code
    takes = [repr(code.parameters)] if code.parameters.size else []
    takes += [repr(buffer) for buffer in code.inputs]
    lines = [
        line(title, lifted),
        f"takes   {', '.join(takes) or 'nothing'}",
        f"gives   {_results(lifted)}",
        f"memory  {_memory(lifted)}",
        "",
        *_operations(lifted),
    ]
    notices = lifted.traced.notices
    if notices:
        lines += ["", "baked in", *(str(notice) for notice in notices)]
    return "\n".join(lines)


def _results(lifted: Lifted) -> str:
    shape = [*["batch"] * lifted.code.batched, *map(str, lifted.traced.shape)]
    return f"[{', '.join(shape)}]" if shape else "a number"


def _operations(lifted: Lifted) -> list[str]:
    """Each operation with the shape of what it gives."""
    names = list(lifted.parameters.values())
    rows = [
        (_shape(statement.buffer), statement.text)
        for statement in statements_of(lifted.code, names)
    ]
    width = max((len(shape) for shape, _ in rows), default=0)
    lines = [f"{shape:<{width}}  {text}" for shape, text in rows]
    return _shortened(lines)


def _shape(buffer: Buffer | None) -> str:
    if buffer is None:
        return ""
    return " x ".join([*["batch"] * buffer.batched, *map(str, buffer.shape)]) or "1"


def _shortened(lines: Sequence[str]) -> list[str]:
    if len(lines) <= LONGEST:
        return list(lines)
    half = LONGEST // 2
    left_out = f"... {len(lines) - 2 * half:,} more ..."
    return [*lines[:half], left_out, *lines[-half:]]


def _memory(lifted: Lifted) -> str:
    """Of the values of the forward pass; gradients take as much once more."""
    values = [buffer for buffer in lifted.buffers.values() if buffer.role in ("value", "constant")]
    once = sum(buffer.size for buffer in values if not buffer.batched)
    each = sum(buffer.size for buffer in values if buffer.batched)
    parts = [f"{BYTES * once:,} bytes"] if once or not each else []
    parts += [f"{BYTES * each:,} bytes an example"] if each else []
    return f"{' and '.join(parts)} for values"
