"""The peers of the benchmarks compute the same losses and gradients."""

import sys
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
sys.path.insert(0, str(Path(__file__).parent.parent))  # where `benchmarks` is

# ruff: noqa: E402
from benchmarks import by_hand, lifting
from benchmarks.scalar_programs import BATCH, PROGRAMS
from glassgrad import Value

HANDS = {"moons": by_hand.HandMoons, "gpt": by_hand.HandName}


def eager(program):
    parameters = [Value(x) for x in program.theta]
    loss = program.loss(parameters)
    loss.backward()
    return loss.data, np.array([p.grad for p in parameters])


@pytest.mark.parametrize("name", HANDS)
def test_by_hand_is_the_same(name):
    program = PROGRAMS[name]()
    value, gradient = eager(program)
    hand = HANDS[name]()
    for _ in range(2):  # nothing of a step stays for the next
        found = hand.value_and_grad(np.array(program.theta))
        assert found[0] == pytest.approx(value, rel=1e-13)
        assert np.abs(found[1] - gradient).max() <= 1e-13 * np.abs(gradient).max()


def test_digits_by_hand_are_the_same():
    program = PROGRAMS["digits"]()
    program.images = program.images[:5]
    parameters = [Value(x) for x in program.theta]
    losses = []
    for image, label in zip(program.images, program.labels, strict=False):
        scores = program.one(parameters, image)
        losses.append(sum(s.exp() for s in scores).log() - scores[label])
    loss = sum(losses) / 5
    loss.backward()
    labels = np.array(program.labels[:5])
    value, gradient = by_hand.HandDigits().value_and_grad(
        np.array(program.theta), np.array(program.images), labels
    )
    assert value == pytest.approx(loss.data, rel=1e-13)
    exact = np.array([p.grad for p in parameters])
    assert np.abs(gradient - exact).max() <= 1e-13 * np.abs(exact).max()
    assert BATCH == 32


@pytest.mark.parametrize("name", HANDS)
def test_lifted_is_the_same(name):
    program = PROGRAMS[name]()
    value, gradient = eager(program)
    found = lifting.lifted(program).value_and_grad(np.array(program.theta))
    assert found[0] == pytest.approx(value, rel=1e-12)
    assert np.abs(found[1] - gradient).max() <= 1e-11 * np.abs(gradient).max()


def test_lifted_digits_are_the_same():
    program = PROGRAMS["digits"]()
    data = np.array(program.theta), np.array(program.images[:7]), np.array(program.labels[:7])
    found = lifting.lifted(program).value_and_grad(*data)
    value, gradient = by_hand.HandDigits().value_and_grad(*data)
    assert found[0] == pytest.approx(value, rel=1e-12)
    assert np.abs(found[1] - gradient).max() <= 1e-12 * np.abs(gradient).max()


@pytest.mark.parametrize("name", HANDS)
def test_torch_is_the_same(name):
    pytest.importorskip("torch")
    from benchmarks import in_torch

    peer = {"moons": in_torch.TorchMoons, "gpt": in_torch.TorchName}[name]()
    assert peer.step() == pytest.approx(eager(PROGRAMS[name]())[0], rel=1e-12)
