"""`python -m benchmarks`: run everything, print tables, write results/latest.json.

Each figure is a median over rounds (of large graphs: over the steps of one round); in a round the
peers take turns, so that a change in the machine's speed meets all of them. Compare within one run
only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean, median
from typing import Any

from benchmarks import lifting, lifting_growth
from glassgrad import core_kind
from glassgrad.files import write_atomically

RESULTS = Path(__file__).parent / "results" / "latest.json"
PEERS = ["micrograd", "microgpt-style", "glassgrad pure"]
if core_kind() == "compiled":
    PEERS.append("glassgrad compiled")
# The width of three equal hidden layers and the steps to time: from 10**3 to 10**6 nodes.
SIZES = {16: 30, 64: 9, 192: 3, 400: 2}


def python(*arguments: str, pure: bool = False) -> str:
    """Run Python in a process of its own, so that nothing is warm, and return what it prints."""
    environment = {**os.environ, "GLASSGRAD_PURE": "1" if pure else "0"}
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout


def eager(peer: str, width: int, collector: str, steps: int) -> dict[str, float]:
    """Figures of one peer in a fresh process."""
    sizes = json.dumps([width, width, width, 1])
    name = peer.split()[0]
    printed = python(
        "-m", "benchmarks.eager", name, sizes, collector, str(steps), pure=peer.endswith("pure")
    )
    figures: dict[str, float] = json.loads(printed)
    return figures


def compare_eager(rounds: int) -> list[dict[str, Any]]:
    """Nanoseconds and bytes a node: every peer, size and collector setting."""
    rows = []
    for width, steps in SIZES.items():
        for collector in ("on", "off"):
            runs: dict[str, list[dict[str, float]]] = {peer: [] for peer in PEERS}
            for _ in range(rounds if width < 192 else 1):
                for peer in PEERS:
                    runs[peer].append(eager(peer, width, collector, steps))
            rows.append(
                {
                    "nodes": runs[PEERS[0]][0]["nodes"],
                    "collector": collector,
                    "ns": {peer: median(r["ns"] for r in runs[peer]) for peer in PEERS},
                    "bytes": {peer: runs[peer][0].get("bytes") for peer in PEERS},
                }
            )
            print_eager(rows[-1])
    return rows


def print_eager(row: dict[str, Any]) -> None:
    """One line a peer: time, memory, and how many times micrograd's speed."""
    print(f"\nbuild and backward, {row['nodes']:,} nodes, collector {row['collector']}")
    for peer, ns in row["ns"].items():
        times = row["ns"]["micrograd"] / ns
        memory = f"{row['bytes'][peer]:6.0f} bytes" if row["bytes"][peer] else ""
        print(f"  {peer:20} {ns:8.0f} ns/node {times:6.1f} x micrograd {memory}")


def import_time(rounds: int) -> dict[str, float]:
    """Milliseconds that `import glassgrad` takes over a bare Python."""
    timed = "import time; t = time.perf_counter(); {}; print((time.perf_counter() - t) * 1e3)"
    found = {
        kind: median(
            float(python("-c", timed.format("import glassgrad"), pure=kind == "pure"))
            for _ in range(rounds)
        )
        for kind in ("compiled", "pure")
    }
    print("\nimport glassgrad: " + ", ".join(f"{ms:.0f} ms {kind}" for kind, ms in found.items()))
    return found


DRAWING = """
import time
from statistics import median
from glassgrad import Neuron, Value, topological_order
from glassgrad.draw import draw
root = Neuron(14, seed=0)([1.0] * 14)
root.backward()
times = []
for _ in range(9):
    start = time.perf_counter()
    draw(root).svg
    times.append(time.perf_counter() - start)
chain = Value(1.0)
for _ in range(500_000):
    chain = chain + 1
start = time.perf_counter()
draw(chain).svg
print(len(topological_order(root)), median(times) * 1e3, time.perf_counter() - start)
"""


def drawing_time() -> dict[str, float]:
    """Milliseconds for a picture of a small graph, seconds for one of a million nodes."""
    nodes, small, large = python("-c", DRAWING).split()
    print(f"\ndrawing {nodes} nodes: {float(small):.0f} ms; a million nodes: {float(large):.1f} s")
    return {"nodes": int(nodes), "ms": float(small), "million_s": float(large)}


def penguins(seeds: int) -> list[dict[str, Any]]:
    """Test accuracy and seconds of `glassgrad train penguins` on the pure core, for some seeds."""
    rows: list[dict[str, Any]] = []
    kept = ("backend", "seed", "test_accuracy", "seconds")
    with tempfile.TemporaryDirectory() as folder:
        for backend in ("eager", "numpy"):
            for seed in range(seeds):
                out = Path(folder) / f"{backend}{seed}"
                command = ["-m", "glassgrad", "train", "penguins", "--quiet", "--seed", str(seed)]
                python(*command, "--backend", backend, "--out", str(out), pure=True)
                metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
                rows.append({key: metrics[key] for key in kept})
    print(f"\npenguins, {seeds} seeds, pure Python")
    for backend in ("eager", "numpy"):
        mine = [row for row in rows if row["backend"] == backend]
        accuracies = [row["test_accuracy"] for row in mine]
        print(
            f"  {backend}: mean test accuracy {mean(accuracies):.4f}, worst {min(accuracies):.4f}, "
            f"median {median(row['seconds'] for row in mine):.1f} s"
        )
    return rows


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds a figure (default 5)")
    parser.add_argument("--seeds", type=int, default=10, help="penguin runs (default 10)")
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    results = {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "rounds": options.rounds,
        "eager": compare_eager(options.rounds),
        "import_ms": import_time(options.rounds),
        "drawing": drawing_time(),
        "penguins": penguins(options.seeds),
        "lifting": lifting.compare(),
        "lifting_growth": lifting_growth.compare(),
    }
    write_atomically(RESULTS, json.dumps(results, indent=2) + "\n")
    print(f"\nwritten to {RESULTS}")


if __name__ == "__main__":
    main()
