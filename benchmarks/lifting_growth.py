"""How the time and memory of lifting grow with the graph, from a thousand nodes to ten million.

`python -m benchmarks.lifting_growth` prints a table; each size is measured in a process of its own.
Memory is that of the process: its peak while lifting, less what it held with the graph alone.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

from glassgrad import MLP, Value, topological_order

SIZES = [10**3, 10**4, 10**5, 10**6, 10**7]
BYTES_NEEDED = 1000  # for each node of a graph that is tried


def unrolled(n_nodes: int) -> tuple[Value, list[Value]]:
    """A small network on example after example, their errors added up."""
    random = Random(0)
    model = MLP(6, [8, 8, 1], seed=0)
    total = Value(0.0)
    for _ in range(max(1, n_nodes // 270)):
        x = [random.random() for _ in range(6)]
        total = total + (model(x) - random.random()) ** 2
    return total, model.parameters()


def recurrent(n_nodes: int) -> tuple[Value, list[Value]]:
    """A recurrent network of 16, step after step."""
    random = Random(0)
    weights = [[Value(random.gauss(0, 0.2)) for _ in range(16)] for _ in range(16)]
    bias = [Value(random.gauss(0, 0.2)) for _ in range(16)]
    hidden: list[Value] = [Value(0.1)] * 16
    for _ in range(max(1, n_nodes // 528)):
        sums = []
        for row, b in zip(weights, bias, strict=True):
            total = b
            for weight, h in zip(row, hidden, strict=True):
                total = total + weight * h
            sums.append(total.tanh())
        hidden = sums
    return sum(hidden, start=Value(0.0)), [*bias, *(w for row in weights for w in row)]


def chain(n_nodes: int) -> tuple[Value, list[Value]]:
    """One number after the other, each made from the last: nothing can be done at once."""
    a, b = Value(0.9), Value(0.1)
    x = Value(0.5)
    for _ in range(n_nodes // 3):
        x = (a * x + b).tanh()
    return x, [a, b]


Maker = Callable[[int], tuple[Value, list[Value]]]
PROGRAMS: dict[str, Maker] = {"unrolled": unrolled, "recurrent": recurrent, "chain": chain}


def measure(name: str, n_nodes: int) -> None:
    """Lift one graph, and print JSON."""
    from glassgrad import lift

    lift(*PROGRAMS[name](300))  # so that everything is imported
    gc.disable()  # while the graph is built, as it is not what is measured
    root, parameters = PROGRAMS[name](n_nodes)
    gc.enable()
    gc.collect()
    before = memory()
    start = time.perf_counter()
    program = lift(root, wrt=parameters)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    nodes = len(topological_order(root))  # counted now, as counting takes memory too
    figures = {
        "nodes": nodes,
        "operations": len(program),
        "us": seconds / nodes * 1e6,
        "bytes": (peak - before) / nodes,
    }
    print(json.dumps(figures))


def memory() -> int:
    """Bytes that this process holds now."""
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def available() -> int:
    """Bytes that are free for a process."""
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def compare(largest: int = SIZES[-1], seconds: float = 200.0) -> list[dict[str, Any]]:
    """A row for each program and size; sizes too large for the machine are left out."""
    rows: list[dict[str, Any]] = []
    print("\nlifting, for each node of the graph")
    for name in PROGRAMS:
        for size in (size for size in SIZES if size <= largest):
            if size * BYTES_NEEDED > available():
                print(f"  {name}: not enough memory for {size:,} nodes")
                break
            command = [sys.executable, "-m", "benchmarks.lifting_growth", name, str(size)]
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
            try:
                done = subprocess.run(
                    command, env=environment, capture_output=True, text=True, timeout=seconds
                )
            except subprocess.TimeoutExpired:
                print(f"  {name}: {size:,} nodes take more than {seconds:.0f} s")
                break
            if done.returncode:
                print(f"  {name}: {size:,} nodes do not work: {done.stderr[-500:]}")
                break
            rows.append({"program": name, **json.loads(done.stdout)})
            show(rows[-1])
    return rows


def show(row: dict[str, Any]) -> None:
    """One line."""
    print(
        f"  {row['program']:10} {row['nodes']:10,} nodes {row['operations']:9,} operations "
        f"{row['us']:7.2f} us {row['bytes']:8.0f} bytes"
    )


def main() -> None:
    """Compare all sizes, or measure one."""
    if len(sys.argv) == 3:
        measure(sys.argv[1], int(sys.argv[2]))
    else:
        compare()


if __name__ == "__main__":
    main()
