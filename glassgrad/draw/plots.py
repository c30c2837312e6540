"""Plots by matplotlib: how training went, what a classifier has learned, how weights lie.

Each function returns a Figure of its own. `matplotlib.pyplot` and its global list of figures are
not used, so nothing has to be closed, and a figure shows itself in any notebook.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from math import ceil, isfinite
from typing import TYPE_CHECKING, Any

from glassgrad.draw.format import count, short
from glassgrad.draw.graph import grad_of
from glassgrad.draw.network import layers_in, owners_of
from glassgrad.errors import explain
from glassgrad.metrics import predicted_class
from glassgrad.value import no_grad

try:
    from matplotlib.colors import LinearSegmentedColormap
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ImportError as error:
    raise ImportError(
        explain(
            "plots need matplotlib, which is not installed here",
            "from glassgrad.draw import plot_history",
            "graphs and networks are drawn without it, plots are not",
            'pip install "glassgrad[all]"',
        )
    ) from error

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from glassgrad.data.dataset import Dataset

# The palette of Okabe and Ito (2008), with a marker for each, so that colour says nothing alone.
BLUE, ORANGE, GREEN, PINK = "#0072b2", "#e69f00", "#009e73", "#cc79a7"
COLOURS = (BLUE, ORANGE, GREEN, PINK, "#56b4e9", "#d55e00", "#f0e442", "#5c5c5c")
MARKERS = "osD^vPX*"
BLUE_TO_ORANGE = LinearSegmentedColormap.from_list("blue to orange", [BLUE, "white", ORANGE])


class Plot(Figure):
    """A Figure that shows itself in a notebook, with or without `%matplotlib inline`."""

    def _repr_png_(self) -> bytes:
        file = BytesIO()
        self.savefig(file, format="png", dpi=self.dpi)
        return file.getvalue()


def plot_history(history: Any) -> Plot:
    """The loss, and the metric if there was one, after each epoch of a training.

    history: what `fit` returns. Epochs whose loss is not finite are marked as such.

    >>> from glassgrad import MLP, fit
    >>> from glassgrad.data import moons
    >>> history = fit(MLP(2, [1], seed=0), moons(20, seed=0), epochs=2, progress=False)
    >>> plot_history(history).axes[0].get_title()
    'logistic by epoch'
    """
    has_metric = any(row.get("train_metric") is not None for row in history.epochs)
    names = [("loss", history.loss_name)]
    if has_metric:
        names.append(("metric", history.metric_name))
    figure = Plot(figsize=(5.0 * len(names), 3.6), layout="constrained")
    figure.suptitle(f"Training, seed {history.seed}")
    for place, (key, name) in enumerate(names):
        axes = figure.add_subplot(1, len(names), place + 1)
        axes.set(xlabel="epoch", ylabel=name or key, title=f"{name or key} by epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        looks = {"train": (BLUE, "-", "o"), "validation": (ORANGE, "--", "s")}
        for part, (colour, line, marker) in looks.items():
            rows = [row for row in history.epochs if row.get(f"{part}_{key}") is not None]
            if rows:
                xs, ys = [r["epoch"] for r in rows], [r[f"{part}_{key}"] for r in rows]
                if len(rows) > 40:
                    marker = ""
                axes.plot(xs, ys, color=colour, linestyle=line, marker=marker, ms=4, label=part)
                _mark_strange(axes, xs, ys)
        best = history.best_epoch
        if best is not None and any(
            row.get("validation_loss") is not None for row in history.epochs
        ):
            axes.axvline(best, color=COLOURS[-1], lw=1, ls=":", label=f"best epoch: {best}")
        axes.grid(alpha=0.25)
        if axes.get_legend_handles_labels()[0]:
            axes.legend()
    return figure


def _mark_strange(axes: Axes, xs: Sequence[float], ys: Sequence[float]) -> None:
    """Say where a curve breaks off: matplotlib leaves nan and inf out in silence."""
    strange = [x for x, y in zip(xs, ys, strict=True) if not isfinite(y)]
    if strange:
        text = f"not finite from epoch {strange[0]}"
        axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", color=COLOURS[5])


def plot_boundary(
    model: Callable[[list[float]], Any],
    dataset: Dataset,
    *,
    resolution: int = 60,
    threshold: float | None = None,
) -> Plot:
    """What a model answers over the plane of two features, and the examples on top.

    model: takes a row of two numbers; gives one number (a score) or one for each class.
    resolution: the model is asked at resolution × resolution points; no graph is kept.
    threshold: the score at which one class ends and the other begins: 0.5 by default after a
    sigmoid, else 0.
    Raises ValueError unless the dataset has two features and the resolution is at least 2.

    >>> from glassgrad import MLP
    >>> from glassgrad.data import moons
    >>> figure = plot_boundary(MLP(2, [4, 1], seed=0), moons(20, seed=0), resolution=10)
    >>> figure.axes[0].get_title()
    'What the model has learned from moons'
    """
    if resolution < 2:
        raise ValueError(
            explain(
                f"a plane is seen from at least 2 × 2 points, not {resolution} × {resolution}",
                f"plot_boundary(model, moons(), resolution={resolution})",
                "the boundary is drawn between points where the model answers differently",
                "plot_boundary(model, moons(), resolution=60)",
            )
        )
    if len(dataset.feature_names) != 2:
        raise ValueError(
            explain(
                f"a plane has two features, this dataset has {len(dataset.feature_names)}",
                "plot_boundary(model, iris)",
                "the boundary of a model of more features is not a line that can be drawn",
                "plot_boundary(MLP(2, [8, 1]), moons())",
            )
        )
    xs, ys = (_grid([row[i] for row in dataset.inputs], resolution) for i in (0, 1))
    with no_grad():
        answers = [[_numbers(model([x, y])) for x in xs] for y in ys]
    figure = Plot(figsize=(5.6, 4.6), layout="constrained")
    axes = figure.add_subplot()
    if len(answers[0][0]) > 1:
        _regions(axes, xs, ys, answers)
    else:
        scores = [[answer[0] for answer in row] for row in answers]
        if threshold is None:
            threshold = _threshold(model)
        _score(figure, axes, xs, ys, scores, threshold if dataset.is_classification else None)
    _examples(axes, dataset)
    name = dataset.name or "the data"
    axes.set(
        xlabel=dataset.feature_names[0], ylabel=dataset.feature_names[1],
        title=f"What the model has learned from {name}",
    )  # fmt: skip
    return figure


def _grid(numbers: list[float], steps: int) -> list[float]:
    """Evenly spaced numbers, from a little below the smallest to a little above the largest."""
    low, high = min(numbers), max(numbers)
    edge = 0.1 * (high - low) or 1.0
    low, high = low - edge, high + edge
    return [low + (high - low) * i / (steps - 1) for i in range(steps)]


def _numbers(answer: Any) -> list[float]:
    outputs: Sequence[Any] = answer if isinstance(answer, (list, tuple)) else [answer]
    return [float(getattr(output, "data", output)) for output in outputs]


def _threshold(model: Any) -> float:
    """The score of a model at which the second class begins."""
    layers = list(layers_in(model))
    return 0.5 if layers and layers[-1].neurons[0].activation == "sigmoid" else 0.0


def _regions(
    axes: Axes, xs: list[float], ys: list[float], answers: list[list[list[float]]]
) -> None:
    """The region of each class: where its score is above all others."""
    for k in range(len(answers[0][0])):
        lead = [[a[k] - max(a[:k] + a[k + 1 :]) for a in row] for row in answers]
        if max(map(max, lead)) > 0:
            colour = COLOURS[k % len(COLOURS)]
            axes.contourf(
                xs, ys, lead, levels=[0.0, max(map(max, lead))], colors=[colour], alpha=0.3
            )


def _score(
    figure: Figure, axes: Axes, xs: list[float], ys: list[float],
    scores: list[list[float]], threshold: float | None,
) -> None:  # fmt: skip
    """One score as a surface, with the line where it passes the threshold."""
    middle = threshold if threshold is not None else sum(map(sum, scores)) / len(xs) / len(ys)
    reach = max((abs(s - middle) for row in scores for s in row if isfinite(s)), default=0.0) or 1.0
    steps = [middle + reach * i / 10 for i in range(-10, 11)]
    surface = axes.contourf(xs, ys, scores, levels=steps, cmap=BLUE_TO_ORANGE, alpha=0.7)
    ticks = MaxNLocator(7).tick_values(steps[0], steps[-1])
    figure.colorbar(surface, ax=axes, label="output of the model", ticks=ticks)
    if threshold is not None and any((s > threshold) != (scores[0][0] > threshold)
                                     for row in scores for s in row):  # fmt: skip
        axes.contour(xs, ys, scores, levels=[threshold], colors="black", linewidths=1.5)


def _examples(axes: Axes, dataset: Dataset) -> None:
    """The examples, a marker and a colour for each class."""
    look: dict[str, Any] = {"edgecolors": "black", "linewidths": 0.6, "s": 28}
    rows = list(dataset)
    if not dataset.is_classification:
        axes.scatter(
            [row[0] for row, _ in rows], [row[1] for row, _ in rows],
            c=[target for _, target in rows], cmap=BLUE_TO_ORANGE, **look,
        )  # fmt: skip
        return
    for k, name in enumerate(dataset.classes):
        points = [row for row, target in rows if target == k]
        axes.scatter(
            [p[0] for p in points], [p[1] for p in points], label=name, zorder=3,
            color=COLOURS[k % len(COLOURS)], marker=MARKERS[k % len(MARKERS)], **look,
        )  # fmt: skip
    axes.legend(title=dataset.target_name)


def plot_confusion(
    targets: Sequence[Any] | Callable[[list[float]], Any],
    predictions: Sequence[int] | Dataset | None = None,
    classes: Sequence[str] = (),
) -> Plot:
    """How often each true class (row) was taken for each class (column).

    targets: class numbers, with predictions beside them; or, alone, the matrix of counts itself.
    Or a model, with the data set that it is asked about in the place of the predictions.
    Raises ValueError where there is nothing to count, or a number that is no class.

    >>> plot_confusion([0, 0, 1], [0, 1, 1], ["no", "yes"]).axes[0].get_title()
    '2 of 3 right'
    >>> from glassgrad.data import Dataset
    >>> data = Dataset([[1.0], [2.0], [-3.0]], [1, 1, 1], ["x"], ["no", "yes"])
    >>> plot_confusion(lambda row: row[0], data).axes[0].get_title()
    '2 of 3 right'
    """
    if callable(targets):
        data: Any = predictions
        answers = _predictions(targets, data)
        classes = classes or data.classes
        matrix = _confusion(data.targets, answers, len(classes))
    elif predictions is None:
        matrix = [[int(n) for n in row] for row in targets]
    else:
        matrix = _confusion(targets, list(predictions), len(classes))
    if not matrix:
        raise _wrong_classes("there are no predictions to count", "[], []")
    names = [*classes, *map(str, range(len(classes), len(matrix)))]
    total, right = sum(map(sum, matrix)), sum(matrix[i][i] for i in range(len(matrix)))
    side = 2.6 + 0.6 * len(matrix)
    figure = Plot(figsize=(side + 0.6, side), layout="constrained")
    axes = figure.add_subplot()
    axes.imshow(matrix, cmap="Blues", vmin=0)
    largest = max(map(max, matrix))
    for i, row in enumerate(matrix):
        for j, n in enumerate(row):
            colour = "white" if n > largest / 2 else "black"
            axes.text(j, i, count(n), ha="center", va="center", color=colour)
    places = range(len(matrix))
    long = max(map(len, names)) > 5
    axes.set_xticks(places, names, rotation=45 if long else 0, ha="right" if long else "center")
    axes.set_yticks(places, names)
    axes.set(
        xlabel="predicted class",
        ylabel="true class",
        title=f"{count(right)} of {count(total)} right",
    )
    return figure


def _predictions(model: Callable[[list[float]], Any], data: Dataset) -> list[int]:
    """The classes that a model gives the rows of a data set."""
    if not hasattr(data, "inputs"):
        raise _wrong_classes("a model comes with the data set that it is asked about", "model")
    if not data.is_classification:
        raise ValueError(
            explain(
                f"a confusion matrix is about classes, and {data.target_name!r} is an amount",
                "plot_confusion(model, regression_data)",
                "each row and each column of the matrix is a class",
                "plot_confusion(model, moons())",
            )
        )
    with no_grad():
        answers = [_numbers(model(row)) for row in data.inputs]
    threshold = _threshold(model)
    return [predicted_class(a if len(a) > 1 else a[0] - threshold) for a in answers]


def _confusion(
    targets: Sequence[Any], predictions: Sequence[Any], n_classes: int
) -> list[list[int]]:
    """The matrix of counts: a row for each true class, a column for each predicted one."""
    if len(targets) != len(predictions):
        what = f"{len(targets)} targets and {len(predictions)} predictions do not go together"
        raise _wrong_classes(what, "[0, 1, 1], [0, 1]")
    numbers = [*targets, *predictions]
    for number in numbers:
        if number < 0 or number != int(number):
            raise _wrong_classes(f"{number!r} is no class", f"[0, 1], [{number!r}, 1]")
    n_classes = max(n_classes, 1 + int(max(numbers, default=-1)))
    matrix = [[0] * n_classes for _ in range(n_classes if numbers else 0)]
    for target, prediction in zip(targets, predictions, strict=True):
        matrix[int(target)][int(prediction)] += 1
    return matrix


def _wrong_classes(what: str, wrong: str) -> ValueError:
    return ValueError(
        explain(
            what,
            f"plot_confusion({wrong})",
            "classes are numbered 0, 1, 2 ..., and each target has a prediction beside it",
            "plot_confusion([0, 1], [1, 1])\nplot_confusion(model, moons())",
        )
    )


def plot_weights(model: Any) -> Plot:
    """How the weights and biases of each layer are spread.

    >>> from glassgrad import MLP
    >>> [axes.get_title() for axes in plot_weights(MLP(2, [4, 1], seed=0)).axes]
    ['layer 1: 12 parameters', 'layer 2: 5 parameters']
    """
    return _histograms(model, "weight", lambda parameter: float(parameter.data), BLUE)


def plot_gradients(model: Any) -> Plot:
    """How the gradients of each layer are spread; all 0 means that backward has not run.

    >>> from glassgrad import MLP
    >>> model = MLP(2, [1], seed=0)
    >>> model([2.0, 3.0]).backward()  # the gradients are the inputs, and 1 for the bias
    >>> plot_gradients(model).axes[0].get_xlabel()
    'gradient (mean 2.0000)'
    """
    return _histograms(model, "gradient", grad_of, ORANGE)


def _histograms(model: Any, what: str, number: Callable[[Any], float], colour: str) -> Plot:
    """One histogram for each layer."""
    owners = owners_of(model)
    layers: dict[str, list[float]] = {}
    for parameter in model.parameters():
        owner = owners.get(id(parameter))
        layers.setdefault(owner.layer if owner else "parameters", []).append(number(parameter))
    if not layers:
        raise ValueError(
            explain(
                f"{type(model).__name__} has no parameters to plot",
                f"class Empty(Module): ...\nplot_{what}s(Empty())",
                "parameters are Values, or modules, that are attributes of the module",
                f"plot_{what}s(MLP(2, [4, 1]))",
            )
        )
    columns = min(len(layers), 3)
    rows = ceil(len(layers) / columns)
    figure = Plot(figsize=(3.6 * columns, 2.9 * rows), layout="constrained")
    figure.suptitle(f"{what.capitalize()}s of {count(len(layers), 'layer')}")
    for place, (name, numbers) in enumerate(layers.items()):
        axes = figure.add_subplot(rows, columns, place + 1)
        finite = [x for x in numbers if isfinite(x)]
        axes.hist(finite, bins=min(30, max(5, len(finite) // 4)), color=colour, edgecolor="white")
        mean = sum(finite) / len(finite) if finite else 0.0
        strange = len(numbers) - len(finite)
        note = f", {count(strange)} not finite" if strange else ""
        axes.set(
            xlabel=f"{what} (mean {short(mean)}{note})", ylabel="number of parameters",
            title=f"{name}: {count(len(numbers), 'parameter')}",
        )  # fmt: skip
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.axvline(0.0, color="black", lw=0.8)
        if what == "gradient" and not any(numbers):
            text = "all 0: backward not run yet"
            axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center")
    return figure
