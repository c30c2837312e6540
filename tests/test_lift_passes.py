"""The passes of lifting one by one, on cases so small that the result is worked out by hand."""

import sys
import tracemalloc
from functools import reduce
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from glassgrad import Value, lift, maximum, minimum, ops
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.choose import Index, take
from glassgrad.lift.agenda import Agenda
from glassgrad.lift.arrange import Box, Operand, arrange, follow
from glassgrad.lift.build import build
from glassgrad.lift.canonical import canonicalise
from glassgrad.lift.differentiate import differentiate
from glassgrad.lift.families import families
from glassgrad.lift.fit import fit, splits
from glassgrad.lift.flatten import flatten
from glassgrad.lift.groups import sums
from glassgrad.lift.indices import equal, equal_rows
from glassgrad.lift.ir import Buffer, Code, Compute, Gather, Term, View, affine, whole
from glassgrad.lift.look import Copies, look
from glassgrad.lift.spec import SpecError, check
from glassgrad.lift.terms import columns_by_holes
from glassgrad.lift.walk import EXTREME, SUM


def leaves(names: str) -> list[Value]:
    return [Value(1.0 + i, label=name) for i, name in enumerate(names)]


# flatten: a graph as arrays.


def test_a_tape_has_inputs_before_results() -> None:
    a, b = leaves("ab")
    root = (a * b + a).tanh()
    tape = flatten([root, b])
    assert tape.nodes[:2] == [a, b]
    assert tape.nodes[-1] is root
    assert tape.rules == [None, ops.multiply, ops.add, ops.tanh]
    assert tape.op.tolist() == [0, 0, 1, 2, 3]
    assert tape.left.tolist() == [-1, -1, 0, 2, 3]
    assert tape.right.tolist() == [-1, -1, 1, 0, -1]
    assert tape.data.tolist() == [1.0, 2.0, 2.0, 3.0, np.tanh(3.0)]
    assert tape.roots == [4, 1]


def test_a_tape_knows_look_ups() -> None:
    a, b = leaves("ab")
    index = Index(1)
    tape = flatten([take([a, b], index) * a], [index.which])
    (place,) = tape.takes
    assert [tape.nodes[i] for i in tape.takes[place]] == [a, b, index.which]
    assert tape.left[place] == tape.right[place] == -1
    with pytest.raises(TypeError, match="was made by hand"):
        flatten([take([a, b], index)])  # the index is no argument


# canonical: what the heads are, as text.


def heads(*roots: Value, constants: str = "") -> list[str]:
    """The heads as formulas: leaves by their labels, heads as h0, h1 ..."""
    tape = flatten(roots)
    varying = {
        i
        for i, x in enumerate(tape.nodes)
        if x._rule is None and x.label and x.label not in constants
    }
    found = canonicalise(tape, varying)
    name = {i: x.label or repr(x.data) for i, x in enumerate(tape.nodes)}
    name |= {head: f"h{number}" for number, head in enumerate(found.heads.tolist())}
    texts = []
    for number, kind in enumerate(found.kind.tolist()):
        terms = range(found.start[number], found.start[number + 1])
        left = [name[int(i)] for i in found.left[terms]]
        right = ["" if i < 0 else name[int(i)] for i in found.right[terms]]
        if kind == SUM:
            parts = [
                f"{coefficient:g} {a} {b}".strip().removeprefix("1 ")
                for coefficient, a, b in zip(found.coefficient[terms], left, right, strict=True)
            ]
            constant = found.constant[number]
            texts.append(" + ".join([*parts, *([f"{constant:g}"] if constant else [])]))
        elif kind == EXTREME:
            op = tape.rules[found.right[terms[0]]]
            texts.append(f"{op.name} of {' '.join(left)}")
        else:
            texts.append(" ".join([tape.rules[kind].name, *left, *filter(None, right)]))
    return texts


def test_chains_of_sums_and_products_are_one_sum() -> None:
    a, b, c, d = leaves("abcd")
    assert heads(a * b + c + d * 2 + 1) == ["a b + c + 2 d + 1"]
    assert heads(sum([a, b, c])) == ["a + b + c"]
    assert heads((a + b) + (c + d * c)) == ["a + b + c + d c"]
    assert heads(a**2 + b) == ["a a + b"]
    assert heads(a * b) == ["multiply a b"]  # by itself it is no sum
    assert heads(a * b * c + d) == ["multiply a b", "h0 c + d"]


def test_constants_become_coefficients() -> None:
    a, b = leaves("ab")
    assert heads(-(2 * (a - b)) / 4) == ["-0.5 a + 0.5 b"]
    assert heads(3 * (a * b) * 2 - 1) == ["6 a b + -1"]
    assert heads(a * Value(2.0) * Value(3.0) + Value(4.0) * 0.5) == ["6 a + 2"]
    assert heads(a + b * 2, constants="b") == ["a + 4"]
    assert heads((a + 0.0) * 1.0) == ["a"]
    assert heads(Value(2.0) * 3 + 1) == []


def test_what_is_used_twice_is_computed_once_unless_it_is_a_product() -> None:
    a, b, c, d = leaves("abcd")
    total, product = a + b, a * b
    assert heads((total + c).tanh() + (total + d).tanh()) == [
        "a + b", "h0 + c", "tanh h1", "h0 + d", "tanh h3", "h2 + h4",
    ]  # fmt: skip
    assert heads((product + c).tanh() + (product + d).tanh()) == [
        "a b + c", "tanh h0", "a b + d", "tanh h2", "h1 + h3",
    ]  # fmt: skip
    assert heads((product + c).tanh() + product.tanh()) == [
        "multiply a b", "h0 + c", "tanh h1", "tanh h0", "h2 + h3",
    ]  # fmt: skip


def test_equal_expressions_are_one() -> None:
    a, b = leaves("ab")
    assert heads((a * b).tanh() + (b * a).tanh() * 0.5) == [
        "multiply a b",
        "tanh h0",
        "h1 + 0.5 h1",
    ]
    assert heads((a + b).exp() * (b + a).exp()) == ["a + b", "exp h0", "multiply h1 h1"]
    assert heads(a - b, b - a) == ["a + -1 b", "b + -1 a"]
    assert heads(a**b + b**a) == ["power a b", "power b a", "h0 + h1"]


def test_a_result_inside_another_stays() -> None:
    a, b, c = leaves("abc")
    inner = a + b
    assert heads(inner, inner + c) == ["a + b", "h0 + c"]
    top = maximum(a, b)
    assert heads(top, maximum(top, c)) == ["maximum of a b", "maximum of h0 c"]


def test_chains_of_maxima() -> None:
    a, b, c, d = leaves("abcd")
    assert heads(reduce(maximum, [a, b, c, d])) == ["maximum of a b c d"]
    # Equal numbers share a gradient from left to right, so only such a chain is one of several.
    assert heads(maximum(a, maximum(b, c))) == ["maximum of b c", "maximum of a h0"]
    assert heads(minimum(maximum(a, b), c)) == ["maximum of a b", "minimum of h0 c"]
    assert heads(maximum(a, 2.0)) == ["maximum a 2.0"]
    top = maximum(a, b)
    assert heads(maximum(top, c) + top) == ["maximum of a b", "maximum of h0 c", "h1 + h0"]


def test_zeros_of_both_signs_are_two_constants() -> None:
    a, b = leaves("ab")
    tape = flatten([maximum(a, 0.0) + maximum(a, -0.0) + maximum(b, 0.0)])
    found = canonicalise(tape, {tape.nodes.index(a), tape.nodes.index(b)})
    zeros = [i for i, x in enumerate(tape.nodes) if x._rule is None and x.data == 0.0]
    same = {int(found.same[i]) for i in zeros}
    assert sorted(str(tape.data[i]) for i in same) == ["-0.0", "0.0"]


# agenda: what is due when.


def agenda(*roots: Value) -> tuple[Agenda, list[str]]:
    tape = flatten(roots)
    varying = {i for i, x in enumerate(tape.nodes) if x.label and x._rule is None}
    return Agenda(tape, canonicalise(tape, varying)), heads(*roots)


def test_levels_are_distances_to_the_result() -> None:
    a, b = leaves("ab")
    found, names = agenda(a.tanh() + b.tanh().tanh())
    assert names == ["tanh a", "tanh b", "tanh h1", "h0 + h2"]
    assert found.level.tolist() == [1, 2, 1, 0]
    assert [group.tolist() for group in found.members] == [[1], [0, 2], [3]]


def test_what_could_be_done_early_is_offered() -> None:
    a, b = leaves("ab")
    found, _ = agenda(a.tanh() + b.tanh().tanh())
    seen = []
    for due, early in found:
        seen.append((due.tolist(), early.tolist()))
        found.done(due)
    assert seen == [([1], [0]), ([0, 2], []), ([3], [])]
    found, _ = agenda(a.tanh() + b.tanh().tanh())
    seen = []
    for due, early in found:
        seen.append((due.tolist(), early.tolist()))
        found.done(np.concatenate([due, early]))
    assert seen == [([1], [0]), ([2], []), ([3], [])]


def test_ragged_sums_end_on_one_level() -> None:
    xs = leaves("abcd")
    found, names = agenda(sum(sum(x.exp() for x in xs[: n + 1]).log() for n in range(4)))
    # The first is the logarithm of a single exponential, which is no sum.
    logs = [i for i, name in enumerate(names) if name.startswith("log")]
    assert found.level[logs].tolist() == [1, 1, 1, 1]


def test_each_head_is_done_once_also_where_there_is_no_structure(monkeypatch) -> None:
    random, done = Random(0), Agenda.done

    def checked(agenda, heads):
        assert not agenda.finished[heads].any()
        done(agenda, heads)
        assert (agenda.waiting >= 0).all()

    monkeypatch.setattr(Agenda, "done", checked)
    x = [Value(random.random()) for _ in range(50)]
    nodes = list(x)
    for _ in range(1000):
        a, b = random.choices(nodes[-500:], k=2)
        nodes.append((a * b).tanh() if random.random() < 0.5 else a + b * 0.5)
    root = sum(nodes[-500:])
    assert lift(root, wrt=x)(None) == pytest.approx(root.data, rel=1e-12)


# families: what should lie in one buffer.


def edges(*pairs: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    source, consumer = np.array(pairs).T
    return source, consumer


def test_states_that_are_used_at_once_are_a_family() -> None:
    # Three states, each of two heads, one made from the other, and an output from each of them.
    stage = np.array([0, 0, 1, 1, 2, 2, 3, 3, 3])
    kind = np.array([5, 5, 5, 5, 5, 5, 7, 7, 7], np.int32)
    chain = [(0, 2), (1, 3), (2, 4), (3, 5)]
    outputs = [(0, 6), (1, 6), (2, 7), (3, 7), (4, 8), (5, 8)]
    found = families(stage, kind, *edges(*chain, *outputs))
    assert [family.tolist() for family in found] == [[0, 1, 2]]
    assert families(stage, kind, *edges(*chain)) == []
    everyone = [(head, output) for head in range(6) for output in (6, 7, 8)]
    assert families(stage, kind, *edges(*chain, *everyone)) == []


def test_a_family_is_of_one_kind_and_size() -> None:
    outputs = edges((0, 3), (1, 4), (2, 4))
    assert families(np.array([0, 1, 1, 2, 2]), np.array([5, 5, 5, 7, 7], np.int32), *outputs) == []
    outputs = edges((0, 2), (1, 3))
    assert families(np.array([0, 1, 2, 2]), np.array([5, 6, 7, 7], np.int32), *outputs) == []
    found = families(np.array([0, 1, 2, 2]), np.array([5, 5, 7, 7], np.int32), *outputs)
    assert [family.tolist() for family in found] == [[0, 1]]
    none = np.zeros(0, np.intp)
    assert families(np.array([0]), np.array([5], np.int32), none, none) == []


# arrange: shapes and orders.


def value(name: str, *shape: int, mask=None) -> Buffer:
    return Buffer(name, shape, "value", mask=mask)


def column(buffer: Buffer, *cells: int) -> Operand:
    """An operand that shows one cell to each head."""
    return Operand(buffer, np.array(cells)[:, None])


def only_box(count: int, *operands: Operand) -> tuple[tuple[int, ...], list[int]]:
    ((members, box),) = arrange(count, operands)
    assert members.tolist() == list(range(count))
    return box.shape, box.place.tolist()


def test_a_group_takes_over_the_order_of_an_operand() -> None:
    x = value("x", 2, 3)
    assert only_box(6, column(x, 5, 4, 3, 2, 1, 0)) == ((2, 3), [5, 4, 3, 2, 1, 0])
    assert only_box(2, column(x, 4, 1)) == ((2,), [1, 0])  # a column
    assert only_box(3, column(x, 3, 4, 5)) == ((3,), [0, 1, 2])  # a row
    assert only_box(1, column(x, 3)) == ((), [0])
    # Of two operands that are different for each head the one with the neater order leads.
    assert only_box(6, column(value("y", 9), 0, 1, 3, 4, 6, 8), column(x, *range(6)))[0] == (2, 3)


def test_an_order_with_gaps_has_holes() -> None:
    box = follow(column(value("x", 3, 3), 0, 3, 4, 6, 7, 8))
    assert box is not None
    assert (box.shape, box.place.tolist()) == ((3, 3), [0, 3, 4, 6, 7, 8])
    assert box.mask.tolist() == np.tril(np.ones((3, 3), bool)).tolist()
    assert follow(column(value("x", 9, 9), 0, 10, 20, 30)) is None  # a diagonal: 4 of 16
    assert follow(column(value("x", 9), 0, 0)) is None  # one cell for two heads


def test_pairs_are_a_grid() -> None:
    x, w = value("x", 2, 4), Buffer("theta", (12,), "parameter")
    rows = np.array([[0, 1, 2, 3], [4, 5, 6, 7]])
    weights = np.arange(12).reshape(3, 4)
    i, j = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 1, 2, 0, 1, 2])
    shuffled = np.array([3, 0, 5, 1, 4, 2])
    for order in (np.arange(6), shuffled):
        x_side, w_side = Operand(x, rows[i[order]]), Operand(w, weights[j[order]])
        for operands in [(x_side, w_side), (w_side, x_side)]:  # parameters are in columns
            assert only_box(6, *operands) == ((2, 3), order.tolist())


def test_separate_grids_are_a_batch() -> None:
    a, b = value("a", 4), value("b", 4)
    # Rows 0 and 1 meet columns 0 and 1, rows 2 and 3 columns 2 and 3: two grids of 2 x 2.
    rows, columns = [0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 0, 1, 2, 3, 2, 3]
    found = only_box(8, column(a, *rows), column(b, *columns))
    assert found == ((2, 2, 2), [0, 1, 2, 3, 4, 5, 6, 7])


def test_grids_of_two_shapes_are_two_boxes() -> None:
    a, b = value("a", 5), value("b", 5)
    rows, columns = [0, 0, 1, 1, 2, 2, 2], [0, 1, 0, 1, 2, 3, 4]
    found = arrange(7, [column(a, *rows), column(b, *columns)])
    assert [(ids.tolist(), box.shape, box.place.tolist()) for ids, box in found] == [
        ([4, 5, 6], (3,), [0, 1, 2]),
        ([0, 1, 2, 3], (2, 2), [0, 1, 2, 3]),
    ]


def test_a_grid_that_is_mostly_full_has_holes() -> None:
    a, b = value("a", 3), value("b", 3)
    rows, columns = [0, 1, 1, 2, 2, 2], [0, 0, 1, 0, 1, 2]
    ((_, box),) = arrange(6, [column(a, *rows), column(b, *columns)])
    assert box.shape == (3, 3)
    assert box.mask.tolist() == np.tril(np.ones((3, 3), bool)).tolist()


def test_pairs_that_are_no_grid_are_a_list() -> None:
    a, b = value("a", 9), value("b", 9)
    twice = [column(a, 0, 0, 1), column(b, 0, 0, 1)]  # one pair occurs twice
    assert only_box(3, *twice) == ((3,), [0, 1, 2])
    # Connected, but 7 pairs of 4 x 4, and in no band.
    rows, columns = [0, 0, 1, 1, 2, 3, 3], [0, 3, 3, 1, 1, 0, 2]
    assert only_box(7, column(a, *rows), column(b, *columns)) == ((7,), list(range(7)))


def test_a_long_chain_of_pairs_is_a_band() -> None:
    a, b = value("a", 9), value("b", 9)
    rows, columns = [0, 0, 1, 1, 2, 2, 3, 3], [0, 1, 1, 2, 2, 3, 3, 4]
    assert only_box(8, column(a, *rows), column(b, *columns)) == ((4, 2), list(range(8)))


def test_what_heads_have_is_laid_out_in_their_box() -> None:
    box = Box((2, 2), np.array([3, 0, 1]))
    assert box.table(np.array([7, 8, 9])).tolist() == [[8, 9], [-1, 7]]
    assert box.mask.tolist() == [[True, True], [False, True]]
    assert Box((3,), np.array([2, 0, 1])).mask is None


# fit: offsets and strides.


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([[0, 1, 2], [3, 4, 5]], (0, (3, 1))),
        ([[0, 3], [1, 4], [2, 5]], (0, (1, 3))),
        ([[3, 2], [1, 0]], (3, (-2, -1))),
        ([[4, 4], [5, 5]], (4, (1, 0))),
        ([[0, 1, 2], [1, 2, 3]], (0, (1, 1))),  # a window that slides
        ([[7]], (7, (0, 0))),
        ([0, 1, 3], None),
        ([[0, 1], [2, 4]], None),
        ([[-1, 1], [2, 3]], (0, (2, 1))),
        ([[-1, 1], [-1, 3], [4, 5]], (0, (2, 1))),
        ([-1, 5, -1], (5, (0,))),
    ],
)
def test_a_view_of_cells(cells, expected) -> None:
    assert fit(np.array(cells)) == expected
    if expected is not None:
        shown = affine(np.shape(cells), *expected)
        assert (shown == cells)[np.array(cells) >= 0].all()


def test_no_cells_fit() -> None:
    assert fit(np.zeros((2, 0), np.intp)) == (0, (0, 0))


def test_loops_in_loops_are_found() -> None:
    inner = np.add.outer([0, 10], np.add.outer([0, 4], [0, 1]))
    assert splits(inner.ravel()) == [(2, 2, 2)]
    assert splits(np.arange(6).reshape(2, 3)) == [(2,), (3,)]
    rows = np.add.outer(inner.ravel(), np.array([0, 20, 40, 100, 120, 140]))
    assert splits(rows) == [(2, 2, 2), (2, 3)]
    assert splits(np.array([0, 1, 3])) == [(3,)]
    assert splits(np.array([0, 1, 2, 3, 5, 6])) == [(3, 2)]  # 4 and 2: pairs, if anything
    assert splits(np.array([0, 1, 2, 3, 5, 6, 7])) == [(7,)]


# look: views, constants and copies.


def test_a_view_needs_no_copy() -> None:
    x, copies = value("x", 2, 3), Copies()
    box = Box((3, 2), np.arange(6))
    transposed = column(x, 0, 3, 1, 4, 2, 5)
    sight = look(box, np.arange(6), [[transposed]], copies)
    assert (sight.shape, sight.columns) == ((3, 2), [()])
    assert sight.looks == [[View(x, 0, (1, 3))]]
    assert copies.gathers == []


def test_an_axis_is_split_where_there_is_a_view_then() -> None:
    x, copies = value("x", 2, 9), Copies()
    some = column(x, 0, 1, 2, 9, 10, 11)
    sight = look(Box((6,), np.arange(6)), np.arange(6), [[some]], copies)
    assert sight.shape == (2, 3)
    assert sight.looks == [[View(x, 0, (9, 1))]]
    assert copies.gathers == []


def test_what_no_view_shows_is_copied_once() -> None:
    x, copies = value("x", 8), Copies()
    cells = [3, 1, 4, 1, 5]
    for _ in range(2):
        sight = look(Box((5,), np.arange(5)), np.arange(5), [[column(x, *cells)]], copies)
        ((view,),) = sight.looks
        assert (view.offset, view.strides) == (0, (1,))
    (gather,) = copies.gathers
    assert isinstance(gather, Gather)
    assert (gather.source, gather.index.tolist()) == (x, cells)
    assert gather.target.shape == (5,)
    assert gather.target.mask is None


def test_a_copy_is_no_larger_than_what_differs() -> None:
    x, copies = value("x", 8), Copies()
    table = np.array([[3, 1, 4]] * 2)  # the same for both rows of heads
    operand = Operand(x, table)
    sight = look(Box((2,), np.arange(2)), np.arange(2), [[operand]], copies)
    ((view,),) = sight.looks
    assert view.strides == (0, 1)
    assert copies.gathers[0].index.tolist() == [3, 1, 4]


def test_where_there_is_nothing_a_copy_has_a_hole() -> None:
    x, copies = value("x", 8), Copies()
    operand = Operand(x, np.array([[3, -1], [1, 4]]))
    sight = look(Box((2,), np.arange(2)), np.arange(2), [[operand]], copies)
    ((view,),) = sight.looks
    assert view.buffer.mask.tolist() == [[True, False], [True, True]]
    assert copies.gathers[0].index.tolist() == [3, -1, 1, 4]


def test_constants_have_the_axes_along_which_they_differ() -> None:
    copies = Copies()
    assert copies.constant(np.full((2, 3), 4.0)) == 4.0
    rows = copies.constant(np.array([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]))
    assert rows.strides == (1, 0)
    assert rows.buffer.data.tolist() == [1.0, 2.0]
    columns = copies.constant(np.array([[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]))
    assert columns.strides == (0, 1)
    assert columns.buffer is rows.buffer  # the same numbers


def test_rows_between_holes_have_their_columns() -> None:
    mask = np.tril(np.ones((3, 3), bool))
    x = value("x", 3, 3, mask=mask)
    rows = np.array([[0, -1, -1], [3, 4, -1], [6, 7, 8]])
    column, line = columns_by_holes(Operand(x, rows))
    assert column.tolist() == [[0, -1, -1], [0, 1, -1], [0, 1, 2]]
    assert line.tolist() == [0, 1, 2]
    assert columns_by_holes(Operand(value("y", 3, 3), rows)) is None  # there are numbers behind
    other = np.array([[0, -1, -1], [4, 3, -1], [6, 7, 8]])
    column, _ = columns_by_holes(Operand(x, other))  # in another order
    assert column.tolist() == [[0, -1, -1], [1, 0, -1], [0, 1, 2]]
    assert columns_by_holes(Operand(x, np.array([[0, -1], [3, -1]]))) is None  # 4 is left out
    assert columns_by_holes(Operand(x, np.array([[0, -1], [3, 3]]))) is None  # 3 comes twice


def test_bands_have_a_column_for_each_step_from_the_diagonal() -> None:
    rows, columns = np.array([0, 1, 1, 2, 2, 3, 3]), np.array([0, 0, 1, 1, 2, 2, 3])
    x, y = value("x", 4), value("y", 4)
    found = arrange(7, [Operand(x, rows[:, None]), Operand(y, columns[:, None])])
    ((members, box),) = found
    assert members.tolist() == list(range(7))
    assert box.shape == (4, 2)
    assert box.place.tolist() == [1, 2, 3, 4, 5, 6, 7]  # column 1 is the diagonal


# All together: instructions known by hand.


def test_a_layer_is_one_instruction() -> None:
    w = [[Value(1.0 + 3 * i + j) for j in range(3)] for i in range(2)]
    b = [Value(0.5), Value(-0.5)]
    xs = [Value(x) for x in (2.0, 3.0, 5.0)]
    roots = [
        sum((wi * xi for wi, xi in zip(row, xs, strict=True)), bias)
        for row, bias in zip(w, b, strict=True)
    ]
    program = lift(roots, wrt=[*w[0], *w[1], *b], inputs=xs)
    (compute,) = program.code.forward
    (x,) = program.code.inputs
    theta, out = program.code.parameters, compute.target.buffer
    assert compute.shape == (2,)
    assert (compute.target, out.batched) == (View(out, 0, (1,)), True)
    product, bias = sorted(compute.terms, key=lambda term: -len(term.reduce))
    assert product == Term(View(theta, 0, (3, 1)) * View(x, 0, (0, 1)), (3,))
    assert bias == Term(View(theta, 6, (1,)))
    assert program.code.roots == [View(out, 0, ()), View(out, 1, ())]
    assert program.forward(None, [2.0, 3.0, 5.0]).tolist() == [23.5, 52.5]


def test_a_batch_by_hand_is_a_matrix_product() -> None:
    w = [Value(float(k)) for k in range(4)]
    rows = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    roots = [w[2 * i] * x[0] + w[2 * i + 1] * x[1] for x in rows for i in range(2)]
    (compute,) = build(roots, w, []).code.forward
    (term,) = compute.terms
    assert (compute.shape, term.reduce) == ((3, 2), (2,))
    theta, data = sorted(term.expr.views(), key=lambda view: view.buffer.role, reverse=True)
    assert (theta.strides, data.strides) == ((0, 2, 1), (2, 0, 1))
    assert data.buffer.data.tolist() == rows


def test_differences_of_neighbours_are_two_views() -> None:
    xs = [Value(float(k * k)) for k in range(6)]
    program = lift([b - a for a, b in pairwise(xs)], wrt=xs)
    (compute,) = program.code.forward
    theta = program.code.parameters
    assert compute.shape == (5,)
    assert {(term.expr, term.reduce) for term in compute.terms} == {
        (View(theta, 1, (1,)), ()),
        (View(theta, 0, (1,)) * -1.0, ()),
    }


def test_ragged_sums_are_a_triangle() -> None:
    xs, ws = ([Value(k + 0.5) for k in range(4)] for _ in range(2))
    roots = [sum(w * x for w, x in zip(ws[:n], xs[:n], strict=True)) for n in (1, 2, 3, 4)]
    program = lift([root.tanh() for root in roots], wrt=[*xs, *ws])
    assert program(None).tolist() == pytest.approx([np.tanh(root.data) for root in roots])
    sums = [step for step in program.code.forward if isinstance(step, Compute)]
    assert [step.shape for step in sums] == [(4,), (4,)]  # all sums, then all of the tanh


def test_two_terms_with_one_factor_beside_whole_rows() -> None:
    """They do not go into one column."""
    a = [[Value(1.0 + i + 3 * j) for i in range(3)] for j in range(3)]
    b = [Value(2.0 + i) for i in range(3)]
    roots = [sum(x * y for x, y in zip(row, b, strict=True)) for row in a]
    roots.append(a[0][0] * b[0] + a[1][1] * b[0])
    program = lift([root.sin() for root in roots], wrt=[*a[0], *a[1], *a[2], *b])
    # 1*2 + 2*3 + 3*4, 4*2 + 5*3 + 6*4, 7*2 + 8*3 + 9*4, 1*2 + 5*2
    assert program(None) == pytest.approx(np.sin([20.0, 47.0, 74.0, 12.0]))


def test_look_ups_in_one_table() -> None:
    table = [Value(1.0 + k) for k in range(6)]
    rows = [table[:2], table[2:4], table[4:]]
    program = lift(lambda n: take(rows, n[0]) + take(rows, n[1]), wrt=table)
    assert program.forward(None, [[0, 2], [1, 1]]).tolist() == [[1, 2, 5, 6], [3, 4, 3, 4]]
    assert len(program) == 1


def test_look_ups_in_no_order_are_one_after_the_other() -> None:
    """There is no copy of an index."""
    table = [[Value(3.0 * i + j) for j in range(3)] for i in range(3)]
    first = [row[0] for row in table]

    def function(n):
        return [*take(table, n[0]), *(take(first, n[k]) for k in (1, 2, 3, 4))]

    program = lift(function, wrt=table)
    found = program.forward(None, [[0, 1, 2, 0, 1], [2, 2, 1, 0, 1]])
    assert found.tolist() == [[0, 1, 2, 3, 6, 0, 3], [6, 7, 8, 6, 3, 0, 3]]
    check(program.code)


def test_a_hole_may_be_made_of_what_is_not_there_yet() -> None:
    theta, x = Buffer("theta", (2,), "parameter"), value("x", 2)
    mask = np.array([True, False])
    y = value("y", 2, mask=mask)
    first = Compute(View(x, 0, ()), (), [Term(View(theta, 0, ()))])
    both = Compute(whole(y), (2,), [Term(whole(x) * 2.0)])
    check(Code(theta, roots=[View(y, 0, ())], forward=[first, both]))
    y.mask = None
    with pytest.raises(SpecError, match="before they are written"):
        check(Code(theta, roots=[View(y, 0, ())], forward=[first, both]))


def test_a_product_with_a_hole_adds_nothing() -> None:
    theta, x = Buffer("theta", (1,), "parameter"), value("x", 2)
    y = value("y", 2, mask=np.array([True, False]))
    code = Code(theta, roots=[View(x, 1, ())])
    code.forward = [
        Compute(View(x, 0, ()), (), [Term(View(theta, 0, ()))]),
        Compute(whole(y), (2,), [Term(whole(x) * 2.0)]),  # the second is a hole
        Compute(View(x, 1, ()), (), [Term(View(y, 0, ()) * 3.0)]),
    ]
    differentiate(code)
    check(code)  # although the gradient of the second is read before that of y is handed on
    runner = ReferenceRunner(code)
    assert runner.forward(np.array([5.0]), []).tolist() == [30.0]
    assert runner.backward(np.array([1.0])).tolist() == [6.0]


def test_a_maximum_that_is_also_looked_up_is_there() -> None:
    a, b, c = (Value(x) for x in (1.0, 2.0, 3.0))

    def function(n):
        inner = maximum(a, b)
        return take([inner, a], n) + maximum(inner, c)

    assert lift(function, wrt=[a, b, c]).forward(None, [0, 1]).tolist() == [5.0, 4.0]


# Large graphs: neither memory nor time grows with the square.


def memory_to_build(root: Value, parameters: list[Value]) -> float:
    """The most memory that building took at a time, in MB."""
    tracemalloc.start()
    try:
        build([root], parameters, [])
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def test_one_long_sum_among_many_short_ones_is_no_table_of_gaps() -> None:
    x = [Value(1.0 + i / 7) for i in range(6000)]
    short = [(x[i] * x[i + 1] + x[i + 2] * x[i + 3]).tanh() for i in range(3000)]
    long = sum(a * a for a in x).tanh()
    assert memory_to_build(sum(short) * long, x) < 60  # the table alone: 144


def test_one_long_maximum_among_many_short_ones_is_no_table_of_gaps() -> None:
    x = [Value(1.0 + i / 7) for i in range(6000)]
    short = [maximum(x[i], x[i + 1]) for i in range(3000)]
    long = reduce(maximum, x)
    root = sum(a.tanh() for a in [*short, long])
    assert memory_to_build(root, x) < 60


def test_sums_that_are_known_early_are_not_grouped_at_every_step(monkeypatch) -> None:
    module = sys.modules["glassgrad.lift.build"]
    grouped = []

    def counted(draft, heads):
        grouped.extend(heads.tolist())
        return sums(draft, heads)

    monkeypatch.setattr(module, "sums", counted)
    w, a = [Value(0.1 * i) for i in range(9)], [Value(0.2 * i) for i in range(400)]
    state = w[:3]
    for _ in range(30):
        state = [sum(v * s for v, s in zip(w[i::3], state, strict=True)).tanh() for i in range(3)]
    others = [(x * w[0] + y * w[1] + x).tanh() for x, y in pairwise(a)]
    built = build([sum(state) * sum(others)], [*w, *a], [])
    assert len(built.code.forward) < 70
    assert len(grouped) < 800  # each about once


def test_a_long_chain_of_overlaps_in_any_order_is_seen_in_a_few_rounds() -> None:
    """Row i has columns i and i + 1, so that all are in one grid, which is nearly empty."""
    count = 50_000
    rows, columns = np.random.default_rng(0).permuted(np.tile(np.arange(count), (2, 1)), axis=1)
    first, second = np.concatenate([rows, rows]), np.concatenate([columns, np.roll(columns, 1)])
    pairs = [column(value(name, count), *keys) for name, keys in (("a", first), ("b", second))]
    assert only_box(2 * count, *pairs)[0] == (2 * count,)


def test_equal_numbers_are_together() -> None:
    assert [x.tolist() for x in equal(np.array([7, 2, 7, 2, 9]))] == [[1, 3], [0, 2], [4]]
    table = np.array([[1, 2], [0, 5], [1, 2]])
    assert [x.tolist() for x in equal_rows(table)] == [[1], [0, 2]]
    assert len(equal(np.arange(100_000)[::-1])) == 100_000
