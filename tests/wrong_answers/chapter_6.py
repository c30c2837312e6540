"""Typical wrong answers to chapter 6: the exercise, the program, what the verdict says."""

WRONG = [
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    rows = list(range(len(labels)))
    Random(seed).shuffle(rows)
    cut = round(share * len(rows))
    return rows[cut:], rows[:cut]
""",
        r"drawn from all together",
    ),
    (
        "6.1",
        """
def stratified_split(labels, share, seed):
    train, test = [], []
    for name in sorted(set(labels)):
        rows = [i for i, label in enumerate(labels) if label == name]
        cut = round(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"five different seeds gave the same test rows",
    ),
    (
        "6.1",
        """
import random
def stratified_split(labels, share, seed):
    train, test = [], []
    for name in sorted(set(labels)):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = round(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"The same seed gives the same split",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in sorted(set(labels)):
        rows = [i for i, label in enumerate(labels) if label == name]
        test += random.choices(rows, k=round(share * len(rows)))
        train += [row for row in rows if row not in test]
    return train, test
""",
        r"twice in one part.*\n.*each row is in one part",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in sorted(set(labels)):
        rows = [i for i, label in enumerate(labels) if label == name]
        test += random.sample(rows, round(share * len(rows)))
        train += random.sample(rows, len(rows) - round(share * len(rows)))
    return train, test
""",
        r"row \d+ is in both parts",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in sorted(set(labels)):
        rows = [label for label in labels if label == name]
        random.shuffle(rows)
        cut = round(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"not the labels themselves",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in sorted(set(labels)):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = round(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return test, train
""",
        r"the two parts are swapped",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    test = []
    for name in sorted(set(labels)):
        rows = [i for i, label in enumerate(labels) if label == name]
        test += Random(seed).sample(rows, round(share * len(rows)))
    return test
""",
        r"two lists are asked for",
    ),
    (
        "6.2",
        """
def fill(train, test):
    known = [x for x in train + test if x is not None]
    m = sum(known) / len(known)
    return [m if x is None else x for x in train], [m if x is None else x for x in test]
""",
        r"test numbers are in this mean",
    ),
    (
        "6.2",
        """
def fill(train, test):
    def filled(xs):
        known = [x for x in xs if x is not None]
        m = sum(known) / len(known)
        return [m if x is None else x for x in xs]
    return filled(train), filled(test)
""",
        r"a mean of its own",
    ),
    (
        "6.2",
        """
def fill(train, test):
    return [x or 0.0 for x in train], [x or 0.0 for x in test]
""",
        r"0 is filled in",
    ),
    (
        "6.2",
        """
def fill(train, test):
    m = sum(x for x in train if x is not None) / len(train)
    return [m if x is None else x for x in train], [m if x is None else x for x in test]
""",
        r"divided by all cells",
    ),
    (
        "6.2",
        """
def fill(train, test):
    known = [x for x in train if x is not None]
    m = sum(known) / len(known)
    return [x or m for x in train], [x or m for x in test]
""",
        r"0\.0 is a number and no hole",
    ),
    (
        "6.2",
        """
def fill(train, test):
    m = sum(train) / len(train)
    return [m if x is None else x for x in train], [m if x is None else x for x in test]
""",
        r"None is among the numbers",
    ),
    (
        "6.2",
        """
def fill(train, test):
    known = [x for x in train if x is not None]
    m = sum(known) / len(known)
    for xs in (train, test):
        for x in xs:
            if x is None:
                x = m
    return train, test
""",
        r"None is still there",
    ),
    (
        "6.3",
        """
from statistics import mean, pstdev
def standardise(train, test):
    both = train + test
    m, s = mean(both), pstdev(both)
    return [(x - m) / s for x in train], [(x - m) / s for x in test]
""",
        r"this is the leak",
    ),
    (
        "6.3",
        """
from statistics import mean, pstdev
def standardise(train, test):
    def scaled(xs):
        m, s = mean(xs), pstdev(xs)
        return [(x - m) / s if s else 0.0 for x in xs]
    return scaled(train), scaled(test)
""",
        r"its own mean and standard deviation",
    ),
    (
        "6.3",
        """
from statistics import mean, stdev
def standardise(train, test):
    m, s = mean(train), stdev(train)
    return [(x - m) / s if s else 0.0 for x in train], [(x - m) / s if s else 0.0 for x in test]
""",
        r"divided by n - 1",
    ),
    (
        "6.3",
        """
from statistics import mean, pstdev
def standardise(train, test):
    m, s = mean(train), pstdev(train)
    return [(x - m) / s for x in train], [(x - m) / s for x in test]
""",
        r"ZeroDivisionError.*\n.*constant in training",
    ),
    (
        "6.3",
        """
from statistics import mean, pvariance
def standardise(train, test):
    m, s = mean(train), pvariance(train)
    return [(x - m) / s if s else 0.0 for x in train], [(x - m) / s if s else 0.0 for x in test]
""",
        r"divides by the variance",
    ),
    (
        "6.4",
        """
def one_hot(word, categories):
    return categories.index(word)
""",
        r"the number of the category",
    ),
    (
        "6.4",
        """
def one_hot(word, categories):
    row = [0.0] * len(categories)
    row[categories.index(word)] = 1.0
    return row
""",
        r"a word that training did not know",
    ),
    (
        "6.4",
        """
def one_hot(word, categories):
    return [1.0 if word and category in word else 0.0 for category in categories]
""",
        r"whole word is compared",
    ),
    (
        "6.4",
        """
def one_hot(word, categories):
    for category in categories:
        if category == word:
            return [1.0]
        else:
            return [0.0]
""",
        r"one number for each category",
    ),
    (
        "6.4",
        """
def one_hot(word, categories):
    row = []
    for category in categories:
        if category == word:
            row.append(1.0)
    return row
""",
        r"one number for each category",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    powers = [math.exp(z) for z in logits]
    return -math.log(powers[label] / sum(powers))
""",
        r"OverflowError.*\n.*take the largest logit off",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    top = max(logits)
    powers = [math.exp(z - top) for z in logits]
    return -math.log(powers[label] / sum(powers))
""",
        r"rounds to 0",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    top = max(logits)
    powers = [math.exp(z - top) for z in logits]
    return -math.log(powers[label] / sum(powers) + 1e-12)
""",
        r"a small number is added",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    top = max(logits)
    return math.log(sum(math.exp(z - top) for z in logits)) - logits[label]
""",
        r"largest logit is taken off .* and not off",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    top = max(logits)
    total = sum(math.exp(z - top) for z in logits)
    return math.exp(logits[label] - top) / total
""",
        r"this is the probability",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    top = max(logits)
    shifted = [z - top for z in logits]
    return shifted[label] - math.log(sum(math.exp(z) for z in shifted))
""",
        r"the sign is missing",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    return -math.log(logits[label] / sum(logits))
""",
        r"logits are no probabilities",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    return cross_entropy([Value(z) for z in logits], 0)
""",
        r"always the loss of class 0",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    top = max(logits)
    powers = [math.exp(z - top) for z in logits]
    return [power / sum(powers) for power in powers]
""",
        r"probabilities of all classes",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    matrix = [[0] * n_classes for _ in range(n_classes)]
    for t, a in zip(truth, answers):
        matrix[a][t] += 1
    return matrix
""",
        r"it is transposed",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    matrix = [[0] * n_classes] * n_classes
    for t, a in zip(truth, answers):
        matrix[t][a] += 1
    return matrix
""",
        r"one and the same list",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    matrix = [[0] * n_classes for _ in range(n_classes)]
    for t, a in zip(truth, answers):
        if t == a:
            matrix[t][a] += 1
    return matrix
""",
        r"only the right answers",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    return sum(t == a for t, a in zip(truth, answers)) / max(1, len(truth))
""",
        r"this is the accuracy",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    matrix = [[0] * n_classes for _ in range(n_classes)]
    for t, a in zip(truth, answers):
        matrix[t][a] = 1
    return matrix
""",
        r"not set to 1",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    classes = sorted(set(truth))
    return [[sum(t == i and a == j for t, a in zip(truth, answers)) for j in classes]
            for i in classes]
""",
        r"n_classes rows",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    return validation_losses.index(min(validation_losses)) + 1
""",
        r"lowest loss of all",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = math.inf, 0
    for epoch, loss in enumerate(validation_losses):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience:
            break
    return best
""",
        r"epochs count from 1",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = math.inf, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience:
            return epoch
    return epoch
""",
        r"epoch in which training stops",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    waited, before, best = 0, math.inf, 1
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < validation_losses[best - 1]:
            best = epoch
        waited = 0 if loss < before else waited + 1
        before = loss
        if waited >= patience:
            break
    return best
""",
        r"compared with the one before",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = math.inf, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best > patience:
            break
    return best
""",
        r"waits one epoch too long",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best, waited = math.inf, 0, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        else:
            waited += 1
        if waited >= patience:
            break
    return best
""",
        r"in a row",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    m = sum(targets) / len(targets)
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    return missed / sum((t - m) ** 2 for t in targets)
""",
        r"1 minus it",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    return sum((t - o) ** 2 for o, t in zip(outputs, targets)) / len(targets)
""",
        r"mean squared error",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    m = sum(outputs) / len(outputs)
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    return 1 - missed / sum((t - m) ** 2 for t in targets)
""",
        r"mean of the outputs",
    ),
    (
        "6.8",
        """
def r2_score(targets, outputs):
    m = sum(targets) / len(targets)
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    return 1 - missed / sum((t - m) ** 2 for t in targets)
""",
        r"first come the outputs",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    m = sum(targets) / len(targets)
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    return max(0, 1 - missed / sum((t - m) ** 2 for t in targets))
""",
        r"may be below 0",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in dict.fromkeys(labels):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = int(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"int\(\.\.\.\) cuts off",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in dict.fromkeys(labels):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = math.ceil(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"this rounds up",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in dict.fromkeys(labels):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = max(1, round(share * len(rows)))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"also where it gives 0",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    random = Random(seed)
    for name in dict.fromkeys(labels):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = round(share * len(rows))
        test += rows[-cut:]
        train += rows[:-cut]
    return train, test
""",
        r"a slice such as rows\[-0:\] is the whole list",
    ),
    (
        "6.1",
        """
from random import Random
def stratified_split(labels, share, seed):
    train, test = [], []
    labels.sort(reverse=True)
    random = Random(seed)
    for name in dict.fromkeys(labels):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = round(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"changes the list of labels",
    ),
    (
        "6.1",
        """
import random
def stratified_split(labels, share, seed):
    train, test = [], []
    random.seed(seed)
    for name in dict.fromkeys(labels):
        rows = [i for i, label in enumerate(labels) if label == name]
        random.shuffle(rows)
        cut = round(share * len(rows))
        test += rows[:cut]
        train += rows[cut:]
    return train, test
""",
        r"randomness of the whole program",
    ),
    (
        "6.2",
        """
from statistics import mean, median
def fill(train, test):
    m = median(x for x in train if x is not None)
    return [m if x is None else x for x in train], [m if x is None else x for x in test]
""",
        r"this is the median",
    ),
    (
        "6.2",
        """
from statistics import mean, median
def fill(train, test):
    m = mean(x for x in test if x is not None)
    return [m if x is None else x for x in train], [m if x is None else x for x in test]
""",
        r"mean of the test numbers",
    ),
    (
        "6.2",
        """
from statistics import mean, median
def fill(train, test):
    m = mean(x for x in train if x)
    return [m if x is None else x for x in train], [m if x is None else x for x in test]
""",
        r"0\.0 is a number and no hole",
    ),
    (
        "6.2",
        """
from statistics import mean, median
def fill(train, test):
    m = mean(x for x in train if x is not None)
    return [m if x is None else x for x in test], [m if x is None else x for x in train]
""",
        r"the wrong way round",
    ),
    (
        "6.2",
        """
from statistics import mean, median
def fill(train, test):
    m = mean(x for x in train if x is not None)
    return [m if x is None else x for x in train]
""",
        r"the training list alone",
    ),
    (
        "6.2",
        """
from statistics import mean, median
def fill(train, test):
    m = mean(x for x in train if x is not None)
    return [m if x is None else x for x in train + test]
""",
        r"joined to one",
    ),
    (
        "6.3",
        """
from statistics import mean, pstdev
def standardise(train, test):
    m, s = mean(train), pstdev(train)
    if s == 0:
        return [0.0], [0.0]
    return [(x - m) / s for x in train], [(x - m) / s for x in test]
""",
        r"each list keeps its length",
    ),
    (
        "6.4",
        """
def one_hot(word, categories):
    return [1.0 if category is word else 0.0 for category in categories]
""",
        r"`is` asks whether",
    ),
    (
        "6.4",
        """
def one_hot(word, categories):
    return [1.0 if word and category.lower() == word.lower() else 0.0 for category in categories]
""",
        r"a capital is another letter",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    mean = sum(logits) / len(logits)
    total = sum(math.exp(z - mean) for z in logits)
    return math.log(total) - (logits[label] - mean)
""",
        r"OverflowError.*\n.*take the largest logit off",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    total = sum(math.exp(z - logits[0]) for z in logits)
    return math.log(total) - (logits[label] - logits[0])
""",
        r"OverflowError.*\n.*take the largest logit off",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    return cross_entropy([Value(z) for z in logits], label)
""",
        r"which is a Value",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    powers = [math.exp(z - max(logits)) for z in logits]
    return -math.log(powers[label] / sum(powers) + 1e-6)
""",
        r"added to the probability",
    ),
    (
        "6.5",
        """
def cross_entropy_of(logits, label):
    powers = [math.exp(z - max(logits)) for z in logits]
    return -math.log(max(powers[label] / sum(powers), 1e-15))
""",
        r"added to the probability, or put in its place",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    n = max([*truth, *answers]) + 1 if truth else n_classes
    matrix = [[0] * n for _ in range(n)]
    for t, a in zip(truth, answers):
        matrix[t][a] += 1
    return matrix
""",
        r"n_classes rows of n_classes numbers|the number in row i",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    matrix = [[0] * n_classes for _ in range(n_classes)]
    for t, a in zip(truth, answers):
        matrix[t - 1][a - 1] += 1
    return matrix
""",
        r"counted from 1",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    matrix = [[0] * 3 for _ in range(3)]
    for t, a in zip(truth, answers):
        matrix[t][a] += 1
    return matrix
""",
        r"always three classes",
    ),
    (
        "6.6",
        """
def confusion(truth, answers, n_classes):
    matrix = [[0] * n_classes for _ in range(n_classes)]
    for t, a in zip(truth, answers):
        matrix[t][a] += 1
        return matrix
""",
        r"only the first example",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = math.inf, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience - 1:
            break
    return best
""",
        r"one epoch too early",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = math.inf, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience:
            return best
    return len(validation_losses)
""",
        r"when training runs to the end, the best",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = math.inf, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience:
            return best
""",
        r"your return stands only where it stops",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = 1.0, 0
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience:
            break
    return best
""",
        r"begins too low",
    ),
    (
        "6.7",
        """
def epoch_to_keep(validation_losses, patience):
    lowest, best = 1000.0, 1
    for epoch, loss in enumerate(validation_losses, start=1):
        if loss < lowest:
            lowest, best = loss, epoch
        if epoch - best >= patience:
            break
    return best
""",
        r"begins too low",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    n = len(targets)
    middle = sum(targets) / n
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    spread = sum((t - middle) ** 2 for t in targets)
    return 1 - (missed / n) / (spread / (n - 1))
""",
        r"divided by n - 1",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    n = len(targets)
    middle = sum(targets) / n
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    spread = sum((t - middle) ** 2 for t in targets)
    return 100 * (1 - missed / spread)
""",
        r"this is per cent",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    n = len(targets)
    middle = sum(targets) / n
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    spread = sum((t - middle) ** 2 for t in targets)
    return 1 - math.sqrt(missed / spread)
""",
        r"a root is taken",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    n = len(targets)
    middle = sum(targets) / n
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    spread = sum((t - middle) ** 2 for t in targets)
    return math.sqrt(missed / n)
""",
        r"root of the mean squared error",
    ),
    (
        "6.8",
        """
def r2_score(outputs, targets):
    n = len(targets)
    middle = sum(targets) / n
    missed = sum((t - o) ** 2 for o, t in zip(outputs, targets))
    spread = sum((t - middle) ** 2 for t in targets)
    return 1 - missed / sum((o - sum(outputs) / n) ** 2 for o in outputs)
""",
        r"those of the outputs; they are those of the targets",
    ),
]
