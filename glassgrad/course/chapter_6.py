"""The exercises of chapter 6, the real thing."""

from __future__ import annotations

import math
import random as everyone
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import pairwise
from random import Random
from statistics import mean, median, pstdev, stdev
from typing import Any

from glassgrad import Value
from glassgrad.course.checking import (
    Mistake,
    Wrong,
    call,
    call_as,
    call_text,
    compare,
    number,
    same,
    show,
    written,
)
from glassgrad.course.exercise import Exercise

Numbers = list[float]


def _shown(answer: Any, arguments: Sequence[Any], got: Any, right: Any) -> str:
    return f"{call_text(answer, arguments)} gave {show(got)}, and {show(right)} is right"


# 6.1

SPLIT = "stratified_split(labels, {share}, seed={seed})"


def _labels(random: Random) -> list[str]:
    """Labels of three classes in the order of a file: class by class."""
    counts = random.choice(([20, 10, 40], [30, 50, 10], [10, 20, 20]))
    return [name for name, count in zip("abc", counts, strict=True) for _ in range(count)]


def _check_split(answer: Any) -> None:
    before = everyone.getstate()
    try:
        _check_parts(answer)
        changed = everyone.getstate() != before
    finally:
        everyone.setstate(before)
    if changed:
        raise Wrong(
            "it has set or used the randomness of the whole program",
            "random.seed and random.shuffle change it for everybody; draw with a Random(seed) of "
            "your own",
        )


def _check_parts(answer: Any) -> None:
    random = Random()
    for share in (0.2, 0.5, 0.1, 0.2):
        labels, seed = _labels(random), random.randrange(1000)
        first = _parts(answer, labels, share, seed)
        if _parts(answer, labels, share, seed) != first:
            raise Wrong(
                f"{SPLIT.format(share=share, seed=seed)} gave two different splits in two calls",
                "the same seed gives the same split: draw with a Random(seed) made in the function",
            )
        _check_shares(labels, share, seed, *first)
    seen = {tuple(sorted(_parts(answer, labels, 0.2, seed)[1])) for seed in range(5)}
    if len(seen) == 1:
        raise Wrong(
            "five different seeds gave the same test rows",
            "the rows of a class are shuffled with Random(seed) before the first ones are taken; "
            "rows taken as they stand in a file may be those of one island, or of one year",
        )
    mixed = [labels[i] for i in random.sample(range(len(labels)), len(labels))]
    few = ["a"] * 2 + ["b"] * 7 + ["c"] * 8
    for labels in (mixed, few):
        _check_shares(labels, 0.2, 0, *_parts(answer, labels, 0.2, 0))


def _parts(answer: Any, labels: list[str], share: float, seed: int) -> tuple[list[int], list[int]]:
    """The two lists of row numbers, if they are such."""
    text = SPLIT.format(share=share, seed=seed)
    given = list(labels)
    got = call_as(text, answer, given, share, seed)
    written(got)
    if got is None:
        raise Wrong(f"{text} gave None", "two lists are asked for: return train, test")
    if given != labels:
        why = "row numbers are places in `labels` as it came: work on a copy, or do not sort it"
        raise Wrong(f"{text} changes the list of labels that it was given", why)
    if not isinstance(got, (list, tuple)) or len(got) != 2:
        raise Wrong(f"{text} gave {show(got)}", "two lists are asked for: return train, test")
    parts: list[list[int]] = []
    for name, part in zip(("train", "test"), got, strict=True):
        rows = part.tolist() if hasattr(part, "tolist") else part  # a NumPy array will do
        if not isinstance(rows, (list, tuple)):
            raise Wrong(f"{text}: {name} is {show(rows)}", "a list of row numbers is asked for")
        for row in rows:
            if isinstance(row, str):
                why = "row numbers are asked for, places in `labels`, not the labels themselves"
                raise Wrong(f"{text}: {name} holds {row!r}", why)
            if number(row) is None or number(row) not in range(len(labels)):
                why = f"the {len(labels)} rows have the numbers 0 to {len(labels) - 1}"
                raise Wrong(f"{text}: {name} holds {show(row)}", why)
        parts.append([int(row) for row in rows])
    return parts[0], parts[1]


def _check_shares(
    labels: list[str], share: float, seed: int, train: list[int], test: list[int]
) -> None:
    text = SPLIT.format(share=share, seed=seed)
    counts = Counter([*train, *test])
    twice = [row for row, count in counts.items() if count > 1]
    if twice:
        both = set(train) & set(test)
        where = "in both parts" if twice[0] in both else "twice in one part"
        why = "each row is in one part, once: a test row that is also learned from tests nothing"
        raise Wrong(f"{text}: row {twice[0]} is {where}", why)
    if len(counts) < len(labels):
        lost = next(row for row in range(len(labels)) if row not in counts)
        why = "what is not in the test part is in the training part: data is too dear to lose"
        raise Wrong(f"{text}: row {lost} is in neither part", why)
    totals, found = Counter(labels), Counter(labels[row] for row in test)
    for name, total in totals.items():
        right = round(share * total)
        if found[name] != right:
            _raise_share(text, labels, share, test, name, right)


def _raise_share(
    text: str, labels: list[str], share: float, test: list[int], name: str, right: int
) -> None:
    totals, found = Counter(labels), Counter(labels[row] for row in test)
    seen = f"{text}: the test part has {found[name]} of {totals[name]} rows of class {name!r}, "
    seen += f"and {right} is right"
    if all(totals[k] - found[k] == round(share * totals[k]) for k in totals):
        raise Wrong(seen, "the two parts are swapped: return train first, then test")
    if len(test) == round(share * len(labels)):
        why = "the rows are drawn from all together, which leaves each class's share to chance; "
        raise Wrong(seen, why + "draw from the rows of each class on their own")
    for count, why in (
        (math.floor, "int(...) cuts off what is behind the point; round(...) is asked for"),
        (math.ceil, "this rounds up; round(...) is asked for"),
        (lambda exact: max(1, round(exact)), "round(...) is asked for, also where it gives 0"),
        (
            lambda exact: round(exact) or math.inf,
            "with 0 rows for the test, a slice such as rows[-0:] is the whole list; count from "
            "the beginning, rows[:0]",
        ),
    ):
        if all(found[k] == min(count(share * totals[k]), totals[k]) for k in totals):
            raise Wrong(seen, why)
    raise Wrong(seen, f"of each class the share {share} of its rows goes into the test part")


# 6.2 and 6.3: a column of the training part, and the same column of the test part

Columns = tuple[list[Any], list[Any]]


def _fill(train: list[Any], test: list[Any], middle: float) -> list[list[float]]:
    return [[middle if x is None else x for x in part] for part in (train, test)]


def _known(*parts: list[Any]) -> list[float]:
    return [x for part in parts for x in part if x is not None]


def _filled(train: list[Any], test: list[Any]) -> list[list[float]]:
    return _fill(train, test, mean(_known(train)))


def _check_filled(answer: Any) -> None:
    random = Random()
    cases: list[Columns] = []
    for size in (4, 6, 9):
        train = [random.uniform(1, 9) for _ in range(size)]
        test = [random.uniform(20, 30) for _ in range(3)]
        cases.append(([None, *train, None], [test[0], None, *test[1:]]))
    cases += [([3.0, 0.0, 6.0], [None]), ([2.0, 4.0], [5.0, 1.0]), ([None, 1.0], [None, None])]
    _adds_none(answer, cases[0])
    compare(
        answer,
        _filled,
        cases,
        why="a missing number becomes the mean of the known training numbers, in both lists; all "
        "other numbers stay as they are",
        mistakes=[*_filled_by(mean), *_filled_by(_sum_by_count), *FILL_MISTAKES],
    )


def _sum_by_count(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)


def _filled_by(mean: Callable[[Sequence[float]], float]) -> list[Mistake]:
    """Mistakes with a mean, which stops in its own way where there are no numbers."""
    return [
        (
            lambda train, test: _fill(train, test, mean(_known(train, test))),
            "test numbers are in this mean: what is learned from data, a mean too, is learned "
            "from the training part alone",
        ),
        (
            lambda train, test: [
                _fill(part, [], mean(_known(part)))[0] if None in part else part
                for part in (train, test)
            ],
            OWN_MEAN,
        ),
        (
            lambda train, test: [_fill(part, [], mean(_known(part)))[0] for part in (train, test)],
            OWN_MEAN,
        ),
        (
            lambda train, test: _fill(train, test, mean(_known(test))),
            "this is the mean of the test numbers; what is filled in is learned from the training "
            "part alone",
        ),
        (
            lambda train, test: [
                [x or mean(_known(train)) for x in part] for part in (train, test)
            ],
            ZERO_IS_A_NUMBER,
        ),
        (
            lambda train, test: _fill(train, test, mean([x for x in train if x])),
            ZERO_IS_A_NUMBER,
        ),
        (
            lambda train, test: [
                [x or mean([y for y in train if y]) for x in part] for part in (train, test)
            ],
            ZERO_IS_A_NUMBER,
        ),
    ]


OWN_MEAN = (
    "the test part is filled with a mean of its own; it takes the training mean, as a single new "
    "row would have to"
)
ZERO_IS_A_NUMBER = (
    "0.0 is a number and no hole: ask `x is None`, for `if x` is False and `not x` is True for 0"
)
FILL_MISTAKES: list[Mistake] = [
    (
        lambda train, test: [
            _fill(part, [], mean(_known(part)) if _known(part) else 0.0)[0]
            for part in (train, test)
        ],
        OWN_MEAN,
    ),
    (
        lambda train, test: _fill(train, test, 0.0),
        "0 is filled in; that is a measurement that no bird has, and 0 before scaling is far "
        "away from all others",
    ),
    (
        lambda train, test: _fill(train, test, sum(_known(train)) / len(train)),
        "the sum is divided by all cells; only the known ones were added up",
    ),
    (
        lambda train, test: _fill(train, test, median(_known(train))),
        "this is the median, the number in the middle; the mean is asked for",
    ),
    (
        lambda train, test: [_known(train), _known(test)],
        "the missing cells are left out, so the lists have become shorter, and no longer fit to "
        "the other columns",
    ),
    (lambda train, test: [train, test], "the lists are as they were: None is still there"),
    (
        lambda train, test: _filled(train, test)[::-1],
        "the two lists are the wrong way round: return train, test",
    ),
    (
        lambda train, test: _filled(train, test)[0],
        "this is the training list alone; both lists are asked for: return train, test",
    ),
    (
        lambda train, test: [x for part in _filled(train, test) for x in part],
        "the two lists have been joined to one; return the two: return train, test",
    ),
]


def _adds_none(answer: Any, arguments: Columns) -> None:
    """Tell apart an answer that adds up the list as it comes, from other errors."""
    try:
        call(answer, *arguments)
    except Wrong as wrong:
        if "NoneType" in wrong.what:
            why = "None is among the numbers that are added: take the known ones, x is not None"
            raise Wrong(wrong.what, why) from None


def _scaled(train: list[float], test: list[float], m: float, s: float) -> list[list[float]]:
    return [[(x - m) / s if s else 0.0 for x in part] for part in (train, test)]


def _standardised(train: list[float], test: list[float]) -> list[list[float]]:
    return _scaled(train, test, mean(train), pstdev(train))


def _variance(numbers: Sequence[float]) -> float:
    return pstdev(numbers) ** 2


def _check_standardised(answer: Any) -> None:
    random = Random()
    cases = []
    for size in (5, 8, 20):
        train = [random.gauss(40, 5) for _ in range(size)]
        cases.append((train, [random.gauss(60, 8) for _ in range(3)]))
    cases += [([1.0, 3.0], [5.0]), ([-2e3, 4e3, 1e3], [0.0, 1e3])]
    compare(
        answer,
        _standardised,
        cases,
        why="both lists become (x - mean) / std, with the mean and the standard deviation of the "
        "training numbers",
        mistakes=[
            (
                lambda train, test: _scaled(train, test, mean(train + test), pstdev(train + test)),
                "this is the leak: test numbers are in the mean and the standard deviation, so the "
                "training inputs know something of the test part",
            ),
            (
                lambda train, test: [
                    _scaled(part, [], mean(part), pstdev(part))[0] for part in (train, test)
                ],
                "the test part is scaled by its own mean and standard deviation: the same bird "
                "would become another number in the company of other birds",
            ),
            (
                lambda train, test: _scaled(train, test, mean(train), stdev(train)),
                "the squares are divided by n - 1; the chapter divides by n (statistics.pstdev)",
            ),
            (
                lambda train, test: _scaled(train, test, mean(train), _variance(train)),
                "this divides by the variance; the standard deviation is its square root",
            ),
            (
                lambda train, test: _scaled(train, test, 0.0, pstdev(train)),
                "the mean is not taken off",
            ),
            (
                lambda train, test: _scaled(train, test, mean(train), 1.0),
                "the mean is taken off, but nothing is divided by the standard deviation",
            ),
            (
                lambda train, test: _scaled(train, test, min(train), max(train) - min(train)),
                "this brings the training numbers to 0 ... 1; (x - mean) / std is asked for",
            ),
            (
                lambda train, test: [[x - mean(train) / pstdev(train) for x in train + test]],
                "the brackets are missing: x - mean / std divides first",
            ),
            (
                lambda train, test: [
                    [x - mean(train) / pstdev(train) for x in part] for part in (train, test)
                ],
                "brackets are missing: x - mean / std divides first",
            ),
        ],
        tolerance=1e-8,
    )
    _check_constant(answer)


def _check_constant(answer: Any) -> None:
    """A column that has no spread: nothing to divide by."""
    arguments = ([3.0, 3.0, 3.0], [3.0, 5.0])
    right = [[0.0, 0.0, 0.0], [0.0, 0.0]]
    why = "a column that is constant in training has std 0 and says nothing: it becomes 0"
    try:
        got = call(answer, *arguments)
    except Wrong as wrong:
        raise Wrong(wrong.what, why) from None
    if same(got, right):
        return
    seen = _shown(answer, arguments, got, right)
    if isinstance(got, (list, tuple)) and len(got) == 2:
        sizes = [len(part) if isinstance(part, (list, tuple)) else None for part in got]
        if sizes != [3, 2]:
            raise Wrong(seen, "each list keeps its length, here 3 and 2")
    raise Wrong(seen, why)


# 6.4


def _one_hot(word: str | None, categories: list[str]) -> list[float]:
    return [1.0 if word == category else 0.0 for category in categories]


def _place(word: str | None, categories: list[str]) -> Any:
    return categories.index(word) if word in categories else None


def _check_one_hot(answer: Any) -> None:
    random = Random()
    islands = ["Biscoe", "Dream", "Torgersen"]
    others = [f"w{i}" for i in random.sample(range(10, 100), random.randint(4, 6))]
    known = [("".join([*word]), names) for names in (islands, others) for word in names]
    compare(
        answer,
        _one_hot,
        known,
        why="one number for each category, in their order: 1.0 at the word's own, else 0.0",
        mistakes=[
            (
                _place,
                "this is the number of the category; a network would take Torgersen for twice "
                "Dream. One input for each category is asked for",
            ),
            (
                lambda word, names: [float(_place(word, names))],
                "this is the number of the category, in a list; one input for each is asked for",
            ),
            (
                lambda word, names: [1.0 - x for x in _one_hot(word, names)],
                "0 and 1 are swapped: 1 stands at the word's own category",
            ),
            (
                lambda word, names: _one_hot(word, names)[::-1],
                "the order is turned round: the first number belongs to the first category",
            ),
            (
                lambda word, names: [float(name in word) for name in names],
                "compare with ==: `in` asks whether one text is a part of the other",
            ),
            (
                lambda word, names: [0.0 for _ in names],
                "there is no 1.0. Compare with ==: `is` asks whether two names stand for one and "
                "the same object, and a word read from a file never is that",
            ),
        ],
    )
    unknown = "a word that training did not know has no input of its own: all are 0"
    missing = "a missing word (None) belongs to no category: all are 0"
    parts = "the whole word is compared, with ==: `in` asks whether one text is part of the other"
    for word, names, why in (
        ("Anvers", islands, unknown),
        ("biscoe", islands, "a capital is another letter: 'biscoe' is none of the categories"),
        (None, islands, missing),
        ("Dre", islands, parts),
        ("Dream Island", islands, parts),
        ("x", ["x"], "with one category there is one number"),
    ):
        _probe(answer, (word, names), _one_hot(word, names), why)


def _probe(
    answer: Any, arguments: Sequence[Any], right: Any, why: str, tolerance: float = 1e-9
) -> None:
    """One case with a reason of its own, also where the answer stops with an error."""
    try:
        got = call(answer, *arguments)
    except Wrong as wrong:
        raise Wrong(wrong.what, why) from None
    if not same(got, right, tolerance):
        raise Wrong(_shown(answer, arguments, got, right), why)


# 6.5


def _shares(logits: Sequence[float]) -> list[float]:
    powers = [math.exp(z - max(logits)) for z in logits]
    return [power / sum(powers) for power in powers]


def _cross_entropy(logits: Sequence[float], label: int) -> float:
    largest = max(logits)
    total = sum(math.exp(z - largest) for z in logits)
    return math.log(total) + largest - logits[label]


def _check_cross_entropy(answer: Any) -> None:
    random = Random()
    cases = [([0.5, 2.0, -1.0], label) for label in (0, 2, 1)]
    for size in (2, 3, 3, 5):
        logits = [random.uniform(-3, 3) for _ in range(size)]
        cases += [(logits, 0), (logits, size - 1), (logits, random.randrange(size))]
    _takes_log_of_logit(answer)
    compare(
        answer,
        _cross_entropy,
        cases,
        why="the loss is -log(p): p is the softmax probability of the right class, e**logit of it "
        "divided by the sum of all e**logit",
        mistakes=[
            (lambda z, k: _shares(z)[k], "this is the probability; the loss is -log of it"),
            (lambda z, k: -_cross_entropy(z, k), "the sign is missing: log(p) is below 0"),
            (lambda z, k: 1.0 - _shares(z)[k], "this is 1 - p; the loss is -log(p)"),
            (
                lambda z, k: -sum(math.log(p) for p in _shares(z)),
                "the logs of all classes are added; only the right class counts",
            ),
            (
                lambda z, k: -math.log(max(_shares(z))),
                "this is the largest probability; the loss takes that of the right class",
            ),
            (
                lambda z, k: _cross_entropy(z, k) / len(z),
                "this divides by the number of classes; one row has one loss",
            ),
            (
                lambda z, k: _cross_entropy(z, k) / math.log(2),
                "this is log to base 2; the natural logarithm, math.log, is meant",
            ),
            (
                lambda z, k: _cross_entropy(z, k) / math.log(10),
                "this is log to base 10; the natural logarithm, math.log, is meant",
            ),
            (lambda z, k: -z[k], "this is -logit: log of the sum of all e**logit is missing"),
            (
                lambda z, k: _cross_entropy(z, 0),
                "this is always the loss of class 0; `label` says which class is right",
            ),
            (
                lambda z, k: math.log(sum(math.exp(x - max(z)) for x in z)) - z[k],
                "the largest logit is taken off in the sum, and not off the right class's logit: "
                "it has to be taken off both, or added to the logarithm again",
            ),
            (
                lambda z, k: _shares(z),
                "these are the probabilities of all classes; the loss is -log of one",
            ),
            *(
                (lambda z, k, tiny=10.0**-n: -math.log(_shares(z)[k] + tiny), ADDED_INSIDE)
                for n in range(3, 9)
            ),
        ],
    )
    given = cases[0]
    got = call(answer, *given)
    if isinstance(got, Value):
        seen = f"{call_text(answer, given)} gave {show(got)}, which is a Value"
        raise Wrong(seen, "a plain number is asked for: reckon with math.exp and math.log")
    _check_extremes(answer)


ADDED_INSIDE = (
    "a small number is added to the probability, or put in its place, before the logarithm: that "
    "makes every loss a little wrong, and a large one very wrong"
)


def _takes_log_of_logit(answer: Any) -> None:
    """Logits used as if they were probabilities: right for none, an error for negative ones."""
    logits, label = [1.0, 2.0, 5.0], 1
    got = call(answer, logits, label)
    if same(got, -math.log(logits[label] / sum(logits))) or same(got, -math.log(logits[label])):
        seen = _shown(answer, (logits, label), got, _cross_entropy(logits, label))
        raise Wrong(seen, "logits are no probabilities: e**logit comes first, then the share")


def _check_extremes(answer: Any) -> None:
    large = (
        "the logits can be large: e**1000 is beyond all floats. Take the largest logit off each "
        "of them first: the probabilities stay the same"
    )
    lost = (
        "this probability is so small that it rounds to 0, and log(0) is not finite. Do not divide "
        "first: -log(p) is log(sum of e**logit) - logit of the right class"
    )
    for logits, label in (
        ([1000.0, 999.0, 0.0], 1),
        ([1000.0, 1000.0], 0),
        ([1000.0, -1000.0], 0),
        ([1000.0, 0.0, 0.0], 1),
        ([-1000.0, 0.0], 0),
        ([-1e3, -1e3, -2e3], 2),
    ):
        right = _cross_entropy(logits, label)
        try:
            got = call(answer, logits, label)
        except Wrong as wrong:
            raise Wrong(wrong.what, large if "Overflow" in wrong.what else lost) from None
        if not same(got, right):
            found = number(got)
            cut = right > 100 and found is not None and 5 < found < 100
            why = ADDED_INSIDE if cut else lost if right > 100 else large
            raise Wrong(_shown(answer, (logits, label), got, right), why)


# 6.6


def _confusion(truth: list[int], answers: list[int], n_classes: int) -> list[list[int]]:
    matrix = [[0] * n_classes for _ in range(n_classes)]
    for true, answered in zip(truth, answers, strict=True):
        matrix[true][answered] += 1
    return matrix


def _turned(matrix: list[list[int]]) -> list[list[int]]:
    return [list(column) for column in zip(*matrix, strict=True)]


def _check_confusion(answer: Any) -> None:
    random = Random()
    cases = []
    for classes, rows in ((3, 12), (2, 9), (4, 30)):
        truth = [random.randrange(classes) for _ in range(rows)]
        answers = [k if random.random() < 0.6 else random.randrange(classes) for k in truth]
        cases.append((truth, answers, classes))
    cases += [
        ([0, 0, 0, 1], [0, 1, 1, 1], 2),
        ([2, 0], [2, 0], 3),
        ([0, 0], [0, 0], 3),
        ([], [], 2),
    ]

    def columns_added(truth: list[int], answers: list[int], n: int) -> list[list[int]]:
        counts = Counter(answers)
        return [[counts[k] for k in range(n)]] * n

    def only_the_first(truth: list[int], answers: list[int], n: int) -> Any:
        return _confusion(truth[:1], answers[:1], n) if truth else None

    def from_one(truth: list[int], answers: list[int], n: int) -> list[list[int]]:
        return _confusion([t - 1 for t in truth], [a - 1 for a in answers], n)

    compare(
        answer,
        _confusion,
        cases,
        why="the number in row i, column j counts the examples of class i that were answered j",
        mistakes=[
            (
                lambda *given: _turned(_confusion(*given)),
                "it is transposed: the row is the true class, the column the answer, so "
                "matrix[true][answered] grows by 1",
            ),
            (
                columns_added,
                "all rows are one and the same list: [[0] * n] * n repeats it; make a new one for "
                "each class: [[0] * n for _ in range(n)]",
            ),
            (
                lambda truth, answers, n: [
                    [cell / (sum(row) or 1) for cell in row]
                    for row in _confusion(truth, answers, n)
                ],
                "these are shares of each row; counts are asked for",
            ),
            (
                lambda truth, answers, n: [
                    [min(cell, 1) for cell in row] for row in _confusion(truth, answers, n)
                ],
                "each cell is at most 1: it grows by 1 each time (+=), it is not set to 1",
            ),
            (
                lambda truth, answers, n: [
                    [cell * (i == j) for j, cell in enumerate(row)]
                    for i, row in enumerate(_confusion(truth, answers, n))
                ],
                "only the right answers are counted; the mistakes stand beside the diagonal",
            ),
            (
                lambda truth, answers, n: [
                    [
                        sum(t == i and a == j for t, a in zip(truth, answers, strict=True))
                        for j in sorted(set(truth))
                    ]
                    for i in sorted(set(truth))
                ],
                "there are n_classes rows of n_classes numbers, also where a class does not occur",
            ),
            (
                lambda truth, answers, n: _confusion(
                    truth, answers, max([*truth, *answers], default=-1) + 1
                ),
                "there are n_classes rows of n_classes numbers, also where a class does not occur",
            ),
            (
                lambda truth, answers, n: _confusion(truth, answers, 3),
                "there are always three classes here; n_classes says how many there are",
            ),
            (
                only_the_first,
                "only the first example is counted: a return inside the loop ends it at once",
            ),
            (
                from_one,
                "the classes are counted from 1 here; they are numbers from 0, and so are the "
                "places in a list",
            ),
            (
                lambda truth, answers, n: sum(map(int.__eq__, truth, answers)) / (len(truth) or 1),
                "this is the accuracy, a single number; a list of rows is asked for",
            ),
        ],
    )


# 6.7


def _stop(losses: Sequence[float], patience: int) -> tuple[int, int]:
    """The epoch whose weights are kept, and the one after which training ends; both from 1."""
    best, lowest = 1, losses[0]
    for epoch, loss in enumerate(losses[1:], start=2):
        if loss < lowest:
            best, lowest = epoch, loss
        if epoch - best >= patience:
            return best, epoch
    return best, len(losses)


def _only_if_stopped(losses: Sequence[float], patience: int, otherwise: Any) -> Any:
    """The right epoch if patience has run out, and something else if training runs to the end."""
    best, last = _stop(losses, patience)
    return best if last - best >= patience else otherwise


def _from_too_low(start: float) -> Mistake:
    """As by those who begin with a lowest loss that is a plain number, such as 1."""

    def keep(losses: Sequence[float], patience: int) -> int:
        best, lowest = 0, start
        for epoch, loss in enumerate(losses, start=1):
            if loss < lowest:
                best, lowest = epoch, loss
            if epoch - best >= patience:
                break
        return best

    return keep, TOO_LOW_A_START


TOO_LOW_A_START = (
    "the lowest loss so far begins too low: start from math.inf, or from the first loss"
)


def _keep(losses: Sequence[float], patience: int) -> int:
    return _stop(losses, patience)[0]


def _first_rises(losses: Sequence[float], patience: int) -> int:
    """As by those who compare with the epoch before, not with the lowest one."""
    waited = 0
    for epoch, (before, loss) in enumerate(pairwise(losses), start=2):
        waited = waited + 1 if loss >= before else 0
        if waited >= patience:
            return _lowest(losses[:epoch])
    return _lowest(losses)


def _never_resets(losses: Sequence[float], patience: int) -> int:
    """As by those who count epochs without progress, and go on counting after progress."""
    best, waited = 1, 0
    for epoch, loss in enumerate(losses[1:], start=2):
        if loss < losses[best - 1]:
            best = epoch
        else:
            waited += 1
        if waited >= patience:
            break
    return best


def _lowest(losses: Sequence[float]) -> int:
    return min(range(len(losses)), key=losses.__getitem__) + 1


def _check_keep(answer: Any) -> None:
    random = Random()
    cases: list[tuple[list[float], int]] = [
        ([0.9, 0.5, 0.6, 0.7, 0.8, 0.1], 3),
        ([0.9, 0.5, 0.7, 0.6, 0.65, 0.55, 0.1, 0.05], 4),
        ([0.9, 0.8, 0.7, 0.6], 2),
        ([0.9, 0.5, 0.6, 0.4, 0.5, 0.6, 0.7], 3),
        ([0.5, 0.6, 0.7, 0.1], 2),
        ([0.5, 0.6, 0.4, 0.5, 0.3, 0.2], 1),
        ([0.9, 0.5, 0.6, 0.7, 0.8, 0.6, 0.1], 3),
        ([0.9, 0.8, 0.85, 0.7, 0.75, 0.65, 0.68, 0.5], 3),
        ([0.7], 5),
        ([0.9, 0.5, 0.6, 0.4], 2),
        ([0.9, 0.5, 0.6, 0.7, 0.4], 3),
        ([0.9, 0.5, 0.6], 2),
    ]
    for length in (8, 15, 30):
        losses = [round(abs(1 - i / 9) + random.uniform(0, 0.4), 3) for i in range(length)]
        cases.append((losses, random.randint(2, 4)))
    compare(
        answer,
        _keep,
        cases,
        why="go through the epochs and remember the one of the lowest loss so far; stop when "
        "`patience` epochs after it have not been lower; the remembered one is the answer",
        mistakes=[
            (
                lambda losses, patience: _keep(losses, patience) - 1,
                "epochs count from 1 here, and places in a list from 0",
            ),
            (
                lambda losses, patience: _lowest(losses),
                "this is the lowest loss of all; training has stopped before it, and never got "
                "there: when `patience` epochs have brought nothing lower, it ends",
            ),
            (
                lambda losses, patience: _lowest(losses) - 1,
                "this is the place of the lowest loss of all, and training has stopped before it",
            ),
            (
                lambda losses, patience: _stop(losses, patience)[1],
                "this is the epoch in which training stops; the best one lies before it",
            ),
            (
                lambda losses, patience: _keep(losses, patience + 1),
                "it waits one epoch too long: after `patience` epochs without a lower loss it ends",
            ),
            (
                lambda losses, patience: _keep(losses, patience - 1 or 1),
                "it stops one epoch too early",
            ),
            (
                _first_rises,
                "each loss is compared with the one before it; it is the lowest so far that "
                "has to be beaten",
            ),
            (
                _never_resets,
                "the epochs that are waited for come in a row: after a new lowest loss the "
                "counting starts anew",
            ),
            (
                lambda losses, patience: losses[_keep(losses, patience) - 1],
                "this is the loss; the number of its epoch is asked for",
            ),
            (
                lambda losses, patience: _only_if_stopped(losses, patience, len(losses)),
                "when training runs to the end, the best epoch is still the answer, not the last",
            ),
            (
                lambda losses, patience: _only_if_stopped(losses, patience, None),
                "training ran to the end here, and your return stands only where it stops; the "
                "best epoch is the answer there too",
            ),
            *map(_from_too_low, (0.0, 0.5, 1.0)),
        ],
    )
    _probe(answer, ([9e9, 5e9, 6e9, 7e9], 2), 2, TOO_LOW_A_START)
    tied = ([0.5, 0.4, 0.4, 0.4, 0.2], 2)
    _probe(answer, tied, _keep(*tied), "an equal loss is not a lower one: the first of them stays")


# 6.8


def _r2(outputs: Sequence[float], targets: Sequence[float], around: float | None = None) -> float:
    middle = mean(targets) if around is None else around
    spread = sum((t - middle) ** 2 for t in targets)
    return 1.0 - sum((t - o) ** 2 for o, t in zip(outputs, targets, strict=True)) / spread


def _check_r2(answer: Any) -> None:
    random = Random()
    cases = []
    for size in (3, 5, 12):
        targets = [random.uniform(1, 9) for _ in range(size)]
        cases.append(([t + random.uniform(-1, 1) for t in targets], targets))
    cases.append(([9.0, 1.0, 5.0], [1.0, 2.0, 9.0]))  # worse than the mean
    cases += [([2.0, 2.0, 2.5], [1.0, 2.0, 3.0]), ([1.0, 4.0], [1.0, 4.0])]
    compare(
        answer,
        _r2,
        cases,
        why="r2 is 1 - missed / spread: missed is the sum of (target - output)**2, spread the sum "
        "of (target - mean of the targets)**2",
        mistakes=[
            (
                lambda o, t: 1.0 - _r2(o, t),
                "this is missed / spread; r2 is 1 minus it, so that 1 is perfect",
            ),
            (
                lambda o, t: sum((x - y) ** 2 for x, y in zip(o, t, strict=True)) / len(t),
                "this is the mean squared error; r2 compares it with the spread of the targets",
            ),
            (
                lambda o, t: sum((x - y) ** 2 for x, y in zip(o, t, strict=True)),
                "this is the sum of squared errors; r2 compares it with the spread of the targets",
            ),
            (
                lambda o, t: _r2(t, o),
                "the spread is that of the outputs around their own mean. Either the two lists are "
                "swapped (first come the outputs, then the targets), or both the distances and the "
                "mean below are those of the outputs; they are those of the targets",
            ),
            (
                lambda o, t: _r2(o, t, around=mean(o)),
                "the spread is taken around the mean of the outputs; it is that of the targets",
            ),
            (
                lambda o, t: _r2(o, t, around=0.0),
                "the spread is taken around 0; it is taken around the mean of the targets",
            ),
            (
                lambda o, t: 1 - (1 - _r2(o, t)) / len(t),
                "the errors are a mean and the spread is a sum; both are sums, or both means",
            ),
            (
                lambda o, t: 1 - (1 - _r2(o, t)) * len(t),
                "the errors are a sum and the spread is a mean; both are sums, or both means",
            ),
            (
                lambda o, t: 1 - (1 - _r2(o, t)) * (len(t) - 1) / len(t),
                "the spread is divided by n - 1 and the errors by n; both are sums, or both means",
            ),
            (lambda o, t: 100 * _r2(o, t), "this is per cent; r2 is at most 1"),
            (
                lambda o, t: 1 - math.sqrt(1 - _r2(o, t)),
                "a root is taken of missed / spread; r2 takes none",
            ),
            (
                lambda o, t: math.sqrt(
                    sum((x - y) ** 2 for x, y in zip(o, t, strict=True)) / len(t)
                ),
                "this is the root of the mean squared error; r2 compares the squared errors with "
                "the spread of the targets",
            ),
            (
                lambda o, t: max(0.0, _r2(o, t)),
                "r2 may be below 0: the outputs are then worse than the mean of the targets",
            ),
            (
                lambda o, t: (
                    1
                    - sum(abs(x - y) for x, y in zip(o, t, strict=True))
                    / sum(abs(y - mean(t)) for y in t)
                ),
                "these are distances; r2 takes their squares",
            ),
        ],
    )


EXERCISES = [
    Exercise(
        "6.1",
        "a stratified split",
        _check_split,
        (
            "First find the row numbers of each class: a dictionary from the label to a list.",
            "For each class: shuffle its rows with one random.Random(seed), take the "
            "first round(share * len(rows)) for the test, and the others for training.",
            "rows = {}; for i, label in enumerate(labels): rows.setdefault(label, []).append(i). "
            "drawn = random.Random(seed), once; then for each list of rows.values(): "
            "drawn.shuffle(places), cut = round(share * len(places)), test += places[:cut], "
            "train += places[cut:].",
        ),
    ),
    Exercise(
        "6.2",
        "filling holes with the training mean",
        _check_filled,
        (
            "There is one mean for both lists. Whose numbers is it made of?",
            "known = [x for x in train if x is not None] has the numbers that the mean is made of.",
            "middle = sum(known) / len(known); then for each of the two lists: "
            "[middle if x is None else x for x in numbers].",
        ),
    ),
    Exercise(
        "6.3",
        "standardised columns",
        _check_standardised,
        (
            "Two numbers are learned: a mean and a standard deviation. From which list?",
            "statistics.mean(train) and statistics.pstdev(train); both lists become "
            "(x - mean) / std. What if std is 0?",
            "m, s = mean(train), pstdev(train); if s == 0, give lists of 0.0; else "
            "[(x - m) / s for x in train], [(x - m) / s for x in test].",
        ),
    ),
    Exercise(
        "6.4",
        "one input for each category",
        _check_one_hot,
        (
            "Go through the categories, and ask for each whether it is the word.",
            "An unknown word and None need nothing special: they are equal to no category.",
            "return [1.0 if word == category else 0.0 for category in categories].",
        ),
    ),
    Exercise(
        "6.5",
        "the cross-entropy of one row",
        _check_cross_entropy,
        (
            "-log(e**z / total) is log(total) - z: work that out on paper, with log(a / b) = "
            "log(a) - log(b).",
            "Take the largest logit off all of them first. Then no power is above 1, and at least "
            "one of them is 1, so the log of their sum is a good number.",
            "largest = max(logits); shifted = [z - largest for z in logits]; "
            "total = sum(math.exp(z) for z in shifted); return math.log(total) - shifted[label].",
        ),
    ),
    Exercise(
        "6.6",
        "the confusion matrix",
        _check_confusion,
        (
            "Begin with a list of n_classes rows, each a list of n_classes zeros of its own.",
            "Go through truth and answers side by side with zip, and add 1 in one place each time.",
            "matrix = [[0] * n_classes for _ in range(n_classes)]; in the loop: "
            "matrix[true][answered] += 1.",
        ),
    ),
    Exercise(
        "6.7",
        "early stopping",
        _check_keep,
        (
            "Remember two things on the way: the lowest loss so far, and its epoch.",
            "After each epoch: if the loss is lower than the lowest, remember it; else see how "
            "many epochs ago the best one was.",
            "for epoch, loss in enumerate(validation_losses, start=1): if loss < lowest: "
            "lowest, best = loss, epoch; if epoch - best >= patience: break. Then return best.",
        ),
    ),
    Exercise(
        "6.8",
        "r2",
        _check_r2,
        (
            "Two sums of squares: how far the outputs are off, and how far the mean is off.",
            "missed = sum of (target - output)**2; spread = sum of (target - middle)**2, with the "
            "mean of the targets as the middle.",
            "middle = sum(targets) / len(targets); return 1 - missed / spread.",
        ),
    ),
]
