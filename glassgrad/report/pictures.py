"""The pictures of a report: graphs and networks as SVG, plots as images inside the page.

Plots are images with an address of their own (`data:...`), so that their ids cannot clash.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from glassgrad import ops
from glassgrad.data import Dataset, Encoder
from glassgrad.data.encoder import Number
from glassgrad.draw import draw, plot_boundary, plot_history
from glassgrad.history import History
from glassgrad.nn import MLP
from glassgrad.report.example import NeuronPass, output_names
from glassgrad.report.scores import ValueScores
from glassgrad.value import Value, topological_order

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PHONE = 4.6  # inches: so wide that letters can still be read on a phone
MOST_BYTES = 200_000  # of a plot as SVG
TERMS_DRAWN = 1  # products of a neuron; the others are one box


def network_svg(model: MLP, encoder: Encoder) -> str:
    """The neurons and weights after training."""
    outputs = output_names(model, encoder.classes, encoder.target)
    return draw(model, input_names=encoder.feature_names, output_names=outputs).svg


def neuron_svg(neuron: NeuronPass) -> str:
    """The sum and the activation of one neuron, with what came back from the loss."""
    output = neuron_value(neuron)
    return draw(output).svg


def neuron_value(neuron: NeuronPass) -> Value:
    """The neuron's output, computed once more from its largest terms and the sum of the rest.

    The gradients are those of the loss: what backward finds from here, times neuron.grad.
    """
    drawn, others = neuron.terms[:TERMS_DRAWN], neuron.terms[TERMS_DRAWN:]
    rest = neuron.bias + neuron.rest + sum(term.product for term in others)
    total = Value(rest, label="bias and other terms" if others else "bias")
    for term in drawn:
        weight, x = Value(term.weight, label="weight"), Value(term.data, label=term.source)
        total = total + weight * x
    total.label = "sum"
    op = ops.OPS.get(neuron.activation)
    output = op(total) if op else total
    output.label = "output" if op else "sum = output"
    output.backward()
    for node in topological_order(output):
        node.grad *= neuron.grad
    return output


def history_image(history: History) -> str:
    """The curves of training, one above the other."""
    figure = plot_history(history)
    axes = figure.axes
    figure.suptitle("")
    grid = figure.add_gridspec(len(axes), 1)
    for row, part in enumerate(axes):
        part.set_subplotspec(grid[row])
        part.set_title("")  # the axis has the same name
    figure.set_size_inches(PHONE, 2.9 * len(axes))
    return as_image(figure)


def boundary_image(model: MLP, encoder: Encoder, test: Dataset) -> str | None:
    """The answer at every point of the plane, in the features' own units; None if no plane."""
    numbers = [feature for feature in encoder.features.values() if isinstance(feature, Number)]
    if len(numbers) != 2 or len(encoder.feature_names) != 2:
        return None
    rows = [
        [x * feature.std + feature.mean for x, feature in zip(row, numbers, strict=True)]
        for row in test.inputs
    ]
    plain = replace(
        test,
        inputs=rows,
        feature_names=[_no_mathematics(name) for name in test.feature_names],
        classes=[_no_mathematics(name) for name in test.classes],
        target_name=_no_mathematics(test.target_name),
        name="the held-out rows",
    )

    def answer(row: list[float]) -> Any:
        return model([x for n, cell in zip(numbers, row, strict=True) for x in n.encode(cell)])

    figure = plot_boundary(answer, plain)
    figure.axes[0].set_title("")
    figure.set_size_inches(PHONE, 0.85 * PHONE)
    return as_image(figure)


def predictions_image(scores: ValueScores, target: str) -> str:
    """Each predicted value over its true value; on the line they would be equal."""
    from matplotlib.figure import Figure

    truth = [answer.true for answer in scores.answers]
    predicted = [answer.predicted for answer in scores.answers]
    ends = [min(truth + predicted), max(truth + predicted)]
    figure = Figure(figsize=(PHONE, 0.9 * PHONE), layout="constrained")
    axes = figure.add_subplot()
    axes.plot(ends, ends, color="#5c5c5c", linewidth=1, label="as it should be")
    look: dict[str, Any] = {"s": 24, "color": "#0072b2", "alpha": 0.6, "edgecolors": "black"}
    axes.scatter(truth, predicted, label="a held-out row", **look)
    name = _no_mathematics(target)
    axes.set(xlabel=f"true {name}", ylabel=f"predicted {name}", aspect="equal")
    axes.grid(alpha=0.25)
    axes.legend()
    return as_image(figure)


def as_image(figure: Figure) -> str:
    """The figure as an address that holds the whole image; the same figure gives the same bytes.

    SVG is sharp at any size, but grows with the number of points; beyond `MOST_BYTES` it is PNG.
    """
    import matplotlib

    looks: Any = {"svg.hashsalt": "glassgrad", "svg.fonttype": "path", "axes.unicode_minus": False}
    with matplotlib.rc_context(looks):
        image = _saved(figure, "svg", metadata={"Date": None, "Creator": None})
    kind = "svg+xml"
    if len(image) > MOST_BYTES:
        kind, image = "png", _saved(figure, "png", dpi=200)
    return f"data:image/{kind};base64,{b64encode(image).decode('ascii')}"


def _saved(figure: Figure, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    figure.savefig(file, format=kind, **options)
    return file.getvalue()


def _no_mathematics(text: str) -> str:
    """A name as matplotlib prints it: a dollar sign would start a formula."""
    return text.replace("$", r"\$")
