"""Dead code elimination: what nobody reads is left out, and everything else stays as it is."""

import numpy as np
import pytest

from glassgrad import Value, lift, maximum
from glassgrad.lift.ir import Buffer, Code, Compute, Gather, Term, View, Zero, whole
from glassgrad.lift.spec import check
from glassgrad.lift.unused import remove_unused

THETA = Buffer("theta", (6,), "parameter")


def value(name: str, *shape: int) -> Buffer:
    return Buffer(name, shape, "value")


def root(buffer: Buffer) -> View:
    return View(buffer, 0, ())


def store(target: Buffer, *sources: Buffer) -> Compute:
    return Compute(whole(target), target.shape, [Term(whole(source)) for source in sources])


def test_what_leads_to_a_root_stays_in_its_order() -> None:
    a, b, c, d = (value(name, 6) for name in "abcd")
    steps = [store(a, THETA), store(b, a), store(c, a), store(d, c, THETA)]
    code = Code(THETA, roots=[View(d, 2, ()), View(THETA, 0, ())], forward=list(steps))
    assert remove_unused(code) == {b}
    assert code.forward == [steps[0], steps[2], steps[3]]
    check(code)


def test_what_only_unused_instructions_read_is_unused() -> None:
    a, b, c = (value(name, 6) for name in "abc")
    gather = Gather(b, a, np.arange(6))
    code = Code(THETA, roots=[View(THETA, 0, ())], forward=[store(a, THETA), gather, store(c, b)])
    assert remove_unused(code) == {a, b, c}
    assert code.forward == []


def test_a_buffer_is_needed_as_a_whole() -> None:
    """Each instruction that writes to a buffer stays, if one of its cells is read."""
    y = value("y", 2)
    parts = [Compute(View(y, cell, ()), (), [Term(View(THETA, cell, ()))]) for cell in range(2)]
    add = Compute(View(y, 1, ()), (), [Term(1.0)], accumulate=True)
    code = Code(THETA, roots=[View(y, 0, ())], forward=[Zero(y), *parts[:1], add])
    assert remove_unused(code) == set()
    assert len(code.forward) == 3


def test_a_cell_that_is_written_after_all_readers_stays() -> None:
    y, z = value("y", 2), value("z")
    steps = [
        Compute(View(y, 0, ()), (), [Term(View(THETA, 0, ()))]),
        Compute(root(z), (), [Term(View(y, 0, ()))]),
        Compute(View(y, 1, ()), (), [Term(View(THETA, 1, ()))]),
    ]
    code = Code(THETA, roots=[root(z)], forward=list(steps))
    assert remove_unused(code) == set()
    assert code.forward == steps


def test_watched_buffers_stay() -> None:
    y, z = value("y"), value("z")
    steps = [Compute(root(x), (), [Term(View(THETA, 0, ()))]) for x in (y, z)]
    code = Code(THETA, roots=[root(y)], forward=steps)
    assert remove_unused(code, [z]) == set()
    assert remove_unused(code) == {z}
    assert code.roots == [root(y)]


def test_what_is_multiplied_by_0_is_not_computed() -> None:
    b = [Value(1.0), Value(2.0), Value(-3.0)]
    largest = [maximum(b[0], a) for a in b]
    program = lift([0.0 * sum(largest), b[0]], wrt=b)
    assert len(program) == 1  # that the first result is 0
    assert program.forward(None).tolist() == [0.0, 1.0]
    assert program.value_and_grad(None)[1].tolist() == [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0]]
    assert program.where(largest[1]) is None
    with pytest.raises(KeyError, match="no result depends on it"):
        program.data(largest[1])


def test_what_has_a_label_can_be_seen_though_no_result_needs_it() -> None:
    x = Value(2.0, label="x")
    hidden = (x * 3).exp()
    hidden.label = "hidden"
    program = lift(x + 0.0 * hidden, wrt=[x])
    assert program(None) == 2.0
    assert program.data("hidden") == pytest.approx(np.exp(6.0), rel=1e-12)
