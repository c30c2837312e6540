"""Small graphs, node by node: text, drawing, derivatives on the edges, classes of one's own."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from glassgrad import MLP, Layer, Module, Neuron, Value
from glassgrad.draw import draw
from glassgrad.draw.ir import Drawing, Edge, Node


def named(value: Value, label: str) -> Value:
    value.label = label
    return value


def lecture_neuron() -> Value:
    """The neuron of the lecture; its gradients are worked out there by hand."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    total = named(named(x1 * w1, "x1*w1") + named(x2 * w2, "x2*w2"), "x1*w1 + x2*w2")
    return named(named(total + b, "n").tanh(), "o")


def node_called(drawing: Drawing, label: str) -> Node:
    (node,) = [n for n in drawing.nodes if n.kind == "value" and n.text == (label,)]
    return node


def edge_between(drawing: Drawing, source: str, target: str) -> Edge:
    """The edge from one labelled value to the operation that made another."""
    start, end = node_called(drawing, source).id, node_called(drawing, target).id
    ops = {node.id for node in drawing.nodes if node.of == end}
    (edge,) = [e for e in drawing.edges if e.source == start and e.target in ops]
    return edge


def test_the_lectures_neuron_as_a_tree() -> None:
    o = lecture_neuron()
    o.backward()
    assert draw(o).text == (
        "o = tanh | data 0.7071 | grad 1.0000\n"
        "└─ n = + | data 0.8814 | grad 0.5000\n"
        "   ├─ x1*w1 + x2*w2 = + | data -6.0000 | grad 0.5000\n"
        "   │  ├─ x1*w1 = * | data -6.0000 | grad 0.5000\n"
        "   │  │  ├─ x1 | data 2.0000 | grad -1.5000\n"
        "   │  │  └─ w1 | data -3.0000 | grad 1.0000\n"
        "   │  └─ x2*w2 = * | data 0.0000 | grad 0.5000\n"
        "   │     ├─ x2 | data 0.0000 | grad 0.5000\n"
        "   │     └─ w2 | data 1.0000 | grad 0.0000\n"
        "   └─ b | data 6.8814 | grad 0.5000\n"
        "(10 nodes in all, none hidden)"
    )


def test_edges_carry_the_local_derivative_and_the_gradient_that_arrives() -> None:
    o = lecture_neuron()
    o.backward()
    drawing = draw(o).drawing
    to_tanh = edge_between(drawing, "n", "o")
    assert to_tanh.local == pytest.approx(0.5)  # 1 - tanh(n)**2 with tanh(n) = 1 / sqrt(2)
    assert to_tanh.upstream == 1.0
    to_product = edge_between(drawing, "x1", "x1*w1")
    assert to_product.local == -3.0  # the other factor
    assert to_product.upstream == pytest.approx(0.5)
    assert edge_between(drawing, "b", "n").local == 1.0


def test_what_flows_along_the_edges_adds_up_to_the_gradients() -> None:
    x = Value(0.7)
    y = (x * x + x.sin()) * x.exp() + 3 / x
    y.backward()
    drawing = draw(y).drawing
    arrived = {node.id: 0.0 for node in drawing.nodes if node.kind == "value"}
    for edge in drawing.edges:
        if edge.source in arrived:
            assert edge.local is not None
            assert edge.upstream is not None
            arrived[edge.source] += edge.local * edge.upstream
    for node in drawing.nodes[:-1]:
        if node.kind == "value":
            assert arrived[node.id] == pytest.approx(node.grad)


def test_a_plus_a_as_json() -> None:
    a = Value(3.0, label="a")
    b = named(a + a, "b")
    b.backward()
    drawing = json.loads(draw(b, title="twins").json)
    made = ["b = a + a", "3.0 + 3.0 = 6.0", "data 6.0", "grad 1.0"]
    flow = "to a: local derivative 1.0 × grad 1.0 = 1.0"
    node = {"grad": None, "data": None, "details": [], "group": "", "of": "", "count": 1}
    plain = {"local": None, "upstream": None, "weight": None, "details": [], "count": 1}
    edge = {**plain, "source": "v0", "target": "o1", "local": 1.0, "upstream": 1.0}
    edge["details"] = [flow]
    leaf = ["a leaf: made by no operation", "data 3.0", "grad 2.0"]
    ids = {"v0": leaf, "o1": [*made, flow, flow], "v1": [*made, flow, flow]}
    assert drawing == {
        "kind": "graph",
        "title": "twins",
        "nodes": [
            {**node, "id": "v0", "kind": "value", "text": ["a"], "data": 3.0, "grad": 2.0,
             "details": ids["v0"]},
            {**node, "id": "o1", "kind": "op", "text": ["+"], "of": "v1", "details": ids["o1"]},
            {**node, "id": "v1", "kind": "value", "text": ["b"], "data": 6.0, "grad": 1.0,
             "details": ids["v1"]},
        ],
        "edges": [edge, edge, {**plain, "source": "o1", "target": "v1"}],
        "groups": [],
        "total": 2,
        "hidden": 0,
        "notes": ["2 nodes in all, none hidden"],
    }  # fmt: skip


def test_the_same_graph_gives_the_same_drawing() -> None:
    assert draw(lecture_neuron()).json == draw(lecture_neuron()).json
    assert draw(lecture_neuron()).svg == draw(lecture_neuron()).svg


def test_it_says_when_backward_has_not_run() -> None:
    o = lecture_neuron()
    note = "backward not run yet: the last node's grad is 0"
    in_xml = note.replace("'", "&#x27;")
    before = draw(o)
    assert note in before.drawing.notes
    assert in_xml in before.svg
    assert f"({note})" in before.text
    assert {edge.upstream for edge in before.drawing.edges} == {None}
    o.backward()
    assert in_xml not in draw(o).svg


def test_leftover_gradients_of_leaves_do_not_hide_that_backward_has_not_run() -> None:
    x = Value(2.0)
    (x * 3).backward()
    assert "not run yet" in draw(x * 5).text


def test_a_leaf_alone_has_nothing_to_run_backward_through() -> None:
    assert draw(Value(2.0, label="x")).text == (
        "x | data 2.0000 | grad 0.0000\n(1 node in all, none hidden)"
    )


def test_shared_values_without_a_label_are_told_apart_by_number() -> None:
    x = Value(2.0, label="x")
    y = x * 3
    assert draw(y * y + y).text.splitlines()[:-2] == [
        "+ | data 42.0000 | grad 0.0000",
        "├─ * | data 36.0000 | grad 0.0000",
        "│  ├─ #1 * | data 6.0000 | grad 0.0000",
        "│  │  ├─ x | data 2.0000 | grad 0.0000",
        "│  │  └─ data 3.0000 | grad 0.0000",
        "│  └─ #1 ↑ shown above",
        "└─ #1 ↑ shown above",
    ]


def test_several_roots() -> None:
    x = Value(2.0, label="x")
    picture = draw([named(x * 2, "double"), named(x.relu(), "kept")])
    assert [line for line in picture.text.splitlines() if not line.startswith((" ", "├", "└"))] == [
        "double = * | data 4.0000 | grad 0.0000",
        "kept = ReLU | data 2.0000 | grad 0.0000",
        "(backward not run yet: the last node's grad is 0)",
        "(4 nodes in all, none hidden)",
    ]


def test_tooltips_hold_the_formula_in_names_and_in_numbers() -> None:
    o = lecture_neuron()
    o.backward()
    details = node_called(draw(o).drawing, "o").details
    n, data = 0.8813735870195432, math.tanh(0.8813735870195432)
    assert details[0] == "o = tanh(n)"
    assert details[1] == f"tanh({n!r}) = {data!r}"
    assert details[2:4] == (f"data {data!r}", "grad 1.0")
    root = Value(4.0) ** -0.5
    assert draw(root).drawing.nodes[-1].details[0] == "4.0**-0.5 = 0.5"


def test_parameters_of_a_model_are_named_and_kept_together() -> None:
    model = MLP(2, [2, 1], seed=0)
    drawing = draw(model([1.0, 2.0]), model=model).drawing
    bias = node_called(drawing, "1.2.b")
    assert bias.details[0] == "parameter layers.0.neurons.1.bias"
    assert bias.group == "layer 1, neuron 2"
    assert len([node for node in drawing.nodes if node.group == bias.group]) == 3
    assert sorted(group.id for group in drawing.groups) == [
        "layer 1, neuron 1",
        "layer 1, neuron 2",
        "layer 2, neuron 1",
    ]
    labels = [node.text[0] for node in drawing.nodes if node.kind == "value" and node.text[0]]
    assert sorted(labels) == [
        "1.1.b", "1.1.w1", "1.1.w2", "1.2.b", "1.2.w1", "1.2.w2", "2.1.b", "2.1.w1", "2.1.w2",
    ]  # fmt: skip
    weight = node_called(drawing, "2.1.w2")
    assert weight.data == model.layers[1].neurons[0].weights[1].data
    assert weight.details[0] == "parameter layers.1.neurons.0.weights.1"
    assert "1.1.w1 is weight 1 of neuron 1 in layer 1, 1.1.b its bias" in drawing.notes


def test_the_parameters_of_a_lone_neuron_need_no_numbers_in_front() -> None:
    neuron = Neuron(2, seed=0)
    drawing = draw(neuron([1.0, 2.0]), model=neuron).drawing
    assert [node_called(drawing, name).data for name in ("w1", "w2", "b")] == [
        *(weight.data for weight in neuron.weights),
        neuron.bias.data,
    ]
    assert not any(" is weight " in note for note in drawing.notes)


def test_parts_of_a_network_of_ones_own_keep_their_names() -> None:
    class Two(Module):
        def __init__(self) -> None:
            self.body = MLP(1, [2], seed=0)
            self.head = Layer(2, 1, seed=0)
            self.scale = Value(2.0)

    model = Two()
    drawing = draw(model.head(model.body([1.0])) * model.scale, model=model).drawing
    labels = {node.text[0] for node in drawing.nodes if node.kind == "value" and node.text[0]}
    assert labels == {
        "body.1.1.w1", "body.1.1.b", "body.1.2.w1", "body.1.2.b",
        "head.1.w1", "head.1.w2", "head.1.b", "scale",
    }  # fmt: skip
    assert {group.text[0] for group in drawing.groups} == {
        "body, layer 1, neuron 1", "body, layer 1, neuron 2", "head, neuron 1", "scale",
    }  # fmt: skip


def test_a_label_of_ones_own_wins_over_the_parameters_name() -> None:
    model = MLP(1, [1], seed=0)
    model.layers[0].neurons[0].bias.label = "threshold"
    assert "threshold | data" in draw(model([1.0]), model=model).text


class LectureValue:
    """A node as in the lecture: inputs in a set, so no order, and `a + a` has one input."""

    def __init__(self, data: float, children: tuple[Any, ...] = (), op: str = "") -> None:
        self.data = data
        self.grad = 0
        self.label = ""
        self._prev = set(children)
        self._op = op

    def __add__(self, other: LectureValue) -> LectureValue:
        return LectureValue(self.data + other.data, (self, other), "+")

    def __mul__(self, other: LectureValue) -> LectureValue:
        return LectureValue(self.data * other.data, (self, other), "*")

    def relu(self) -> LectureValue:
        return LectureValue(max(0.0, self.data), (self,), "ReLU")


def test_a_class_along_the_lecture_is_drawn_with_both_edges_of_a_plus_a() -> None:
    a = LectureValue(3.0)
    a.label = "a"
    for result in (a + a, a * a):
        edges = [e for e in draw(result).drawing.edges if e.target.startswith("o")]
        assert len(edges) == 2
    assert [e.local for e in draw(a * a).drawing.edges[:2]] == [3.0, 3.0]


def test_one_input_is_not_doubled_where_the_numbers_say_otherwise() -> None:
    a = LectureValue(3.0)
    plus_four = LectureValue(7.0, (a,), "+")
    edges = [e for e in draw(plus_four).drawing.edges if e.target.startswith("o")]
    assert len(edges) == 1
    assert edges[0].local is None  # an addition of one number is in no table


def test_a_class_along_the_lecture_gets_its_local_derivatives_from_the_table() -> None:
    product = LectureValue(2.0) * LectureValue(-5.0)
    edges = draw(product.relu()).drawing.edges
    assert sorted(e.local for e in edges if e.source in {"v0", "v1"}) == [-5.0, 2.0]  # type: ignore[type-var]
    assert [e.local for e in edges if e.target == "o3"] == [0.0]


def test_the_order_of_a_set_of_inputs_is_by_label() -> None:
    inputs = [LectureValue(float(i)) for i in range(8)]
    for i, node in enumerate(inputs):
        node.label = f"x{7 - i}"
    root = LectureValue(0.0, tuple(inputs), "pool")
    labels = [node.text[0] for node in draw(root).drawing.nodes[:8]]
    assert labels == [f"x{i}" for i in range(8)]


def test_a_hand_written_operation_has_no_local_derivative_but_a_known_symbol_has() -> None:
    x = Value(2.0, label="x")
    out = Value(4.0, (x,), "double")
    out._backward = lambda: None
    assert draw(out).drawing.edges[0].local is None
    squashed = Value(math.tanh(2.0), (x,), "tanh")
    squashed._backward = lambda: None
    assert draw(squashed).drawing.edges[0].local == pytest.approx(1 - math.tanh(2.0) ** 2)


def test_a_plain_number_is_refused_with_the_way_to_do_it() -> None:
    with pytest.raises(TypeError, match=r"(?s)not float.*Write instead:\n    x = Value\(2.0\)"):
        draw(2.0)


@pytest.mark.parametrize(
    ("target", "what", "right"),
    [
        ([], "at least one Value; this one is empty", "draw([x * 2, x * 3])"),
        ([Value(1.0), 2], "item 1 is int", "draw([x * 2, x * 3])"),
        ({"loss": Value(1.0)}, "not a dict", "draw(list(values.values()))"),
        (np.array([1.0]), "not an ndarray", "xs = [Value(x) for x in array]"),
        (Value, "not the class Value", "draw(Value(2.0))"),
        (MLP, "not the class MLP", "draw(MLP(2, [3, 1]))"),
        (dict, "not the class dict", "draw(Value(2.0))"),
        (None, "not NoneType", "draw(x)"),
    ],
)
def test_whatever_cannot_be_drawn_is_refused_by_what_it_is(
    target: Any, what: str, right: str
) -> None:
    with pytest.raises(TypeError) as error:
        draw(target)
    message = str(error.value)
    assert what in message.splitlines()[0]
    assert right in message.split("Write instead:")[1]


def test_the_limit_of_nodes_is_the_first_that_folds() -> None:
    o = lecture_neuron()
    assert draw(o, max_nodes=10).drawing.hidden == 0
    assert draw(o, max_nodes=9).drawing.hidden > 0


def test_deep_graphs_are_written_without_recursion_and_say_what_is_left_out() -> None:
    x = Value(0.5)
    for _ in range(5000):
        x = x.tanh()
    lines = draw(x, max_nodes=20_000).text.splitlines()
    assert len(lines) < 110
    assert "more boxes not listed" in lines[-3]
    listed = sum("data" in line for line in lines)
    assert lines[-3] == f"… {5001 - listed:,} more boxes not listed"
