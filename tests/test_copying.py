"""Copies and pickles: what is shared stays shared, what is not stays apart."""

import copy
import math
import pickle

import pytest

from glassgrad import MLP, Value, topological_order
from glassgrad.ops import OPS, Op


def pickled(thing):
    return pickle.loads(pickle.dumps(thing))


BOTH = pytest.mark.parametrize("copied", [copy.deepcopy, pickled], ids=["deepcopy", "pickle"])


class Weight(Value):
    def __init__(self, data, unit, notes):
        super().__init__(data)
        self.unit = unit
        self.notes = notes


@BOTH
def test_a_leaf(copied):
    x = Value(2.5, label="x")
    x.grad = 3.0
    y = copied(x)
    assert y is not x
    assert (y.data, y.grad, y.label, y._prev, y._op) == (2.5, 3.0, "x", (), "")


@BOTH
def test_every_operation(copied):
    """The copy has the same numbers and goes backward by itself."""
    x = Value(0.7, label="x")
    unary = [op(x) for op in OPS.values() if op.arity == 1]
    binary = [op(x, 0.9) for op in OPS.values() if op.arity == 2]
    y = sum([*unary, *binary, x**3, x**-0.5])
    y.backward()
    z = copied(y)
    there, here = topological_order(z), topological_order(y)
    assert [(v.data, v.grad, v._op) for v in there] == [(v.data, v.grad, v._op) for v in here]
    again = there[0] if there[0].label == "x" else next(v for v in there if v.label == "x")
    before, again.grad = again.grad, 0.0
    z.backward()
    assert again.grad == before == x.grad


@BOTH
def test_diamonds_stay_diamonds(copied):
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    z = copied(y)
    assert len(topological_order(z)) == 61
    z.backward()
    assert topological_order(z)[0].grad == 2.0**60


@BOTH
def test_results_copied_together_share_their_leaves(copied):
    x = Value(2.0)
    y, z, leaf = copied([x * 3, x * 5, x])
    y.backward()
    z.backward()
    assert leaf.grad == 8.0
    assert x.grad == 0.0


@BOTH
def test_a_network_and_its_loss(copied):
    """The parameters in the graph of the loss are those of the network, afterwards too."""
    model = MLP(2, [3, 1], seed=0)
    loss = model([1.0, -1.0]) ** 2
    again, loss_again = copied((model, loss))
    loss.backward()
    loss_again.backward()
    gradients = [p.grad for p in model.parameters()]
    assert any(gradients)
    assert [p.grad for p in again.parameters()] == gradients
    assert not set(again.parameters()) & set(model.parameters())


@BOTH
def test_a_subclass_with_attributes(copied):
    w = Weight(2.0, "kg", notes=["heavy"])
    w.grad = 1.5
    v = copied(w)
    assert type(v) is Weight
    assert (v.data, v.grad, v.unit, v.notes) == (2.0, 1.5, "kg", ["heavy"])
    assert v.notes is not w.notes


@BOTH
def test_a_subclass_inside_a_graph(copied):
    y = copied(Weight(2.0, "kg", notes=[]) * 3)
    assert type(y) is Value
    assert type(y._prev[0]) is Weight
    assert y._prev[0].unit == "kg"


@BOTH
def test_numbers_that_are_hard_to_write(copied):
    numbers = [math.inf, -math.inf, 5e-324, -0.0, 0.1 + 0.2]
    assert [x.data.hex() for x in copied([Value(n) for n in numbers])] == [n.hex() for n in numbers]
    assert math.isnan(copied(Value(math.nan)).data)


def test_a_shallow_copy_shares_the_inputs():
    x = Value(2.0)
    y = x * 3
    y.label = "y"
    z = copy.copy(y)
    assert z is not y
    assert (z.data, z.label, z._prev) == (6.0, "y", y._prev)
    z.backward()
    assert x.grad == 3.0


def test_a_shallow_copy_of_a_subclass_shares_its_attributes():
    w = Weight(2.0, "kg", notes=["heavy"])
    v = copy.copy(w)
    assert type(v) is Weight
    assert v.notes is w.notes


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
def test_hand_written_operations_refuse_to_be_copied(copied):
    """The function that goes backward would speak of the original's numbers."""
    x = Value(2.0)
    out = Value(4.0, (x,), "double")
    out._backward = lambda: None
    with pytest.raises(TypeError, match="hand-written _backward"):
        copied(out)
    with pytest.raises(TypeError, match="hand-written _backward"):
        copied(out + 1) if copied is not copy.copy else copied(out)


def test_an_operation_of_your_own_is_pickled_by_its_name():
    OPS["cube"] = Op("cube", "cube", lambda x: x**3, lambda x, out: (3 * x**2,), "{x}**3", (-1, 1))
    y = pickled(OPS["cube"](Value(2.0)))
    y.backward()
    assert (y.data, y._prev[0].grad) == (8.0, 12.0)


def test_the_pickle_of_an_operation_that_is_gone_says_what_to_do():
    cube = Op("cube", "cube", lambda x: x**3, lambda x, out: (3 * x**2,), "{x}**3", (-1, 1))
    OPS["cube"] = cube
    stored = pickle.dumps(cube(Value(2.0)))
    del OPS["cube"]
    with pytest.raises(KeyError, match="no operation is called 'cube'; add its record with OPS"):
        pickle.loads(stored)


def test_an_operation_outside_the_table_is_refused_when_it_is_pickled():
    """Reading it would fail, perhaps in another program and much later."""
    double = Op("double", "double", lambda x: 2 * x, lambda x, out: (2.0,), "2 * {x}", (-3, 3))
    with pytest.raises(KeyError, match="no operation is called 'double'"):
        pickle.dumps(double(Value(2.0)))
    OPS["double"] = double
    assert pickle.loads(pickle.dumps(double(Value(2.0)))).data == 4.0
