"""Random programs over every operation, written down so that any engine can run them.

`python tests/programs.py 20` prints the value and the gradients of twenty of them, bit by bit.
"""

import sys
from dataclasses import dataclass
from random import Random

from reference import COMPLEX, is_smooth

from glassgrad import Value, grad, maximum, minimum
from glassgrad.ops import OPS

# How a user spells an operation; all others are methods of a Value, or the record itself.
SPELLINGS = {
    "add": lambda x, y: x + y,
    "multiply": lambda x, y: x * y,
    "power": lambda x, y: x**y,
    "absolute": abs,
    "maximum": maximum,
    "minimum": minimum,
}


@dataclass(frozen=True)
class Program:
    """Steps that take earlier results, given by their place, or constants.

    Places count the leaves first and then the steps. The last step is the result: some leaves
    and steps may lead nowhere, and some are used many times.
    """

    leaves: list[float]
    steps: list[tuple[str, tuple[int | float, ...]]]


def random_program(random: Random, n_leaves: int = 4, n_steps: int = 25) -> Program:
    """A program whose every step stays in the domain of its operation, clear of its kinks."""
    program = Program([random.uniform(-2, 2) for _ in range(n_leaves)], [])
    results = list(program.leaves)
    while len(program.steps) < n_steps:
        name = random.choice(sorted(OPS))
        inputs = tuple(_random_input(random, len(results)) for _ in OPS[name].domain)
        numbers = [results[x] if isinstance(x, int) else x for x in inputs]
        inside = all(
            low < x < high for x, (low, high) in zip(numbers, OPS[name].domain, strict=True)
        )
        if inside and is_smooth(name, numbers) and any(isinstance(x, int) for x in inputs):
            program.steps.append((name, inputs))
            results.append(COMPLEX[name](*map(complex, numbers)).real)
    return program


def _random_input(random: Random, n_results: int) -> int | float:
    if random.random() < 0.15:
        return random.uniform(-3, 3)
    return max(random.randrange(n_results), random.randrange(n_results))  # rather a late one


def run(program: Program, leaves, apply):
    """All results, leaves first, with `apply(name, *inputs)` for the operations."""
    results = list(leaves)
    for name, inputs in program.steps:
        results.append(apply(name, *[results[x] if isinstance(x, int) else x for x in inputs]))
    return results


def run_values(program: Program) -> list[Value]:
    """All results as Values, the way that a user would write the program."""
    return run(program, [Value(x) for x in program.leaves], as_user)


def as_user(name: str, *inputs):
    if name in SPELLINGS:
        return SPELLINGS[name](*inputs)
    if hasattr(Value, name):
        return getattr(inputs[0], name)()
    return OPS[name](*inputs)


def bits(program: Program) -> str:
    """The value, the gradients by `backward` and those by `grad`, as hexadecimal floats."""
    values = run_values(program)
    leaves = values[: len(program.leaves)]
    values[-1].backward()
    numbers = [values[-1].data, *(x.grad for x in leaves), *map(float, grad(values[-1], leaves))]
    return " ".join(number.hex() for number in numbers)


if __name__ == "__main__":
    for seed in range(int(sys.argv[1])):
        print(bits(random_program(Random(seed))))
