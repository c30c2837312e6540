"""A drawing as SVG: shapes, colours and letters. Where the boxes of a graph go: `layout.py`.

The text of the SVG stands alone: no script, no style sheet, no font or image from elsewhere, and
a background of its own, so that it can be read in a dark notebook too. Colours are from the
palette of Okabe and Ito (2008), made for every kind of colour vision, darkened for text.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape
from unicodedata import combining, east_asian_width

from glassgrad.draw.format import short, shorten
from glassgrad.draw.ir import Drawing, Edge, Node
from glassgrad.draw.layout import CHANNEL, Point, lay_out
from glassgrad.draw.text import summary, to_text

INK, QUIET, LINE, PAPER = "#1c1c1c", "#5c5c5c", "#8a8a8a", "#fdfdfb"
DATA, GRAD = "#00558c", "#a03c00"  # blue and vermilion
POSITIVE, NEGATIVE = "#0072b2", "#d55e00"
LEAF, RESULT, OP, FOLD = "#eef5fa", "#ffffff", "#fff1cc", "#f3f7ee"
OP_LINE, FOLD_LINE = "#b87f00", "#5b7f3a"

MONO = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace"
SANS = "system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif"
SIZE = 12  # of letters, in pixels
LETTER = 7.3  # the width of a letter of the monospaced font
ROW, PAD, MARGIN = 26, 7, 16
STEM = 13  # from an operation to its result
PITCH, COLUMN, RADIUS = 42, 190, 13  # of a network: rows, columns, neurons
FEW = 12  # edges of a network that carry their weight as text
PITCH_FEW, COLUMN_FEW = 56, 240  # which needs room
PLACES = sorted(range(16, 85, 2), key=lambda place: abs(place - 36))  # along its line, in percent
NAME = 24  # letters of an input's or output's name
Area = tuple[float, float, float, float]  # left, top, right, bottom


def to_svg(drawing: Drawing, channel: float = CHANNEL) -> str:
    """The whole picture; the columns of a graph stand apart by at least a channel."""
    if drawing.kind == "network":
        body, width, height = _network(drawing)
    else:
        body, width, height = _graph(drawing, channel)
    top = MARGIN + (26 if drawing.title else 0)
    notes = [shorten(note, 120) for note in drawing.notes]
    wide = max([width, *(6.4 * len(note) for note in notes), 8.5 * len(drawing.title)])
    total_width = math.ceil(wide + 2 * MARGIN)
    total_height = math.ceil(top + height + 14 + 18 * len(notes) + MARGIN / 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total_width}" height="{total_height}"'
        f' viewBox="0 0 {total_width} {total_height}" role="img"'
        f' font-family="{MONO}" font-size="{SIZE}" fill="{INK}">',
        f"<title>{_xml(summary(drawing))}</title>",
        f"<desc>{_lines(to_text(drawing).splitlines())}</desc>",
        f'<rect width="100%" height="100%" rx="6" fill="{PAPER}"/>',
    ]
    if drawing.title:
        parts.append(_text(MARGIN, MARGIN + 9, drawing.title, size=16, family=SANS, weight="bold"))
    parts.append(f'<g transform="translate({MARGIN} {top})">')
    parts += body
    parts.append("</g>")
    for i, note in enumerate(notes):
        y = top + height + 24 + 18 * i
        loud = "not run" in note
        parts.append(
            _text(MARGIN, y, note, size=12, family=SANS, fill=GRAD if loud else QUIET,
                  weight="bold" if loud else "")
        )  # fmt: skip
    parts.append("</svg>")
    return "\n".join(parts)


# A graph: boxes in columns, each operation before its result.


def _graph(drawing: Drawing, channel: float) -> tuple[list[str], float, float]:
    ops = {node.of: node for node in drawing.nodes if node.kind == "op"}
    block = {op.id: of for of, op in ops.items()}  # an operation moves with its result
    boxes = {node.id: node for node in drawing.nodes if node.kind != "op"}
    sizes = {name: _size(box, ops.get(name)) for name, box in boxes.items()}
    edges = [edge for edge in drawing.edges if edge.source not in block]
    ends = [(edge.source, block.get(edge.target, edge.target)) for edge in edges]
    layout = lay_out(sizes, ends, channel)
    parts = [
        _edge(edge, to, way) for edge, (_, to), way in zip(edges, ends, layout.routes, strict=True)
    ]
    used = {source for source, _ in ends}
    made = {target for _, target in ends}
    for name, box in boxes.items():
        x, y = layout.corners[name]
        op = ops.get(name)
        if op:
            parts.append(_op(op, x, y))
            x += _op_width(op) + STEM
        draw = _value if box.kind == "value" else _fold
        parts.append(draw(box, x, y, bool(op) or name in made, name not in used))
    return parts, layout.width, layout.height


def _size(node: Node, op: Node | None) -> Point:
    if node.kind in ("fold", "array"):
        width = max(_width(line) for line in node.text) + 2 * PAD + 6
        return width, 18 * len(node.text) + PAD + 6
    width = sum(_width(text) + 2 * PAD for text, _, _ in _cells(node))
    return width + (_op_width(op) + STEM if op else 0), ROW


def _cells(node: Node) -> list[tuple[str, str, float]]:
    """The cells of a value's box: text, colour, and the number in it."""
    data, grad = node.data or 0.0, node.grad or 0.0
    cells = [(f"data {short(data)}", DATA, data), (f"grad {short(grad)}", GRAD, grad)]
    label = shorten(node.text[0], 28)
    return [(label, INK, 0.0), *cells] if label else cells


def _value(node: Node, x: float, y: float, made: bool, last: bool) -> str:
    cells = _cells(node)
    width = sum(_width(text) + 2 * PAD for text, _, _ in cells)
    stroke = f'stroke="{INK}" stroke-width="{2 if last else 1}"'
    fill = RESULT if made else LEAF
    parts = [_rect(x, y, width, ROW, f'fill="{fill}" {stroke} rx="3"')]
    for i, (text, colour, number) in enumerate(cells):
        cell = _width(text) + 2 * PAD
        finite = math.isfinite(number)
        if not finite:
            parts.append(_rect(x, y, cell, ROW, f'fill="{INK}"'))
        if i:
            parts.append(f'<path d="M{x:.1f} {y:.1f}v{ROW}" stroke="{INK}" stroke-width="0.6"/>')
        weight = "bold" if colour == INK or not finite else ""
        parts.append(
            _text(x + PAD, y + ROW / 2, text, fill=colour if finite else PAPER, weight=weight)
        )
        x += cell
    return _with_title(node, parts)


def _fold(node: Node, x: float, y: float, made: bool, last: bool) -> str:
    width, height = _size(node, None)
    width, height = width - 6, height - 6
    look = f'fill="{FOLD}" stroke="{FOLD_LINE}" rx="5"'
    if node.kind == "array" and not made:
        look = f'fill="{LEAF}" stroke="{INK}" rx="3"'
    cards = (6, 3, 0) if node.count > 1 else (0,)
    parts = [_rect(x + shift, y + shift, width, height, look) for shift in cards]
    for i, line in enumerate(node.text):
        colour = DATA if line.startswith("data ") else GRAD if line.startswith("grad ") else INK
        weight = "" if i else "bold"
        parts.append(_text(x + PAD, y + 14 + 18 * i, line, fill=colour, weight=weight))
    return _with_title(node, parts)


def _op_width(op: Node) -> float:
    return max(26.0, _width(shorten(op.text[0], 12)) + 12)


def _op(op: Node, x: float, y: float) -> str:
    width, middle = _op_width(op), y + ROW / 2
    end = x + width + STEM
    parts = [
        f'<ellipse cx="{x + width / 2:.1f}" cy="{middle:.1f}" rx="{width / 2:.1f}"'
        f' ry="{ROW / 2 - 1:.1f}" fill="{OP}" stroke="{OP_LINE}"/>',
        _text(x + width / 2, middle, shorten(op.text[0], 12), anchor="middle"),
        f'<path d="M{x + width:.1f} {middle:.1f}H{end - 5:.1f}" stroke="{LINE}"/>',
        _arrow(end, middle),
    ]
    return _with_title(op, parts)


def _edge(edge: Edge, to: str, way: list[Point]) -> str:
    """A line that is level beside boxes and bends between columns."""
    (x, y), *rest = way
    path = [f"M{x:.1f} {y:.1f}"]
    for i, (next_x, next_y) in enumerate(rest):
        if i % 2 == 0:
            bend = (x + next_x) / 2
            path.append(f"C{bend:.1f} {y:.1f} {bend:.1f} {next_y:.1f} {next_x:.1f} {next_y:.1f}")
        else:
            path.append(f"H{next_x:.1f}")
        x, y = next_x, next_y
    line = f'<path d="{"".join(path)}" fill="none"'
    width = 1.2 + 0.6 * math.log10(edge.count)
    parts = [f'{line} stroke="{LINE}" stroke-width="{width:.1f}"/>', _arrow(x, y)]
    if edge.details:  # a wide line that cannot be seen, to be hit by a pointer
        parts.append(f'{line} stroke="#000" stroke-opacity="0" stroke-width="9"/>')
    return _group(parts, edge.details, _ends(edge.source, to))


def _ends(source: str, target: str) -> str:
    """What the page needs to find the edges of a box."""
    return f' data-from="{_xml(source)}" data-to="{_xml(target)}"'


def _arrow(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y:.1f}l-7 -3.2v6.4z" fill="{LINE}"/>'


# A network: columns of neurons.


def _network(drawing: Drawing) -> tuple[list[str], float, float]:
    columns: dict[str, list[Node]] = {group.id: [] for group in drawing.groups}
    for node in drawing.nodes:
        columns[node.group].append(node)
    few = len(drawing.edges) <= FEW
    pitch, step = (PITCH_FEW, COLUMN_FEW) if few else (PITCH, COLUMN)
    height = pitch * max(len(column) for column in columns.values())
    left = max(_width(shorten(node.text[0], NAME)) for node in columns["inputs"]) + 8
    places: dict[str, Point] = {}
    for i, column in enumerate(columns.values()):
        top = (height - pitch * len(column)) / 2 + pitch / 2
        for row, node in enumerate(column):
            places[node.id] = (left + RADIUS + step * i, top + pitch * row)
    weights = [abs(e.weight) for e in drawing.edges if e.weight and math.isfinite(e.weight)]
    largest = max(weights, default=1.0)
    thickest = max(5.5 - 0.35 * height / pitch, 2.0)
    parts = [_weight(edge, places, thickest / largest) for edge in drawing.edges]
    if few:
        parts += _weight_texts(drawing, places)
    parts += [_unit(node, places[node.id], few) for node in drawing.nodes]
    for i, group in enumerate(drawing.groups):
        for row, line in enumerate(group.text):
            y = height + 16 + 17 * row
            x = left + RADIUS + step * i
            weight = "" if row else "bold"
            parts.append(_text(x, y, line, size=12, family=SANS, anchor="middle", weight=weight))
    height += 30 + 17 * max(len(group.text) for group in drawing.groups)
    names = [_output_name(node) for node in drawing.nodes]
    right = max(40.0, *(_width(name) + 8 for name in names))
    width = left + 2 * RADIUS + step * (len(columns) - 1) + right
    parts += _legend(height, largest)
    return parts, max(width, 390.0), height


def _output_name(node: Node) -> str:
    """What an output neuron stands for, if there is a name for it."""
    return shorten(node.text[1], NAME) if node.kind == "unit" and len(node.text) > 1 else ""


def _weight(edge: Edge, places: dict[str, Point], scale: float) -> str:
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    weight = edge.weight or 0.0
    look = f'stroke="{POSITIVE if weight >= 0 else NEGATIVE}"'
    look += f' stroke-width="{max(0.4, scale * abs(weight)):.2f}" stroke-opacity="0.8"'
    if not math.isfinite(weight):
        look = f'stroke="{INK}" stroke-width="3" stroke-dasharray="3 3"'
    line = f'<path d="M{x1 + RADIUS:.1f} {y1:.1f}L{x2 - RADIUS:.1f} {y2:.1f}" {look}/>'
    return _group([line], edge.details, _ends(edge.source, edge.target))


def _weight_texts(drawing: Drawing, places: dict[str, Point]) -> list[str]:
    """The weights as numbers, each on its line where it covers nothing else and few lines."""
    taken = [area for node in drawing.nodes for area in _areas(node, *places[node.id])]
    parts = []
    edges = drawing.edges
    for edge in edges:
        text = short(edge.weight or 0.0)
        half = _width(text) * 0.46

        def covered(area: Area, edge: Edge = edge) -> tuple[int, int]:
            others = [other for other in edges if other is not edge]
            lines = sum(_crosses(other, area, places) for other in others)
            return sum(_overlap(area, other) for other in taken), lines

        areas = [_around(edge, place / 100, half, places) for place in PLACES]
        left, top, right, bottom = area = min(areas, key=covered)
        if covered(area)[0]:
            continue  # no room: its line still says it to a pointer
        taken.append(area)
        look = f'fill="{PAPER}" rx="3"'
        parts.append(_rect(left, top, right - left, bottom - top, look))
        middle = (left + right) / 2, (top + bottom) / 2
        parts.append(_text(*middle, text, size=11, anchor="middle"))
    return parts


def _areas(node: Node, x: float, y: float) -> list[Area]:
    """What a unit and its bias take up."""
    half = _width(_bias(node)) * 0.43
    circle = (x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS)
    return [circle, (x - half, y + RADIUS + 2, x + half, y + RADIUS + 14)]


def _bias(node: Node) -> str:
    return "" if node.data is None else f"bias {short(node.data)}"


def _around(edge: Edge, place: float, half: float, places: dict[str, Point]) -> Area:
    """The area of a text, so far along its line: from 0, the source, to 1."""
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    x, y = x1 + place * (x2 - x1), y1 + place * (y2 - y1)
    return x - half, y - 8, x + half, y + 8


def _overlap(one: Area, other: Area) -> bool:
    return (
        one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    )  # fmt: skip


def _crosses(edge: Edge, area: Area, places: dict[str, Point]) -> bool:
    """Whether a line runs through an area, seen at its left and right side."""
    (x1, y1), (x2, y2) = places[edge.source], places[edge.target]
    left, top, right, bottom = area
    if not x1 < left < right < x2:
        return False
    sides = [y1 + (y2 - y1) * (x - x1) / (x2 - x1) for x in (left, right)]
    return min(sides) < bottom and max(sides) > top


def _unit(node: Node, place: Point, with_bias: bool) -> str:
    x, y = place
    if node.kind == "gap":
        parts = [
            _text(x, y - 7, node.text[0], anchor="middle", weight="bold"),
            _text(x, y + 8, node.text[1], size=11, family=SANS, anchor="middle", fill=QUIET),
        ]
        return _with_title(node, parts)
    is_input = node.group == "inputs"
    fill = LEAF if is_input else RESULT
    parts = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{RADIUS}" fill="{fill}" stroke="{INK}"/>']
    if is_input:
        label = shorten(node.text[0], NAME)
        parts.append(_text(x - RADIUS - 6, y, label, anchor="end", family=SANS))
    elif with_bias and node.data is not None:
        parts.append(_text(x, y + RADIUS + 8, _bias(node), size=10, anchor="middle", fill=QUIET))
    if name := _output_name(node):
        parts.append(_text(x + RADIUS + 6, y, name, family=SANS))
    return _with_title(node, parts)


def _legend(y: float, largest: float) -> list[str]:
    """Which colour is which sign, and what a line's width means."""
    parts = []
    words = (("positive weight", POSITIVE), ("negative weight", NEGATIVE))
    for i, (word, colour) in enumerate(words):
        x = 132 * i
        parts.append(f'<path d="M{x} {y:.1f}h20" stroke="{colour}" stroke-width="3"/>')
        parts.append(_text(x + 26, y, word, size=12, family=SANS, fill=QUIET))
    text = f"widest: {short(largest)}"
    return [*parts, _text(264, y, text, size=12, family=SANS, fill=QUIET)]


# Pieces of SVG.


def _xml(text: str) -> str:
    return escape(text)


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(_xml(line) for line in lines)


def _width(text: str) -> float:
    """The width of monospaced text; Chinese, Japanese and Korean letters take two places."""
    places = sum(
        0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text
    )  # fmt: skip
    return LETTER * places


def _text(
    x: float, y: float, text: str, *, fill: str = "", size: int = 0, weight: str = "",
    anchor: str = "", family: str = "",
) -> str:  # fmt: skip
    """Text whose middle is at height y: shifted by hand, which every viewer understands."""
    looks = {
        "fill": fill, "font-size": size, "font-weight": weight,
        "text-anchor": anchor, "font-family": family,
    }  # fmt: skip
    look = "".join(f' {name}="{value}"' for name, value in looks.items() if value)
    return f'<text x="{x:.1f}" y="{y + 0.35 * (size or SIZE):.1f}"{look}>{_xml(text)}</text>'


def _rect(x: float, y: float, width: float, height: float, look: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {look}/>'


def _with_title(node: Node, parts: list[str]) -> str:
    label = [node.text[0]] if node.kind == "value" and node.text[0] else []
    return _group(parts, [*label, *node.details], f' data-id="{_xml(node.id)}"')


def _group(parts: list[str], title: Iterable[str], attributes: str = "") -> str:
    text = _lines(title)
    tip = f"<title>{text}</title>" if text else ""
    return f"<g{attributes}>{tip}{''.join(parts)}</g>"
