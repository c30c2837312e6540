"""Pictures of networks: sizes, weights, what is left out, and networks of other classes."""

from __future__ import annotations

import math
import random
import xml.etree.ElementTree as ET
from itertools import combinations
from typing import Any

import pytest
from micrograd import nn as micrograd_nn  # type: ignore[import-untyped]

from glassgrad import MLP, Embedding, Layer, Module, Neuron, Value
from glassgrad.draw import draw
from glassgrad.draw.network import layers_in, owners_of


def test_layers_their_sizes_and_parameters() -> None:
    model = MLP(3, [4, 4, 1], seed=0)
    weights = [p.data for name, p in model.named_parameters() if "weights" in name]
    assert draw(model).text == (
        "inputs · 3\n"
        "layer 1 · 4 neurons · tanh · 16 parameters\n"
        "layer 2 · 4 neurons · tanh · 20 parameters\n"
        "layer 3 · 1 neuron · linear · 5 parameters\n"
        "(41 parameters in all, none hidden)\n"
        f"(weights {min(weights):.4f} … {max(weights):.4f})"
    )


def test_each_weight_is_an_edge_between_the_right_two() -> None:
    model = MLP(3, [4, 2], seed=0)
    weight = model.layers[1].neurons[1].weights[2]
    weight.grad = -0.25
    edges = {(e.source, e.target): e for e in draw(model).drawing.edges}
    assert len(edges) == 3 * 4 + 4 * 2
    edge = edges["layer1.2", "layer2.1"]
    assert edge.weight == weight.data
    assert edge.details == (f"weight {weight.data!r}", "grad -0.25")
    first = model.layers[0].neurons[3].weights[0]
    assert edges["inputs.0", "layer1.3"].weight == first.data


def test_a_neurons_tooltip_lists_all_its_numbers() -> None:
    neuron = Neuron(2, activation="relu", seed=0)
    neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 2.0, -1.0, 0.5
    neuron.bias.grad = 3.0
    picture = draw(neuron, input_names=["length"])
    assert picture.drawing.nodes[-1].details == (
        "relu",
        "weight of length 2.0, grad 0.0",
        "weight of x2 -1.0, grad 0.0",
        "bias 0.5, grad 3.0",
    )
    for text in ("2.0000", "-1.0000", "bias 0.5000", ">length<", ">x2<"):
        assert text in picture.svg


def test_a_layer_is_drawn_by_itself() -> None:
    assert draw(Layer(2, 3, seed=0)).text.splitlines()[:2] == [
        "inputs · 2",
        "layer 1 · 3 neurons · tanh · 9 parameters",
    ]


def test_of_tall_layers_the_ends_are_drawn_and_the_rest_is_counted() -> None:
    drawing = draw(MLP(64, [32, 10], seed=0)).drawing
    gaps = {node.group: node for node in drawing.nodes if node.kind == "gap"}
    assert gaps["inputs"].text == ("⋮", "54 more")
    assert gaps["layer1"].text == ("⋮", "22 more")
    assert "layer2" not in gaps
    shown = [node.id for node in drawing.nodes if node.group == "layer1" and node.kind == "unit"]
    assert shown == [f"layer1.{i}" for i in (0, 1, 2, 3, 4, 27, 28, 29, 30, 31)]
    assert len(drawing.edges) == 10 * 10 + 10 * 10
    total = 64 * 32 + 32 + 32 * 10 + 10
    assert drawing.total == total
    assert drawing.hidden == total - 200 - 20  # of all weights and biases those not drawn
    assert f"{total:,} parameters in all, {total - 220:,} hidden" in drawing.notes


def test_colour_is_the_sign_and_width_the_size_of_a_weight() -> None:
    neuron = Neuron(3, seed=0)
    for weight, number in zip(neuron.weights, (1.0, -0.5, float("nan")), strict=True):
        weight.data = number
    groups = [g for g in ET.fromstring(draw(neuron).svg).iter() if g.get("data-from")]
    positive, negative, strange = (group[1] for group in groups)
    assert (positive.get("stroke"), negative.get("stroke")) == ("#0072b2", "#d55e00")
    assert strange.get("stroke-dasharray")
    width = [float(line.get("stroke-width", "")) for line in (positive, negative)]
    assert width[0] / width[1] == pytest.approx(2.0, abs=0.01)


def areas_of_numbers(svg: str) -> list[tuple[str, float, float, float]]:
    """Each weight and bias that is written in a picture: its text, middle, height and width."""
    texts = [element for element in ET.fromstring(svg).iter() if element.get("font-size")]
    return [
        (t.text or "", float(t.get("x", "")), float(t.get("y", "")), 6.2 * len(t.text or ""))
        for t in texts
        if t.get("font-size") in ("10", "11")
    ]


@pytest.mark.parametrize(
    "sizes", [(1, 1), (2, 3, 1), (3, 3), (2, 2, 2, 2), (1, 4, 2), (4, 3), (1, 12), (12, 1)]
)
def test_in_a_small_network_no_number_covers_another(sizes: tuple[int, ...]) -> None:
    model = MLP(sizes[0], sizes[1:], seed=0)
    numbers = areas_of_numbers(draw(model).svg)
    assert sorted(text for text, *_ in numbers) == sorted(
        f"{'bias ' if name.endswith('bias') else ''}{p.data:.4f}"
        for name, p in model.named_parameters()
    )
    for (a, x1, y1, w1), (b, x2, y2, w2) in combinations(numbers, 2):
        assert abs(x1 - x2) > (w1 + w2) / 2 - 0.5 or abs(y1 - y2) > 12, (a, b)


def test_a_weight_that_is_not_finite_is_written_too() -> None:
    model = MLP(2, [3, 1], seed=0)
    model.layers[0].neurons[0].weights[0].data = math.inf
    numbers = areas_of_numbers(draw(model).svg)
    ((_, x, y, _),) = [number for number in numbers if number[0] == "inf"]
    others = [number for number in numbers if number[0] != "inf"]
    assert all(abs(x - x2) > 25 or abs(y - y2) > 12 for _, x2, y2, _ in others)


def test_outputs_have_names_beside_them() -> None:
    model = MLP(2, [4, 3], seed=0)
    picture = draw(model, output_names=["left", "<right>"])
    outputs = picture.drawing.nodes[-3:]
    assert [node.text for node in outputs] == [
        ("neuron 1", "left"),
        ("neuron 2", "<right>"),
        ("neuron 3",),
    ]
    assert outputs[0].details[0] == "output left"
    root = ET.fromstring(picture.svg)
    (label,) = [element for element in root.iter() if element.text == "<right>"]
    circles = [e for e in root.iter() if e.tag.endswith("circle")]
    assert float(label.get("x", "")) > max(float(c.get("cx", "")) for c in circles)
    assert float(label.get("y", "")) == pytest.approx(float(circles[-2].get("cy", "")), abs=6)
    assert "left" not in draw(model, input_names=["a", "b"]).svg


def test_micrograds_own_network() -> None:
    random.seed(0)  # micrograd draws its weights from there
    model = micrograd_nn.MLP(2, [3, 1])
    assert draw(model).text.splitlines()[:3] == [
        "inputs · 2",
        "layer 1 · 3 neurons · relu · 9 parameters",
        "layer 2 · 1 neuron · linear · 4 parameters",
    ]
    owner = owners_of(model)[id(model.layers[0].neurons[2].w[1])]
    assert (owner.layer, owner.neuron) == ("layer 1", 2)
    assert owner.name == "layers.0.neurons.2.weights.1"


class Reader(Module):
    """Letters in, letters out: its wiring is in its code alone."""

    def __init__(self) -> None:
        self.letters = Embedding(27, 2, seed=0)
        self.network = MLP(6, [5, 27], seed=0)


def test_a_network_that_is_no_chain_of_layers_is_a_list_of_its_parts() -> None:
    picture = draw(Reader())
    assert picture.text == (
        "letters | 54 parameters\n"
        "network, layer 1 | 6 inputs | 5 neurons | tanh | 35 parameters\n"
        "network, layer 2 | 5 inputs | 27 neurons | linear | 162 parameters\n"
        "(251 parameters in 3 parts)\n"
        "(how they are joined shows when it runs: draw(model(x), model=model))"
    )
    assert "network, layer 2" in picture.svg


def test_parts_are_found_in_lists_and_dicts_and_circles_do_no_harm() -> None:
    class Two(Module):
        def __init__(self) -> None:
            self.parts = {"a": [Layer(1, 2, seed=0)], "b": Layer(2, 1, seed=0)}
            self.me: Any = self
            self.scale = Value(2.0)

    assert [layer.path for layer in layers_in(Two().parts)] == ["a.0", "b"]
    assert [layer.path for layer in layers_in(Two())] == ["parts.a.0", "parts.b"]


def test_every_parameter_has_an_owner_by_its_real_name() -> None:
    model = Reader()
    owners = owners_of(model)
    assert {owners[id(p)].name: p for p in model.parameters()} == dict(model.named_parameters())
