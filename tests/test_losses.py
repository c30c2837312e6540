"""The losses: by hand, against PyTorch and nudged numbers, at extremes, and their messages."""

import re
from math import exp, inf, log
from random import Random
from textwrap import dedent

import pytest

import glassgrad
from glassgrad import MLP, Value, grad, losses, no_grad, topological_order
from glassgrad.losses import (
    LOSSES,
    absolute_error,
    cross_entropy,
    hinge,
    l2,
    logistic,
    squared_error,
)

LABELS = {"hinge": [-1, 1], "logistic": [0, 1]}


def values(numbers):
    if isinstance(numbers, list):
        return [values(x) for x in numbers]
    return Value(numbers)


def gradients(loss, leaves):
    for leaf in leaves:
        leaf.grad = 0.0
    loss.backward()
    return [leaf.grad for leaf in leaves]


def problem(name, rng, rows=7, columns=3):
    """Random outputs and fitting targets for a loss."""
    outputs = [[rng.uniform(-3, 3) for _ in range(columns)] for _ in range(rows)]
    if name == "cross_entropy":
        return outputs, [rng.randrange(columns) for _ in range(rows)]
    kinds = LABELS.get(name)
    draw = (lambda: rng.choice(kinds)) if kinds else (lambda: rng.uniform(-3, 3))
    return outputs, [[draw() for _ in row] for row in outputs]


# Numbers by hand.


def test_squared_error_by_hand():
    outputs = values([1.0, -2.0])
    loss = squared_error(outputs, [3, -1])
    assert loss.data == (4 + 1) / 2
    assert gradients(loss, outputs) == [-2.0, -1.0]  # 2 * (output - target) / 2


def test_absolute_error_by_hand():
    outputs = values([1.0, -2.0, 5.0, 0.5])
    loss = absolute_error(outputs, [3, -3, 5, 0.5])
    assert loss.data == (2 + 1 + 0 + 0) / 4
    assert gradients(loss, outputs) == [-0.25, 0.25, 0.0, 0.0]


def test_hinge_by_hand():
    scores = values([0.5, 0.5, 2.0, -2.0, 1.0])
    loss = hinge(scores, [1, -1, 1, 1, 1])
    assert loss.data == (0.5 + 1.5 + 0 + 3 + 0) / 5
    assert gradients(loss, scores) == pytest.approx([-0.2, 0.2, 0.0, -0.2, 0.0])


@pytest.mark.parametrize("labels", [[1, 0, 0], [True, False, False], [1.0, -0.0, -1]])
def test_hinge_of_class_numbers(labels):
    """0 counts as -1, as above: 0.5 of a margin lacks, 1.5, and none."""
    scores = values([0.5, 0.5, -2.0])
    loss = hinge(scores, labels)
    assert loss.data == (0.5 + 1.5 + 0) / 3
    assert gradients(loss, scores) == pytest.approx([-1 / 3, 1 / 3, 0.0])


def test_logistic_by_hand():
    logits = values([log(3), log(3)])  # probability 3/4 of class 1
    loss = logistic(logits, [1, 0])
    assert loss.data == pytest.approx((log(4 / 3) + log(4)) / 2, rel=1e-15)
    assert gradients(loss, logits) == pytest.approx([-0.125, 0.375], rel=1e-15)


def test_cross_entropy_by_hand():
    logits = values([log(1), log(2), log(5)])  # probabilities 1/8, 2/8, 5/8
    loss = cross_entropy(logits, 1)
    assert loss.data == pytest.approx(log(4), rel=1e-15)
    assert gradients(loss, logits) == pytest.approx([1 / 8, 2 / 8 - 1, 5 / 8], rel=1e-15)
    batch = [values([log(1), log(3)]), values([log(4), log(1)])]
    assert cross_entropy(batch, [0, 1]).data == pytest.approx((log(4) + log(5)) / 2, rel=1e-15)


def test_l2_by_hand():
    weights = values([3.0, -1.0])
    loss = l2((w for w in weights), 0.1)
    assert loss.data == pytest.approx(1.0)
    assert gradients(loss, weights) == pytest.approx([0.6, -0.2])
    model = MLP(2, [3, 1], seed=1)
    assert l2(model, 0.5).data == pytest.approx(sum(p.data**2 for p in model.parameters()) / 2)
    assert l2([], 0.5).data == 0.0


# Other routes to the same numbers.


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("seed", range(3))
def test_same_value_and_gradients_as_pytorch(name, seed):
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    theirs = {
        "squared_error": functional.mse_loss,
        "absolute_error": functional.l1_loss,
        "hinge": lambda scores, labels: (1 - labels * scores).relu().mean(),
        "logistic": functional.binary_cross_entropy_with_logits,
        "cross_entropy": functional.cross_entropy,
    }[name]
    numbers, targets = problem(name, Random(seed))
    tensor = torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
    kind = torch.int64 if name == "cross_entropy" else torch.float64
    expected = theirs(tensor, torch.tensor(targets, dtype=kind))
    expected.backward()

    outputs = values(numbers)
    loss = LOSSES[name](outputs, targets)
    assert loss.data == pytest.approx(expected.item(), rel=1e-12)
    got = gradients(loss, [x for row in outputs for x in row])
    assert got == pytest.approx(tensor.grad.flatten().tolist(), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", LOSSES)
def test_gradients_are_the_slopes_of_nudged_values(name):
    numbers, targets = problem(name, Random(5), rows=2)
    outputs = values(numbers)
    leaves = [x for row in outputs for x in row]
    found = gradients(LOSSES[name](outputs, targets), leaves)
    for leaf, slope in zip(leaves, found, strict=True):
        ends = []
        for nudge in (1e-5, -2e-5):
            leaf.data += nudge
            ends.append(LOSSES[name](outputs, targets).data)
        leaf.data += 1e-5
        assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(slope, abs=1e-8)


def test_second_derivatives():
    x = Value(0.3)
    slope = grad(logistic(x, 1), x)
    p = 1 / (1 + exp(-0.3))
    assert grad(slope, x).data == pytest.approx(p * (1 - p))
    logits = values([0.0, 0.3])  # the same two classes
    slope = grad(cross_entropy(logits, 1), logits[1])
    assert grad(slope, logits[1]).data == pytest.approx(p * (1 - p))
    assert grad(slope, logits[0]).data == pytest.approx(-p * (1 - p))


# Extremes.


@pytest.mark.parametrize(
    ("logit", "label", "loss", "slope"),
    [(1000, 1, 0, 0), (1000, 0, 1000, 1), (-1000, 1, 1000, -1), (-1000, 0, 0, 0)],
)
def test_logistic_of_huge_logits(logit, label, loss, slope):
    x = Value(logit)
    result = logistic(x, label)
    assert (result.data, *gradients(result, [x])) == (loss, slope)


@pytest.mark.parametrize(
    ("logits", "label", "loss", "slopes"),
    [
        ([1000, -1000], 0, 0, [0, 0]),
        ([1000, -1000], 1, 2000, [1, -1]),
        ([-1000, -1000], 1, log(2), [0.5, -0.5]),
        ([1000, 1000, 1000], 2, log(3), [1 / 3, 1 / 3, -2 / 3]),
        ([1e308, 0, -1e308], 0, 0, [0, 0, 0]),
        ([0.0, -inf], 0, 0, [0, 0]),  # a class that is ruled out
    ],
)
def test_cross_entropy_of_huge_logits(logits, label, loss, slopes):
    xs = values(logits)
    result = cross_entropy(xs, label)
    assert result.data == pytest.approx(loss, rel=1e-15)
    assert gradients(result, xs) == pytest.approx(slopes, abs=1e-15)


def test_the_largest_logit_is_not_frozen():
    """The graph of one example holds for other numbers: no input entered as a plain number."""
    logits = values([3.0, 1.0, 2.0])
    loss = cross_entropy(logits, 0)
    constants = {x.data for x in topological_order(loss) if not x._prev and x not in logits}
    assert constants == {-1.0}
    for x, number in zip(logits, [1.0, 2000.0, 1.0], strict=True):
        x.data = number
    for node in topological_order(loss):
        if node._prev:
            node.data = node._rule.value(*[x.data for x in node._prev])
    assert loss.data == 1999.0


@pytest.mark.parametrize(
    ("name", "targets", "most"),
    [
        ("squared_error", [1.0] * 10, 4),
        ("absolute_error", [1.0] * 10, 4),
        ("hinge", [1] * 10, 6),
        ("logistic", [1] * 10, 5),
    ],
)
def test_few_nodes_an_example(name, targets, most):
    outputs = values([0.5] * 10)
    nodes = topological_order(LOSSES[name](outputs, targets))
    assert len(nodes) - len(outputs) <= most * 10 + 1


# Shapes and kinds of input.


@pytest.mark.parametrize("name", LOSSES)
def test_a_batch_is_the_mean_of_its_examples(name):
    numbers, targets = problem(name, Random(8))
    loss = LOSSES[name]
    each = [loss(values(row), target).data for row, target in zip(numbers, targets, strict=True)]
    assert loss(values(numbers), targets).data == pytest.approx(sum(each) / len(each))


@pytest.mark.parametrize("name", sorted(set(LOSSES) - {"cross_entropy"}))
def test_one_output_or_a_list_of_one_is_the_same(name):
    loss = LOSSES[name]
    assert loss(Value(0.3), 1).data == loss([Value(0.3)], [1]).data
    assert loss([[Value(0.3)]], [[1]]).data == loss((Value(0.3),), iter([1])).data


@pytest.mark.parametrize("name", LOSSES)
def test_numpy_targets(name):
    np = pytest.importorskip("numpy")
    numbers, targets = problem(name, Random(9))
    expected = LOSSES[name](values(numbers), targets).data
    assert LOSSES[name](values(numbers), np.array(targets)).data == expected
    assert LOSSES[name](np.array(values(numbers)), np.array(targets)).data == expected
    one, target = values(numbers[0]), np.array(targets)[0]
    assert LOSSES[name](one, target).data == LOSSES[name](one, targets[0]).data


def test_unsigned_and_boolean_labels_do_not_wrap_around():
    np = pytest.importorskip("numpy")
    logits = values([0.3, -0.2])
    expected = logistic(logits, [1, 0]).data
    assert logistic(logits, np.array([1, 0], dtype=np.uint8)).data == expected
    assert logistic(logits, [True, False]).data == expected
    assert hinge(logits[0], np.int8(1)).data == 0.7
    assert cross_entropy(logits, np.uint8(1)).data == cross_entropy(logits, True).data


def test_targets_can_be_values_with_gradients_of_their_own():
    output, target = Value(1.0), Value(3.0)
    assert gradients(squared_error(output, target), [output, target]) == [-4.0, 4.0]
    logit, label = Value(log(3)), Value(0.5)  # -0.5 log(3/4) - 0.5 log(1/4)
    assert logistic(logit, label).data == pytest.approx(log(4) - 0.5 * log(3))
    assert hinge(Value(0.25), Value(-1.0)).data == 1.25
    score, label = Value(0.25), Value(0.0)  # 0 counts as -1, and pulls the same way
    assert hinge(score, label).data == hinge(score, 0).data == 1.25
    assert gradients(hinge(score, label), [score]) == [1.0]


def test_works_on_networks_and_inside_no_grad():
    model = MLP(2, [3, 1], seed=0)
    inputs = [[0.0, 1.0], [1.0, 0.5], [2.0, -1.0]]
    loss = squared_error(map(model, inputs), [1.0, 2.0, 3.0])
    expected = sum((model(x).data - y) ** 2 for x, y in zip(inputs, (1, 2, 3), strict=True)) / 3
    assert loss.data == pytest.approx(expected)
    with no_grad():
        assert squared_error(map(model, inputs), [1.0, 2.0, 3.0])._prev == ()


# Messages.

A, B, C = Value(0.5), Value(2.0), Value(-1.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: squared_error([A, B], [1.0]), r"outputs \(2\) and targets \(1\) differ"),
        (lambda: squared_error([[A, B], [A]], [[1, 2], [1, 2]]), r"outputs \(1\) and targets"),
        (lambda: hinge([A], [1, -1]), r"outputs \(1\) and targets \(2\) differ"),
        (lambda: cross_entropy([[A, B]], [0, 1]), r"outputs \(1\) and targets \(2\) differ"),
        (lambda: squared_error([A, B], [[1.0], [2.0]]), "one output stands .* list of targets"),
        (lambda: squared_error([[A], [B]], [1.0, 2.0]), "one target stands .* list of outputs"),
        (lambda: squared_error([A, B], 1.0), "one target stands against a list of outputs"),
        (lambda: cross_entropy([[A, B], [B, A]], 1), r"outputs \(2\) and targets \(1\) differ"),
        (lambda: squared_error([], []), "no example to take the mean over"),
        (lambda: hinge([[], []], [[], []]), "no example to take the mean over"),
        (lambda: cross_entropy([], []), "no example to take the mean over"),
        (lambda: hinge([A, B], [1, 2]), "labels for hinge are -1, 0 or 1, not 2"),
        (lambda: hinge([A, B], [1, 0.5]), "labels for hinge are -1, 0 or 1, not 0.5"),
        (lambda: logistic([A, B], [-1, 1]), "labels for logistic are 0 or 1, not -1"),
        (lambda: logistic(A, 0.5), "labels for logistic are 0 or 1, not 0.5"),
        (lambda: logistic(A, "cat"), "labels for logistic are 0 or 1, not 'cat'"),
        (lambda: cross_entropy([A, B], 2), "there is no class 2: 2 logits are classes 0 to 1"),
        (lambda: cross_entropy([A, B, C], -1), "there is no class -1"),
        (lambda: cross_entropy(A, 1), "compares the logits of two classes or more"),
        (lambda: cross_entropy([A], 0), "with one output there is `logistic`"),
        (lambda: cross_entropy(A, [1]), "with one output there is `logistic`"),
        (lambda: cross_entropy([A, B], [0, 1]), "with one output there is `logistic`"),
        (lambda: cross_entropy([[A], [B]], [0, 1]), "with one output there is `logistic`"),
    ],
)
def test_what_does_not_fit_is_explained(call, message):
    with pytest.raises(ValueError, match=message) as caught:
        call()
    assert_programs_do_what_the_message_says(str(caught.value), ValueError)


@pytest.mark.parametrize("label", [1.0, "cat", None, [1], Value(1.0)])
def test_a_class_is_a_whole_number(label):
    with pytest.raises(TypeError, match="a class is a whole number, not") as caught:
        cross_entropy([[A, B], [A, B]], [0, label])
    assert_programs_do_what_the_message_says(str(caught.value), TypeError)


def assert_programs_do_what_the_message_says(text, kind):
    """The first program of a message raises the same kind of error; the second one runs."""
    form = r".*\n\nThis does it:\n(.*)\n\nWhy: .*\n\nWrite instead:\n(.*)"
    wrong, right = (dedent(program) for program in re.fullmatch(form, text, re.S).groups())
    names = vars(glassgrad) | vars(losses)
    with pytest.raises(kind) as caught:
        exec(wrong, dict(names))
    assert str(caught.value).endswith(text[text.index("Write instead") :])
    exec(right, dict(names))
