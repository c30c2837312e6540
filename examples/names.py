"""A GPT of 4,192 numbers learns first names, and makes up new ones.

The model is loops over single numbers, in the manner of Andrej Karpathy's microgpt. Names of the
same length go through it together: lifted, there is one program for each length.
"""

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from random import Random

import numpy as np
from matplotlib.figure import Figure

from glassgrad import AdamW, Module, Value, lift, take
from glassgrad.data import names

PICTURES = Path(__file__).parent / "output"
LETTERS = ".abcdefghijklmnopqrstuvwxyz"  # the point begins and ends a name
WIDTH, HEADS, LONGEST = 16, 4, 12


def linear(x, weights):
    """Each row of weights times x."""
    return [sum(w * xi for w, xi in zip(row, x, strict=True)) for row in weights]


def softmax(logits):
    """Probabilities; the logits stay small, so nothing is taken off first."""
    powers = [logit.exp() for logit in logits]
    total = sum(powers)
    return [power / total for power in powers]


def rmsnorm(x):
    """x, scaled to a mean square of 1."""
    scale = (sum(xi * xi for xi in x) / len(x) + 1e-5) ** -0.5
    return [xi * scale for xi in x]


class GPT(Module):
    """One layer: attention to the letters so far, then a small network; no biases."""

    def __init__(self, seed):
        random = Random(seed)

        def matrix(n_out, n_in):
            return [[Value(random.gauss(0, 0.08)) for _ in range(n_in)] for _ in range(n_out)]

        self.letters = matrix(len(LETTERS), WIDTH)
        self.places = matrix(LONGEST + 1, WIDTH)
        self.query, self.key, self.value, self.out = (matrix(WIDTH, WIDTH) for _ in range(4))
        self.up, self.down = matrix(4 * WIDTH, WIDTH), matrix(WIDTH, 4 * WIDTH)
        self.head = matrix(len(LETTERS), WIDTH)

    def __call__(self, tokens):
        """For each place the probability of each letter to come next."""
        keys, values, answers = [], [], []
        for token, place in zip(tokens, self.places, strict=False):
            x = [a + b for a, b in zip(take(self.letters, token), place, strict=True)]
            x = rmsnorm(x)
            normed = rmsnorm(x)
            query = linear(normed, self.query)
            keys.append(linear(normed, self.key))
            values.append(linear(normed, self.value))
            taken = []
            for head in range(HEADS):
                part = range(head * WIDTH // HEADS, (head + 1) * WIDTH // HEADS)
                logits = [sum(query[j] * key[j] for j in part) / len(part) ** 0.5 for key in keys]
                weights = softmax(logits)
                for j in part:
                    pairs = zip(weights, values, strict=True)
                    taken.append(sum(weight * value[j] for weight, value in pairs))
            x = [a + b for a, b in zip(x, linear(taken, self.out), strict=True)]
            hidden = [h.relu() for h in linear(rmsnorm(x), self.up)]
            x = [a + b for a, b in zip(x, linear(hidden, self.down), strict=True)]
            answers.append(softmax(linear(x, self.head)))
        return answers


def numbers(word):
    """A name as the numbers of its letters, with a point before and after it."""
    return [LETTERS.index(letter) for letter in f".{word}."]


def by_length(words):
    """An array for each length: its names, one a row."""
    rows = defaultdict(list)
    for word in words:
        rows[len(word)].append(numbers(word))
    return [np.array(found) for _, found in sorted(rows.items())]


def bigram_loss(train, test):
    """What counting pairs of letters reaches, with the best amount added to each count."""
    seen, asked = (
        np.array([p for w in ws for p in pairwise(numbers(w))]).T for ws in (train, test)
    )
    counts = np.zeros((27, 27))
    np.add.at(counts, tuple(seen), 1)
    tables = [counts + more for more in (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)]
    return min(-np.log(t / t.sum(1, keepdims=True))[tuple(asked)].mean() for t in tables)


def main(epochs=12, n_names=4018, batch_size=32, learning_rate=0.01, pictures=PICTURES):
    """Train, compare with a table of pairs on held-out names, make up 20 names."""
    words = Random(0).sample(names(), n_names)
    train, test = words[n_names // 10 :], words[: n_names // 10]
    model = GPT(seed=0)

    @lift(wrt=model)
    def loss(tokens):
        answers = model(tokens[:-1])
        losses = [-take(answer, t).log() for answer, t in zip(answers, tokens[1:], strict=True)]
        return sum(losses) / len(losses)

    rng = np.random.default_rng(0)
    optimizer, memory = AdamW(model, beta2=0.99, weight_decay=0.01), {"m": 0.0, "v": 0.0}
    theta = loss.theta()
    history = []
    n_letters = sum(len(word) + 1 for word in test)
    for epoch in range(epochs):
        batches = []
        for group in map(rng.permutation, by_length(train)):
            batches += [group[i : i + batch_size] for i in range(0, len(group), batch_size)]
        for step, k in enumerate(rng.permutation(len(batches))):
            _, slope = loss.value_and_grad(theta, batches[k])
            optimizer.steps += 1
            optimizer.learning_rate = learning_rate * (1 - (epoch + step / len(batches)) / epochs)
            theta = optimizer.update(theta, slope, memory)
        total = sum(loss(theta, group) * group[:, 1:].size for group in by_length(test))
        history.append(total / n_letters)
        print(f"epoch {epoch + 1:2}  loss on held-out names {history[-1]:.4f}")
    bigram = bigram_loss(train, test)
    print(f"loss on held-out names {history[-1]:.4f}; by a table of pairs {bigram:.4f}")

    # Letter by letter. Places look back only, so what is still to be filled in does not matter.
    probabilities = lift(model, wrt=model)
    invented = []
    while len(invented) < 20:
        tokens = np.zeros((40, LONGEST), dtype=int)
        for place in range(LONGEST - 1):
            chances = probabilities.forward(theta, tokens)[:, place].cumsum(axis=1)
            drawn = (rng.random((40, 1)) * chances[:, -1:] > chances).sum(axis=1)
            tokens[:, place + 1] = np.where((place > 0) & (tokens[:, place] == 0), 0, drawn)
        for row in tokens:
            word = "".join(LETTERS[t] for t in row).strip(".")
            if row[-1] == 0 and len(word) > 2 and word not in names() + invented:
                invented.append(word)
    invented = invented[:20]
    print("invented:", ", ".join(invented))

    table = theta[: 27 * WIDTH].reshape(27, WIDTH)
    table = table[1:] - table[1:].mean(axis=0)
    x, y = (table @ np.linalg.svd(table)[2][:2].T).T
    figure = Figure(figsize=(5, 4.4), layout="constrained")
    axes = figure.add_subplot(title="What the model knows of letters", xticks=[], yticks=[])
    axes.scatter(x, y, s=0)
    for letter, a, b in zip(LETTERS[1:], x, y, strict=True):
        axes.text(a, b, letter, color="#d55e00" if letter in "aeiouy" else "#0072b2", ha="center")
    pictures.mkdir(parents=True, exist_ok=True)
    figure.savefig(pictures / "names.png", dpi=100)
    return {"history": history, "bigram": bigram, "invented": invented}


if __name__ == "__main__":
    main()
