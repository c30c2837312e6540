"""Our answers to the exercises of chapter 1."""

import math

from glassgrad.course import exercise


@exercise("1.1")
def weighted_sum(inputs, weights, bias):
    total = bias
    for x, w in zip(inputs, weights, strict=True):
        total += x * w
    return total


@exercise("1.2")
def on_the_line(x1, w1, w2, b):
    # x1 * w1 + x2 * w2 + b = 0: take x1 * w1 and b to the other side, and divide by w2
    return -(x1 * w1 + b) / w2


@exercise("1.3")
def safe_sigmoid(n):
    if n >= 0:
        return 1 / (1 + math.exp(-n))
    e = math.exp(n)  # n is negative, so this is at most 1
    return e / (1 + e)


@exercise("1.4")
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row, bias in zip(weights, biases, strict=True):
        n = bias
        for x, w in zip(inputs, row, strict=True):
            n += x * w
        outputs.append(math.tanh(n))
    return outputs


@exercise("1.5")
def collapse(weights, biases, out_weights, out_bias):
    new_weights = [0.0] * len(weights[0])
    new_bias = out_bias
    for row, bias, v in zip(weights, biases, out_weights, strict=True):
        # this hidden neuron arrives at the output multiplied by v: its weights, and its bias too
        for i, w in enumerate(row):
            new_weights[i] += v * w
        new_bias += v * bias
    return new_weights, new_bias


@exercise("1.6")
def softmax_of(logits):
    most = max(logits)  # taken from all: the result stays, and no power of e is above 1
    exps = [math.exp(z - most) for z in logits]
    total = sum(exps)
    return [e / total for e in exps]


@exercise("1.7")
def mean_loss(probabilities, kinds):
    total = 0.0
    for dog, kind in zip(probabilities, kinds, strict=True):
        total -= math.log(dog[kind])
    return total / len(kinds)


@exercise("1.8")
def two_networks():
    a = [0.99, 0.99, 0.4]  # nearly sure twice, and wrong once, though not by far
    b = [0.6, 0.6, 0.6]  # always right, and never sure
    return a, b
