"""Program: its numbers against eager ones, its forms, what it takes and says."""

from __future__ import annotations

import re
import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest

import glassgrad
from glassgrad import (
    MLP,
    Embedding,
    Value,
    cross_entropy,
    greater,
    hinge,
    l2,
    lift,
    logistic,
    no_grad,
    squared_error,
    take,
    where,
)
from glassgrad.lift import Program

rng = np.random.default_rng(0)


def eager(loss, parameters, *arrays):
    """The mean of a loss over a batch, and its gradient, by the graph of each example."""
    for parameter in parameters:
        parameter.grad = 0.0
    rows = [[x.tolist() for x in row] for row in zip(*arrays, strict=True)]
    total = sum((loss(*row) for row in rows), start=Value(0.0)) / len(rows)
    total.backward()
    return total.data, np.array([parameter.grad for parameter in parameters])


def close(found, expected):
    return found == pytest.approx(expected, rel=1e-12, abs=1e-14)


MODEL = MLP(3, [4, 4, 2], seed=0)
LETTERS = Embedding(5, 3, seed=1)
ALL = [*MODEL.parameters(), *LETTERS.parameters()]
X, WHICH, LABEL = rng.normal(size=(7, 3)), rng.integers(0, 5, 7), rng.integers(0, 2, 7)

LOSSES = {
    "squared": (lambda x, y: squared_error(MODEL(x), y), (X, X[:, 1:])),
    "cross entropy": (lambda x, y: cross_entropy(MODEL(x), y), (X, LABEL)),
    "labels -1 and 1": (lambda x, y: hinge(MODEL(x)[0], y), (X, 2 * LABEL - 1)),
    "labels 0 and 1": (lambda x, y: hinge(MODEL(x)[0], y), (X, LABEL)),
    "labels as floats": (lambda x, y: hinge(MODEL(x)[0], y), (X, 1.0 * LABEL)),
    "logistic": (lambda x, y: logistic(MODEL(x)[1], y) + l2(MODEL, 0.01), (X, LABEL)),
    "embedding": (lambda n, y: cross_entropy(MODEL(LETTERS(n)), y), (WHICH, LABEL)),
    "two letters": (
        lambda n, y: cross_entropy(
            MODEL([a * b for a, b in zip(LETTERS(n[0]), LETTERS(n[1]), strict=True)]), y
        ),
        (np.stack([WHICH, WHICH[::-1]], axis=1), LABEL),
    ),
    "an index as a number": (lambda n, y: MODEL(LETTERS(n))[0] * n - y, (WHICH, LABEL)),
    "a choice": (
        lambda x, n: where(greater(x[0], x[1]), take(MODEL(x), n), x[2] * MODEL(x)[0]),
        (X, LABEL),
    ),
    "a table of numbers": (lambda x, n: take([2.0, -1.0], n) * MODEL(x)[0], (X, LABEL)),
    "an unused argument": (lambda x, y: MODEL(x)[0], (X, X)),
}


@pytest.mark.parametrize("name", LOSSES)
def test_numbers_are_those_of_the_graph(name: str) -> None:
    loss, arrays = LOSSES[name]
    program = lift(loss, wrt=ALL)
    start = program.theta()
    try:
        for count, shift in [(7, 0.0), (1, 0.3), (2, -0.2)]:
            some = [array[:count] for array in arrays]
            program.update(start + shift)
            value, gradient = eager(loss, ALL, *some)
            for theta in (start + shift, None):
                found, slope = program.value_and_grad(theta, *some)
                assert isinstance(found, float)
                assert close(found, value)
                assert close(slope, gradient)
                assert close(program(theta, *some), value)
            each = [eager(loss, ALL, *[x[k : k + 1] for x in some])[0] for k in range(count)]
            assert close(program.forward(None, *some), each)
        assert program.forward(None, *[x[:0] for x in arrays]).shape == (0,)
        none, slope = program.value_and_grad(None, *[x[:0] for x in arrays])
        assert (none, slope.tolist()) == (0.0, [0.0] * len(ALL))
    finally:
        program.update(start)


def test_several_results_give_a_jacobian() -> None:
    program = lift(lambda x: [[MODEL(x)[0], x[0] * 2], MODEL(x)], wrt=MODEL)
    parameters = MODEL.parameters()
    value, rows = program.value_and_grad(None, X)
    assert program.forward(None, X).shape == (7, 2, 2)
    assert (value.shape, rows.shape) == ((2, 2), (2, 2, len(parameters)))
    for k in (0, 1):
        found, gradient = eager(lambda x, k=k: MODEL(x)[k], parameters, X)
        assert close(value[1, k], found)
        assert close(rows[1, k], gradient)
    assert close(rows[0, 0], rows[1, 0])
    assert not rows[0, 1].any()
    assert close(program(None, X), value)


def test_a_graph_and_a_graph_with_inputs() -> None:
    x, y, w, b = Value(2.0), Value(5.0), Value(-1.0), Value(0.5, label="b")
    root = (w * x + b - y).tanh()
    program = lift(root, wrt=[w, b])
    assert close(program(None), root.data)
    root.backward()
    value, gradient = program.value_and_grad([-1.0, 0.5])
    assert close([value, *gradient], [root.data, w.grad, b.grad])
    assert program.forward(None).shape == ()
    given = lift([root, w * y], wrt=[b, w], inputs=[y, x])
    one = given.forward(None, [5.0, 2.0])
    assert close(one, [root.data, -5.0])
    both = given.forward(None, [[5.0, 2.0], [1.0, 0.0]])
    assert close(both, np.array([[root.data, -5.0], [np.tanh(-0.5), -1.0]]))
    value, rows = given.value_and_grad(None, [5.0, 2.0])
    assert close(rows, np.array([[b.grad, w.grad], [0.0, 5.0]]))


def test_parameters_of_a_graph() -> None:
    a, b, c = Value(2.0), Value(3.0), Value(5.0)
    assert lift(a * b + c).parameters == [a, b, c]
    b.label = "b"
    assert lift(a * b + c).parameters == [b]
    assert lift(a * b + c, wrt=a).parameters == [a]
    assert lift(a * b + c, wrt={"c": [c], "a": a}).parameters == [c, a]
    assert lift(a * b, inputs=[a]).parameters == [b]
    assert lift(a * b, wrt=(x for x in (b, a))).parameters == [b, a]
    assert lift(a * b, wrt={b: 1, a: 2}.keys()).parameters == [b, a]
    shared = MLP(1, [1], seed=0)
    assert lift(a, wrt=[shared, shared, *shared.parameters()]).parameters == shared.parameters()


def test_a_single_input_of_a_graph() -> None:
    x, w = Value(2.0), Value(3.0)
    program = lift(w * x, wrt=w, inputs=x)
    value, slope = program.value_and_grad(None, [[5.0], [7.0]])
    assert (value, slope.tolist()) == (18.0, [6.0])


def test_results_that_depend_on_nothing() -> None:
    w = Value(2.0)
    program = lift([Value(3.0) * 2, w, Value(1.0)], wrt=[w])
    value, rows = program.value_and_grad([4.0])
    assert (value.tolist(), rows.tolist()) == ([6.0, 4.0, 1.0], [[0.0], [1.0], [0.0]])
    value, slope = lift(Value(3.0) * 2, wrt=[w]).value_and_grad(None)
    assert (value, slope.tolist()) == (6.0, [0.0])
    program = lift(lambda x: x, wrt=[w])
    assert program.value_and_grad(None, [1.0, 3.0])[0] == 2.0


def test_a_program_without_arrays_or_parameters() -> None:
    w = Value(3.0)

    @lift(wrt=w)
    def cube():
        return w**3

    assert cube(None) == 27.0
    value, slope = cube.value_and_grad([2.0])
    assert (value, slope.tolist()) == (8.0, [12.0])
    square = lift(lambda x: x * x, wrt=[])
    value, slope = square.value_and_grad(None, [1.0, 3.0])
    assert (value, slope.shape) == (5.0, (0,))


def test_it_is_traced_once_for_each_shape() -> None:
    shapes = []

    @lift(wrt=[])
    def total(x):
        shapes.append(len(x))
        return sum(x)

    for count in (2, 3, 2, 3):
        assert total(None, np.ones((4, count))) == count
    assert total.forward(None, [[1, 2]]).tolist() == [3.0]  # whole numbers now
    assert shapes == [2, 3, 2]
    with no_grad():
        assert total(None, np.ones((1, 4))) == 4.0


def test_results_are_not_written_over() -> None:
    program = lift(MODEL)
    first = program.forward(None, X)
    kept, slope = first.copy(), program.value_and_grad(None, X)[1]
    kept_slope = slope.copy()
    program.value_and_grad(program.theta() + 1.0, X)
    assert (first == kept).all()
    assert (slope == kept_slope).all()


def test_numbers_by_label() -> None:
    w, b = Value(2.0, label="w"), Value(-1.0)

    @lift(wrt={"w": w, "b": b})
    def loss(x):
        n = w * x + b
        o = n.tanh()
        n.label, o.label = "n", "o"
        return o * o

    xs = np.array([0.1, 0.7])
    loss.value_and_grad(None, xs)
    n = 2.0 * xs - 1.0
    assert close(loss.data("n"), n)
    assert close(loss.data("o"), np.tanh(n))
    slope = np.tanh(n) * (1 - np.tanh(n) ** 2)  # half of it, as it is the mean of two
    assert close(loss.grad("n"), slope)
    assert close(loss.grad("w"), (slope * xs).sum())
    assert (loss.data(w), loss.data("b")) == (2.0, -1.0)
    place = loss.where("o")
    assert place is not None
    assert close(loss[place.name], np.tanh(n))
    assert close(loss["x"], xs)
    assert loss.where(Value(1.0)) is None
    loss(None, xs)
    with pytest.raises(KeyError, match="the last run did not go backward"):
        loss.grad("n")


def test_numbers_of_a_single_example() -> None:
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    y = w * x
    program = lift([y, y.exp()], wrt=[w], inputs=[x])
    program.value_and_grad(None, [0.5])
    assert (program.data(y), program.data("x"), program.data("w")) == (1.5, 0.5, 3.0)


def test_what_it_says_of_itself() -> None:
    program = lift(MODEL)
    assert repr(program) == "Program(MLP, not traced yet)"
    assert str(program) == "MLP is traced when it is first called, with arrays that show the shapes"
    assert not program.is_lifted
    assert program
    program(None, X)
    n_nodes = len(set(graph(MODEL([Value(1.0), Value(2.0), Value(3.0)]))))
    head, takes, gives, memory, _, *operations = str(program).splitlines()
    assert head == f"MLP: {n_nodes} scalar nodes -> {len(program)} array operations"
    assert takes == "takes   theta[46], inputs[batch, 3]"
    assert gives == "gives   [batch, 2]"
    assert memory == "memory  144 bytes an example for values"  # 4 + 4 + 4 + 4 + 2 numbers
    assert len(operations) == len(program) == 5
    assert re.fullmatch(r"batch x 4  \w+ = .*np\.tanh\(.*\)", operations[1])


def graph(roots):
    return [x for root in roots for x in glassgrad.topological_order(root)]


@pytest.mark.parametrize("gradient", [False, True])
def test_its_source_computes_the_same(gradient: bool) -> None:
    program = lift(lambda x, y: cross_entropy(MODEL(x), y), wrt=MODEL)
    value, slope = program.value_and_grad(None, X, LABEL)
    names: dict[str, object] = {"CONSTANTS": program.constants(gradient)}
    exec(program.source(gradient), names)
    assert close(names["forward"](program.theta(), X, LABEL), program.forward(None, X, LABEL))  # type: ignore[operator]
    assert ("value_and_grad" in names) == gradient
    if gradient:
        found = names["value_and_grad"](program.theta(), X, LABEL)  # type: ignore[operator]
        assert close(found[0], value)
        assert close(found[1], slope)
    assert "W1" in program.source()


def test_lift_is_the_function_whatever_is_imported_first() -> None:
    code = """
        import sys, glassgrad
        assert "numpy" not in sys.modules
        from glassgrad.lift.program import Program
        from glassgrad import lift
        assert callable(lift) and glassgrad.lift is lift
        from glassgrad.lift import Program as Same
        assert Same is Program
    """
    subprocess.run([sys.executable, "-c", dedent(code)], check=True)
    assert isinstance(lift(MODEL), Program)
    with pytest.raises(AttributeError, match="no attribute 'Programm'"):
        sys.modules["glassgrad.lift"].Programm  # noqa: B018


def test_numpy_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["glassgrad.lift"], "find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r'pip install "glassgrad\[all\]"'):
        lift(MODEL)


# Each mistake with the kind of its error and the first words. Its text holds a program that makes
# it, and one that does not.

W = Value(2.0)
LIFTED = lift(MLP(2, [3, 1], seed=0))
SQUARE = lift(lambda x: x * x, wrt=[])
SQUARE_OF = lambda function: lift(lambda x: function(x) ** 2, wrt=[])  # noqa: E731
GRAPH = lift(W * W, wrt=[W])
ROW = [[1.0, 2.0]]


def dictionary(x):
    return {"once": x}


def nothing(x):
    x * x


def ragged(x):
    return x, [x]


def labelled():
    x = Value(2.0, label="x")
    return lift(x * x)


def inside():
    y = W * W
    program = lift((y + 1).exp(), wrt=[W])
    program(None)
    return program.data(y)


def without_gradient():
    x = Value(2.0, label="x")
    program = lift(x * W, wrt=[W], inputs=[x])
    program.value_and_grad(None, [2.0])
    return program.grad("x")


def by_hand():
    out = Value(4.0, (W,), "square")
    out._backward = lambda: None
    return lift(out, wrt=[W])


MISTAKES = [
    (lambda: lift((W * W).data), TypeError, "lift takes a Value, a list of them, or a function"),
    (lambda: lift(lambda x: x, wrt=[], inputs=[W]), TypeError, "a function's inputs are its"),
    (lambda: lift(lambda x: x), TypeError, "which numbers are the parameters"),
    (lambda: lift(W * W, wrt="w"), TypeError, "wrt holds no Values: 'w'"),
    (lambda: lift(W * W, wrt=[1.0]), TypeError, "wrt holds no Values"),
    (lambda: lift(W * W, wrt={W}), TypeError, "wrt is a set, which has no order"),
    (lambda: lift(W * W, wrt=[[W, {W}]]), TypeError, "wrt is a set, which has no order"),
    (lambda: lift(W * W, inputs={W}), TypeError, "inputs is a set, which has no order"),
    (lambda: lift(W * W, inputs=2.0), ValueError, "the inputs of a graph are different leaves"),
    (lambda: lift(W * W, wrt=[W, W]), ValueError, "Value(data=2.0) is among the parameters twice"),
    (lambda: lift(W * W, wrt=[[W], {"w": W}]), ValueError, "Value(data=2.0) is among the para"),
    (lambda: SQUARE_OF(np.exp)(None, [2.0]), TypeError, "a function of NumPy got a Value"),
    (lambda: SQUARE_OF(int)(None, [2.0]), TypeError, "a Value is no whole number"),
    (
        lambda: lift(LETTERS)(None, [[1.0]]),
        *(TypeError, "the rows of an embedding go by whole numbers, not by "),
    ),
    (
        lambda: lift(lambda n: LETTERS(n), wrt=LETTERS)(None, [-1]),
        *(IndexError, "this embedding has rows 0 to 4, and no row -1"),
    ),
    (
        lambda: lift(lambda n: LETTERS(n), wrt=LETTERS)(None, [-1.0]),
        *(TypeError, "the rows of an embedding go by whole numbers, not by Value(data=-1.0)"),
    ),
    (lambda: lift(W * W, wrt=2.0), TypeError, "wrt holds no Values: 2.0"),
    (lambda: lift(W * W, wrt=[W, [W * 2]]), ValueError, "a parameter is a leaf, and Value(data=4."),
    (lambda: lift(W * W, wrt=[W], inputs=[W]), ValueError, "the inputs of a graph are different"),
    (lambda: lift(W * W, wrt=[], inputs=[W, W]), ValueError, "the inputs of a graph are different"),
    (lambda: lift(W * W, wrt=[], inputs=[W * 2]), ValueError, "the inputs of a graph are"),
    (lambda: lift(W * W, wrt=[], inputs=[2.0]), ValueError, "the inputs of a graph are different"),
    (lambda: LIFTED([0.5], ROW), ValueError, "theta has 13 numbers in a row, and an array of sh"),
    (lambda: LIFTED(["a"] * 13, ROW), ValueError, "theta has 13 numbers in a row, and an array of"),
    (lambda: LIFTED(None, ROW, ROW), TypeError, "the function takes (inputs), and"),
    (lambda: LIFTED(None), TypeError, "the function takes (inputs), and 0 arrays"),
    (lambda: LIFTED(None, [*ROW, [3.0]]), TypeError, "inputs is no array of real numbers, but of"),
    (lambda: SQUARE(None, ["a"]), TypeError, "x is no array of real numbers, but of <U1"),
    (lambda: SQUARE(None, 2.0), ValueError, "x is a single number, not one for each example"),
    (
        lambda: lift(lambda x, y: x * y, wrt=[])(None, [1.0], [1.0, 2.0]),
        *(ValueError, "the arrays have different numbers of examples: 1 in x, 2 in y"),
    ),
    (lambda: GRAPH(None, [5.0]), TypeError, "this program takes no arrays after theta, and 1 came"),
    (
        lambda: lift(W * W, wrt=[], inputs=[W])(None),
        *(TypeError, "this program takes 1 array after theta, and 0 came"),
    ),
    (
        lambda: lift(W * W, wrt=[], inputs=[W])(None, [5.0, 6.0]),
        *(ValueError, "an example of this program is 1 numbers, and an array of shape (2,) came"),
    ),
    (
        lambda: lift(Embedding(3, 2, seed=0))(None, [0, 3]) or 1,
        *(IndexError, "index has 3, and there are 3 to choose from: 0 to 2"),
    ),
    (lambda: lift(nothing, wrt=[])(None, [2.0]), TypeError, "nothing gave None: is `return`"),
    (lambda: lift(dictionary, wrt=[])(None, [2.0]), TypeError, "dictionary gave dict, and not a"),
    (lambda: lift(ragged, wrt=[])(None, [2.0]), ValueError, "the lists that ragged gave are empty"),
    (lambda: lift([]), ValueError, "the lists that the list gave are empty"),
    (lambda: len(lift(MODEL)), RuntimeError, "MLP has not been traced yet"),
    (lambda: labelled().data("x"), RuntimeError, "there are no numbers yet"),
    (lambda: labelled()["y"], KeyError, "no array of this program is called 'y'; there are theta"),
    (lambda: labelled().where("y"), KeyError, "no Value is called 'y' here; the labels are x"),
    (inside, KeyError, "Value(data=4.0) is in no array of this program"),
    (without_gradient, KeyError, "x has no gradient here"),
    (by_hand, TypeError, "Value(data=4.0) was made by hand (square), and cannot be lifted"),
]


@pytest.mark.parametrize(("wrong", "kind", "what"), MISTAKES, ids=[what for *_, what in MISTAKES])
def test_mistakes_and_the_programs_in_their_texts(wrong, kind, what) -> None:
    with pytest.raises(kind) as error:
        program = wrong()
        program(None, [0, 3])
    said = str(error.value)
    assert said.startswith(what)
    form = r"\A(.+?)\n\nThis does it:\n(.+)\n\nWhy: .+\n\nWrite instead:\n(.+)\Z"
    found = re.search(form, said, re.DOTALL)
    assert found is not None

    def run(text: str) -> None:
        names: dict[str, object] = {}
        exec("from glassgrad import *", names)
        exec(dedent(text), names)

    with pytest.raises(kind):
        run(found[2])
    run(found[3])
