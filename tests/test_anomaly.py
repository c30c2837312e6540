"""detect_anomaly: it stops at the right operation and names the right line."""

import inspect
import math
import re
import weakref
from textwrap import dedent

import pytest

from glassgrad import MLP, Value, detect_anomaly, grad, maximum, no_grad
from glassgrad.value import mode


def this_line():
    """The number of the line that calls this."""
    return inspect.currentframe().f_back.f_lineno


def text_of(error):
    """The first part of the message: what happened."""
    return str(error.value).split("\n\n")[0]


def test_a_result_names_operation_label_input_and_line():
    p = Value(0.0, label="p")
    with pytest.raises(FloatingPointError) as error, detect_anomaly():
        line = this_line() + 1
        p.log()
    assert text_of(error) == f"log(p = 0.0) gave -inf, at {__file__}, line {line}"


def test_an_operation_of_two_inputs():
    with pytest.raises(FloatingPointError) as error, detect_anomaly():
        line = this_line() + 1
        Value(1e200, label="big") * 1e200
    assert text_of(error) == f"*(big = 1e+200, 1e+200) gave inf, at {__file__}, line {line}"


def test_the_first_bad_result_is_the_one():
    x = Value(-1.0, label="x")
    with pytest.raises(FloatingPointError, match=r"^sqrt\(x = -1\.0\) gave nan"), detect_anomaly():
        (x.sqrt() + 1).exp() * 3


def test_the_line_inside_a_function_of_the_user():
    def deeper(x):
        return x**-1, this_line()

    _, line = deeper(Value(1.0))
    with pytest.raises(FloatingPointError) as error, detect_anomaly():
        deeper(Value(0.0))
    assert text_of(error) == f"**-1(0.0) gave inf, at {__file__}, line {line}"


def test_the_line_outside_of_our_own_modules():
    """Inside a network the line is the one that called the network."""
    model = MLP(2, [2, 1], seed=0)
    with pytest.raises(FloatingPointError) as error, detect_anomaly():
        line = this_line() + 1
        model([math.inf, 1.0])
    assert text_of(error).endswith(f"at {__file__}, line {line}")


def test_a_gradient_names_operation_labels_and_line():
    x = Value(0.0, label="x")
    with pytest.raises(FloatingPointError) as error, detect_anomaly():
        line = this_line() + 1
        root = x.sqrt()
        root.label = "root"
        y = root * 2
        y.backward()
    assert text_of(error) == (
        "the gradient of x = 0.0 became inf, going backward through "
        f"root = 0.0 = sqrt(x = 0.0) with gradient 2.0, made at {__file__}, line {line}"
    )


def test_a_gradient_of_a_graph_made_before():
    x = Value(0.0)
    y = x.sqrt()
    outside = r"gradient of 0\.0 became inf(.|\n)*a line outside detect_anomaly\(\)"
    with pytest.raises(FloatingPointError, match=outside), detect_anomaly():
        y.backward()


def test_gradients_as_values():
    x = Value(0.0)
    with pytest.raises(FloatingPointError) as error, detect_anomaly():
        line = this_line() + 1
        grad(x.sqrt(), x)
    assert text_of(error).endswith(f"gave inf, at {__file__}, line {line}")


def test_operations_written_by_hand():
    """Both ways: a result that is nan, and a `_backward` that makes one."""
    x = Value(2.0, label="x")
    with pytest.raises(FloatingPointError, match=r"^mine\(x = 2\.0\) gave nan"), detect_anomaly():
        Value(math.nan, (x,), "mine")

    def _backward():
        x.grad += math.nan

    expected = r"gradient of x = 2\.0 became nan, going backward through 4\.0 = mine\(x = 2\.0\)"
    with pytest.raises(FloatingPointError, match=expected), detect_anomaly():
        out = Value(4.0, (x,), "mine")
        out._backward = _backward
        out.backward()


def backward(x):
    x.backward()


# What goes wrong, and by which piece of the right program one knows the advice.
MISTAKES = [
    (lambda: Value(0.0).log(), "maximum(probability, 1e-12).log()"),
    (lambda: backward(Value(1e-320).log()), "maximum(probability, 1e-12).log()"),
    (lambda: Value(-1.0).sqrt(), "maximum(spread, 1e-12).sqrt()"),
    (lambda: backward(Value(0.0).sqrt()), "maximum(spread, 1e-12).sqrt()"),
    (lambda: Value(-8.0) ** (1 / 3), "maximum(spread, 1e-12).sqrt()"),
    (lambda: Value(-8.0) ** Value(0.5), "maximum(spread, 1e-12).sqrt()"),
    (lambda: backward(Value(-8.0) ** Value(2.0)), "maximum(spread, 1e-12).sqrt()"),
    (lambda: 1 / Value(0.0), "1.0 / maximum(total, 1e-12)"),
    (lambda: Value(1.0) / Value(1e-310), "1.0 / maximum(total, 1e-12)"),
    (lambda: Value(0.0) ** -0.5, "1.0 / maximum(total, 1e-12)"),
    (lambda: Value(0.0) ** Value(-2.0), "1.0 / maximum(total, 1e-12)"),
    (lambda: Value(800.0).exp(), "x.sigmoid()"),
    (lambda: Value(1e200) * 1e200, "weight.data -= 0.1 * weight.grad"),
    (lambda: Value(1e308) + 1e308, "weight.data -= 0.1 * weight.grad"),
    (lambda: Value(1e200) ** 2, "weight.data -= 0.1 * weight.grad"),
    (lambda: Value(1e200) ** Value(2.0), "weight.data -= 0.1 * weight.grad"),
    (lambda: Value(math.nan).tanh(), "weight.data -= 0.1 * weight.grad"),
    (lambda: Value(math.inf, (Value(2.0),), "mine"), "weight.data -= 0.1 * weight.grad"),
]


@pytest.mark.parametrize(("make", "repair"), MISTAKES)
def test_the_advice_fits_the_operation_and_its_programs_do_what_it_says(make, repair):
    """With `from glassgrad import *` the first raises an error of the same advice."""
    with pytest.raises(FloatingPointError) as error, detect_anomaly():
        make()
    form = r"\A(.+?)\n\nThis does it:\n(.+)\n\nWhy: .+\n\nWrite instead:\n(.+)\Z"
    what, wrong, right = re.search(form, str(error.value), re.DOTALL).groups()
    assert repair in right
    assert repair not in wrong

    def run(program):
        names = {}
        exec("from glassgrad import *", names)
        with detect_anomaly():
            exec(dedent(program), names)

    with pytest.raises(FloatingPointError) as again:
        run(wrong)
    assert str(again.value).split("\n\n", 1)[1] == str(error.value).removeprefix(what + "\n\n")
    run(right)


def test_the_program_that_it_recommends():
    with detect_anomaly():
        probability = Value(0.0)
        loss = -maximum(probability, 1e-12).log()
        loss.backward()
    assert loss.data == pytest.approx(12 * math.log(10))
    assert probability.grad == 0.0


def test_finite_programs_run_as_ever():
    x = Value(0.5)
    with detect_anomaly():
        y = (x * 3).tanh() / 7 + x**2
        y.backward()
    assert x.grad == pytest.approx(3 * (1 - math.tanh(1.5) ** 2) / 7 + 1, rel=1e-14)


def test_leaves_may_be_infinite():
    """Nothing made them; what is made of them is reported."""
    with detect_anomaly():
        x = Value(math.inf, label="x")
        with pytest.raises(FloatingPointError, match=r"^\+\(x = inf, 1\.0\) gave inf"):
            x + 1


def test_results_without_a_graph_are_looked_at_too():
    with pytest.raises(FloatingPointError, match="gave -inf"), detect_anomaly(), no_grad():
        Value(0.0).log()


# Before and after.


def test_outside_nothing_is_looked_at():
    with detect_anomaly():
        pass
    assert Value(0.0).log().data == -math.inf


def test_an_error_ends_it():
    with pytest.raises(ZeroDivisionError), detect_anomaly():
        _ = 1 / 0
    assert (mode.on_node, mode.on_gradient) == (None, None)
    with pytest.raises(FloatingPointError), detect_anomaly():
        Value(0.0).log()
    assert (mode.on_node, mode.on_gradient) == (None, None)


def test_nested():
    with detect_anomaly():
        with detect_anomaly():
            Value(1.0).log()
        with pytest.raises(FloatingPointError, match="gave -inf"):
            Value(0.0).log()
    assert Value(0.0).log().data == -math.inf


def test_two_that_overlap():
    """As in two threads: the one that began first ends first."""
    first, second = detect_anomaly(), detect_anomaly()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    with pytest.raises(FloatingPointError, match="gave -inf"):
        Value(0.0).log()
    second.__exit__(None, None, None)
    assert (mode.on_node, mode.on_gradient) == (None, None)
    assert Value(0.0).log().data == -math.inf


def test_no_graph_is_held_once_it_has_ended():
    class Weak(Value):
        pass  # which, unlike a Value, can be referred to weakly

    with detect_anomaly():
        node = Weak(2.0, (Value(1.0),), "mine")
        reference = weakref.ref(node)
        del node
        assert reference() is not None
    assert reference() is None


def test_as_a_decorator():
    @detect_anomaly()
    def step():
        return Value(0.0).log()

    with pytest.raises(FloatingPointError, match="gave -inf"):
        step()
    assert mode.on_node is None
