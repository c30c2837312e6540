"""`Dataset` holds together and says what does not fit."""

from math import inf, nan

import pytest

from glassgrad.data import Dataset

DOTS = Dataset([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]], [1, 0, 1], ["x", "y"], ["red", "blue"])


def test_length_iteration_and_subset():
    assert len(DOTS) == 3
    assert DOTS.is_classification
    assert list(DOTS)[1] == ([2.0, 3.0], 0)
    part = DOTS.subset([2, 0])
    assert (part.inputs, part.targets) == ([[4.0, 5.0], [0.0, 1.0]], [1, 1])
    assert (part.classes, part.feature_names) == (DOTS.classes, DOTS.feature_names)


def test_no_targets_are_allowed_for_rows_to_predict():
    data = Dataset([[1.0], [2.0]], [], ["x"], ["a", "b"])
    assert data.subset([1]).inputs == [[2.0]]
    assert data.subset([1]).targets == []


def test_repr_is_short():
    assert repr(Dataset([[0.5]] * 1000, [1.5] * 1000, ["x"], [], "y", "line")) == (
        "Dataset 'line': 1000 examples, 1 inputs (x), target 'y'"
    )


@pytest.mark.parametrize(
    ("inputs", "targets", "message"),
    [
        ([[0.0], [1.0]], [0], "2 rows of inputs, but 1 targets"),
        ([[0.0], [1.0, 2.0]], [0, 1], "row 1 of inputs has 2 numbers"),
        ([[0.0], [nan]], [0, 1], "row 1 of inputs holds a number that is not finite"),
        ([[0.0], [1.0]], [0, 2], "target 1 is 2, but there are 2 classes"),
        ([[0.0], [1.0]], [-1, 0], "target 0 is -1, but"),
        ([[0.0], [1.0]], [0.5, 0], "target 0 is 0.5, but"),
        ([[0.0], [1.0]], [0, inf], "target 1 is not finite"),
    ],
)
def test_what_does_not_fit_is_explained(inputs, targets, message):
    with pytest.raises(ValueError, match=message):
        Dataset(inputs, targets, ["x"], ["red", "blue"])
