"""Random programs, lifted: the numbers are those of the graph, whatever the program is.

`python tests/test_lift_random.py 0 100000` tries so many, from seed 0 on, and says which fail.
"""

import sys
import traceback

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_programs import Case, Eager, agree, loop_program, scalar_program, text_agrees

from glassgrad.ops import OPS

seeds = st.integers(0, 2**32)


@settings(max_examples=150)
@given(seed=seeds, n_steps=st.integers(1, 30))
def test_scalar_programs(seed: int, n_steps: int) -> None:
    agree(scalar_program(seed, n_steps), seed, slow=n_steps < 8)


@settings(max_examples=100)
@given(seed=seeds, n_steps=st.integers(1, 5))
def test_loops(seed: int, n_steps: int) -> None:
    agree(loop_program(seed, n_steps), seed, slow=n_steps == 1)


@settings(max_examples=40)
@given(seed=seeds, n_steps=st.integers(1, 20), loops=st.booleans())
def test_sources(seed: int, n_steps: int, loops: bool) -> None:
    text_agrees(loop_program(seed, n_steps % 5 + 1) if loops else scalar_program(seed, n_steps))


def test_the_source_of_a_result_that_is_a_part_of_the_parameters() -> None:
    """No instruction of the backward pass names that part."""
    text_agrees(scalar_program(503559, 10))


def test_the_programs_use_every_operation() -> None:
    used = set()
    for seed in range(40):
        case = scalar_program(seed, 20)
        used.update(step[0] for step in case.function.__self__.steps)
    extra = {"**", "take", "where", "sum", "dot", "-", "/", "maximum of", "minimum of"}
    assert used >= set(OPS) | extra


def test_few_programs_are_at_a_kink() -> None:
    """There nothing is compared."""
    case_of = [(scalar_program, 15), (loop_program, 3)]
    kinks = 0
    for make, n_steps in case_of:
        for seed in range(20):
            case = make(seed, n_steps)
            roots = case.function(*case.example(0))
            kinks += Eager(case, case.settings[0], 0, np.ones(len(roots))).at_a_kink
    assert kinks <= 2


@pytest.mark.parametrize("wrong", ["value", "gradient"])
def test_a_wrong_number_is_noticed(wrong: str) -> None:
    case = scalar_program(3, 10)
    agree(case)
    calls = []

    def another(*given):
        roots = case.function(*given)
        calls.append(None)
        if len(calls) == 1:  # the one that is lifted
            return roots
        p = case.parameters[0]
        off = 1e-9 if wrong == "value" else 1e-9 * (p - p.data)
        return [root + off for root in roots]

    with pytest.raises(AssertionError, match="Not equal"):
        agree(Case(another, case.settings, case.parameters, case.x, case.n))


if __name__ == "__main__":
    start, count = int(sys.argv[1]), int(sys.argv[2])
    for seed in range(start, start + count):
        for make, n_steps in [(scalar_program, 1 + seed % 30), (loop_program, 1 + seed % 5)]:
            try:
                agree(make(seed, n_steps), seed, slow=seed % 10 == 0)
                text_agrees(make(seed, n_steps))
            except Exception as error:
                place = traceback.extract_tb(error.__traceback__)[-1]
                text = " ".join(str(error).split())[:200]
                print(
                    make.__name__, seed, n_steps, type(error).__name__, place.name, text, flush=True
                )
