"""One peer, one size: nanoseconds and bytes a node for building a graph and going backward.

Run in a process of its own by `benchmarks.__main__`; prints JSON.
"""

from __future__ import annotations

import gc
import json
import sys
import threading
import time
import tracemalloc
from statistics import median

from benchmarks.peers import Perceptron, value_class


def nanoseconds(network: Perceptron, steps: int) -> float:
    """The median over steps of building and backward, a node; a step frees the one before."""
    times = []
    root = None
    for _ in range(steps + 1):
        start = time.perf_counter()
        root = network.forward()
        root.backward()
        times.append(time.perf_counter() - start)
    del root
    return median(times[1:]) / network.n_nodes() * 1e9


def bytes_a_node(network: Perceptron) -> float:
    """Memory of the nodes that one forward and backward pass adds."""
    gc.collect()
    tracemalloc.start()
    root = network.forward()
    root.backward()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del root
    return used / (network.n_nodes() - network.n_kept())


def measure(peer: str, sizes: list[int], collector: bool, steps: int) -> None:
    """Print the figures of one peer."""
    network = Perceptron(value_class(peer), sizes)
    if not collector:
        gc.disable()
    figures = {"nodes": network.n_nodes(), "ns": nanoseconds(network, steps)}
    if network.n_nodes() < 50_000:
        figures["bytes"] = bytes_a_node(network)
    print(json.dumps(figures))


def main() -> None:
    """Run `measure` with a stack deep enough for peers that recurse."""
    peer, sizes, collector, steps = sys.argv[1:5]
    arguments = (peer, json.loads(sizes), collector == "on", int(steps))
    sys.setrecursionlimit(10**6)
    threading.stack_size(512 * 2**20)
    thread = threading.Thread(target=measure, args=arguments)
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
