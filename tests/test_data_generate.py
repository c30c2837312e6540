"""The generated sets lie where their formulas say, and are as familiar as scikit-learn's."""

from math import hypot, pi, sin
from statistics import mean, pstdev

import pytest

from glassgrad.data import DATASETS, Dataset, blobs, circles, moons, sine, spiral, xor

PLANE = [moons, circles, blobs, spiral, xor]


def points(data, label):
    return [row for row, target in data if target == data.classes.index(label)]


def test_moons_without_noise_lie_on_two_half_circles():
    data = moons(n=40, noise=0.0)
    for x, y in points(data, "upper"):
        assert hypot(x, y) == pytest.approx(1)
        assert y >= 0
    for x, y in points(data, "lower"):
        assert hypot(x - 1, y - 0.5) == pytest.approx(1)
        assert y <= 0.5


def test_circles_without_noise_have_radius_one_and_a_half():
    data = circles(n=40, noise=0.0)
    assert [hypot(*p) for p in points(data, "outer")] == pytest.approx([1.0] * 20)
    assert [hypot(*p) for p in points(data, "inner")] == pytest.approx([0.5] * 20)


def test_blobs_without_noise_are_their_centres():
    centres = {tuple(row) for row in blobs(n=12, noise=0.0, classes=4).inputs}
    expected = [(-5, 0), (0, -5), (0, 5), (5, 0)]
    rounded = sorted((round(x, 12) + 0.0, round(y, 12) + 0.0) for x, y in centres)
    assert rounded == expected


def test_noise_is_a_standard_deviation():
    exact = circles(n=4000, noise=0.0, seed=3)
    first = blobs(n=6000, noise=2.0, seed=3)
    assert pstdev(y for _, y in points(first, "0")) == pytest.approx(2.0, rel=0.05)
    assert mean(x for x, _ in points(first, "0")) == pytest.approx(5.0, abs=0.2)
    assert mean(x for x, _ in exact.inputs) == pytest.approx(0.0, abs=1e-9)


def test_spiral_arms_are_each_other_turned_by_half_a_turn():
    data = spiral(n=50, noise=0.0)
    one = sorted((round(x, 9), round(y, 9)) for x, y in points(data, "0"))
    other = sorted((round(-x, 9), round(-y, 9)) for x, y in points(data, "1"))
    assert one == other
    radii = sorted(hypot(x, y) for x, y in one)
    assert (radii[0], radii[-1]) == pytest.approx((0.1, 1.0), abs=1e-8)


def test_xor_classes_are_the_signs_and_all_quarters_are_used():
    data = xor(n=80)
    for (x, y), target in data:
        assert data.classes[target] == ("same" if x * y > 0 else "different")
        assert 0.1 <= min(abs(x), abs(y)) <= max(abs(x), abs(y)) <= 1
    quarters = [(x > 0, y > 0) for x, y in data.inputs]
    assert {quarters.count(q) for q in set(quarters)} == {20}


def test_sine_without_noise_is_the_sine():
    data = sine(n=21, noise=0.0)
    assert not data.is_classification
    assert data.inputs[0] == [-pi]
    assert data.inputs[-1] == [pi]
    assert data.targets == [sin(x) for (x,) in data.inputs]
    assert pstdev(sine(2000, noise=0.3).targets) == pytest.approx((0.5 + 0.09) ** 0.5, rel=0.05)


@pytest.mark.parametrize("make", [*PLANE, sine])
def test_seed_decides_everything(make):
    assert make(seed=1, noise=0.2) == make(seed=1, noise=0.2)
    assert make(seed=1, noise=0.2) != make(seed=2, noise=0.2)


@pytest.mark.parametrize("make", PLANE)
@pytest.mark.parametrize("n", [5, 100, 101])
def test_classes_are_balanced_and_mixed(make, n):
    data = make(n=n)
    counts = [data.targets.count(k) for k in range(len(data.classes))]
    assert sum(counts) == len(data) == n
    assert max(counts) - min(counts) <= 1
    assert data.targets != sorted(data.targets)


@pytest.mark.parametrize("make", [*PLANE, sine])
def test_bad_arguments_are_explained(make):
    with pytest.raises(ValueError, match=rf"{make.__name__}: n is 1\n"):
        make(n=1)
    with pytest.raises(ValueError, match=r"noise is -0\.1"):
        make(noise=-0.1)


def test_blobs_need_two_classes():
    with pytest.raises(ValueError, match="blobs cannot have 1 class\n"):
        blobs(classes=1)


def test_every_generated_set_is_listed_and_loads():
    for make in [*PLANE, sine]:
        listed = DATASETS[make.__name__]
        data = listed.load()
        assert isinstance(data, Dataset)
        assert (data.name, len(data)) == (make.__name__, listed.rows)


@pytest.mark.parametrize("name", ["moons", "circles"])
def test_as_scikit_learn_makes_them(name):
    theirs = pytest.importorskip("sklearn.datasets")
    options = {} if name == "moons" else {"factor": 0.5}
    xs, ys = getattr(theirs, f"make_{name}")(n_samples=60, shuffle=False, **options)
    mine = {"moons": moons, "circles": circles}[name](n=60, noise=0.0)
    expected = sorted(
        (*(round(float(v), 9) + 0.0 for v in x), int(y)) for x, y in zip(xs, ys, strict=True)
    )
    got = sorted((*(round(v, 9) + 0.0 for v in x), y) for x, y in mine)
    assert got == expected
