"""Metrics: by hand, and beside other formulas for the same numbers."""

import re
from math import inf, isnan, nan
from random import Random

import pytest

from glassgrad import Value
from glassgrad.metrics import accuracy, predicted_class, r2


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ([0.1, 0.7, 0.2], 1),
        ((-3.0, -2.0, -1.0), 2),
        ([5.0, 5.0, 1.0], 0),  # the first of equal ones
        ([Value(1.0), Value(4.0), Value(2.0)], 1),
        (0.001, 1),
        (0.0, 0),  # not above 0
        (-2.0, 0),
        (Value(3.0), 1),
        (inf, 1),
        ([-inf, -1e300], 1),
        ([2.0], 1),  # a list of one is like the number in it
        ((Value(-2.0),), 0),
    ],
)
def test_the_class_that_an_output_stands_for(output, expected):
    assert predicted_class(output) == expected


@pytest.mark.parametrize(
    ("outputs", "targets", "expected"),
    [
        ([[3.0, 1.0, 2.0], [0.0, 1.0, 2.0], [1.0, 2.0, 0.0]], [0, 2, 2], 2 / 3),
        ([[0.0, 1.0]], [0], 0.0),
        ([Value(1.5), Value(-0.5), Value(0.0), Value(2.0)], [1, 0, 1, 0], 0.5),
        ([1.0, -1.0], [1.0, 0.0], 1.0),  # class numbers that were read as floats
    ],
)
def test_accuracy_by_hand(outputs, targets, expected):
    assert accuracy(outputs, targets) == expected


@pytest.mark.parametrize(
    ("outputs", "targets", "expected"),
    [
        ([2.0, 4.0, 9.0], [2.0, 4.0, 9.0], 1.0),
        ([5.0, 5.0, 5.0], [2.0, 4.0, 9.0], 0.0),  # their mean
        # mean 5, spread 9 + 1 + 16 = 26, missed 1 + 4 + 0 = 5
        ([Value(3.0), Value(2.0), Value(9.0)], [2, 4, 9], 21 / 26),
        # mean 1, spread 1 + 1 = 2, missed 4 + 4 = 8
        ([2.0, 0.0], [0.0, 2.0], -3.0),
    ],
)
def test_r2_by_hand(outputs, targets, expected):
    assert r2(outputs, targets) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("seed", range(3))
def test_r2_of_the_least_squares_line_is_the_squared_correlation(seed):
    np = pytest.importorskip("numpy")
    random = Random(seed)
    xs = [random.uniform(-3, 3) for _ in range(20)]
    ys = [2 * x + random.gauss(50, 2) for x in xs]
    slope, start = np.polyfit(xs, ys, 1)
    expected = np.corrcoef(xs, ys)[0, 1] ** 2
    assert r2([slope * x + start for x in xs], ys) == pytest.approx(expected, rel=1e-9)
    assert r2(np.array(xs), np.array(ys)) == pytest.approx(
        1 - np.mean((np.array(ys) - xs) ** 2) / np.var(ys), rel=1e-12
    )


@pytest.mark.parametrize("target", [0.0, 0.1, 0.7, 1e9 / 3])
@pytest.mark.parametrize("count", [1, 2, 3, 6, 41])
def test_where_all_targets_are_the_same_there_is_nothing_to_explain(target, count):
    """Even where their mean, as a rounded number, is not quite the same."""
    assert isnan(r2([target + 1.0] * count, [target] * count))
    assert isnan(r2([target] * count, [target] * count))


@pytest.mark.parametrize(
    ("output", "expected"), [(1e160, -inf), (1.5e154, -inf), (inf, -inf), (nan, nan)]
)
def test_r2_of_outputs_that_grew_without_end(output, expected):
    """The square of the first is beyond floats, for the second the sum of two squares is."""
    found = r2([output, -output, 0.0], [1.0, 2.0, 3.0])
    assert found == expected or (isnan(found) and isnan(expected))


def test_accuracy_of_numpy_arrays():
    np = pytest.importorskip("numpy")
    rows = np.array([[3.0, 1.0, 2.0], [0.0, 1.0, 2.0], [1.0, 2.0, 0.0]])
    assert accuracy(rows, np.array([0, 2, 2])) == 2 / 3
    assert accuracy(list(rows), [0, 2, 2]) == 2 / 3
    assert accuracy(np.array([[1.5], [-0.5]]), np.array([1, 1])) == 0.5
    assert accuracy(np.array([1.5, -0.5]), np.array([1, 1])) == 0.5


@pytest.mark.parametrize("metric", [accuracy, r2])
def test_no_example_is_explained(metric):
    with pytest.raises(ValueError, match=f"{metric.__name__} has no example to look at") as caught:
        metric([], [])
    form = r".*\n\nThis does it:\n +(.*)\n\nWhy: .*\n\nWrite instead:\n +(.*)"
    wrong, right = re.fullmatch(form, str(caught.value)).groups()
    with pytest.raises(ValueError, match="has no example"):
        eval(wrong)
    assert eval(right) in (1.0, -1.0)  # both right; missed 0 + 1, spread 1/4 + 1/4


@pytest.mark.parametrize("metric", [accuracy, r2])
def test_outputs_and_targets_come_in_pairs(metric):
    with pytest.raises(ValueError, match="longer"):
        metric([1.0], [1, 0])
    with pytest.raises(ValueError, match="shorter"):
        metric([1.0, 2.0, 3.0], [1, 0])
