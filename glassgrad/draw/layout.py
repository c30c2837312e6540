"""Where the boxes of a graph go, left to right, and along which points its edges run.

The usual steps of a layered layout (Sugiyama, Tagawa and Toda, 1981): give each box a column, put
a waypoint in every column that an edge passes so that edges run around boxes and not behind them,
order each column so that few edges cross, then set heights so that edges run straight.

It knows sizes and nothing else: what is in a box and how it looks is not decided here.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Point = tuple[float, float]
GAP = 14.0  # between boxes, one above the other
TRACK = 9.0  # the room that an edge needs where it passes boxes
PORT = 9.0  # between the ends of two edges at the same box
CHANNEL = 34.0  # between columns, at least
STRAIGHT = 4.0  # how much more a long edge cares for its height than a box
SWEEPS = 8


@dataclass(frozen=True)
class Layout:
    """The left top corner of each box, and the corners of each edge's way, in the order given.

    An edge runs level from an even corner to the next one and bends between the others.
    """

    width: float
    height: float
    corners: dict[str, Point]
    routes: list[list[Point]]


@dataclass
class _Stop:
    """A box, or a waypoint (of no size) of edges that start at the same box."""

    column: int
    width: float = 0.0
    height: float = TRACK - GAP
    before: list[_Stop] = field(default_factory=list)
    after: list[_Stop] = field(default_factory=list)
    weight: float = STRAIGHT  # of its wishes when heights are set
    place: int = 0  # in its column, from the top
    y: float = 0.0  # of its middle


def lay_out(
    sizes: Mapping[str, Point], edges: Sequence[tuple[str, str]], channel: float = CHANNEL
) -> Layout:
    """Place boxes of the given (width, height); every edge must go to a later box.

    Columns stand apart by at least the width of a channel.

    >>> lay_out({"a": (40, 20), "b": (40, 20)}, [("a", "b")]).corners
    {'a': (0.0, 0.0), 'b': (74.0, 0.0)}
    """
    if not sizes:
        return Layout(0.0, 0.0, {}, [])
    boxes = {name: _Stop(0, *size, weight=1.0) for name, size in sizes.items()}
    _choose_columns(boxes, edges)
    ways = _waypoints(boxes, edges)
    columns = _first_order(boxes)
    _uncross(columns)
    _set_heights(columns)
    return _measure(boxes, columns, ways, edges, channel)


def _choose_columns(boxes: dict[str, _Stop], edges: Sequence[tuple[str, str]]) -> None:
    """Each box as near to the end as its results allow: inputs stand by their first use."""
    steps_to_end = dict.fromkeys(boxes, 0)
    results: dict[str, list[str]] = {name: [] for name in boxes}
    for source, target in edges:
        results[source].append(target)
    for name in reversed(boxes):
        steps_to_end[name] = max((steps_to_end[r] + 1 for r in results[name]), default=0)
    last = max(steps_to_end.values(), default=0)
    for name, box in boxes.items():
        box.column = last - steps_to_end[name]


def _waypoints(boxes: dict[str, _Stop], edges: Sequence[tuple[str, str]]) -> list[list[_Stop]]:
    """The stops of each edge. Edges from one box share a way; twin edges (a + a) do not."""
    shared: dict[tuple[str, int, int], _Stop] = {}
    twins: dict[tuple[str, str], int] = {}
    ways = []
    for source, target in edges:
        twin = twins[source, target] = twins.get((source, target), -1) + 1
        way = [boxes[source]]
        for column in range(boxes[source].column + 1, boxes[target].column):
            key = (source, twin, column)
            if key not in shared:
                shared[key] = _Stop(column)
                _link(way[-1], shared[key])
            way.append(shared[key])
        _link(way[-1], boxes[target])
        way.append(boxes[target])
        ways.append(way)
    return ways


def _link(left: _Stop, right: _Stop) -> None:
    left.after.append(right)
    right.before.append(left)


def _first_order(boxes: dict[str, _Stop]) -> list[list[_Stop]]:
    """Columns in the order of a walk back from the last box: without crossings for a tree."""
    columns: list[list[_Stop]] = [[] for _ in range(1 + max(b.column for b in boxes.values()))]
    seen: set[int] = set()
    stack = [box for box in reversed(boxes.values()) if not box.after]
    while stack:
        stop = stack.pop()
        if id(stop) not in seen:
            seen.add(id(stop))
            columns[stop.column].append(stop)
            stack.extend(reversed(stop.before))
    return columns


def _uncross(columns: list[list[_Stop]]) -> None:
    """Sort each column by the middle of its neighbours', to and fro, and keep the best order."""
    best = [list(column) for column in columns]
    fewest = _crossings(columns)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        forward = sweep % 2 == 0
        for column in columns if forward else reversed(columns):
            middles = {}
            for stop in column:
                near = stop.before if forward else stop.after
                if near:
                    middles[id(stop)] = sum(other.place for other in near) / len(near)
            moving = [stop for stop in column if id(stop) in middles]
            moved = iter(sorted(moving, key=lambda stop: middles[id(stop)]))
            column[:] = [next(moved) if id(stop) in middles else stop for stop in column]
            for place, stop in enumerate(column):
                stop.place = place
        crossings = _crossings(columns)
        if crossings < fewest:
            fewest = crossings
            best = [list(column) for column in columns]
    columns[:] = best


def _crossings(columns: list[list[_Stop]]) -> int:
    """How many pairs of edges cross. Sets `place` on the way."""
    for column in columns:
        for place, stop in enumerate(column):
            stop.place = place
    crossings = 0
    for column in columns:
        ends: list[int] = []
        for stop in column:
            places = sorted(other.place for other in stop.after)
            crossings += sum(len(ends) - bisect_right(ends, place) for place in places)
            for place in places:
                insort(ends, place)
    return crossings


def _set_heights(columns: list[list[_Stop]]) -> None:
    """Pull each stop towards its neighbours, to and fro, until edges are as straight as can be."""
    for column in columns:
        _settle(column, [0.0] * len(column))
    last = 3 * SWEEPS - 1
    for sweep in range(last + 1):
        forward = sweep % 2 == 1
        one_sided = sweep < SWEEPS or sweep == last
        for column in columns if forward else reversed(columns):
            wanted = []
            for stop in column:
                near = stop.before + stop.after
                if one_sided:
                    near = stop.before if forward else stop.after
                pull = sum(other.weight for other in near)
                wanted.append(sum(o.weight * o.y for o in near) / pull if pull else stop.y)
            _settle(column, wanted)
    top = min(stop.y - stop.height / 2 for column in columns for stop in column)
    for column in columns:
        for stop in column:
            stop.y -= top


def _settle(column: list[_Stop], wanted: list[float]) -> None:
    """The heights nearest to the wanted ones (least squares) that keep order and gaps.

    With the gaps taken off, the heights may only rise down the column. Where neighbours would
    overtake each other, they become one block at the mean of what they want (isotonic
    regression by pooling adjacent violators).
    """
    offsets = [0.0]
    for above, below in pairwise(column):
        offsets.append(offsets[-1] + (above.height + below.height) / 2 + GAP)
    blocks: list[tuple[float, float, int]] = []  # height, weight and number of members
    for stop, want, offset in zip(column, wanted, offsets, strict=True):
        height, weight, members = want - offset, stop.weight, 1
        while blocks and blocks[-1][0] > height:
            other, more, others = blocks.pop()
            height = (height * weight + other * more) / (weight + more)
            weight, members = weight + more, members + others
        blocks.append((height, weight, members))
    heights = [height for height, _, members in blocks for _ in range(members)]
    for stop, height, offset in zip(column, heights, offsets, strict=True):
        stop.y = height + offset


def _measure(
    boxes: dict[str, _Stop],
    columns: list[list[_Stop]],
    ways: list[list[_Stop]],
    edges: Sequence[tuple[str, str]],
    channel: float,
) -> Layout:
    """Turn columns and heights into coordinates: boxes end where their column ends."""
    lefts, rights, x = [], [], 0.0
    for column in columns:
        lefts.append(x)
        rights.append(x + max(stop.width for stop in column))
        steepest = max((abs(a.y - b.y) for a in column for b in a.after), default=0.0)
        x = rights[-1] + max(channel, min(0.2 * steepest, 120.0))
    corners = {
        name: (rights[box.column] - box.width, box.y - box.height / 2)
        for name, box in boxes.items()
    }
    starts, ends = _ports(ways, edges)
    routes = []
    for (_, target), way, start, end in zip(edges, ways, starts, ends, strict=True):
        route = [(rights[way[0].column], way[0].y + start)]
        for stop in way[1:-1]:
            route += [(lefts[stop.column], stop.y), (rights[stop.column], stop.y)]
        height = way[-1].y + end
        routes.append([*route, (lefts[way[-1].column], height), (corners[target][0], height)])
    bottom = max(stop.y + stop.height / 2 for column in columns for stop in column)
    return Layout(rights[-1], bottom, corners, routes)


def _ports(
    ways: list[list[_Stop]], edges: Sequence[tuple[str, str]]
) -> tuple[list[float], list[float]]:
    """How far from the middle of its boxes each edge starts and ends.

    Edges that end at one box arrive side by side, in the order in which they come from above;
    edges leave a box at its middle, but twins leave it side by side too.
    """
    arriving: dict[str, list[int]] = {}
    leaving: dict[tuple[str, str], list[int]] = {}
    for number, edge in enumerate(edges):
        arriving.setdefault(edge[1], []).append(number)
        leaving.setdefault(edge, []).append(number)
    starts, ends = [0.0] * len(edges), [0.0] * len(edges)
    for numbers in arriving.values():
        numbers.sort(key=lambda number: ways[number][-2].y)
        room = ways[numbers[0]][-1].height - PORT
        _spread(ends, numbers, room)
    for numbers in leaving.values():
        numbers.sort(key=lambda number: ways[number][1].y)
        _spread(starts, numbers, ways[numbers[0]][0].height - PORT)
    return starts, ends


def _spread(offsets: list[float], numbers: list[int], room: float) -> None:
    step = min(PORT, room / len(numbers))
    for place, number in enumerate(numbers):
        offsets[number] = step * (place - (len(numbers) - 1) / 2)
