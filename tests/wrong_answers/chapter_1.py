"""Typical wrong answers to chapter 1: the exercise, the program, what the verdict says."""

WRONG = [
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    return sum(x * w for x, w in zip(inputs, weights))
""",
        r"The bias is missing",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    total = 0
    for x, w in zip(inputs, weights):
        total += x * w + bias
    return total
""",
        r"\(\[1, 2\], \[3, 4\], 5\) gave 21, and 16 is right.\nThe bias is added once for each",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    total = bias
    for x, w in zip(inputs, weights):
        total += x * w
""",
        r"a function without `return` gives None",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    total = bias
    for x, w in zip(inputs, weights):
        total += x * w
        return total
""",
        r"a `return` inside the loop",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    return inputs * weights + bias
""",
        r"TypeError: can't multiply sequence .*.*\nA whole list stands here",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights):
    return sum(x * w for x, w in zip(inputs, weights))
""",
        r"so do the arguments",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return (x1 * w1 + b) / w2
""",
        r"on_the_line\(2, 3, 4, -10\) gave -1, and 1 is right.\nThe sign is wrong",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return -x1 * w1 - b / w2
""",
        r"Parentheses are missing",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return (b - x1 * w1) / w2
""",
        r"b has the wrong sign",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return x1 * w1 + b
""",
        r"put your x2 into",
    ),
    (
        "1.3",
        """
def safe_sigmoid(n):
    return 1 / (1 + math.exp(-n))
""",
        r"safe_sigmoid\(-1000\) stopped with OverflowError.*\nA power of e has grown",
    ),
    (
        "1.3",
        """
def safe_sigmoid(n):
    return math.exp(n) / (1 + math.exp(n))
""",
        r"safe_sigmoid\(1000\) stopped with OverflowError",
    ),
    (
        "1.3",
        """
def safe_sigmoid(n):
    return 1 / 1 + math.exp(-n)
""",
        r"parentheses are missing",
    ),
    (
        "1.3",
        """
def safe_sigmoid(n):
    if n < -10:
        return 0.0
    return 1 / (1 + math.exp(-n))
""",
        r"safe_sigmoid\(-20\) gave 0, and 2.06115e-09 is right.*\n.*without cutting it off",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row, bias in zip(weights, biases):
        outputs.append(sum(x * w for x, w in zip(inputs, row)) + bias)
    return outputs
""",
        r"activation is missing",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    for row, bias in zip(weights, biases):
        outputs = []
        n = bias
        for x, w in zip(inputs, row):
            n += x * w
        outputs.append(math.tanh(n))
    return outputs
""",
        r"only the last neuron",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row in weights:
        n = biases[0]
        for x, w in zip(inputs, row):
            n += x * w
        outputs.append(math.tanh(n))
    return outputs
""",
        r"all neurons have the first bias",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for i in range(len(inputs)):
        n = biases[i]
        for j in range(len(weights)):
            n += inputs[i] * weights[j][i]
        outputs.append(math.tanh(n))
    return outputs
""",
        r"row i of `weights` and number i of `biases` belong to neuron i|IndexError",
    ),
    (
        "1.5",
        """
def collapse(weights, biases, out_weights, out_bias):
    new_weights = []
    for i in range(len(weights[0])):
        new_weights.append(sum(v * row[i] for v, row in zip(out_weights, weights)))
    return new_weights, out_bias
""",
        r"The weights are right; but the hidden biases reach the output too",
    ),
    (
        "1.5",
        """
def collapse(weights, biases, out_weights, out_bias):
    new_weights = []
    for i in range(len(weights[0])):
        new_weights.append(sum(v * row[i] for v, row in zip(out_weights, weights)))
    return new_weights, out_bias + sum(biases)
""",
        r"a hidden bias reaches the output multiplied",
    ),
    (
        "1.5",
        """
def collapse(weights, biases, out_weights, out_bias):
    new_weights = [sum(row) * v for row, v in zip(weights, out_weights)]
    return new_weights, out_bias + sum(v * b for v, b in zip(out_weights, biases))
""",
        r"one new weight for each hidden neuron",
    ),
    (
        "1.5",
        """
def collapse(weights, biases, out_weights, out_bias):
    return [sum(v * row[i] for v, row in zip(out_weights, weights)) for i in range(len(weights[0]))]
""",
        r"two things are asked for",
    ),
    (
        "1.6",
        """
def softmax_of(logits):
    exps = [math.exp(z) for z in logits]
    return [e / sum(exps) for e in exps]
""",
        r"softmax_of\(\[1000, 1001\]\) stopped with OverflowError",
    ),
    (
        "1.6",
        """
def softmax_of(logits):
    total = sum(logits)
    return [z / total for z in logits]
""",
        r"ZeroDivisionError.*\nSomewhere a number is divided by 0",
    ),
    (
        "1.6",
        """
def softmax_of(logits):
    return [math.exp(z - max(logits)) for z in logits]
""",
        r"divided by their sum",
    ),
    (
        "1.6",
        """
def softmax_of(logits):
    exps = [math.exp(z - max(logits)) for z in logits]
    return [e / max(exps) for e in exps]
""",
        r"divided by (the|their) sum|divide by the sum",
    ),
    (
        "1.6",
        """
def softmax_of(logits):
    exps = [math.exp(z - min(logits)) for z in logits]
    return [e / sum(exps) for e in exps]
""",
        r"softmax_of\(\[0, 5000, -5000\]\) stopped with OverflowError",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    return sum(math.log(dog[kind]) for dog, kind in zip(probabilities, kinds)) / len(kinds)
""",
        r"The minus is missing",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    return sum(-math.log(dog[kind]) for dog, kind in zip(probabilities, kinds))
""",
        r"this is the sum; divide",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    return sum(-math.log(max(dog)) for dog in probabilities) / len(probabilities)
""",
        r"takes the largest probability",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    return sum(-math.log10(dog[kind]) for dog, kind in zip(probabilities, kinds)) / len(kinds)
""",
        r"base 10",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    return sum(-math.log(dog[kind]) for dog in probabilities for kind in kinds) / len(kinds)
""",
        r"at the place of its kind",
    ),
    (
        "1.8",
        """
def two_networks():
    return [0.6, 0.6, 0.6], [0.99, 0.99, 0.4]
""",
        r"a and b exchanged",
    ),
    (
        "1.8",
        """
def two_networks():
    return [0.6, 0.6, 0.01], [0.6, 0.6, 0.6]
""",
        r"a needs the lower loss: let it be nearly sure",
    ),
    (
        "1.8",
        """
def two_networks():
    return [0.9, 0.9, 0.9], [0.6, 0.6, 0.6]
""",
        r"a has the loss 0.105361 and 3 of 3 right, b .*\nA needs fewer dogs right",
    ),
    (
        "1.8",
        """
def two_networks():
    return [0.99, 0.99], [0.6, 0.6, 0.6]
""",
        r"same dogs",
    ),
    (
        "1.8",
        """
def two_networks():
    return [99, 99, 40], [60, 60, 60]
""",
        r"99 stands in a.\nA probability is a number from 0 to 1",
    ),
]
