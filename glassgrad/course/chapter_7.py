"""The exercises of chapter 7, from numbers to arrays."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import wraps
from random import Random
from typing import Any

from glassgrad import MLP, Value, greater, lift, no_grad, where
from glassgrad.course.array_checking import (
    call_text,
    compare_arrays,
    described,
    needs_no_loop,
    numpy,
    stops_so,
)
from glassgrad.course.checking import (
    Mistake,
    Wrong,
    call_as,
    compare,
    same,
    show,
    written,
)
from glassgrad.course.exercise import Exercise

Shape = tuple[int, ...]


def _tables(*shapes: Shape) -> list[Any]:
    """Arrays of these shapes, of random numbers."""
    return [numpy().random.default_rng(Random().randrange(10**6)).normal(size=s) for s in shapes]


def _rng() -> Any:
    return numpy().random.default_rng(Random().randrange(10**6))


# 7.1, a table without loops


def _scaled(x: Any) -> Any:
    return (x - x.mean(axis=0)) / x.std(axis=0)


SCALE_MISTAKES: list[Mistake] = [
    (
        lambda x: (x - x.mean()) / x.std(),
        "this is the mean of the whole table; each column has its own: mean(axis=0)",
    ),
    (
        lambda x: (x - x.mean(axis=0)) / x.std(),
        "this is the standard deviation of the whole table; each column has its own: std(axis=0)",
    ),
    (
        lambda x: (x - x.mean()) / x.std(axis=0),
        "this is the mean of the whole table; each column has its own: mean(axis=0)",
    ),
    (
        lambda x: (x - x.mean(axis=1)[:, None]) / x.std(axis=1)[:, None],
        "each row is scaled here; for the columns, go down the rows: axis=0",
    ),
    (
        lambda x: (x - x.mean(axis=1)) / x.std(axis=1),
        "axis=1 gives a number for each row; for one of each column, go down the rows: axis=0",
    ),
    (
        lambda x: (x - x.mean(axis=0)) / x.std(axis=0, ddof=1),
        "this standard deviation divides by n - 1; that of chapter 6 divides by n, as x.std does",
    ),
    (
        lambda x: (x - x.mean(axis=0)) / x.var(axis=0),
        "this divides by the variance; its root is the standard deviation",
    ),
    (lambda x: x - x.mean(axis=0), "the means are taken off; the division by std is missing"),
    (lambda x: x / x.std(axis=0), "the mean of each column has to be taken off first"),
    (
        lambda x: x - x.mean(axis=0) / x.std(axis=0),
        "the division comes before the minus: put brackets around the difference",
    ),
]


def _check_scaled(answer: Any) -> None:
    rng = _rng()
    cases = [(rng.normal(3, 2, size=shape),) for shape in ((4, 2), (3, 3), (6, 1), (7, 5))]
    compare_arrays(
        answer,
        _scaled,
        cases,
        why="from each column its mean is taken off, and the result divided by its standard "
        "deviation",
        mistakes=SCALE_MISTAKES,
    )
    for few, many, over in (((5, 3), (50, 3), "rows"), ((5, 3), (5, 30), "columns")):
        needs_no_loop(answer, _tables(few), _tables(many), over)


# 7.2, which shapes fit


class _Nothing:
    """None as the result of an answer, which elsewhere is a forgotten `return`."""

    def __repr__(self) -> str:
        return "None"

    def __deepcopy__(self, memo: Any) -> _Nothing:
        return self


NOTHING = _Nothing()


def _fit(a: Shape, b: Shape) -> Any:
    length = max(len(a), len(b))
    found = []
    for m, n in zip(_padded(a, length), _padded(b, length), strict=True):
        if m != n and 1 not in (m, n):
            return NOTHING
        found.append(n if m == 1 else m)
    return tuple(found)


def _padded(shape: Shape, length: int) -> Shape:
    return (1,) * (length - len(shape)) + shape


def _from_the_left(a: Shape, b: Shape) -> Any:
    found = _fit(a[::-1], b[::-1])
    return found if found is NOTHING else found[::-1]


def _without_ones(a: Shape, b: Shape) -> Any:
    common = min(len(a), len(b))
    alike = a[len(a) - common :] == b[len(b) - common :]
    return max(a, b, key=len) if alike else NOTHING


def _only_common(a: Shape, b: Shape) -> Any:
    common = min(len(a), len(b))
    return _fit(a[len(a) - common :], b[len(b) - common :])


def _larger(a: Shape, b: Shape) -> Any:
    length = max(len(a), len(b))
    return tuple(map(max, _padded(a, length), _padded(b, length)))


def _product(a: Shape, b: Shape) -> Any:
    if not a or not b or a[-1] != b[0]:
        return NOTHING
    return a[:-1] + b[1:]


SHAPE_MISTAKES: list[Mistake] = [
    (lambda a, b: NOTHING, "it always gives None: does each way through it end in a return?"),
    (_from_the_left, "the shapes are compared from the left; they are written so that they END "
     "together, so the last lengths are compared first"),
    (_without_ones, "a length of 1 is repeated, so it fits any other length"),
    (_only_common, "where one shape has no length any more, those of the other one stay: (4, 2) "
     "and (2,) give (4, 2)"),
    (_larger, "the larger length is taken whether they fit or not; 4 and 3 do not fit, only equal "
     "ones do, and 1 with any"),
    (_product, "this is the shape of a product, a @ b; the sum goes element by element"),
    (lambda a, b: a if a == b else NOTHING, "equal shapes fit, but not only they: what is 1 or "
     "missing is repeated"),
    (lambda a, b: a if len(a) >= len(b) else b, "the longer shape is given whatever the lengths "
     "are; they must fit, and a 1 becomes the other length"),
    (lambda a, b: _fit(a, b) is not NOTHING, "True and False only say whether they fit; the shape "
     "is asked for"),
]  # fmt: skip


def _check_shapes(answer: Any) -> None:
    random = Random()
    cases: list[tuple[Shape, Shape]] = [
        ((4, 2), (2,)),
        ((4, 2), (4,)),
        ((4, 2), (4, 1)),
        ((3, 3), (3,)),
        ((4, 1), (3,)),
        ((5,), (5, 1)),
        ((), (3,)),
        ((2, 3), (2, 3)),
        ((1,), (5,)),
        ((2, 3, 4), (3, 1)),
        ((2, 3, 4), (2, 3)),
        ((3,), (4,)),
        ((2, 1, 3), (5, 1)),
    ]
    for _ in range(8):
        a, b = (tuple(random.choice((1, 2, 3)) for _ in range(random.randint(0, 3))) for _ in "ab")
        cases.append((a, b))

    @wraps(answer)
    def told(a: Shape, b: Shape) -> Any:
        got = answer(a, b)
        return NOTHING if got is None else got

    told.__name__ = getattr(answer, "__name__", "shape_of_sum")
    compare(
        told,
        _fit,
        cases,
        why="from the end on, two lengths are equal, or one of them is 1 or missing and becomes "
        "the other; anything else does not fit",
        mistakes=SHAPE_MISTAKES,
    )


# 7.3, a layer for a batch


def _layer(x: Any, w: Any, b: Any) -> Any:
    return numpy().tanh(x @ w.T + b)


def _layer_mistakes() -> list[Mistake]:
    np = numpy()
    return [
        (
            lambda x, w, b: np.tanh(x @ w + b),
            "a row of W is a neuron, and `@` takes columns from the right: W.T has the neurons as "
            "columns",
        ),
        (lambda x, w, b: x @ w.T + b, "the activation is missing: np.tanh(...) around the sums"),
        (lambda x, w, b: np.tanh(x @ w.T), "the bias is missing: + b, which is broadcast"),
        (lambda x, w, b: x @ w.T, "the bias and the activation are missing"),
        (
            lambda x, w, b: np.tanh(x @ w.T) + b,
            "the bias is added after tanh; it belongs to the sum inside",
        ),
        (
            lambda x, w, b: np.tanh(w @ x.T + b[:, None]),
            "here a row is a neuron and a column an example; it is transposed: x @ W.T",
        ),
        (
            lambda x, w, b: np.tanh(w @ x.T + b),
            "W @ x.T has a row for each neuron; an example is a row, so it is x @ W.T",
        ),
        (lambda x, w, b: np.tanh(x @ w.T + b[:, None]), "b has a number for each neuron, that is, "
         "for each column: + b fits as it is"),
        (
            lambda x, w, b: np.tanh(x * w.T + b),
            "`*` goes element by element; the products of a row and a column are added up by `@`",
        ),
        (
            lambda x, w, b: np.tanh(x * w + b),
            "`*` goes element by element; the products of a row and a column are added up by `@`",
        ),
        (
            lambda x, w, b: np.maximum(x @ w.T + b, 0),
            "this is relu; the activation here is tanh",
        ),
    ]  # fmt: skip


def _check_layer(answer: Any) -> None:
    sizes = ((4, 2, 3), (3, 3, 3), (5, 1, 2), (1, 4, 2), (2, 3, 1))
    compare_arrays(
        answer,
        _layer,
        [_tables((batch, n), (m, n), (m,)) for batch, n, m in sizes],
        why="the weighted sums of all examples are x @ W.T, then comes + b, then np.tanh",
        mistakes=_layer_mistakes(),
    )
    few = _tables((5, 3), (2, 3), (2,))
    needs_no_loop(answer, few, _tables((50, 3), (2, 3), (2,)), "rows of x")
    needs_no_loop(answer, few, _tables((5, 3), (20, 3), (20,)), "rows of W")
    needs_no_loop(answer, few, _tables((5, 30), (2, 30), (2,)), "inputs")


# 7.4, how many operations


def _operations(sizes: list[int]) -> int:
    """Those of a real network: it is lifted."""
    program = lift(MLP(2, sizes, seed=0))
    program.forward(None, [[1.0, 2.0]])
    return len(program)


def _check_operations(answer: Any) -> None:
    random = Random()
    cases = [([1],), ([3, 1],), ([8, 3],), ([10, 10, 1],)]
    cases += [([random.randint(1, 5) for _ in range(length)],) for length in (2, 4, 5)]
    compare(
        answer,
        _operations,
        cases,
        why="a layer with tanh takes two array operations, the sums and tanh; the last layer takes "
        "one",
        mistakes=[
            (
                lambda sizes: 2 * len(sizes),
                "the last layer has no tanh here, or the loss is counted: the network alone is "
                "lifted",
            ),
            (
                lambda sizes: len(sizes),
                "a hidden layer takes two: the sums of products with the bias, and tanh",
            ),
            (
                lambda sizes: 3 * len(sizes) - 1,
                "the bias is added in the same operation as the products: x @ W.T + b is one",
            ),
            (
                lambda sizes: 3 * len(sizes),
                "the bias is added in the same operation as the products, and the last layer has "
                "no tanh",
            ),
            (
                lambda sizes: 2 * sum(sizes) - sizes[-1],
                "the neurons of a layer all go in one operation: only the layers count, not how "
                "wide they are",
            ),
            (
                lambda sizes: 2 * sum(sizes) - 1,
                "the neurons of a layer all go in one operation: only the layers count, not how "
                "wide they are",
            ),
            (
                lambda sizes: sum(sizes),
                "the neurons of a layer all go in one operation: only the layers count, not how "
                "wide they are",
            ),
            (
                lambda sizes: 2 * len(sizes) + 1,
                "the last layer has no tanh, so it takes one operation, not two; and there is no "
                "loss",
            ),
        ],
    )


# 7.5, softmax over rows


def _softmax(z: Any, axis: int = 1, stable: bool = True) -> Any:
    np = numpy()
    powers = np.exp(z - z.max(axis=axis, keepdims=True) if stable else z)
    return powers / powers.sum(axis=axis, keepdims=True)


def _softmax_mistakes() -> list[Mistake]:
    np = numpy()

    def of_all(z: Any) -> Any:
        powers = np.exp(z - z.max(axis=1, keepdims=True))
        return powers / powers.sum()

    def all_of_all(z: Any) -> Any:
        powers = np.exp(z - z.max())
        return powers / powers.sum()

    def one_maximum(z: Any) -> Any:
        powers = np.exp(z - z.max())
        return powers / powers.sum(axis=1, keepdims=True)

    def without_axis(z: Any) -> Any:
        powers = np.exp(z - z.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1)

    def naive_without_axis(z: Any) -> Any:
        powers = np.exp(z)
        return powers / powers.sum(axis=1)

    def naive_of_all(z: Any) -> Any:
        return np.exp(z) / np.exp(z).sum()

    columns = "each column adds up to 1 here; a row is an example, so go along the columns: axis=1"
    whole = (
        "the sum goes over the whole table; each row has its own: sum(axis=1), with an axis of "
        "length 1 kept"
    )
    lost_axis = (
        "the sums have the shape (batch,), which meets the axis of the classes; [:, None] or "
        "keepdims=True makes one column of them"
    )
    return [
        (_softmax_naive, "a power of e has overflowed: take the largest of each row off first"),
        (lambda z: _softmax(z, axis=0), columns),
        (lambda z: _softmax(z, axis=0, stable=False), columns),
        (of_all, whole),
        (all_of_all, whole),
        (naive_of_all, whole),
        (
            one_maximum,
            "one maximum of the whole table is taken off: in a row far below it all powers become "
            "0; take each row's own, z.max(axis=1, keepdims=True)",
        ),
        (without_axis, lost_axis),
        (lambda z: np.exp(z - z.max(axis=1)), lost_axis.replace("sums", "maxima")),
        (naive_without_axis, lost_axis),
        (
            lambda z: np.exp(z - z.max(axis=1, keepdims=True)),
            "these are the powers; they are still to be divided by the sum of their row",
        ),
        (
            lambda z: np.log(_softmax(z)),
            "these are the logarithms of the probabilities",
        ),
    ]


def _softmax_naive(z: Any) -> Any:
    return _softmax(z, stable=False)


def _check_softmax(answer: Any) -> None:
    np = numpy()
    cases = [(2 * table,) for table in _tables((4, 2), (3, 3), (5, 4), (1, 3))]
    cases.append((np.array([[1000.0, 1001.0, 999.0], [-1000.0, -1001.0, -1002.0]]),))
    cases.append((np.array([[0.0, 1.0], [2000.0, 2001.0]]),))
    compare_arrays(
        answer,
        _softmax,
        cases,
        why="of each row the largest logit is taken off; then np.exp, and each power is divided by "
        "the sum of its row",
        mistakes=_softmax_mistakes(),
    )
    for few, many, over in (((5, 3), (50, 3), "rows"), ((5, 3), (5, 30), "columns")):
        needs_no_loop(answer, _tables(few), _tables(many), over)


# 7.6, a layer, backward


BACKWARD: dict[str, tuple[Callable[..., Any], str, list[Mistake]]] = {
    "d_W": (
        lambda x, w, d: d.T @ x,
        "for neuron k and input j, column k of d_n times column j of x is added up over the "
        "examples: d_n.T @ x",
        [
            (
                lambda x, w, d: x.T @ d,
                "it is transposed: d_W has the shape of W, a row for each neuron, so d_n.T comes "
                "first",
            ),
            (
                lambda x, w, d: d.T @ x / len(x),
                "it is divided by the number of examples; if the loss is a mean, d_n has that "
                "share in it already",
            ),
            (
                lambda x, w, d: d @ x,
                "rows of d_n are examples; the sum goes over the examples, so d_n is turned: "
                "d_n.T @ x",
            ),
            (
                lambda x, w, d: d.T * x,
                "`*` goes element by element; products that are added up are `@`",
            ),
        ],
    ),
    "d_b": (
        lambda x, w, d: d.sum(axis=0),
        "the bias is added for each example, so its gradients are added up: d_n.sum(axis=0)",
        [
            (
                lambda x, w, d: d.sum(axis=1),
                "this adds up over the neurons; each neuron has its own bias, so add up over the "
                "examples: axis=0",
            ),
            (
                lambda x, w, d: d.sum(),
                "this is one number for all neurons; each has its own bias: axis=0",
            ),
            (
                lambda x, w, d: d.mean(axis=0),
                "this is a mean; gradients are added up, and a mean in the loss is in d_n already",
            ),
            (
                lambda x, w, d: d,
                "there is one bias for all examples: what arrives from each is added up, axis=0",
            ),
            (lambda x, w, d: d.sum(axis=0, keepdims=True), "d_b has the shape of b, one axis: "
             "leave out keepdims"),
        ],
    ),
    "d_x": (
        lambda x, w, d: d @ w,
        "input j goes to all neurons, with the weights W[k, j], and the sum is over the neurons: "
        "d_n @ W",
        [
            (
                lambda x, w, d: d @ w.T,
                "forward it was x @ W.T; backward the sum goes over the neurons, which are the "
                "rows of W: no .T here",
            ),
            (
                lambda x, w, d: w.T @ d.T,
                "it is transposed: d_x has the shape of x, a row for each example: d_n @ W",
            ),
            (
                lambda x, w, d: d * w,
                "`*` goes element by element; products that are added up are `@`",
            ),
        ],
    ),
}  # fmt: skip


def _check_backward(answer: Any) -> None:
    sizes = ((4, 2, 3), (3, 3, 3), (5, 1, 2), (1, 4, 2), (2, 3, 1))
    cases = [_tables((batch, n), (m, n), (batch, m)) for batch, n, m in sizes]
    for arguments in cases:
        _runs(answer, arguments)
    for place, (name, (reference, why, mistakes)) in enumerate(BACKWARD.items()):
        compare_arrays(_part(answer, place, name), reference, cases, why, mistakes)
    few = _tables((5, 3), (2, 3), (5, 2))
    needs_no_loop(answer, few, _tables((50, 3), (2, 3), (50, 2)), "rows of x")
    needs_no_loop(answer, few, _tables((5, 3), (20, 3), (5, 20)), "rows of W")


def _runs(answer: Any, arguments: list[Any]) -> None:
    """Where it stops, say which of the three formulas does that."""
    try:
        call_as(call_text(answer, arguments), answer, *arguments)
    except Wrong as wrong:
        for _, _, mistakes in BACKWARD.values():
            for mistake, says in mistakes:
                if wrong.__cause__ and stops_so(mistake, wrong.__cause__, arguments):
                    raise Wrong(wrong.what, says) from None
        raise


def _part(answer: Any, place: int, name: str) -> Callable[..., Any]:
    """The answer with only one of the three arrays that it gives."""

    @wraps(answer)
    def one(*arguments: Any) -> Any:
        got = answer(*arguments)
        written(got)
        if not isinstance(got, (tuple, list)) or len(got) != len(BACKWARD):
            seen = f"{call_text(answer, arguments)} gave {described(got)}"
            raise Wrong(seen, "three arrays are asked for: return d_W, d_b, d_x")
        return got[place]

    one.__name__ = f"{name} of {getattr(answer, '__name__', 'the answer')}"
    return one


# 7.7, find and repair


def _huber(e: Value) -> Value:
    size = abs(e)
    return where(greater(size, 1), size - 0.5, e * e / 2)


HUBER = "e²/2 between -1 and 1, and |e| - 1/2 outside"
HUBER_MISTAKES: list[tuple[Callable[[float], float], str]] = [
    (
        lambda e: abs(e) - 0.5 if abs(e) <= 1 else e * e / 2,
        "the two sides are swapped: where(condition, a, b) gives a where the condition is true",
    ),
    (
        lambda e: e * e / 2,
        "this is e²/2 everywhere. With a maximum of the two sides, note that e²/2 is never below "
        "|e| - 1/2; take the side by where",
    ),
    (
        lambda e: abs(e) - 0.5,
        "this is |e| - 1/2 everywhere. With a minimum of the two sides, note that |e| - 1/2 is "
        "never above e²/2; take the side by where",
    ),
    (lambda e: e * e / 2 if e <= 1 else e - 0.5, "below -1 it is wrong: compare |e| with 1, not e"),
    (
        lambda e: e * e / 2 if abs(e) <= 1 else e - 0.5,
        "outside it is |e| - 1/2, and |e| is -e where e is negative: abs(e)",
    ),
    (lambda e: e * e if abs(e) <= 1 else abs(e) - 0.5, "inside it is e²/2; the half is missing"),
    (
        lambda e: e * e / 2 if abs(e) <= 1 else abs(e),
        "outside it is |e| - 1/2; the 1/2 is missing, so there is a jump at 1",
    ),
    (lambda e: e * e / 2 if abs(e) <= 1 else abs(e) - 1, "outside it is |e| - 1/2, not |e| - 1"),
]


def _check_huber(answer: Any) -> None:
    random = Random()
    inside = [random.uniform(0.1, 0.9) for _ in range(2)]
    outside = [random.uniform(1.1, 4.0) for _ in range(2)]
    errors = [sign * e for sign in (1, -1) for e in (*inside, *outside)]
    _check_one_by_one(answer, errors)
    for batch in (errors, errors[::-1], errors[2:] + errors[:2]):
        _check_lifted(answer, batch)


def _check_one_by_one(answer: Any, errors: list[float]) -> None:
    results = []
    for e in errors:
        leaf, text = Value(e), f"huber(Value({show(e)}))"
        result = call_as(text, answer, leaf)
        written(result)
        if not isinstance(result, Value):
            raise Wrong(
                f"{text} gave {show(result)}, which is no Value",
                "a function without `return` gives None"
                if result is None
                else "reckon with e itself, so that the way back to it is kept: no .data, no float",
            )
        results.append((leaf, result))
    right = [_huber(Value(e)).data for e in errors]
    got = [result.data for _, result in results]
    first = next((k for k in range(len(errors)) if not same(got[k], right[k])), None)
    if first is not None:
        seen = f"huber(Value({show(errors[first])})) gave {show(got[first])}, and "
        why = next((w for m, w in HUBER_MISTAKES if same(got, list(map(m, errors)))), HUBER)
        raise Wrong(f"{seen}{show(right[first])} is right", why)
    for (leaf, result), e in zip(results, errors, strict=True):
        slope = max(-1.0, min(1.0, e))
        result.backward()
        if not same(leaf.grad, slope):
            raise Wrong(
                f"huber(Value({show(e)})) has the right value, and its slope is "
                f"{show(leaf.grad)}; {show(slope)} is right",
                "somewhere the result does not depend on e as a Value, perhaps by .data or float",
            )


def _check_lifted(answer: Any, errors: list[float]) -> None:
    weight = Value(1.0)
    program = lift(lambda e: answer(weight * e), wrt=[weight])
    text = f"lifted, with a batch whose first error is {show(errors[0])},"
    with warnings.catch_warnings(), no_grad():
        warnings.simplefilter("ignore")
        got = call_as(f"{text} huber", program.forward, None, errors)
    right = [_huber(Value(e)).data for e in errors]
    baked = f"{program.notices[0].what} ({program.notices[0].source})" if program.notices else ""
    if not same(got, right):
        wrong = [(e, g, r) for e, g, r in zip(errors, got, right, strict=True) if not same(g, r)]
        e, g, r = wrong[0]
        raise Wrong(
            f"{text} it gives {show(float(g))} for the error {show(e)}, and {show(r)} is right",
            f"it is baked in: {baked}" if baked else HUBER,
        )
    if baked:
        raise Wrong(
            f"{text} something was baked in: {baked}",
            "no `if`, no .data and no max or min may ask a Value: where, greater, maximum and "
            "minimum are operations of the graph",
        )


# 7.8, the gradient of a table


def _table_gradient(indexes: Any, d_rows: Any, n_rows: int) -> Any:
    np = numpy()
    found = np.zeros((n_rows, d_rows.shape[1]))
    np.add.at(found, indexes, d_rows)
    return found


def _last_wins(indexes: Any, d_rows: Any, n_rows: int) -> Any:
    found = numpy().zeros((n_rows, d_rows.shape[1]))
    found[indexes] = d_rows
    return found


def _check_table_gradient(answer: Any) -> None:
    np, rng = numpy(), _rng()

    def case(batch: int, width: int, n_rows: int) -> list[Any]:
        return [rng.integers(0, n_rows, batch), rng.normal(size=(batch, width)), n_rows]

    cases = [
        [np.array([1, 0, 1, 1]), np.array([[1.0, 1], [2, 2], [3, 3], [4, 4]]), 3],
        *(case(*sizes) for sizes in ((6, 3, 2), (3, 3, 3), (5, 1, 8), (2, 4, 1))),
    ]
    compare_arrays(
        answer,
        _table_gradient,
        cases,
        why="row i of the gradient is the sum of those d_rows whose index is i; a row that nobody "
        "took is 0",
        mistakes=[
            (
                _last_wins,
                "where an index comes twice, the last one wins: with an array of indexes += reads "
                "all rows first and then writes them; np.add.at adds up",
            ),
            (
                lambda indexes, d_rows, n_rows: d_rows[indexes],
                "this takes rows, as the way forward does; backward they are added to the rows "
                "that they came from",
            ),
            (
                lambda indexes, d_rows, n_rows: (
                    _table_gradient(indexes, d_rows, n_rows)
                    / np.maximum(np.bincount(indexes, minlength=n_rows), 1)[:, None]
                ),
                "this is the mean for each row; gradients are added up",
            ),
            (
                lambda indexes, d_rows, n_rows: np.zeros((n_rows, d_rows.shape[1])),
                "it is 0 everywhere. `table[indexes]` is a copy, so adding to it changes nothing "
                "in the table: np.add.at(table, indexes, d_rows)",
            ),
            (
                lambda indexes, d_rows, n_rows: _table_gradient(
                    indexes, d_rows, int(indexes.max()) + 1
                ),
                "the table has n_rows rows, also where the last ones were taken by nobody",
            ),
        ],
    )
    few, many = case(5, 2, 4), case(50, 2, 4)
    needs_no_loop(answer, few, many, "examples")


EXERCISES = [
    Exercise(
        "7.1",
        "a table without loops",
        _check_scaled,
        (
            "The means of all columns are one array of shape (columns,). Which axis is gone in it?",
            "x.mean(axis=0) goes down the rows. Does it fit to x as it is, by the rule in the box?",
            "return (x - x.mean(axis=0)) / x.std(axis=0).",
        ),
    ),
    Exercise(
        "7.2",
        "which shapes fit",
        _check_shapes,
        (
            "Make the shorter shape as long as the other one first: a missing length counts as 1. "
            "On which side are they missing?",
            "(1,) * 2 + (5,) is (1, 1, 5). Then go through both with zip: equal, or one of them 1, "
            "or it does not fit.",
            "length = max(len(a), len(b)); a = (1,) * (length - len(a)) + a, and b likewise; for "
            "m, n in zip(a, b): if m != n and 1 not in (m, n): return None; else keep "
            "n if m == 1 else m.",
        ),
    ),
    Exercise(
        "7.3",
        "a layer for a batch",
        _check_layer,
        (
            "Write down the shapes: (batch, inputs) and (neurons, inputs) are to become (batch, "
            "neurons). Which axis is gone?",
            "`@` takes the rows of the left and the columns of the right; in W a neuron is a row.",
            "return np.tanh(x @ W.T + b).",
        ),
    ),
    Exercise(
        "7.4",
        "how many operations",
        _check_operations,
        (
            "The width of a layer does not matter, nor does the number of inputs. What does?",
            "x @ W.T + b is one operation, tanh another. How many layers have both?",
            "All layers have the first, and all but the last the second: "
            "len(sizes) + len(sizes) - 1.",
        ),
    ),
    Exercise(
        "7.5",
        "softmax over rows",
        _check_softmax,
        (
            "Each row needs its own maximum and its own sum: one number for each row. Along which "
            "axis do max and sum go?",
            "z.max(axis=1) is (batch,), and z is (batch, classes). keepdims=True keeps an axis of "
            "length 1, and then they fit.",
            "powers = np.exp(z - z.max(axis=1, keepdims=True)); return powers / "
            "powers.sum(axis=1, keepdims=True).",
        ),
    ),
    Exercise(
        "7.6",
        "a layer, backward",
        _check_backward,
        (
            "A gradient has the shape of the thing itself. Write down the three shapes, and those "
            "of x, W and d_n.",
            "d_W and d_b add up over the examples, d_x over the neurons. Which product makes that "
            "axis the one that is gone?",
            "return d_n.T @ x, d_n.sum(axis=0), d_n @ W.",
        ),
    ),
    Exercise(
        "7.7",
        "find and repair",
        _check_huber,
        (
            "Two things ask a number of the Value: `.data` in the first if, and `e > 0`. The "
            "second one is what abs does.",
            "where(condition, a, b) has both sides in the graph; greater(abs(e), 1) is the "
            "condition.",
            "return where(greater(abs(e), 1), abs(e) - 0.5, e * e / 2).",
        ),
    ),
    Exercise(
        "7.8",
        "the gradient of a table",
        _check_table_gradient,
        (
            "Begin with a table of zeros: np.zeros((n_rows, width)). Where is the width?",
            "d_rows.shape[1] is the width. Then add each row of d_rows at its index, in such a way "
            "that equal indexes add up.",
            "d_table = np.zeros((n_rows, d_rows.shape[1])); np.add.at(d_table, indexes, d_rows); "
            "return d_table.",
        ),
    ),
]
