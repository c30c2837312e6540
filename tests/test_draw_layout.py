"""The layout keeps its promises for any graph: no overlaps, left to right, around boxes."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glassgrad.draw.layout import Layout, Point, lay_out

Edges = list[tuple[str, str]]
Sizes = dict[str, tuple[float, float]]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Sizes, Edges]:
    """Boxes of many sizes; each has up to three inputs among the earlier ones, some twice."""
    n = draw(st.integers(1, 14))
    sizes = {
        f"n{i}": (float(draw(st.integers(20, 200))), float(draw(st.integers(20, 80))))
        for i in range(n)
    }
    edges = [
        (f"n{source}", f"n{target}")
        for target in range(1, n)
        for source in draw(st.lists(st.integers(0, target - 1), max_size=3))
    ]
    return sizes, edges


def along(route: list[Point]) -> list[Point]:
    """Points on the line as it is drawn: bends with level ends, then level stretches."""
    points = []
    for i, ((x1, y1), (x2, y2)) in enumerate(pairwise(route)):
        for step in range(21):
            t = step / 20
            if i % 2 == 0:  # the cubic Bézier curve whose handles lie half way
                middle = (x1 + x2) / 2
                a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
                points.append((a * x1 + (b + c) * middle + d * x2, (a + b) * y1 + (c + d) * y2))
            else:
                points.append((x1 + t * (x2 - x1), y1))
    return points


@given(graphs())
def test_no_two_boxes_overlap(graph: tuple[Sizes, Edges]) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    for one, other in combinations(sizes, 2):
        (x1, y1), (x2, y2) = layout.corners[one], layout.corners[other]
        (w1, h1), (w2, h2) = sizes[one], sizes[other]
        apart = x1 + w1 <= x2 or x2 + w2 <= x1 or y1 + h1 <= y2 or y2 + h2 <= y1
        assert apart, (one, other)


@given(graphs())
def test_all_is_inside_the_picture(graph: tuple[Sizes, Edges]) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    for name, (width, height) in sizes.items():
        x, y = layout.corners[name]
        assert -1e-6 <= x <= layout.width - width + 1e-6
        assert -1e-6 <= y <= layout.height - height + 1e-6


@given(graphs())
def test_edges_run_from_the_right_of_a_box_to_the_left_of_a_later_one(
    graph: tuple[Sizes, Edges],
) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    for (source, target), route in zip(edges, layout.routes, strict=True):
        (x1, y1), (x2, y2) = layout.corners[source], layout.corners[target]
        assert route[0][0] == pytest.approx(x1 + sizes[source][0])
        assert y1 <= route[0][1] <= y1 + sizes[source][1]
        assert route[-1][0] == pytest.approx(x2)
        assert y2 <= route[-1][1] <= y2 + sizes[target][1]
        xs = [x for x, _ in route]
        assert xs == pytest.approx(sorted(xs))


@given(graphs())
def test_edges_cross_no_box(graph: tuple[Sizes, Edges]) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    for edge, route in zip(edges, layout.routes, strict=True):
        for name, (width, height) in sizes.items():
            if name not in edge:
                x, y = layout.corners[name]
                inside = [
                    point
                    for point in along(route)
                    if x + 0.1 < point[0] < x + width - 0.1 and y < point[1] < y + height
                ]
                assert not inside, (edge, name)


@given(graphs())
def test_twin_edges_are_two_lines(graph: tuple[Sizes, Edges]) -> None:
    layout = lay_out(*graph)
    for one, other in combinations(range(len(graph[1])), 2):
        if graph[1][one] == graph[1][other]:
            first, second = along(layout.routes[one]), along(layout.routes[other])
            apart = sum(p != q for p, q in zip(first, second, strict=True))
            assert apart > 0.9 * len(first)  # they may cross, but never run together


@given(graphs())
def test_the_same_graph_gives_the_same_layout(graph: tuple[Sizes, Edges]) -> None:
    assert lay_out(*graph) == lay_out(*graph)


def crossings(layout: Layout) -> int:
    """Pairs of edges without a bend in between that change sides."""
    ends = [(route[0][1], route[-1][1]) for route in layout.routes]
    return sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in combinations(ends, 2))


def test_a_tree_has_no_crossing_edges() -> None:
    sizes = {f"leaf{i}": (40.0, 20.0) for i in (3, 0, 2, 1)}
    sizes |= {"left": (40.0, 20.0), "right": (40.0, 20.0), "root": (40.0, 20.0)}
    edges = [("leaf0", "left"), ("leaf1", "left"), ("leaf2", "right"), ("leaf3", "right")]
    edges += [("left", "root"), ("right", "root")]
    layout = lay_out(sizes, edges)
    heights = [layout.corners[f"leaf{i}"][1] for i in range(4)]
    assert heights == sorted(heights)  # the order of the inputs, not of the boxes
    assert layout.corners["left"][1] < layout.corners["right"][1]


def test_crossings_that_can_be_avoided_are_avoided() -> None:
    sizes = dict.fromkeys(("a", "b", "c", "x", "y", "z"), (40.0, 20.0))
    layout = lay_out(sizes, [("a", "z"), ("b", "y"), ("c", "x")])
    assert crossings(layout) == 0


def test_inputs_stand_beside_their_first_use() -> None:
    sizes = dict.fromkeys(("a", "b", "late", "end"), (40.0, 20.0))
    layout = lay_out(sizes, [("a", "b"), ("b", "end"), ("late", "end")])
    assert layout.corners["late"][0] == layout.corners["b"][0]


def test_long_chains_need_no_recursion() -> None:
    names = [str(i) for i in range(5000)]
    layout = lay_out(dict.fromkeys(names, (10.0, 10.0)), list(pairwise(names)))
    assert {y for _, y in layout.corners.values()} == {0.0}
