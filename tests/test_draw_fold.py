"""Big graphs: what is folded together, what it is called, and that nothing is lost in counting."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from micrograd import nn as micrograd_nn  # type: ignore[import-untyped]
from micrograd.engine import Value as Micrograd  # type: ignore[import-untyped]

from glassgrad import MLP, Value, softmax, topological_order
from glassgrad.draw import draw
from glassgrad.draw.ir import Drawing, Node


def rows(n: int, width: int, seed: int = 0) -> list[list[float]]:
    chance = random.Random(seed)
    return [[chance.uniform(-1, 1) for _ in range(width)] for _ in range(n)]


def first_lines(drawing: Drawing) -> list[str]:
    """What each fold is called."""
    return [node.text[0] for node in drawing.nodes if node.kind == "fold"]


def fold_called(drawing: Drawing, start: str) -> Node:
    (node,) = [n for n in drawing.nodes if n.kind == "fold" and n.text[0].startswith(start)]
    return node


def moons_step(model: Any, kind: type, n: int = 20) -> Any:
    """One step of micrograd's demo: hinge loss of a batch, and a penalty on all parameters."""
    inputs = [[kind(x) for x in row] for row in rows(n, 2)]
    signs = [(-1) ** i for i in range(n)]
    losses = [(1 + -sign * model(x)).relu() for x, sign in zip(inputs, signs, strict=True)]
    penalty = sum(p * p for p in model.parameters())
    return sum(losses) * (1.0 / n) + 1e-4 * penalty


def a_deep_chain() -> Value:
    x = Value(0.5)
    for _ in range(3000):
        x = (x * 1.01 + 0.1).tanh()
    return x


def a_random_graph() -> Value:
    chance = random.Random(0)
    values = [Value(chance.random()) for _ in range(20)]
    for _ in range(2000):
        a, b = chance.choice(values[-60:]), chance.choice(values)
        values.append(chance.choice([a + b, a * b, a.tanh(), a.sin()]))
    return values[-1]


def a_classifier() -> Value:
    model = MLP(4, [6, 3], seed=0)
    return sum((-softmax(model(row))[0].log() for row in rows(10, 4)), Value(0.0))


GRAPHS = {
    "moons": lambda: moons_step(MLP(2, [8, 8, 1], activation="relu", seed=0), Value),
    "one example": lambda: MLP(3, [8, 8, 1], seed=0)([1.0, 2.0, 3.0]),
    "classifier": a_classifier,
    "deep chain": a_deep_chain,
    "random": a_random_graph,
    "long sum": lambda: sum((Value(float(i)) for i in range(1000)), Value(0.0)),
}


@pytest.mark.parametrize("name", GRAPHS)
@pytest.mark.parametrize("max_nodes", [1, 300])
def test_every_node_is_in_one_box_and_every_edge_goes_forward(name: str, max_nodes: int) -> None:
    root = GRAPHS[name]()
    drawing = draw(root, max_nodes=max_nodes).drawing
    boxes = [node for node in drawing.nodes if node.kind != "op"]
    assert sum(box.count for box in boxes) == drawing.total == len(topological_order(root))
    assert len(boxes) <= 60
    place = {node.id: i for i, node in enumerate(drawing.nodes)}
    assert len(place) == len(drawing.nodes)
    assert all(place[edge.source] < place[edge.target] for edge in drawing.edges)
    assert drawing.hidden < drawing.total or name in {"deep chain", "random"}
    assert f"{drawing.total:,} nodes in all, {drawing.hidden:,} hidden in" in drawing.notes[-1]


@pytest.mark.parametrize("name", GRAPHS)
def test_connections_are_counted(name: str) -> None:
    """Between boxes there are as many connections as the drawing says, counted another way."""
    root = GRAPHS[name]()
    drawing = draw(root, max_nodes=1).drawing
    shown = sum(edge.count for edge in drawing.edges if not edge.source.startswith("o"))
    total = sum(len(node._prev) for node in topological_order(root))
    inside = total - shown
    boxes = [node for node in drawing.nodes if node.kind == "fold"]
    assert 0 <= inside <= 2 * sum(box.count for box in boxes)
    assert shown <= total


def test_the_moons_demo_reads_as_its_network_its_loss_and_its_penalty() -> None:
    loss = moons_step(MLP(2, [16, 16, 1], activation="relu", seed=0), Value, n=100)
    loss.label = "loss"
    loss.backward()
    drawing = draw(loss).drawing
    assert drawing.total == len(topological_order(loss)) > 65_000
    assert fold_called(drawing, "layer 1").text[:2] == (
        "layer 1: 16 neurons × 100",
        "ReLU(Σ w·x + b)",
    )
    assert fold_called(drawing, "layer 2").text[:2] == (
        "layer 2: 16 neurons × 100",
        "ReLU(Σ w·x + b)",
    )
    assert fold_called(drawing, "layer 3").text[:2] == ("layer 3: 1 neuron × 100", "Σ w·x + b")
    names = first_lines(drawing)
    assert "ReLU(a + b·c) × 100" in names
    assert "Σ of 337 products" in names  # 2*16 + 16 + 16*16 + 16 + 16 + 1 parameters
    assert names[-1] == "loss"
    assert {"48 leaves", "272 leaves", "17 leaves", "200 leaves"} <= set(names)
    assert len(names) == 11


def test_with_the_model_layers_and_parameters_have_their_names() -> None:
    model = MLP(2, [16, 16, 1], activation="relu", seed=0)
    names = first_lines(draw(moons_step(model, Value), model=model).drawing)
    assert {
        "layer 1: 48 parameters",
        "layer 2: 272 parameters",
        "layer 3: 17 parameters",
        "layer 1: 16 neurons × 20",
        "layer 2: 16 neurons × 20",
        "layer 3: 1 neuron × 20",
        "40 leaves",
    } <= set(names)


def test_parameters_that_only_their_layer_uses_go_into_its_box() -> None:
    model = MLP(4, [6, 1], seed=0)
    loss = sum(((model(row) - 1) ** 2 for row in rows(30, 4)), Value(0.0))
    drawing = draw(loss, model=model).drawing
    box = fold_called(drawing, "layer 1")
    assert box.text[0] == "layer 1: 6 neurons × 30"
    # For each of 180 units 4 products, 4 sums and a tanh; once for all 6 * (4 + 1) parameters.
    assert box.count == 180 * 9 + 30
    assert box.details[-1] == "1,650 nodes: 30 leaves, 720 *, 720 +, 180 tanh"
    assert fold_called(drawing, "layer 2").text[0] == "layer 2: 1 neuron × 30"
    assert not any("parameters" in name for name in first_lines(drawing))


def test_micrograds_own_graph_is_read_alike() -> None:
    random.seed(0)  # micrograd draws its weights from there
    model = micrograd_nn.MLP(2, [16, 16, 1])
    loss = moons_step(model, Micrograd)
    names = first_lines(draw(loss).drawing)
    assert {
        "layer 1: 16 neurons × 20",
        "layer 2: 16 neurons × 20",
        "layer 3: 1 neuron × 20",
        "Σ of 337 products",
    } <= set(names)
    names = first_lines(draw(loss, model=model).drawing)
    assert "layer 2: 16 neurons × 20" in names


def test_one_example_shows_each_neuron() -> None:
    model = MLP(3, [4, 4, 1], seed=0)
    out = model([1.0, 2.0, 3.0])
    out.backward()
    drawing = draw(out, max_nodes=50).drawing
    names = first_lines(drawing)
    assert names[0] == "3 leaves"
    assert names[1:] == [
        *(f"layer 1, neuron {i}" for i in (1, 2, 3, 4)),
        *(f"layer 2, neuron {i}" for i in (1, 2, 3, 4)),
        "layer 3, neuron 1",
    ]
    assert drawing.hidden == drawing.total - 9  # each neuron shows its output
    last = fold_called(drawing, "layer 3")
    assert last.text[1] == "Σ w·x + b"
    assert last.text[2] == f"data {out.data:.4f}"
    assert last.text[3] == "grad 1.0000"
    names = first_lines(draw(out, max_nodes=50, model=model).drawing)
    assert "layer 2, neuron 2" in names


def test_layers_that_are_too_wide_to_show_each_neuron_are_one_box_each() -> None:
    names = first_lines(draw(sum(MLP(64, [32, 10], seed=0)(rows(1, 64)[0]), Value(0.0))).drawing)
    assert names[:3] == ["64 leaves", "layer 1: 32 neurons", "layer 2: 10 neurons"]


def test_softmax_is_in_words() -> None:
    names = first_lines(draw(a_classifier()).drawing)
    assert {"max of 3 × 10", "exp(a - b) × 30", "log(a·b) × 10"} <= set(names)


def test_the_same_cell_again_and_again_is_a_layer_for_each_step() -> None:
    weights = [[Value(0.1 * i - 0.2 * j) for i in range(4)] for j in range(4)]
    state = [Value(0.0)] * 4
    for _ in range(8):
        state = [
            sum((w * h for w, h in zip(row, state, strict=True)), Value(0.1)).tanh()
            for row in weights
        ]
    names = first_lines(draw(state).drawing)
    assert names[-8:] == [f"layer {i}: 4 neurons" for i in range(1, 9)]
    assert "16 leaves" in names


def test_a_long_sum_is_one_box() -> None:
    drawing = draw(GRAPHS["long sum"]()).drawing
    (box,) = drawing.nodes
    assert box.text[0] == "Σ of 1,001"
    assert box.text[1] == "data 499500.0000"


def test_a_graph_too_wide_to_read_is_folded_however_few_its_nodes() -> None:
    values = [Value(float(i)) for i in range(120)]
    total = sum(values, Value(0.0))  # 241 nodes, 120 sums one after another
    (box,) = draw(total).drawing.nodes
    assert box.text[:2] == ("Σ of 121", "data 7140.0000")
    assert draw(sum(values[:100], Value(0.0))).drawing.hidden == 0
    assert draw(total, max_nodes=360).drawing.hidden == 0
    assert draw(MLP(3, [4, 4, 1], seed=0)([1.0, 2.0, 3.0])).drawing.hidden == 0


def test_a_chain_that_folds_into_too_many_boxes_is_folded_into_stretches() -> None:
    x = Value(0.5)
    for _ in range(40):
        x = (x * 1.01 + 0.1).tanh()  # 120 operations, 40 units
    assert sum(name.startswith("steps") for name in first_lines(draw(x).drawing)) == 12


def test_a_chain_folds_into_stretches() -> None:
    drawing = draw(a_deep_chain()).drawing
    names = [name for name in first_lines(drawing) if name.startswith("steps")]
    assert len(names) == 12
    assert names[0].startswith("steps 1 to ")
    assert names[-1].endswith(" to 9,000")
    ends = [name.removeprefix("steps ").replace(",", "").split(" to ") for name in names]
    assert all(int(b[0]) == int(a[1]) + 1 for a, b in pairwise(ends))
    whole = [node for node in drawing.nodes if node.text[0].startswith("steps")]
    assert {node.text[1] for node in whole} == {"* × 250, + × 250, tanh × 250"}


def test_squares_and_changes_of_sign_are_no_neurons() -> None:
    xs = [Value(float(i)) for i in range(200)]
    squares = sum((x * x for x in xs), Value(0.0))
    assert first_lines(draw(squares).drawing)[-1] == "Σ of 200 products"
    negated = sum((-x.tanh() for x in xs), Value(0.0))
    assert first_lines(draw(negated).drawing)[-1] == "Σ of 200 products"


def test_what_is_added_to_many_is_no_bias_without_a_weight() -> None:
    shift = Value(0.3)
    xs = [Value(float(i)).exp() for i in range(200)]
    shifted = sum(((x + shift).tanh() for x in xs), Value(0.0))
    assert "tanh(a + b) × 200" in first_lines(draw(shifted).drawing)
    weight = Value(0.7)
    line = sum(((x * weight + shift).tanh() for x in xs), Value(0.0))
    assert "layer 1: 1 neuron × 200" in first_lines(draw(line).drawing)


def test_labels_are_kept_and_numbers_that_are_not_finite_are_counted() -> None:
    xs = [Value(float(i), label=f"x{i}") for i in range(1, 200)]
    xs[7].data = float("nan")
    loss = sum((x.tanh() for x in xs), Value(0.0))
    drawing = draw(loss).drawing
    tanhs = fold_called(drawing, "tanh(a) × 199")
    assert tanhs.text[1] == "data 0.7616 … 1.0000, 1 not finite"
    outputs = sum((x * 2 for x in xs[10:]), Value(0.0))
    outputs.label = "total"
    assert first_lines(draw(outputs).drawing)[-1] == "total"
    assert any(name == "x1 … x199: 199 leaves" for name in first_lines(drawing))


def test_gradients_are_left_out_while_there_are_none() -> None:
    drawing = draw(GRAPHS["moons"]()).drawing
    assert not any(line.startswith("grad") for node in drawing.nodes for line in node.text)
    assert drawing.notes[0].startswith("backward not run yet")
