"""Steps as plain text, for a terminal, a screen reader, and where no script may run."""

from __future__ import annotations

from collections.abc import Sequence

from glassgrad.step.trace import Trace
from glassgrad.step.words import Words, describe


def to_text(traces: Sequence[Trace]) -> str:
    """Every step of every trace, numbered, with what there is to say about the graph."""
    blocks = []
    for trace in traces:
        blocks += [f"{trace.title}:"] if trace.title else []
        for i, step in enumerate(trace.steps, 1):
            first, *rest = lines_of(describe(trace, step))
            blocks.append("\n".join([f"{i}. {first}", *(f"   {line}" for line in rest)]))
    blocks += [f"({note})" for note in traces[0].notes]
    return "\n".join(blocks)


def lines_of(words: Words) -> list[str]:
    """The title, then everything else."""
    lines = [words.title, *words.lines, *(f"! {warning}" for warning in words.warnings)]
    for card in words.cards:
        lines.append(f"{card.title}:")
        lines += [f"  {what}: {how_much}" for what, how_much in card.lines]
        lines += [f"  ! {remark}" for remark in card.remarks]
    if words.table:
        _, *heads = words.table[0]
        for name, *cells in words.table[1:]:
            pairs = (f"{head} {cell}" for head, cell in zip(heads, cells, strict=True))
            lines.append(f"{name}: {', '.join(pairs)}")
    return lines
