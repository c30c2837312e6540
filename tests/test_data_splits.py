"""`split`: parts that share no row, keep the classes' shares and follow the seed."""

import re
from math import inf, nan

import pytest

from glassgrad.data import Table, iris, moons, penguins, sine, split


def labels(**counts):
    return Table("t", {"y": [name for name, n in counts.items() for _ in range(n)]})


def shares(table, rows):
    values = table.rows(rows).columns["y"]
    return {name: values.count(name) for name in sorted(set(values))}


@pytest.mark.parametrize("data", [penguins(), moons(n=101), sine(n=77)])
def test_every_row_is_in_one_part(data):
    parts = split(data, test=0.25, validation=0.15)
    assert sorted(row for part in parts for row in part) == list(range(len(data)))
    assert len(parts.test) == round(0.25 * len(data))
    assert len(parts.validation) == round(0.15 * len(data))
    assert parts.train == sorted(parts.train)


def test_classes_keep_their_shares():
    table = labels(a=100, b=50, c=10)
    train, validation, test = split(table, test=0.2, validation=0.1, target="y")
    assert shares(table, test) == {"a": 20, "b": 10, "c": 2}
    assert shares(table, validation) == {"a": 10, "b": 5, "c": 1}
    assert shares(table, train) == {"a": 70, "b": 35, "c": 7}


def test_a_dataset_is_stratified_by_its_classes():
    data = moons(n=100)
    parts = split(data, test=0.2, validation=0.2)
    assert [sum(data.targets[i] for i in part) for part in parts] == [30, 10, 10]


def test_the_seed_decides():
    table = iris()
    assert split(table, target="species", seed=1) == split(table, target="species", seed=1)
    assert split(table, target="species", seed=1) != split(table, target="species", seed=2)


def test_each_row_can_come_into_each_part():
    table = labels(a=5, b=5)
    parts = [split(table, test=0.2, target="y", seed=seed) for seed in range(200)]
    for row in range(10):
        times = sum(row in part.test for part in parts)
        assert 20 <= times <= 62  # expected 40, standard deviation 5.7


def test_small_classes_stay_in_training_and_it_is_said():
    table = labels(a=20, b=2, c=1)
    for seed in range(20):
        parts = split(table, test=0.1, validation=0.1, target="y", seed=seed)
        assert shares(table, parts.train).keys() == {"a", "b", "c"}
        assert "class 'c' has 1 of 23 rows: none is in the test part" in parts.notes
        assert "class 'c' has 1 of 23 rows: none is in the validation part" in parts.notes


def test_a_single_row_of_a_class_is_for_training_even_if_the_test_takes_most():
    table = labels(a=9, b=1)
    assert shares(table, split(table, test=0.8, target="y").train) == {"a": 1, "b": 1}


def test_rows_without_a_target_belong_to_no_part():
    table = Table("t", {"y": ["a", None, "b", "a", "b", None, "a", "b"]})
    parts = split(table, test=0.3, target="y")
    assert sorted(row for part in parts for row in part) == [0, 2, 3, 4, 6, 7]


def test_a_regression_is_not_stratified():
    table = Table("t", {"y": [float(i) for i in range(20)]})
    parts = split(table, test=0.25, target="y")
    assert (len(parts.train), len(parts.test), parts.notes) == (15, 5, [])
    numbers = Table("t", {"y": [0.0, 1.0] * 10})
    assert shares(numbers, split(numbers, test=0.2, target="y").test) == {0.0: 2, 1.0: 2}


def test_no_part_asked_for_or_a_tiny_one():
    assert len(split(moons(10), test=0).train) == 10
    assert len(split(moons(10), test=0.01).test) == 1


@pytest.mark.parametrize("shares", [(0.95, 0.0), (0.5, 0.5), (-0.1, 0.0), (0.0, 1.0)])
def test_too_few_rows_are_explained(shares):
    test, validation = shares
    with pytest.raises(ValueError, match="leave too few to train") as caught:
        split(labels(a=5, b=5), test=test, validation=validation, target="y")
    assert "training needs at least 2, one of each class" in str(caught.value)


@pytest.mark.parametrize(("test", "validation"), [(nan, 0.0), (0.2, nan), (inf, 0.0), (0.2, -inf)])
def test_a_share_is_a_finite_number(test, validation):
    with pytest.raises(ValueError, match="a share is a finite number") as caught:
        split(labels(a=5, b=5), test=test, validation=validation, target="y")
    program = re.search(r"does it:\n +(.*)", str(caught.value))[1]
    with pytest.raises(ValueError, match="a share is a finite number"):
        eval(program, {"split": split, "table": labels(a=5, b=5)})


def test_repr_is_short():
    expected = "Split: 80 rows for training, 0 for validation, 20 for the test"
    assert repr(split(moons(100))) == expected
