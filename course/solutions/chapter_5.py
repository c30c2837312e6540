"""Our answers to the exercises of chapter 5."""

import math

from glassgrad import squared_error
from glassgrad.course import exercise


@exercise("5.1")
def mean_squared_error(outputs, targets):
    squares = [(o - y) ** 2 for o, y in zip(outputs, targets, strict=True)]
    return sum(squares) / len(squares)


@exercise("5.2")
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p.data -= learning_rate * p.grad


@exercise("5.3")
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses


@exercise("5.4")
def choose_rate(loss_after, rates):
    best, lowest = None, math.inf
    for rate in rates:
        loss = loss_after(rate)
        if loss < lowest:  # False if the loss is nan
            best, lowest = rate, loss
    return best


@exercise("5.5")
def share_right(scores, labels):
    right = 0
    for score, label in zip(scores, labels, strict=True):
        decision = 1 if score > 0 else 0
        if decision == label:
            right += 1
    return right / len(labels)


@exercise("5.6")
def minibatches(count, size, random):
    places = list(range(count))
    random.shuffle(places)
    return [places[start : start + size] for start in range(0, count, size)]


@exercise("5.7")
def momentum_step(w, grad, velocity, learning_rate, momentum):
    velocity = momentum * velocity + grad
    w = w - learning_rate * velocity
    return w, velocity


@exercise("5.8")
def adam_step(w, grad, m, v, steps, learning_rate):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m / (1 - 0.9**steps)
    v_hat = v / (1 - 0.999**steps)
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, m, v
