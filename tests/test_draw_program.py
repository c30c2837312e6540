"""The picture of a lifted program: a box for each array, lines for what it reads."""

from xml.etree import ElementTree

import pytest

from glassgrad import MLP, Value, draw, lift
from tests.lift_programs import PROGRAMS


def network():
    program = lift(MLP(2, [3, 1], seed=0))
    program.forward(None, [[0.5, 1.0], [2.0, -1.0]])
    return program


def test_each_array_is_a_box_with_its_formula_shape_and_scalar_nodes():
    assert draw(network(), title="Two layers").text == (
        "Two layers\n"
        "z2 | tanh1 @ W2 + b2 | batch | 6 scalar nodes\n"
        "├─ tanh1 | np.tanh(z1) | batch x 3 | 3 scalar nodes\n"
        "│  └─ z1 | inputs @ W1.T + b1 | batch x 3 | 12 scalar nodes\n"
        "│     ├─ inputs | batch x 2 | input\n"
        "│     ├─ W1 | 3 x 2 | parameters\n"
        "│     └─ b1 | 3 numbers | parameters\n"
        "├─ W2 | 3 numbers | parameters\n"
        "└─ b2 | a number | parameter\n"
        "(3 array operations for 21 scalar nodes)"
    )


def test_lines_go_from_what_is_read_to_what_is_made():
    drawing = draw(network()).drawing
    lines = {(edge.source, edge.target) for edge in drawing.edges}
    assert lines == {
        *((leaf, "z1") for leaf in ("inputs", "W1", "b1")),
        ("z1", "tanh1"),
        *((leaf, "z2") for leaf in ("tanh1", "W2", "b2")),
    }


@pytest.mark.parametrize("name", ["moons", "gpt", "lstm", "conv", "irregular"])
def test_pictures_of_all_kinds_of_programs(name):
    result, leaves = PROGRAMS[name]()
    program = lift(result, wrt=leaves)
    picture = draw(program)
    places = {node.id: place for place, node in enumerate(picture.drawing.nodes)}
    assert all(places[edge.source] < places[edge.target] for edge in picture.drawing.edges)
    assert ElementTree.fromstring(picture.svg).tag.endswith("svg")
    assert picture.html


def test_a_long_formula_is_cut_in_the_box_and_whole_in_its_tooltip():
    values = [Value(float(i), label=name) for i, name in enumerate("abcdefgh")]
    result = sum((x.tanh() * y.exp() + x * 3.5) for x in values[:2] for y in values[2:4])
    drawing = draw(lift(result.sin().exp().tanh() * values[5].log())).drawing
    for node in drawing.nodes:
        assert all(len(line) <= 56 for line in node.text)


def test_a_program_that_was_not_traced_says_so():
    with pytest.raises(Exception, match="trace"):
        draw(lift(MLP(2, [1])))


def test_a_program_shows_itself_in_a_notebook():
    assert network()._repr_svg_().startswith("<svg")
    assert lift(MLP(2, [1]))._repr_svg_() is None
