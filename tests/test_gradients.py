"""Gradients of random programs by many routes: all agree, and some to the last bit."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from random import Random

import autograd
import autograd.numpy as anp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from programs import as_user, bits, random_program, run, run_values
from reference import COMPLEX, HIPS, complex_step

from glassgrad import Value, core_kind, grad
from glassgrad.ops import OPS

# With the same seed a shorter program is the beginning of a longer one: failures shrink well.
programs = st.builds(
    lambda seed, n_steps: random_program(Random(seed), n_steps=n_steps),
    st.integers(0, 2**32),
    st.integers(1, 40),
)


def near(expected, values):
    """Rounding grows with the largest gradient on the way, not with the one in the end."""
    largest = max(1.0, *(abs(value.grad) for value in values))
    return pytest.approx(expected, rel=1e-10, abs=1e-12 * largest)


def result_of(program, table):
    """The program as a function of its leaves, in the arithmetic of this table."""
    return lambda *leaves: run(program, leaves, lambda name, *xs: table[name](*xs))[-1]


def test_the_programs_use_every_operation():
    used = {name for seed in range(50) for name, _ in random_program(Random(seed)).steps}
    assert used == set(OPS)


@settings(max_examples=400)
@given(programs)
def test_backward_agrees_with_the_complex_step(program):
    values = run_values(program)
    values[-1].backward()
    function = result_of(program, COMPLEX)
    assert values[-1].data == pytest.approx(function(*map(complex, program.leaves)).real, rel=1e-10)
    for i, leaf in enumerate(values[: len(program.leaves)]):
        assert leaf.grad == near(complex_step(function, program.leaves, i), values)


@settings(max_examples=400)
@given(programs)
def test_backward_agrees_with_hips_autograd(program):
    values = run_values(program)
    values[-1].backward()
    there = autograd.grad(lambda xs: 0.0 * xs[0] + result_of(program, HIPS)(*xs))
    expected = there(anp.array(program.leaves))
    assert [x.grad for x in values[: len(expected)]] == near(list(expected), values)


@settings(max_examples=400)
@given(programs)
def test_grad_is_backward_to_the_last_bit(program):
    values = run_values(program)
    values[-1].backward()
    gradients = grad(values[-1], values)
    needed = [(x.grad, g.data) for x, g in zip(values, gradients, strict=True)]
    assert all(by_backward == by_grad for by_backward, by_grad in needed)


@settings(max_examples=400)
@given(programs)
def test_second_derivatives_agree_with_hips_autograd(program):
    """The whole matrix of second derivatives of the result by the leaves."""
    values = run_values(program)
    leaves = values[: len(program.leaves)]
    slopes = grad(values[-1], leaves)
    found = [[second.data for second in grad(slope, leaves)] for slope in slopes]
    there = autograd.hessian(lambda xs: 0.0 * anp.sum(xs**2) + result_of(program, HIPS)(*xs))
    expected = there(anp.array(program.leaves))
    largest = max(1.0, abs(expected).max())
    for row, expected_row in zip(found, expected, strict=True):
        assert row == pytest.approx(list(expected_row), rel=1e-8, abs=1e-9 * largest)


@settings(max_examples=400)
@given(programs)
def test_a_derivative_along_a_line_agrees_with_a_central_difference(program):
    """No other engine and no complex numbers: only two more runs of the program itself."""
    h = 1e-6
    values = run_values(program)
    values[-1].backward()
    slope = sum(x.grad for x in values[: len(program.leaves)])

    def at(shift):
        return run(program, [Value(x + shift) for x in program.leaves], as_user)[-1].data

    largest = max(1.0, *(abs(value.grad) for value in values))
    assert (at(h) - at(-h)) / (2 * h) == pytest.approx(slope, rel=1e-3, abs=1e-3 * largest)


# The same bits every time.


def printed(n, **environment):
    script = Path(__file__).with_name("programs.py")
    here = {name: x for name, x in os.environ.items() if not name.startswith("GLASSGRAD")}
    return subprocess.run(
        [sys.executable, script, str(n)],
        env=here | environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()


def test_the_same_program_gives_the_same_bits_in_every_process():
    """Neither the seed of Python's hashing nor the choice of the core changes the last bit."""
    here = [bits(random_program(Random(seed))) for seed in range(50)]
    assert printed(50, PYTHONHASHSEED="1") == here
    assert printed(50, PYTHONHASHSEED="2") == here
    assert printed(50, GLASSGRAD_PURE="1") == here


def test_the_same_program_gives_the_same_bits_twice():
    program = random_program(Random(7), n_steps=200)
    assert bits(program) == bits(program)


def test_the_environment_chooses_the_core():
    code = "import glassgrad; print(glassgrad.core_kind())"
    ask = partial(subprocess.run, [sys.executable, "-c", code], capture_output=True, text=True)
    assert ask(env=os.environ | {"GLASSGRAD_PURE": "1"}).stdout.strip() == "pure Python"
    if os.environ.get("GLASSGRAD_PURE") == "1":
        assert core_kind() == "pure Python"
