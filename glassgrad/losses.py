"""Losses: one number that says how wrong a network's outputs are, for training to make small.

Each takes the outputs and targets of one example or of a batch, and gives the mean as a Value.
Making the loss small is the work of `optim.py`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

from glassgrad import ops
from glassgrad.choose import Index, take
from glassgrad.errors import explain
from glassgrad.nn import Module
from glassgrad.value import Value, maximum


def squared_error(outputs: Any, targets: Any) -> Value:
    """The mean of (output - target)**2.

    outputs: a Value, a list of them, or a list of lists (one an example). targets: numbers or
    Values in the same shape; NumPy arrays will do. The mean is taken over all numbers.
    Raises ValueError where the shapes differ or there is no example.
    Source: Legendre (1805); PyTorch: `mse_loss`.

    >>> squared_error([Value(1.0), Value(2.0)], [1.0, 5.0])
    Value(data=4.5)
    """
    return _mean([(output - target) ** 2 for output, target in _pairs(outputs, targets)])


def absolute_error(outputs: Any, targets: Any) -> Value:
    """The mean of |output - target|, on which far-off targets pull no harder than near ones.

    Arguments and errors as for `squared_error`. The slope where they are equal is taken as 0.
    Source: Boscovich (1757); PyTorch: `l1_loss`.

    >>> absolute_error([Value(1.0), Value(2.0)], [1.0, 5.0])
    Value(data=1.5)
    """
    return _mean([abs(output - target) for output, target in _pairs(outputs, targets)])


def hinge(scores: Any, labels: Any) -> Value:
    """The mean of max(0, 1 - label * score): no loss once a score is right by a margin of 1.

    labels: -1 or 1, in the shape of the scores; the sign of a score is the decision. The class
    numbers 0 and 1 will do as well: 0 counts as -1. A label that is a Value may be any number, and
    0 counts as -1 whenever it is.
    Raises ValueError for any other label, and where shapes differ or there is no example.
    Source: Cortes and Vapnik, Support-Vector Networks (1995).

    >>> hinge([Value(0.5), Value(-3.0)], [1, -1])
    Value(data=0.25)
    >>> hinge([Value(0.5), Value(-3.0)], [1, 0])
    Value(data=0.25)
    """
    pairs = [
        (score, _side(label) if isinstance(label, Value) else label or -1.0)
        for score, label in _labelled(scores, labels, (-1, 0, 1), "hinge")
    ]
    # `-label` is a plain number, so this is one operation less than `1 - label * score`.
    return _mean([(1 + -label * score).relu() for score, label in pairs])


def logistic(logits: Any, labels: Any) -> Value:
    """The mean of -log(probability of the right one of two classes), from one logit an example.

    `sigmoid(logit)` is the probability of class 1. Computed as softplus(logit) - label * logit,
    which is the same and never takes the log of 0.
    labels: 0 or 1, in the shape of the logits. A label that is a Value may be any number.
    Raises ValueError for any other label, and where shapes differ or there is no example.
    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), 6.2.2.2;
    PyTorch: `binary_cross_entropy_with_logits`.

    >>> logistic(Value(0.0), 1).data  # a coin's toss: log(2)
    0.6931471805599453
    """
    pairs = _labelled(logits, labels, (0, 1), "logistic")
    return _mean([logit.softplus() + -label * logit for logit, label in pairs])


def cross_entropy(logits: Any, labels: Any) -> Value:
    """The mean of -log(probability of the right class), from one logit a class.

    `softmax(logits)` are the probabilities. Computed as log(sum(e**logit)) - logits[label], with
    the largest logit taken off first: the same, and e**logit cannot overflow.
    logits: for one example a list of Values, with the number of its class, from 0, as label;
    for a batch a list of such lists, with a list of labels. An `Index` is a label, too.
    Raises TypeError for a label that is not a whole number, ValueError for one out of range, for
    fewer than two logits, where lengths differ and where there is no example.
    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), 6.2.2.3;
    PyTorch: `cross_entropy`.

    >>> cross_entropy([Value(0.0), Value(0.0)], 1).data  # a coin's toss: log(2)
    0.6931471805599453
    >>> cross_entropy([[Value(9.0), Value(0.0)], [Value(0.0), Value(9.0)]], [0, 1]).data < 0.001
    True
    """
    if not _is_list(labels):
        return _cross_entropy(logits, labels)
    if not _is_list(logits):
        raise _one_output()
    rows, classes = list(logits), list(labels)
    if len(rows) != len(classes):
        raise _different(len(rows), len(classes))
    return _mean([_cross_entropy(row, label) for row, label in zip(rows, classes, strict=True)])


def l2(parameters: Module | Iterable[Value], strength: float) -> Value:
    """The sum of squares times `strength`: added to a loss, it keeps weights small.

    parameters: a module or Values. SGD's `weight_decay` of 2 * strength has the same effect.
    Source: Hoerl and Kennard, Ridge Regression (1970).

    >>> l2([Value(3.0), Value(1.0)], strength=0.5)
    Value(data=5.0)
    """
    values = parameters.parameters() if isinstance(parameters, Module) else parameters
    return sum([value**2 for value in values], start=Value(0.0)) * strength


# By name: a report computes the loss of one row anew. Each takes outputs and targets.
LOSSES: dict[str, Callable[[Any, Any], Value]] = {
    loss.__name__: loss for loss in (squared_error, absolute_error, hinge, logistic, cross_entropy)
}


def _cross_entropy(logits: Any, label: Any) -> Value:
    """The loss of one example."""
    row = list(logits) if _is_list(logits) else [logits]
    if any(_is_list(x) for x in row):
        raise _different(len(row), 1)
    if len(row) < 2:
        raise _one_output()
    values = [_value(x) for x in row]
    # Through `maximum` and not as a plain number: so the graph is right for other logits too, as
    # `check` and `step_through` compute it anew. `softmax` shifts in the same way, but the log of
    # a probability that has become 0 would be -inf.
    largest = values[0]
    for value in values[1:]:
        largest = maximum(largest, value)
    down = -largest
    shifted = [value + down for value in values]
    right: Value = take(shifted, label if isinstance(label, Index) else _class(label, len(values)))
    return _sum([value.exp() for value in shifted]).log() - right


def _class(label: Any, n_classes: int) -> int:
    try:
        number = operator.index(label)
    except TypeError:
        raise _not_a_class(label) from None
    if not 0 <= number < n_classes:  # a list would take -1 for its last
        raise _no_such_class(number, n_classes)
    return number


def _pairs(outputs: Any, targets: Any) -> list[tuple[Value, Any]]:
    """Each output with its target, out of whatever lists they come in."""
    if not _is_list(outputs) and not _is_list(targets):
        return [(_value(outputs), targets)]
    if not _is_list(outputs) or not _is_list(targets):
        one, many = ("target", "outputs") if _is_list(outputs) else ("output", "targets")
        raise _one_and_many(one, many)
    outputs, targets = list(outputs), list(targets)
    if len(outputs) != len(targets):
        raise _different(len(outputs), len(targets))
    pairs = []
    for output, target in zip(outputs, targets, strict=True):
        pairs += _pairs(output, target)
    return pairs


def _labelled(
    outputs: Any, labels: Any, allowed: tuple[int, ...], loss: str
) -> list[tuple[Value, Any]]:
    """Pairs whose labels are allowed, as floats.

    A Value is not checked: it may get another number before the graph is used again.
    """
    pairs = []
    for output, label in _pairs(outputs, labels):
        if not isinstance(label, Value):
            if label not in allowed:
                raise _wrong_label(loss, allowed, label)
            label = float(label)
        pairs.append((output, label))
    return pairs


def _sum(terms: list[Value]) -> Value:
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def _side(label: Value) -> Value:
    """The label, but -1 where it is 0."""
    side: Value = label + ops.unless(label, -1.0)
    return side


def _mean(terms: list[Value]) -> Value:
    if not terms:
        raise _empty()
    return _sum(terms) / len(terms) if len(terms) > 1 else terms[0]


def _is_list(x: Any) -> bool:
    """Whether x holds several numbers: lists, tuples, iterators, arrays that are not 0-d."""
    return hasattr(x, "__iter__") and getattr(x, "ndim", 1) > 0 and not isinstance(x, str)


def _value(x: Any) -> Value:
    return x if isinstance(x, Value) else Value(x)


def _different(n_outputs: int, n_targets: int) -> ValueError:
    return ValueError(
        explain(
            f"the numbers of outputs ({n_outputs}) and targets ({n_targets}) differ",
            "squared_error([Value(1.0), Value(2.0)], [1.0])",
            "each output is compared with a target of its own",
            "squared_error([Value(1.0), Value(2.0)], [1.0, 2.0])",
        )
    )


def _one_and_many(one: str, many: str) -> ValueError:
    return ValueError(
        explain(
            f"one {one} stands against a list of {many}",
            "outputs = [Value(1.0), Value(2.0)]\nsquared_error(outputs, [[1.0], [2.0]])",
            "outputs and targets have the same shape; a column is a list of lists (NumPy's "
            "`ravel()` makes it a list of numbers)",
            "outputs = [Value(1.0), Value(2.0)]\nsquared_error(outputs, [1.0, 2.0])",
        )
    )


def _empty() -> ValueError:
    return ValueError(
        explain(
            "there is no example to take the mean over",
            "squared_error([], [])",
            "the mean of nothing is 0 / 0",
            "squared_error([Value(1.0)], [1.0])",
        )
    )


def _wrong_label(loss: str, allowed: tuple[int, ...], label: Any) -> ValueError:
    *first, last = allowed
    other, repair = (2, "label - 1") if -1 in allowed else (-1, "(label + 1) // 2")
    return ValueError(
        explain(
            f"labels for {loss} are {', '.join(map(str, first))} or {last}, not {label!r}",
            f"{loss}(Value(0.5), {other})",
            f"the formula is made for two classes; labels {other} and 1 become fitting ones by "
            f"{repair}",
            f"label = {other}\n{loss}(Value(0.5), {repair})",
        )
    )


def _one_output() -> ValueError:
    return ValueError(
        explain(
            "cross_entropy compares the logits of two classes or more, and one number came",
            "model = MLP(2, [4, 1])\ncross_entropy(model([0.5, 1.0]), 1)",
            "each class needs an output of its own; with one output there is `logistic`",
            "model = MLP(2, [4, 1])\nlogistic(model([0.5, 1.0]), 1)\n\n"
            "model = MLP(2, [4, 2])\ncross_entropy(model([0.5, 1.0]), 1)",
        )
    )


def _not_a_class(label: Any) -> TypeError:
    return TypeError(
        explain(
            f"a class is a whole number, not {label!r}",
            "cross_entropy([Value(0.5), Value(2.0)], 1.0)",
            "it says which of the logits is that of the right class",
            "cross_entropy([Value(0.5), Value(2.0)], 1)",
        )
    )


def _no_such_class(number: int, n_classes: int) -> ValueError:
    return ValueError(
        explain(
            f"there is no class {number}: {n_classes} logits are classes 0 to {n_classes - 1}",
            "cross_entropy([Value(0.5), Value(2.0)], 2)",
            "classes count from 0, and the network has one output for each",
            "cross_entropy([Value(0.5), Value(2.0), Value(-1.0)], 2)",
        )
    )
