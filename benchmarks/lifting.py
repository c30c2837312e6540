"""Lifting beside its peers: one step of the moons, an epoch of digits, one name through a GPT.

`python -m benchmarks.lifting` prints everything; `python -m benchmarks.lifting PEER PROGRAM on|off
SECONDS` measures one peer in a process of its own, with or without Python's garbage collector, and
prints JSON. A step is a loss and its gradient from parameters that have changed; of digits it goes
on to Adam's step, and scalar peers do one batch, from which the epoch is reckoned.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from statistics import median
from typing import Any

from benchmarks.peers import value_class
from benchmarks.scalar_programs import BATCH, PROGRAMS, Digits, ScalarProgram

Step = Callable[[], object]
SCALAR = ["micrograd", "glassgrad"]
PEERS = [*SCALAR, "lifted", "by hand", *(["torch"] if find_spec("torch") else [])]
UNITS = {"moons": "step", "digits": "epoch", "gpt": "step"}


def scalar_step(peer: str, program: ScalarProgram) -> Step:
    """Build the graph and go backward, as a user's loop does."""
    value = _with_exp_and_log() if peer == "micrograd" else value_class(peer)
    parameters = [value(x) for x in program.theta]

    def step() -> None:
        for parameter in parameters:
            parameter.grad = 0.0
        program.loss(parameters).backward()

    return step


def _with_exp_and_log() -> Callable[[float], Any]:
    """The Value of micrograd with the operations that it lacks, as a learner adds them."""
    import math

    from micrograd import engine

    class Value(engine.Value):  # type: ignore[misc]
        def _made(self, number: float, slope: float, name: str) -> Any:
            out = engine.Value(number, (self,), name)

            def backward() -> None:
                self.grad += slope * out.grad

            out._backward = backward
            return out

        def exp(self) -> Any:
            e = math.exp(self.data)
            return self._made(e, e, "exp")

        def log(self) -> Any:
            return self._made(math.log(self.data), 1 / self.data, "log")

        def tanh(self) -> Any:
            t = math.tanh(self.data)
            return self._made(t, 1 - t * t, "tanh")

    engine.Value = Value  # its methods make their results by this name
    return Value


def array_step(peer: str, name: str) -> Step:
    """The step of a peer that works on arrays."""
    if peer == "torch":
        return _torch_step(name)
    import numpy as np

    from benchmarks import by_hand

    program = PROGRAMS[name]()
    theta = np.array(program.theta)
    run: Any
    if peer == "by hand":
        hands: dict[str, Callable[[], Any]] = {
            "moons": by_hand.HandMoons,
            "digits": by_hand.HandDigits,
            "gpt": by_hand.HandName,
        }
        run = hands[name]().value_and_grad
    else:
        run = lifted(program).value_and_grad
    if not isinstance(program, Digits):
        return lambda: run(theta)
    images, labels = np.array(program.images), np.array(program.labels)
    adam = by_hand.Adam(len(theta))

    def epoch() -> None:
        for start in range(0, len(images), BATCH):
            end = start + BATCH
            _, gradient = run(theta, images[start:end], labels[start:end])
            adam.step(theta, gradient)

    return epoch


def lifted(program: ScalarProgram) -> Any:
    """The program, lifted: digits as a function of one example, the others as their graph."""
    from glassgrad import Value, lift, take

    parameters = [Value(x) for x in program.theta]
    if not isinstance(program, Digits):
        return lift(program.loss(parameters), wrt=parameters)

    def loss(image: Any, label: Any) -> Any:
        scores = program.one(parameters, image)
        return sum(s.exp() for s in scores).log() - take(scores, label)

    return lift(loss, wrt=parameters)


def _torch_step(name: str) -> Step:
    from benchmarks import in_torch

    if name != "digits":
        return (in_torch.TorchMoons if name == "moons" else in_torch.TorchName)().step
    digits = in_torch.TorchDigits()

    def epoch() -> None:
        for start in range(0, len(digits.x), BATCH):
            digits.step(start, start + BATCH)

    return epoch


def measure(peer: str, name: str, collector: bool, seconds: float) -> None:
    """Print how long each step took, for about so many seconds; the first is a warm-up."""
    program = PROGRAMS[name]()
    step = scalar_step(peer, program) if peer in SCALAR else array_step(peer, name)
    scale = len(program.images) / BATCH if isinstance(program, Digits) and peer in SCALAR else 1.0
    if not collector:
        gc.disable()
    times: list[float] = []
    while len(times) < 2 or sum(times) < seconds:
        start = time.perf_counter()
        step()
        times.append((time.perf_counter() - start) * scale)
        if times[0] > 4 * seconds:
            break  # so slow that warming up changes nothing
    times = times[1:] or times
    print(json.dumps({"s": median(times), "low": min(times), "high": max(times)}))


def compare(rounds: int = 3, seconds: float = 0.5) -> list[dict[str, Any]]:
    """A row for each program, peer and setting of the collector; peers take turns in a round."""
    rows: list[dict[str, Any]] = []
    for name in PROGRAMS:
        kinds = [(peer, "on") for peer in PEERS] + [(peer, "off") for peer in SCALAR]
        runs: dict[tuple[str, str], list[float]] = {kind: [] for kind in kinds}
        for _ in range(rounds):
            for kind in kinds:
                runs[kind].append(_in_process(kind[0], name, kind[1], seconds))
        rows += [
            {
                "program": name,
                "peer": peer,
                "collector": collector,
                "s": median(times),
                "low": min(times),
                "high": max(times),
            }
            for (peer, collector), times in runs.items()
        ]
        show(name, rows)
    return rows


def _in_process(peer: str, name: str, collector: str, seconds: float) -> float:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "GLASSGRAD_PURE": "0"}
    command = [sys.executable, "-m", "benchmarks.lifting", peer, name, collector, str(seconds)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{peer}, {name}: {done.stderr}")
    return float(json.loads(done.stdout)["s"])


def show(name: str, rows: list[dict[str, Any]]) -> None:
    """One program's rows, with how many times faster and slower the lifted one is."""
    mine = [row for row in rows if row["program"] == name]
    base = next(row["s"] for row in mine if row["peer"] == "lifted")
    note = "; scalar peers: one batch, times the number of batches" if name == "digits" else ""
    print(f"\n{name}, one {UNITS[name]}: median, fastest and slowest round; one thread{note}")
    for row in mine:
        peer = row["peer"] + (", collector off" if row["collector"] == "off" else "")
        times = "  ".join(_time(row[key]) for key in ("s", "low", "high"))
        print(f"  {peer:26} {times}   {row['s'] / base:10,.2f} times lifted")


def _time(seconds: float) -> str:
    if seconds < 0.001:
        return f"{seconds * 1e6:8.1f} us"
    return f"{seconds * 1e3:8.2f} ms" if seconds < 1 else f"{seconds:8.2f} s "


def main() -> None:
    """Compare all, or measure one with a stack deep enough for peers that recurse."""
    if len(sys.argv) == 1:
        compare()
        return
    peer, name, collector, seconds = sys.argv[1:5]
    sys.setrecursionlimit(10**6)
    threading.stack_size(512 * 2**20)
    arguments = (peer, name, collector == "on", float(seconds))
    thread = threading.Thread(target=measure, args=arguments)
    thread.start()
    thread.join()


if __name__ == "__main__":
    main()
