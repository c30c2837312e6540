"""Plots: the numbers on them are the numbers given, and nothing is left behind."""

from __future__ import annotations

import math
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("matplotlib")

from glassgrad import MLP, Module, Value
from glassgrad.data import Dataset, moons
from glassgrad.draw import (
    plot_boundary,
    plot_confusion,
    plot_gradients,
    plot_history,
    plot_weights,
)


def history(losses: list[float], **more: Any) -> SimpleNamespace:
    empty = {"train_metric": None, "validation_loss": None, "validation_metric": None}
    epochs = [
        {"epoch": i, "learning_rate": 0.1, "train_loss": loss, **empty}
        for i, loss in enumerate(losses, 1)
    ]
    names = {"loss_name": "hinge", "metric_name": "accuracy", "seed": 7, "best_epoch": None}
    return SimpleNamespace(epochs=epochs, **{**names, **more})


def points(line: Any) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in zip(*line.get_data(), strict=True)]


def test_the_loss_curve() -> None:
    figure = plot_history(history([3.0, 2.0, 1.5]))
    (axes,) = figure.axes
    assert points(axes.lines[0]) == [(1, 3.0), (2, 2.0), (3, 1.5)]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("epoch", "hinge")
    assert figure.get_suptitle() == "Training, seed 7"


def test_validation_metric_and_best_epoch() -> None:
    run = history([3.0, 2.0], best_epoch=2)
    for i, row in enumerate(run.epochs):
        row.update(train_metric=0.5 + i / 4, validation_loss=4.0 - i, validation_metric=0.25)
    loss, metric = plot_history(run).axes
    assert points(loss.lines[1]) == [(1, 4.0), (2, 3.0)]
    assert points(metric.lines[0]) == [(1, 0.5), (2, 0.75)]
    assert metric.get_ylabel() == "accuracy"
    assert [text.get_text() for text in loss.get_legend().get_texts()] == [
        "train",
        "validation",
        "best epoch: 2",
    ]


def test_a_curve_that_breaks_off_says_where() -> None:
    (axes,) = plot_history(history([3.0, float("inf"), float("nan")])).axes
    assert [text.get_text() for text in axes.texts] == ["not finite from epoch 2"]


SQUARE = Dataset([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0, 1, 0, 1], ["u", "v"],
                 ["left", "right"], name="square")  # fmt: skip
SLOPE = Dataset([[0.0, 0.0], [1.0, 2.0]], [0.5, 1.5], ["u", "v"], [], name="slope")


def black_line(axes: Any) -> list[tuple[float, float]]:
    """Where the boundary was drawn."""
    (boundary,) = [c for c in axes.collections if list(c.get_linewidths()) == [1.5]]
    return [tuple(vertex) for path in boundary.get_paths() for vertex in path.vertices]


def test_the_boundary_of_one_score_is_where_it_is_zero() -> None:
    axes = plot_boundary(lambda row: Value(row[0]) - 0.25, SQUARE).axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("u", "v")
    assert "square" in axes.get_title()
    line = black_line(axes)
    assert [x for x, _ in line] == pytest.approx([0.25] * len(line))
    assert len(line) > 10


def test_the_boundary_of_a_probability_is_one_half() -> None:
    model = MLP(2, [1], activation=["sigmoid"], seed=0)
    neuron = model.layers[0].neurons[0]
    neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 4.0, 0.0, -3.0
    line = black_line(plot_boundary(model, SQUARE).axes[0])
    assert [x for x, _ in line] == pytest.approx([0.75] * len(line), abs=1e-3)
    line = black_line(plot_boundary(model, SQUARE, threshold=0.4).axes[0])
    where = (3 + math.log(0.4 / 0.6)) / 4  # sigmoid(4 u - 3) = 0.4
    assert [x for x, _ in line] == pytest.approx([where] * len(line), abs=1e-3)


def test_a_model_that_never_changes_its_mind_has_no_boundary() -> None:
    figure = plot_boundary(lambda _: 1.0, SQUARE)
    assert not [c for c in figure.axes[0].collections if list(c.get_linewidths()) == [1.5]]


def test_classes_have_regions_and_examples_with_a_marker_each() -> None:
    axes = plot_boundary(lambda row: [row[0], row[1], Value(0.5)], SQUARE).axes[0]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["left", "right"]
    left = axes.collections[-2].get_offsets().tolist()
    assert left == [[0.0, 0.0], [0.0, 1.0]]
    first_region = axes.collections[0].get_paths()
    corners = [tuple(v) for path in first_region for v in path.vertices]
    assert min(x for x, _ in corners) == pytest.approx(0.5, abs=0.02)  # 0 wins where u > 1/2, v
    assert all(x >= y - 0.05 for x, y in corners)


def test_a_regression_shows_its_surface() -> None:
    figure = plot_boundary(lambda row: row[0] + row[1], SLOPE)
    assert figure.axes[0].collections[-1].get_array().tolist() == [0.5, 1.5]


def test_no_graph_is_kept_while_asking_the_model() -> None:
    seen = []

    def model(row: list[float]) -> Value:
        seen.append(Value(row[0]) * 2)
        return seen[-1]

    plot_boundary(model, SQUARE, resolution=5)
    assert len(seen) == 25
    assert all(value._prev == () for value in seen)


def test_a_boundary_needs_two_features() -> None:
    three = Dataset([[0.0, 0.0, 0.0]], [0], ["a", "b", "c"], ["only"])
    with pytest.raises(ValueError, match=r"two features, this dataset has 3"):
        plot_boundary(lambda row: row[0], three)


def test_the_confusion_matrix_counts() -> None:
    axes = plot_confusion([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0], ["a", "b"]).axes[0]
    assert [text.get_text() for text in axes.texts] == ["1", "1", "0", "0", "1", "0", "1", "0", "2"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "2"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    assert axes.get_title() == "4 of 6 right"
    assert plot_confusion([[3, 1], [0, 4]]).axes[0].get_title() == "7 of 8 right"


def test_the_confusion_matrix_of_a_model_and_a_data_set() -> None:
    axes = plot_confusion(lambda row: Value(row[0]) - 0.5, SQUARE).axes[0]
    assert [text.get_text() for text in axes.texts] == ["2", "0", "0", "2"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["left", "right"]
    axes = plot_confusion(lambda row: [row[0], row[1] + 0.5], SQUARE).axes[0]
    # Scores of left and right: 0 0.5, 1 0.5, 0 1.5, 1 1.5; the first of these targets is left.
    assert [text.get_text() for text in axes.texts] == ["0", "2", "1", "1"]


def test_a_model_that_gives_a_probability_changes_its_mind_at_one_half() -> None:
    model = MLP(2, [1], activation=["sigmoid"], seed=0)
    neuron = model.layers[0].neurons[0]
    neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 4.0, 0.0, -3.0
    axes = plot_confusion(model, SQUARE).axes[0]
    assert [text.get_text() for text in axes.texts] == ["2", "0", "0", "2"]


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (([], []), "there are no predictions to count"),
        (([],), "there are no predictions to count"),
        (([], [], ["a", "b"]), "there are no predictions to count"),
        (([0, 1], [-1, 1]), "-1 is no class"),
        (([0, 1], [0.5, 1]), "0.5 is no class"),
        (([0, 1, 1], [0, 1]), "3 targets and 2 predictions do not go together"),
        ((lambda row: row[0], SLOPE), "'target' is an amount"),
        ((lambda row: row[0],), "a model comes with the data set"),
    ],
)
def test_what_cannot_be_counted_is_refused(arguments: Any, what: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)Write instead:\n    plot_confusion\(") as error:
        plot_confusion(*arguments)
    assert what in str(error.value).splitlines()[0]


@pytest.mark.parametrize("resolution", [1, 0, -3])
def test_a_plane_of_one_point_is_refused(resolution: int) -> None:
    with pytest.raises(ValueError, match=r"(?s)at least 2 × 2.*Write instead"):
        plot_boundary(lambda row: row[0], SQUARE, resolution=resolution)
    assert plot_boundary(lambda row: row[0], SQUARE, resolution=2).axes


def heights(axes: Any) -> float:
    return sum(bar.get_height() for bar in axes.patches)


def test_histograms_hold_every_parameter_of_each_layer() -> None:
    model = MLP(2, [8, 3], seed=0)
    first, second = plot_weights(model).axes
    assert (heights(first), heights(second)) == (24, 27)
    assert first.get_title() == "layer 1: 24 parameters"
    mean = sum(p.data for p in model.layers[1].parameters()) / 27
    assert second.get_xlabel() == f"weight (mean {mean:.4f})"
    low = min(bar.get_x() for bar in first.patches)
    assert low == pytest.approx(min(p.data for p in model.layers[0].parameters()))


def test_gradients_that_are_all_zero_say_why() -> None:
    model = MLP(2, [3, 1], seed=0)
    assert plot_gradients(model).axes[0].texts[0].get_text() == "all 0: backward not run yet"
    model([1.0, 2.0]).backward()
    first, second = plot_gradients(model).axes
    assert not first.texts
    assert max(bar.get_x() + bar.get_width() for bar in second.patches) == pytest.approx(1.0)


def test_weights_that_are_not_finite_are_counted() -> None:
    model = MLP(1, [2], seed=0)
    model.layers[0].neurons[0].bias.data = float("nan")
    (axes,) = plot_weights(model).axes
    assert heights(axes) == 3
    assert "1 not finite" in axes.get_xlabel()


def test_a_model_without_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="Module has no parameters"):
        plot_weights(Module())


def test_a_figure_shows_itself_without_pyplot_and_leaves_nothing_open() -> None:
    assert plot_weights(MLP(1, [1], seed=0))._repr_png_().startswith(b"\x89PNG")
    program = (
        "import sys; from glassgrad import MLP; from glassgrad.draw import plot_weights; "
        "plot_weights(MLP(1, [1], seed=0))._repr_png_(); print('matplotlib.pyplot' in sys.modules)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "False"


def test_without_matplotlib_it_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "try:\n    from glassgrad.draw import plot_history\n"
        "except ImportError as error:\n    print(error)"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert 'pip install "glassgrad[all]"' in result.stdout


def test_a_real_training_set_and_network() -> None:
    figure = plot_boundary(MLP(2, [8, 1], seed=0), moons(n=30, seed=0), resolution=20)
    assert figure._repr_png_().startswith(b"\x89PNG")
