"""Sums of products as NumPy text: matrix products where they are that, `einsum` otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from glassgrad import ops
from glassgrad.lift.ir import Apply, Expr, View
from glassgrad.lift.text.formulas import (
    ATOM,
    MATMUL,
    POWER,
    Formulas,
    Signed,
    Text,
    addends_of,
    factors_of,
)
from glassgrad.lift.text.views import BATCH

Order = list[int]  # axes of an index space, in the order in which they stand in an array
KEPT, SUMMED = "ijmnopq", "kltuvwxyz"  # letters of an einsum; b is for the batch


@dataclass(frozen=True)
class Space:
    """What the text of a formula needs to know about where it stands.

    counts: of the axes of the index space. show: the text of a view with axes in some order.
    guard: makes the text of what an operation takes safe where holes must not come into it.
    """

    counts: Mapping[int, int]
    show: Callable[[View, Order], Text]
    helpers: dict[str, str]
    guard: Guard | None = None

    def formulas(self, order: Order) -> Formulas:
        """A writer of formulas whose arrays have these axes."""
        guard = self.guard
        return Formulas(
            lambda view: self.show(view, order),
            self.helpers,
            guard and (lambda expr, text: guard(self, expr, order, text)),
        )

    def axes_of(self, expr: Expr | float) -> frozenset[int]:
        """The axes along which a formula changes."""
        found: set[int] = set()
        if isinstance(expr, Expr):
            for view in expr.views():
                found |= self.axes_of_view(view)
        return frozenset(found)

    def axes_of_view(self, view: View) -> frozenset[int]:
        """The axes along which a view moves."""
        moving = {i for i, stride in enumerate(view.strides) if stride and self.counts[i] > 1}
        return frozenset(moving | {BATCH} if view.buffer.batched else moving)


Guard = Callable[[Space, Expr, Order, Text], Text]


@dataclass(frozen=True)
class _Group:
    """Factors with the same axes."""

    space: Space
    axes: frozenset[int]
    factors: tuple[Expr, ...]

    def natural(self) -> Order:
        """The axes as they lie in memory, by the view that has most of them."""
        views = [view for factor in self.factors for view in factor.views()]
        best = max(views, key=lambda view: len(self.space.axes_of_view(view)))

        def place(axis: int) -> tuple[bool, int, int]:
            stride = abs(best.strides[axis]) if axis != BATCH else 0
            return axis != BATCH, -stride, axis

        return sorted(self.axes, key=place)

    def text(self, order: Order) -> Text:
        """The product of the factors, with axes in this order."""
        natural = self.natural()
        is_view = len(self.factors) == 1 and isinstance(self.factors[0], View)
        if not is_view and len(order) == 2 and order == natural[::-1]:
            return Text(f"{self.text(natural).at(ATOM)}.T")
        return self.space.formulas(order).product(1.0, self.factors)


def sum_parts(
    space: Space, expr: Expr | float, kept: Order, summed: frozenset[int]
) -> list[Signed]:
    """The sum of a formula over some axes, as parts to add with axes in the order of `kept`."""
    used = space.axes_of(expr) & summed
    times = prod(space.counts[axis] for axis in summed - used)
    if not used and times == 1:
        return space.formulas(kept).parts(expr)
    if isinstance(expr, Apply) and expr.op is ops.add and used:
        addends = addends_of(expr)
        if all(len(_groups(space, factors_of(x)[1])) > 1 for x in addends):
            return [part for x in addends for part in sum_parts(space, x, kept, summed)]
    coefficient, factors = factors_of(expr)
    coefficient *= times
    outside = [x for x in factors if not space.axes_of(x) & summed]
    inside = [x for x in factors if space.axes_of(x) & summed]
    results = []
    if inside:
        text, axes = _contract(space, _groups(space, inside), kept, used)
        results.append(aligned(text, axes, kept))
    formulas = space.formulas(kept)
    return [(coefficient < 0, formulas.product(abs(coefficient), outside, results))]


def aligned(text: Text, axes: Sequence[int], kept: Order) -> Text:
    """Text of an array with some of the axes, given new axes so that it broadcasts."""
    present = [axis in axes for axis in kept]
    if True not in present or all(present[present.index(True) :]):
        return text
    index = [":" if there else "None" for there in present[present.index(True) :]]
    return Text(f"{text.at(ATOM)}[{', '.join(index)}]")


def _groups(space: Space, factors: Sequence[Expr]) -> list[_Group]:
    """Factors with the same axes together; of three groups or more, small ones join large ones."""
    groups: list[_Group] = []

    def join(axes: frozenset[int], factors: tuple[Expr, ...]) -> None:
        for i, group in enumerate(groups):
            if group.axes == axes:
                groups[i] = replace(group, factors=group.factors + factors)
                return
        groups.append(_Group(space, axes, factors))

    for factor in factors:
        join(space.axes_of(factor), (factor,))
    while len(groups) > 2:
        small = min(groups, key=lambda group: len(group.axes))
        larger = [group for group in groups if group.axes > small.axes]
        if not larger:
            break
        groups.remove(small)
        join(min(larger, key=lambda group: len(group.axes)).axes, small.factors)
    return groups


def _contract(
    space: Space, groups: list[_Group], kept: Order, summed: frozenset[int]
) -> tuple[Text, Order]:
    """The text of a sum of a product, and which axes it has."""
    axes = frozenset[int]().union(*(group.axes for group in groups))
    result = [axis for axis in kept if axis in axes]
    if len(groups) == 1:
        return _sum(groups[0], result, summed), result
    if len(groups) == 2 and len(summed) == 1:
        product = _matrix_product(groups[0], groups[1], result, *summed)
        if product is not None:
            return product, result
    return _einsum(groups, result, kept, summed), result


def _sum(group: _Group, result: Order, summed: frozenset[int]) -> Text:
    """One array, summed over some of its axes."""
    first, *others = group.factors
    if len(others) == 1 and not result and len(summed) == 1:
        order = list(summed)
        one = group.space.formulas(order).product(1.0, [first])
        other = group.space.formulas(order).product(1.0, others)
        if one.level >= POWER and other.level >= POWER and isinstance(first, View):
            return Text(f"{one.text} @ {other.text}", MATMUL)
    order = group.natural()
    if [axis for axis in order if axis in result] != result:
        order = result + [axis for axis in order if axis in summed]
    return reduction("sum", group.text(order), order, summed)


def reduction(name: str, text: Text, order: Order, summed: frozenset[int]) -> Text:
    """A method such as `sum` along some axes of an array.

    >>> reduction("max", Text("s"), [0, 1], frozenset({1})).text
    's.max(axis=1)'
    """
    places = [place for place, axis in enumerate(order) if axis in summed]
    along = f"({', '.join(map(str, places))})" if len(places) > 1 else f"{places[0]}"
    axis = "" if len(places) == len(order) else f"axis={along}"
    if text.level == ATOM and not text.text.startswith("np."):
        return Text(f"{text.text}.{name}({axis})")
    return Text(f"np.{name}({', '.join(filter(None, [text.text, axis]))})")


def reduced_view(space: Space, name: str, view: View, kept: Order, summed: frozenset[int]) -> Text:
    """A view reduced over some of its axes by a method of that name."""
    group = _Group(space, space.axes_of_view(view), (view,))
    result = [axis for axis in kept if axis in group.axes]
    order = group.natural()
    if [axis for axis in order if axis in result] != result:
        order = result + [axis for axis in order if axis in summed]
    text = group.text(order)
    return aligned(reduction(name, text, order, summed) if summed else text, result, kept)


def _matrix_product(one: _Group, other: _Group, result: Order, k: int) -> Text | None:
    """The text with `@`, if the axes are those of a matrix product."""
    if k not in one.axes or k not in other.axes:
        return None
    if not result:
        return _at(one.text([k]), other.text([k]))
    *leading, n = result
    if n in one.axes and n in other.axes:
        return None
    right, left = (one, other) if n in one.axes else (other, one)
    if left.axes == {k}:
        if right.natural() == [*leading, k, n]:
            return _at(left.text([k]), right.text([*leading, k, n]))
        return _at(right.text([*leading, n, k]), left.text([k]))
    if not leading:
        return None
    *leading, m = leading
    if m not in left.axes or m in right.axes:
        return None
    return _at(_trimmed(left, leading, [m, k]), _trimmed(right, leading, [k, n]))


def _trimmed(group: _Group, leading: Order, last: Order) -> Text:
    """The text of a stack of matrices; it needs no axes before the first that it has."""
    while leading and leading[0] not in group.axes:
        leading = leading[1:]
    return group.text(leading + last)


def _at(left: Text, right: Text) -> Text:
    return Text(f"{left.at(POWER)} @ {right.at(POWER)}", MATMUL)


def _einsum(groups: list[_Group], result: Order, kept: Order, summed: frozenset[int]) -> Text:
    letters = {BATCH: "b"}
    letters.update(zip((axis for axis in kept if axis != BATCH), KEPT, strict=False))
    letters.update(zip((axis for axis in sorted(summed) if axis != BATCH), SUMMED, strict=False))

    def spell(order: Order) -> str:
        return "".join(letters[axis] for axis in order)

    orders = [group.natural() for group in groups]
    spelled = f"{','.join(map(spell, orders))}->{spell(result)}"
    texts = [group.text(order).text for group, order in zip(groups, orders, strict=True)]
    return Text(f'np.einsum("{spelled}", {", ".join(texts)})')
