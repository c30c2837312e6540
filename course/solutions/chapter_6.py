"""Our answers to the exercises of chapter 6."""

import math
from random import Random
from statistics import mean, pstdev

from glassgrad.course import exercise


@exercise("6.1")
def stratified_split(labels, share, seed):
    rows = {}
    for i, label in enumerate(labels):
        rows.setdefault(label, []).append(i)
    random = Random(seed)
    train, test = [], []
    for places in rows.values():
        random.shuffle(places)
        cut = round(share * len(places))
        test += places[:cut]
        train += places[cut:]
    return train, test


@exercise("6.2")
def fill(train, test):
    middle = mean(x for x in train if x is not None)

    def filled(numbers):
        return [middle if x is None else x for x in numbers]

    return filled(train), filled(test)


@exercise("6.3")
def standardise(train, test):
    m, s = mean(train), pstdev(train)

    def scaled(numbers):
        return [(x - m) / s if s else 0.0 for x in numbers]

    return scaled(train), scaled(test)


@exercise("6.4")
def one_hot(word, categories):
    return [1.0 if word == category else 0.0 for category in categories]


@exercise("6.5")
def cross_entropy_of(logits, label):
    largest = max(logits)
    shifted = [z - largest for z in logits]
    total = sum(math.exp(z) for z in shifted)
    return math.log(total) - shifted[label]


@exercise("6.6")
def confusion(truth, answers, n_classes):
    matrix = [[0] * n_classes for _ in range(n_classes)]
    for true, answered in zip(truth, answers, strict=True):
        matrix[true][answered] += 1
    return matrix


@exercise("6.7")
def epoch_to_keep(validation_losses, patience):
    lowest, best = math.inf, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience:
            break
    return best


@exercise("6.8")
def r2_score(outputs, targets):
    middle = mean(targets)
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets, strict=True))
    spread = sum((t - middle) ** 2 for t in targets)
    return 1 - missed / spread
