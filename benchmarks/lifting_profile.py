"""Where the time of a lifted step goes: `python -m benchmarks.lifting_profile [moons|gpt]`.

Each instruction of the array program is timed by itself, as are the copies on the way in and out;
what is left of the whole step are Python's calls around them and the clock.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

import numpy as np

from benchmarks.lifting import lifted
from benchmarks.scalar_programs import PROGRAMS
from glassgrad.backends import numpy_backend
from glassgrad.backends.numpy_plan import Plan
from glassgrad.lift.ir import Instruction, target_of

Calls = list[Callable[[], object]]


def profile(name: str, repeats: int = 300) -> list[dict[str, Any]]:
    """A row for each instruction, in the order in which they run: which, what, calls, seconds."""
    spans: list[tuple[Instruction, Plan, int, int]] = []
    lower = numpy_backend.lower

    def noted(plan: Plan, instruction: Instruction) -> None:
        start = len(plan.calls)
        lower(plan, instruction)
        spans.append((instruction, plan, start, len(plan.calls)))

    numpy_backend.lower = noted
    try:
        program = lifted(PROGRAMS[name]())
        theta = program.theta()
        program.value_and_grad(theta)
    finally:
        numpy_backend.lower = lower
    plans = list(dict.fromkeys(plan for _, plan, _, _ in spans))
    parts = [
        (_text(instruction), "forward" if plan is plans[0] else "backward", plan.calls[start:end])
        for instruction, plan, start, end in spans
    ]
    for plan, way in zip(plans, ("forward", "backward"), strict=False):
        covered = {k for _, p, start, end in spans if p is plan for k in range(start, end)}
        rest = [call for k, call in enumerate(plan.calls) if k not in covered]
        parts.append(("results and seeds", way, rest))
    times: list[list[float]] = [[] for _ in parts]
    steps = []
    for _ in range(repeats):
        for (_, _, calls), seconds in zip(parts, times, strict=True):
            start_time = time.perf_counter()
            for call in calls:
                call()
            seconds.append(time.perf_counter() - start_time)
        start_time = time.perf_counter()
        program.value_and_grad(theta)
        steps.append(time.perf_counter() - start_time)
    rows = [
        {"what": what, "way": way, "calls": len(calls), "s": median(seconds)}
        for (what, way, calls), seconds in zip(parts, times, strict=True)
    ]
    return [*rows, {"what": "whole step", "way": "", "calls": _count(rows), "s": median(steps)}]


def _text(instruction: Instruction) -> str:
    buffer = target_of(instruction)
    return f"{type(instruction).__name__} {buffer}"


def _count(rows: Iterable[dict[str, Any]]) -> int:
    return sum(row["calls"] for row in rows)


def show(rows: list[dict[str, Any]]) -> None:
    """A table, the slowest first."""
    whole = rows[-1]["s"]
    print(f"\n{'':44} {'way':9} {'NumPy calls':>11} {'us':>7} {'share':>6}")
    for row in sorted(rows, key=lambda row: -row["s"]):
        print(
            f"{row['what']:44} {row['way']:9} {row['calls']:11} {row['s'] * 1e6:7.1f} "
            f"{row['s'] / whole:6.1%}"
        )
    measured = sum(row["s"] for row in rows[:-1])
    print(f"{'all instructions':44} {'':9} {'':11} {measured * 1e6:7.1f} {measured / whole:6.1%}")


if __name__ == "__main__":
    np.seterr(all="ignore")
    show(profile(sys.argv[1] if len(sys.argv) > 1 else "gpt"))
