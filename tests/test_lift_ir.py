"""What array programs mean, in numbers counted by hand, and what the spec refuses."""

import numpy as np
import pytest

from glassgrad import ops
from glassgrad.backends.reference import ReferenceRunner
from glassgrad.lift.ir import (
    Apply,
    Buffer,
    Code,
    Compute,
    Extreme,
    ExtremeGradient,
    Gather,
    Put,
    Scatter,
    Take,
    Term,
    View,
    Zero,
    cells,
    row_major,
    sources_of,
    target_of,
    whole,
)
from glassgrad.lift.spec import CODE_RULES, INSTRUCTION_RULES, SpecError, check

THETA = Buffer("theta", (6,), "parameter")


def value(name, *shape, batched=False, mask=None):
    return Buffer(name, shape, "value", batched, mask=mask)


def root(buffer, cell=0):
    return View(buffer, cell, ())


def run(forward, inputs=(), arrays=(), theta=(1.0, 2.0, 3.0, 4.0, 5.0, 6.0)):
    """Run instructions whose targets are new buffers; a function that reads a buffer."""
    code = Code(THETA, list(inputs), [], forward)
    check(code)
    runner = ReferenceRunner(code)
    runner.forward(np.array(theta), arrays)
    return lambda buffer: runner.read(buffer).tolist()


# What instructions mean.


def test_views_slice_transpose_broadcast_and_slide():
    y = value("y", 2, 3)
    for strides, offset, expected in [
        ((3, 1), 0, [[1, 2, 3], [4, 5, 6]]),
        ((1, 2), 0, [[1, 3, 5], [2, 4, 6]]),
        ((0, 1), 2, [[3, 4, 5], [3, 4, 5]]),
        ((1, 1), 0, [[1, 2, 3], [2, 3, 4]]),
        ((-3, -1), 5, [[6, 5, 4], [3, 2, 1]]),
    ]:
        read = run([Compute(whole(y), (2, 3), [Term(View(THETA, offset, strides))])])
        assert read(y) == expected


def test_terms_are_summed_each_over_its_own_dimensions():
    y = value("y", 2)
    rows, columns = View(THETA, 0, (3, 1)), View(THETA, 0, (1, 2))
    terms = [Term(rows, (3,)), Term(columns * 10.0, (3,)), Term(100.0), Term(1000.0, (2, 2))]
    assert run([Compute(whole(y), (2,), terms)])(y) == [6 + 90 + 4100, 15 + 120 + 4100]


def test_accumulate_adds_all_of_what_falls_on_a_cell():
    y = value("y", 4)
    read = run(
        [
            Compute(whole(y), (4,), [Term(100.0)]),
            Compute(View(y, 0, (1, 1)), (2, 3), [Term(View(THETA, 0, (3, 1)))], accumulate=True),
        ]
    )
    assert read(y) == [101.0, 106.0, 108.0, 106.0]


def test_zero_is_where_a_sum_may_start():
    y = value("y", 2)
    read = run([Zero(y), Compute(View(y, 1, (0,)), (6,), [Term(View(THETA, 0, (1,)))], True)])
    assert read(y) == [0.0, 21.0]


def test_holes_stay_zero():
    mask = np.array([True, False])
    y, z, h = (value(name, 2, mask=mask) for name in "yzh")
    which = Buffer("which", (), "index")
    steps = [
        Compute(whole(y), (2,), [Term(View(THETA, 0, (1,)) ** -1)]),
        Extreme(ops.maximum, whole(z), (2,), View(THETA, 0, (3, 1)), (3,)),
        Take(whole(h), (2,), View(THETA, 0, (1,)), View(which, 0, (0,)), 2, 3),
    ]
    read = run(steps, [which], [np.array(2)])
    assert (read(y), read(z), read(h)) == ([1.0, 0.0], [3.0, 0.0], [5.0, 0.0])


def test_batched_terms_add_up_in_what_is_not_batched_and_others_count_once():
    x, total = Buffer("x", (2,), "input", batched=True), value("total", 2)
    y, d_theta = value("y", batched=True), Buffer("d_theta", (6,), "gradient")
    code = Code(THETA, [x], [root(y)], [Compute(root(y), (), [Term(1.0)])])
    terms = [Term(whole(x)), Term(View(THETA, 0, (1,))), Term(10.0)]
    code.backward = [Compute(whole(total), (2,), terms)]
    code.gradients = {THETA: d_theta}
    check(code)
    runner = ReferenceRunner(code)
    for batch, expected in [(3, [9.0 + 1.0 + 10.0, 12.0 + 2.0 + 10.0]), (0, [11.0, 12.0])]:
        examples = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])[:batch]
        assert runner.forward(np.arange(1.0, 7.0), [examples]).tolist() == [[1.0]] * batch
        runner.backward(np.ones((batch, 1)))
        assert runner.read(total).tolist() == expected


def test_extremes_of_a_batch():
    x = Buffer("x", (3,), "input", batched=True)
    low, high = value("low", batched=True), value("high", batched=True)
    steps = [
        Extreme(ops.minimum, root(low), (), View(x, 0, (1,)), (3,)),
        Extreme(ops.maximum, root(high), (), View(x, 0, (1,)), (3,)),
    ]
    read = run(steps, [x], [np.array([[1.0, 3.0, 2.0], [0.0, -1.0, -2.0]])])
    assert (read(low), read(high)) == ([1.0, -2.0], [3.0, 0.0])


def test_shares_of_equal_numbers_are_those_of_a_chain():
    y, d_y, d_theta = value("y"), Buffer("d_y", (), "gradient"), Buffer("d_theta", (6,), "gradient")
    biggest = Extreme(ops.maximum, root(y), (), View(THETA, 0, (1,)), (6,))
    code = Code(THETA, [], [root(y)], [biggest])
    code.gradients = {THETA: d_theta, y: d_y}
    code.backward = [Zero(d_theta), ExtremeGradient(biggest, View(d_theta, 0, (1,)), root(d_y))]
    check(code)
    runner = ReferenceRunner(code)
    runner.forward(np.array([5.0, 1.0, 5.0, 2.0, 5.0, 5.0]), [])
    for _ in range(2):  # nothing is left over from the first run
        found = runner.backward(np.array([8.0]))
        assert found.tolist() == [1.0, 0.0, 1.0, 0.0, 2.0, 4.0]


def test_gather_and_scatter():
    index = np.array([5, -1, 0, 5])
    y = value("y", 4, mask=index >= 0)
    d_y = Buffer("d_y", (4,), "gradient", mask=index >= 0)
    d_theta = Buffer("d_theta", (6,), "gradient")
    code = Code(THETA, [], [root(y, i) for i in range(4)], [Gather(y, THETA, index)])
    code.gradients = {THETA: d_theta, y: d_y}
    code.backward = [Zero(d_theta), Scatter(d_theta, d_y, index)]
    check(code)
    runner = ReferenceRunner(code)
    assert runner.forward(np.arange(1.0, 7.0), []).tolist() == [6.0, 0.0, 1.0, 6.0]
    assert runner.backward(np.array([1.0, 2.0, 4.0, 8.0])).tolist() == [4.0, 0, 0, 0, 0, 9.0]


def test_take_and_put():
    which = Buffer("which", (2,), "index", batched=True)
    y, d_y = value("y", 2, 2, batched=True), Buffer("d_y", (2, 2), "gradient", batched=True)
    d_theta = Buffer("d_theta", (6,), "gradient")
    code = Code(THETA, [which], [root(y, i) for i in range(4)])
    code.forward = [Take(whole(y), (2, 2), View(THETA, 0, (0, 1)), View(which, 0, (1, 0)), 2, 3)]
    code.gradients = {THETA: d_theta, y: d_y}
    given_back = Put(View(d_theta, 0, (0, 1)), (2, 2), whole(d_y), View(which, 0, (1, 0)), 2, 3)
    code.backward = [Zero(d_theta), given_back]
    check(code)
    runner = ReferenceRunner(code)
    found = runner.forward(np.arange(1.0, 7.0), [np.array([[0, 2], [2, 2]])])
    assert found.tolist() == [[1.0, 2.0, 5.0, 6.0], [5.0, 6.0, 5.0, 6.0]]
    assert runner.backward(np.ones((2, 4))).tolist() == [1.0, 1.0, 0.0, 0.0, 3.0, 3.0]


# What the spec refuses: for each rule a Code that breaks it and nothing before it.

Y, Z = value("y", 3), value("z", 3)
X = Buffer("x", (3,), "input", batched=True)
WHICH = Buffer("which", (3,), "index", batched=True)
BATCHED = value("batched", 3, batched=True)
HOLED = value("holed", 3, mask=np.array([True, False, True]))
D_Y, D_THETA = Buffer("d_y", (3,), "gradient"), Buffer("d_theta", (6,), "gradient")
THREE = View(THETA, 0, (1,))


def compute(target=Y, *terms, shape=(3,), view=None, accumulate=False):
    terms = list(terms) or [Term(THREE)]
    return Compute(view or whole(target), shape, terms, accumulate)


def code(*forward, inputs=(), roots=(), backward=(), gradients=None):
    return Code(THETA, list(inputs), list(roots), list(forward), list(backward), gradients or {})


def constant(data, **more):
    return Buffer("c", (3,), "constant", data=None if data is None else np.array(data), **more)


def of(buffer):
    return compute(Y, Term(View(buffer, 0, (1,))))


BIGGEST = Extreme(ops.maximum, root(Y), (), View(THETA, 0, (1,)), (6,))
GRADIENTS = {THETA: D_THETA, Y: D_Y}
BROKEN = {
    # names_differ
    "is not an identifier": [
        code(compute(value("y 1", 3))),
        code(compute(value("lambda", 3))),
    ],
    "two buffers are called 'theta'": [code(compute(value("theta", 3)))],
    # roles_fit
    "holds the parameters": [
        Code(Buffer("t", (6,), "value")),
        Code(Buffer("t", (2, 3), "parameter")),
    ],
    "is one of two buffers of parameters": [code(of(Buffer("other", (3,), "parameter")))],
    "if, and only if, it is in `inputs`": [code(of(X)), code(compute(), inputs=[Y])],
    "so it is not batched": [code(of(constant([1.0, 2.0, 3.0], batched=True)))],
    "is a gradient in the forward part": [code(of(D_Y))],
    # examples_do_not_mix
    "y[3] is the same for each example, but comes from x[batch, 3]": [
        code(of(X), inputs=[X]),
        code(Gather(Y, X, np.arange(3)), inputs=[X]),
    ],
    "y[3] is the same for each example, but comes from which[batch, 3]": [
        code(Take(whole(Y), (3,), THREE, whole(WHICH), 1, 2), inputs=[WHICH]),
    ],
    # data_fit, masks_fit
    "has `data` if, and only if, it is a constant": [
        code(of(constant(None))),
        code(compute(Buffer("y", (3,), "value", data=np.ones(3)))),
    ],
    "has data of shape (2,)": [code(of(constant([1.0, 2.0])))],
    "has a mask of shape (2,)": [code(compute(value("y", 3, mask=np.array([True, False]))))],
    "has holes that may be filled from outside": [
        code(inputs=[Buffer("x", (1,), "input", mask=np.array([False]))])
    ],
    "has numbers in its holes": [
        code(of(constant([1.0, 2.0, 3.0], mask=np.array([True, False, True]))))
    ],
    # gradients_fit, roots_fit
    "is a gradient, but its role is 'value'": [code(gradients={THETA: value("z", 6)})],
    "has not the shape of": [
        code(gradients={THETA: D_Y}),
        code(gradients={THETA: Buffer("d", (6,), "gradient", batched=True)}),
    ],
    "has not the mask of": [code(compute(HOLED), gradients={HOLED: D_Y})],
    "the parameters have no gradient": [code(backward=[Zero(D_THETA)])],
    "has dimensions": [code(compute(), roots=[whole(Y)])],
    "lies outside its buffer": [code(compute(), roots=[root(Y, 3)])],
    # strides_fit, spaces_are_not_empty, views_in_bounds
    "has 2 strides in the space (3,)": [code(compute(Y, Term(View(THETA, 0, (1, 1)))))],
    "has 1 strides in the space (3, 2)": [code(compute(Y, Term(THREE, (2,))))],
    "is empty": [code(compute(Y, Term(View(THETA, 0, (1, 1)), (0,))))],
    "shows cells 4 to 6 of a buffer with 6": [code(compute(Y, Term(View(THETA, 4, (1,)))))],
    "shows cells -1 to 1": [code(compute(Y, Term(View(THETA, 1, (-1,)))))],
    "shows cells 0 to 4 of a buffer with 3": [code(compute(view=View(Y, 0, (2,))))],
    "shows cells 0 to 8 of a buffer with 6": [
        code(Take(whole(BATCHED), (3,), THREE, whole(WHICH), 3, 3), inputs=[WHICH])
    ],
    "there are 0 to choose from": [
        code(Take(whole(BATCHED), (3,), THREE, whole(WHICH), 1, 0), inputs=[WHICH])
    ],
    # formulas_fit, extremes_fit
    "of 1 inputs has 2": [code(compute(Y, Term(Apply(ops.add, (THREE,)))))],
    "is neither the maximum nor the minimum": [
        code(Extreme(ops.add, root(Y), (), View(THETA, 0, (1,)), (6,)))
    ],
    "it is the extreme of holes alone": [
        code(compute(HOLED), Extreme(ops.maximum, root(Y), (), View(HOLED, 1, (0,)), (3,)))
    ],
    "d_theta@5[-1] differ": [
        code(
            BIGGEST,
            backward=[ExtremeGradient(BIGGEST, View(D_THETA, 5, (-1,)), root(D_Y))],
            gradients=GRADIENTS,
        )
    ],
    # indexes_fit
    "the index has shape (2,) for 3 cells": [code(Gather(Y, THETA, np.array([0, 1])))],
    "the index goes from 0 to 6 of 6 cells": [code(Gather(Y, THETA, np.array([0, 1, 6])))],
    "the index goes from -2 to 1 of 6 cells": [code(Gather(Y, THETA, np.array([0, 1, -2])))],
    "the index is -1 where y[3] has no hole": [code(Gather(Y, THETA, np.array([0, 1, -1])))],
    # index_buffers_are_looked_up
    "is not of an index buffer": [
        code(Take(whole(BATCHED), (3,), THREE, whole(X), 1, 2), inputs=[X])
    ],
    "of an index buffer stands for a number": [
        code(compute(BATCHED, Term(whole(WHICH))), inputs=[WHICH])
    ],
    # targets_are_computed, targets_are_injective
    "is not computed: its role is 'parameter'": [code(compute(THETA)), code(Zero(THETA))],
    "shows a cell twice": [
        code(compute(view=View(Y, 0, (0,)))),
        code(Extreme(ops.maximum, View(Y, 0, (0,)), (3,), View(THETA, 0, (1, 1)), (2,))),
    ],
    # Rules of order
    "it reads cells of z[3] before they are written": [
        code(of(Z), compute(Z)),
        code(compute(view=View(Z, 0, (1,)), shape=(2,)), of(Z)),
        code(Gather(Y, Z, np.arange(3))),
    ],
    "it changes cells of y[3] that have been read": [
        code(compute(), compute(Z, Term(whole(Y))), compute(accumulate=True)),
        code(compute(), compute(Y, Term(whole(Y)), accumulate=True)),
        code(compute(), compute(Z, Term(whole(Y))), Zero(Y)),
    ],
    "it adds to cells of y[3] before they are written": [code(compute(accumulate=True))],
    "it stores in cells of y[3] where there is a number already": [
        code(compute(), compute()),
        code(compute(), Zero(Y)),
        code(Zero(Y), compute(accumulate=True), compute(view=View(Y, 1, (1,)), shape=(2,))),
    ],
    "the root y@2[] is never written": [
        code(compute(view=View(Y, 0, (1,)), shape=(2,)), roots=[root(Y, 2)])
    ],
}
CASES = [(words, broken) for words, codes in BROKEN.items() for broken in codes]


@pytest.mark.parametrize(("words", "broken"), CASES, ids=[words for words, _ in CASES])
def test_the_spec_refuses(words, broken):
    with pytest.raises(SpecError) as refusal:
        check(broken)
    assert words in str(refusal.value)


def test_an_error_names_the_instruction():
    second = r"^instruction 1 of forward, Compute\(target=y@0\[1\], .*: it stores in cells"
    with pytest.raises(SpecError, match=second):
        check(code(compute(), compute()))


def test_gradients_start_anew_each_time_or_are_never_written():
    forward = [compute(), compute(Z, Term(whole(Y)))]
    d_z = Buffer("d_z", (3,), "gradient")
    gradients = {THETA: D_THETA, Y: D_Y, Z: d_z}

    def back(*backward):
        return code(*forward, roots=[root(Z)], backward=backward, gradients=gradients)

    to_y = compute(D_Y, Term(whole(d_z)))
    to_theta = compute(view=View(D_THETA, 0, (1,)), accumulate=False)
    to_theta.terms = [Term(whole(D_Y))]
    check(back(to_y, to_theta))
    check(back(to_theta))  # 0.0 from the start, as no instruction writes d_y
    check(back(Zero(D_THETA), to_y, to_theta))
    for words, broken in [
        ("it reads cells of d_y[3] before they are written", back(to_theta, to_y)),
        ("it adds to cells of d_y[3] before", back(compute(D_Y, accumulate=True))),
        ("it adds to cells of d_theta[6] before", back(Scatter(D_THETA, D_Y, np.arange(3)))),
        ("it stores in cells of d_z[3]", back(compute(d_z))),
        ("it stores in cells of d_theta[6]", back(to_y, to_theta, Zero(D_THETA))),
    ]:
        with pytest.raises(SpecError) as refusal:
            check(broken)
        assert words in str(refusal.value)


def test_every_rule_says_what_it_demands():
    for rule in [*CODE_RULES, *INSTRUCTION_RULES]:
        assert rule.__doc__


def test_targets_and_sources_of_instructions():
    gather = Gather(Y, THETA, np.arange(3))
    assert (target_of(gather), sources_of(gather)) == (Y, [THETA])
    twice = compute(Y, Term(THREE * whole(Z)), Term(whole(Z)))
    assert (target_of(twice), sources_of(twice)) == (Y, [THETA, Z])
    assert row_major((4, 2, 3)) == (6, 3, 1)
    assert cells(View(THETA, 5, (-3, -1)), (2, 2)).tolist() == [[5, 4], [2, 1]]
