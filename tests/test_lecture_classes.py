"""Reading graphs of classes along the lecture, whose inputs lie in a set."""

from __future__ import annotations

from typing import Any

import pytest

from glassgrad import Value, draw, ops
from glassgrad.lecture import EXTRA, inputs_of, is_node, op_for, walk


class Node:
    def __init__(self, data: float, inputs: Any = (), op: str = "", label: str = "") -> None:
        self.data, self.grad, self.label = data, 0.0, label
        self._prev, self._op = inputs, op


@pytest.mark.parametrize(
    ("op", "data"), [("-", 4.0), ("/", 3.0), ("**", 36.0), ("+", 8.0), ("*", 12.0)]
)
def test_the_result_says_in_which_order_the_inputs_were(op: str, data: float) -> None:
    z, a = Node(6.0, label="z"), Node(2.0, label="a")
    order = inputs_of(Node(data, {a, z}, op))
    assert len(order) == 2
    if op not in "+*":
        assert order == (z, a)


@pytest.mark.parametrize(
    ("op", "data", "twice"),
    [
        ("+", 6.0, True),
        ("*", 9.0, True),
        ("-", 0.0, True),
        ("/", 1.0, True),
        ("tanh", 0.995, False),
    ],
)
def test_the_result_says_whether_an_input_came_twice(op: str, data: float, twice: bool) -> None:
    a = Node(3.0)
    assert inputs_of(Node(data, {a}, op)) == ((a, a) if twice else (a,))


def test_a_walk_goes_deep_and_inputs_come_first() -> None:
    node = leaf = Node(1.0)
    for _ in range(100_000):
        node = Node(1.0, (node,), "tanh")
    order = [node for node, _ in walk([node])]
    assert order[0] is leaf
    assert order[-1] is node
    assert len(order) == 100_001


@pytest.mark.parametrize(
    ("symbol", "arity", "name"),
    [
        ("ReLU", 1, "relu"),
        ("relu", 1, "relu"),
        ("+", 2, "add"),
        ("-", 2, "subtract"),
        ("-", 1, "negate"),
    ],
)
def test_symbols_are_looked_up_in_the_table(symbol: str, arity: int, name: str) -> None:
    op = op_for(symbol, arity)
    assert op is not None
    assert op.name == name


@pytest.mark.parametrize("symbol", ["", "my own", "**n", "tanh2"])
def test_unknown_symbols_are_unknown(symbol: str) -> None:
    assert op_for(symbol, 1) is None


@pytest.mark.parametrize("op", EXTRA, ids=lambda op: op.name)
def test_the_derivatives_of_the_extra_operations(op: ops.Op) -> None:
    numbers = [1.3, 0.7][: op.arity]
    partials = op.partials(*numbers, op.value(*numbers))
    for i, partial in enumerate(partials):
        up, down = (list(numbers) for _ in range(2))
        up[i], down[i] = numbers[i] + 1e-6, numbers[i] - 1e-6
        assert partial == pytest.approx((op.value(*up) - op.value(*down)) / 2e-6, rel=1e-8)


def test_what_is_a_node() -> None:
    assert is_node(Value(1.0))
    assert is_node(Node(1.0))
    assert not is_node(1.0)


def test_a_picture_says_when_a_number_was_changed_later() -> None:
    w = Value(0.5)
    y = w * 2
    assert "changed" not in draw(y).text
    w.data = 3.0
    assert "a number was changed after this was computed" in draw(y).text
    assert all(edge.local is None for edge in draw(y).drawing.edges)


def test_a_picture_invents_no_derivative_for_an_operation_that_only_has_the_name() -> None:
    leaky = Node(-0.2, (Node(-2.0),), "ReLU")
    assert all(edge.local is None for edge in draw(leaky).drawing.edges)
