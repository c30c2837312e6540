"""Typical wrong answers to chapter 5: the exercise, the program, what the verdict says."""

WRONG: list[tuple[str, str, str]] = [
    (
        "5.1",
        """
def mean_squared_error(outputs, targets):
    return sum((o - y) ** 2 for o, y in zip(outputs, targets))
""",
        r"the sum of the squares; for the mean, divide",
    ),
    (
        "5.1",
        """
def mean_squared_error(outputs, targets):
    return sum(abs(o - y) for o, y in zip(outputs, targets)) / len(outputs)
""",
        r"mean of the distances",
    ),
    (
        "5.1",
        """
def mean_squared_error(outputs, targets):
    total = 0
    for o, y in zip(outputs, targets):
        total += (o - y) ** 2
        return total / len(outputs)
""",
        r"only the first example counts",
    ),
    (
        "5.1",
        """
def mean_squared_error(outputs, targets):
    return math.fsum((float(o) - y) ** 2 for o, y in zip(outputs, targets)) / len(outputs)
""",
        r"which is no Value\.\nWith `\.data`",
    ),
    (
        "5.1",
        """
def mean_squared_error(outputs, targets):
    return (outputs - targets) ** 2
""",
        r"stopped with TypeError: unsupported operand",
    ),
    (
        "5.1",
        """
def mean_squared_error(outputs, targets):
    total = Value(0.0)
    for o, y in zip(outputs, targets):
        total += (getattr(o, "data", o) - y) ** 2
    return total / len(outputs)
""",
        r"the output .* gets the gradient 0, and",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p.data += learning_rate * p.grad
""",
        r"uphill.*the step is against it, with a minus",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p = p - learning_rate * p.grad
""",
        r"No p\.data has changed.*only gives the name p to another number",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p.data = -learning_rate * p.grad
""",
        r"the old number is lost",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p.data -= learning_rate * p.grad
        return p
""",
        r"only the first one has changed",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    return [p.data - learning_rate * p.grad for p in parameters]
""",
        r"the new numbers are only returned",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p.data -= learning_rate * p.gradient
""",
        r"no such method or attribute",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
""",
        r"the loss afterwards is .*\n`zero_grad` is forgotten",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        loss.backward()
        model.zero_grad()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
""",
        r"no weight changes, since all gradients are 0 when the step is taken",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p = p - learning_rate * p.grad
        losses.append(loss.data)
    return losses
""",
        r"the gradients are there, but no weight changes",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = sum((model(x) - y) ** 2 for x, y in zip(xs, ys))
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
""",
        r"the sum of the squared differences",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
    return loss.data
""",
        r"trained the model, and gave .*\nOne loss for each step",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(squared_error([model(x) for x in xs], ys).data)
    return losses
""",
        r"the losses after each step",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x).data for x in xs], ys)
        loss.backward()
        losses.append(loss.data)
    return losses
""",
        r"a loss made of plain numbers by `\.data`",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        for x, y in zip(xs, ys):
            loss = (model(x) - y) ** 2
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
""",
        r"a step after each example",
    ),
    (
        "5.3",
        """
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
""",
        r"1 step taken",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    return min(rates, key=loss_after)
""",
        r"the loss of this rate is nan",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    return min(loss_after(rate) for rate in rates if math.isfinite(loss_after(rate)))
""",
        r"this is a loss, and the rate",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    return max(rates)
""",
        r"the loss of this rate is nan|the largest rate is not the best|the highest loss",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    return min(rates)
""",
        r"the smallest rate is safe, but slow",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    best = rates[0]
    for rate in rates:
        if loss_after(rate) < loss_after(best):
            best = rate
""",
        r"without `return`",
    ),
    (
        "5.5",
        """
def share_right(scores, labels):
    right = 0
    for score, label in zip(scores, labels):
        if (score > 0.5) == (label == 1):
            right += 1
    return right / len(labels)
""",
        r"one half is the border for probabilities",
    ),
    (
        "5.5",
        """
def share_right(scores, labels):
    return sum(score == label for score, label in zip(scores, labels)) / len(labels)
""",
        r"a score is compared with a label",
    ),
    (
        "5.5",
        """
def share_right(scores, labels):
    return sum((score > 0) == (label == 1) for score, label in zip(scores, labels))
""",
        r"the number of right ones; divide",
    ),
    (
        "5.5",
        """
def share_right(scores, labels):
    right = 0
    for score, label in zip(scores, labels):
        if score > 0 and label == 1:
            right += 1
    return right / len(labels)
""",
        r"only class 1 is counted",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    places = list(range(count))
    random.shuffle(places)
    return [places[i * size : (i + 1) * size] for i in range(count // size)]
""",
        r"the last, smaller batch is missing",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    places = list(range(count))
    return [places[start : start + size] for start in range(0, count, size)]
""",
        r"the places are in order; shuffle them",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    return [[random.randrange(count) for _ in range(size)] for _ in range(count // size)]
""",
        r"comes more than once",
    ),
    (
        "5.6",
        """
import random as own

def minibatches(count, size, random):
    places = list(range(count))
    own.shuffle(places)
    return [places[start : start + size] for start in range(0, count, size)]
""",
        r"two different orders",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    random.seed(0)
    places = list(range(count))
    random.shuffle(places)
    for start in range(0, count, size):
        yield places[start : start + size]
""",
        r"each epoch has an order of its own",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    batches = [list(range(count))[start : start + size] for start in range(0, count, size)]
    if count % size:
        last = batches.pop()
        random.shuffle(batches)
        return [*batches, last]
    random.shuffle(batches)
    return batches
""",
        r"only the order of the batches is random",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    places = random.shuffle(list(range(count)))
    return [places[start : start + size] for start in range(0, count, size)]
""",
        r"random\.shuffle\(places\) changes the list and returns None",
    ),
    (
        "5.7",
        """
def momentum_step(w, grad, velocity, learning_rate, momentum):
    velocity = momentum * velocity + grad
    return w + learning_rate * velocity, velocity
""",
        r"uphill",
    ),
    (
        "5.7",
        """
def momentum_step(w, grad, velocity, learning_rate, momentum):
    w = w - learning_rate * velocity
    velocity = momentum * velocity + grad
    return w, velocity
""",
        r"the old velocity moves w",
    ),
    (
        "5.7",
        """
def momentum_step(w, grad, velocity, learning_rate, momentum):
    velocity = momentum * velocity + grad
    return w - learning_rate * velocity
""",
        r"the next step needs all of them: return \(w, velocity\)",
    ),
    (
        "5.7",
        """
def momentum_step(w, grad, velocity, learning_rate, momentum):
    velocity = momentum * velocity + (1 - momentum) * grad
    return w - learning_rate * velocity, velocity
""",
        r"multiplied by 1 - momentum",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    return w - learning_rate * m / (math.sqrt(v) + 1e-8), m, v
""",
        r"the bias correction is missing",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m = (0.9 * m + 0.1 * grad) / (1 - 0.9**steps)
    v = (0.999 * v + 0.001 * grad**2) / (1 - 0.999**steps)
    return w - learning_rate * m / (math.sqrt(v) + 1e-8), m, v
""",
        r"that are returned are the corrected ones",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m / (1 - 0.9 * steps)
    v_hat = v / (1 - 0.999 * steps)
    return w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8), m, v
""",
        r"it is to the power of steps",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m / (1 - 0.9**steps)
    v_hat = v / (1 - 0.999**steps)
    return w - learning_rate * m_hat / (v_hat + 1e-8), m, v
""",
        r"the root of v is missing",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m / (1 - 0.9**steps)
    v_hat = v / (1 - 0.999**steps)
    return w - learning_rate * m_hat / math.sqrt(v_hat), m, v
""",
        r"1e-8 is missing",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for i, p in enumerate(parameters):
        parameters[i] = p - learning_rate * p.grad
""",
        r"new Values stand in the list",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p.grad = 0.0
        p.data -= learning_rate * p.grad
""",
        r"all gradients are 0 now",
    ),
    (
        "5.2",
        """
def gradient_step(parameters, learning_rate):
    for p in parameters:
        p.data -= learning_rate * p.grad
    return ...
""",
        r"which is right\.\nyour loop is there; delete the line `return \.\.\.`",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss)
    return losses
""",
        r"the list has Values in it\.\nplain numbers are asked for: append L\.data",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= 0.1 * p.grad
        losses.append(loss.data)
    return losses
""",
        r"whatever learning_rate is",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    for _ in range(30):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
""",
        r"whatever steps is",
    ),
    (
        "5.3",
        """
def learn(model, xs, ys, learning_rate, steps):
    losses = []
    model = MLP(2, [4, 1], seed=5)
    for _ in range(steps):
        loss = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        loss.backward()
        for p in model.parameters():
            p.data -= learning_rate * p.grad
        losses.append(loss.data)
    return losses
""",
        r"is a new one made inside",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    best, lowest = rates[0], 1000.0
    for rate in rates:
        loss = loss_after(rate)
        if loss < lowest:
            best, lowest = rate, loss
    return best
""",
        r"starts from math\.inf, or from the first loss",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    best, lowest = None, math.inf
    for rate in rates:
        loss = loss_after(rate)
        if not loss >= lowest:
            best, lowest = rate, loss
    return best
""",
        r"nan",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    rates.sort()
    return min((r for r in rates if math.isfinite(loss_after(r))), key=loss_after)
""",
        r"it changes the list of rates",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    return min((r, loss_after(r)) for r in rates)
""",
        r"one rate is asked for, without its loss",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    good = [r for r in rates if math.isfinite(loss_after(r))]
    return good.index(min(good, key=loss_after))
""",
        r"is it a place in the list",
    ),
    (
        "5.4",
        """
def choose_rate(loss_after, rates):
    return min((0.5001, 2.0002), key=loss_after)
""",
        r"none of the `rates` that were given",
    ),
    (
        "5.5",
        """
def share_right(scores, labels):
    return sum((score >= 0) == (label == 1) for score, label in zip(scores, labels)) / len(labels)
""",
        r"a score of exactly 0 counts as class 0",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    batches = [list(range(count))[start : start + size] for start in range(0, count, size)]
    for one in batches:
        random.shuffle(one)
    return batches
""",
        r"same places stand together",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    by = random.randrange(count)
    places = [(i + by) % count for i in range(count)]
    return [places[start : start + size] for start in range(0, count, size)]
""",
        r"of 69 places follow their neighbour|the same places stand together",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    places = list(range(count))
    i, j = random.randrange(count), random.randrange(count)
    places[i], places[j] = places[j], places[i]
    return [places[start : start + size] for start in range(0, count, size)]
""",
        r"of 69 places follow their neighbour",
    ),
    (
        "5.6",
        """
def minibatches(count, size, random):
    batches = [list(range(count))[start : start + size] for start in range(0, count, size)]
    random.shuffle(batches)
    return batches
""",
        r"only the order of the batches is random|called twice",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m_old = m
    m = 0.999 * m + 0.001 * grad
    v = 0.9 * v + 0.1 * grad**2
    m_hat = m / (1 - 0.999**steps)
    v_hat = v / (1 - 0.9**steps)
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, m, v
""",
        r"wrong way round: m forgets faster",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m_old = m
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m / (1 - 0.9**steps)
    v_hat = v / (1 - 0.999**steps)
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, v, m
""",
        r"m and v are the wrong way round: \(w, m, v\)",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m_old = m
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m_old / (1 - 0.9**steps)
    v_hat = v / (1 - 0.999**steps)
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, m, v
""",
        r"the old m moves w",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m_old = m
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m * (1 - 0.9**steps)
    v_hat = v * (1 - 0.999**steps)
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, m, v
""",
        r"multiplied by the corrections",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m_old = m
    m = 0.9 * m + grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m / (1 - 0.9**steps)
    v_hat = v / (1 - 0.999**steps)
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, m, v
""",
        r"the whole gradient is added to m",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m_old = m
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + grad**2
    m_hat = m / (1 - 0.9**steps)
    v_hat = v / (1 - 0.999**steps)
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, m, v
""",
        r"the whole square is added to v",
    ),
    (
        "5.8",
        """
def adam_step(w, grad, m, v, steps, learning_rate):
    m_old = m
    m = 0.9 * m + 0.1 * grad
    v = 0.999 * v + 0.001 * grad**2
    m_hat = m / (1 - 0.9 ** (steps - 1))
    v_hat = v / (1 - 0.999 ** (steps - 1))
    w = w - learning_rate * m_hat / (math.sqrt(v_hat) + 1e-8)
    return w, m, v
""",
        r"the first step has steps = 1",
    ),
]
