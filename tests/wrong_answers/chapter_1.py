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
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    for x, w in zip(inputs, weights):
        n = x * w
    return n
""",
        r"each round throws away",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    total = bias
    for i in range(len(inputs) - 1):
        total += inputs[i] * weights[i]
    return total
""",
        r"the last input is missing",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    return sum(x * weights[inputs.index(x)] for x in inputs) + bias
""",
        r"`inputs\.index\(\.\.\.\)` finds the first place",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    return sum(x * w for x, w in dict(zip(inputs, weights)).items()) + bias
""",
        r"equal values are lost",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    return sum({x * w for x, w in zip(inputs, weights)}) + bias
""",
        r"equal values are lost",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    return abs(sum(x * w for x, w in zip(inputs, weights)) + bias)
""",
        r"has lost its minus",
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
        r"the sign of b is wrong",
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
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return -b - x1 * w1 / w2
""",
        r"parentheses are missing",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return -(x1 * w1 + b) // w2
""",
        r"// cuts off",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return -(x1 * w2 + b) / w1
""",
        r"w1 and w2 are exchanged",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return max(0, -(x1 * w1 + b) / w2)
""",
        r"is cut off here",
    ),
    (
        "1.2",
        """
def on_the_line(x1, w1, w2, b):
    return abs((x1 * w1 + b) / w2)
""",
        r"has lost its minus",
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
        "1.3",
        """
def safe_sigmoid(n):
    try:
        return 1 / (1 + math.exp(-n))
    except OverflowError:
        return 1.0
""",
        r"1 is the other end",
    ),
    (
        "1.3",
        """
def safe_sigmoid(n):
    if n < 0:
        return 0.0
    return 1 / (1 + math.exp(-n))
""",
        r"without cutting it off",
    ),
    (
        "1.3",
        """
def safe_sigmoid(n):
    if n > 10:
        return 1.0
    return math.exp(n) / (1 + math.exp(n))
""",
        r"not 1 yet",
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
        r"row i of `weights` and number i of `biases` belong to neuron i",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row, bias in zip(weights, biases):
        n = bias
        for x, w in zip(inputs, row):
            n += x * w
    return math.tanh(n)
""",
        r"the last neuron alone",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row, bias in zip(weights, biases):
        n = bias
        for x, w in zip(inputs, row):
            n += x * w
        outputs.append(math.tan(n))
    return outputs
""",
        r"tangent of an angle",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row, bias in zip(weights, biases):
        n = bias
        for x, w in zip(inputs, row):
            n += x * w
        outputs.append(1 / (1 + math.exp(-n)))
    return outputs
""",
        r"this is the sigmoid",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row, bias in zip(weights, biases):
        n = bias
        for x, w in zip(inputs, row):
            n += x * w
            outputs.append(math.tanh(n))
    return outputs
""",
        r"after the inner loop",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs, n = [], 0
    for row, bias in zip(weights, biases):
        n += bias
        for x, w in zip(inputs, row):
            n += x * w
        outputs.append(math.tanh(n))
    return outputs
""",
        r"set n back",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row in weights:
        n = biases[weights.index(row)]
        for x, w in zip(inputs, row):
            n += x * w
        outputs.append(math.tanh(n))
    return outputs
""",
        r"`weights\.index\(\.\.\.\)` finds the first place",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for row, bias in zip(weights, biases):
        n = bias
        for x in inputs:
            n += x * row[inputs.index(x)]
        outputs.append(math.tanh(n))
    return outputs
""",
        r"`inputs\.index\(\.\.\.\)` finds the first place",
    ),
    (
        "1.4",
        """
def layer_of_tanh(inputs, weights, biases):
    outputs = []
    for j in range(len(weights)):
        n = biases[j]
        for i in range(len(inputs)):
            n += inputs[i] * weights[i][j]
        outputs.append(math.tanh(n))
    return outputs
""",
        r"rows are taken for columns",
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
        "1.5",
        """
def collapse(weights, biases, out_weights, out_bias):
    new_bias = sum(v * b for v, b in zip(out_weights, biases)) + out_bias
    return [sum(v * w for v, w in zip(out_weights, row)) for row in weights], new_bias
""",
        r"\(\[12, 34\], 63\).*\n.*rows are taken for columns",
    ),
    (
        "1.5",
        """
def collapse(weights, biases, out_weights, out_bias):
    new_bias = sum(v * b for v, b in zip(out_weights, biases)) + out_bias
    columns = zip(*weights)
    new_weights = [sum(v * w for v, w in zip(out_weights, c)) for c in columns]
    return new_weights, new_bias - 2 * out_bias
""",
        r"out_bias is subtracted",
    ),
    (
        "1.5",
        """
def collapse(weights, biases, out_weights, out_bias):
    new_bias = sum(v * b for v, b in zip(out_weights, biases)) + out_bias
    new_weights = [0] * len(weights[0])
    for row in weights:
        v = out_weights[weights.index(row)]
        for i in range(len(row)):
            new_weights[i] += v * row[i]
    return new_weights, new_bias
""",
        r"`weights\.index\(\.\.\.\)` finds the first place",
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
        r"the logits themselves are divided",
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
        "1.6",
        """
def softmax_of(logits):
    exps = [math.exp(z - max(logits)) for z in logits]
    return [e / sum(set(exps)) for e in exps]
""",
        r"a set holds equal powers only once",
    ),
    (
        "1.6",
        """
def softmax_of(logits):
    return [math.exp(z) / sum(logits) for z in logits]
""",
        r"sum of the powers",
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
        "1.7",
        """
def mean_loss(probabilities, kinds):
    return [-math.log(dog[kind]) for dog, kind in zip(probabilities, kinds)]
""",
        r"these are the losses of the dogs|single number",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    for dog, kind in zip(probabilities, kinds):
        total = -math.log(dog[kind])
        return total / len(kinds)
""",
        r"only the first dog",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    total = 0
    for dog, kind in zip(probabilities, kinds):
        total -= math.log(dog[kind - 1])
    return total / len(kinds)
""",
        r"count from 0",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    total = 0
    for dog in probabilities:
        total -= math.log(dog[kinds[probabilities.index(dog)]])
    return total / len(kinds)
""",
        r"`probabilities\.index\(\.\.\.\)` finds the first place",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    total = 0
    for kind in kinds:
        total -= math.log(probabilities[kinds.index(kind)][kind])
    return total / len(kinds)
""",
        r"`kinds\.index\(\.\.\.\)` finds the first place",
    ),
    (
        "1.7",
        """
def mean_loss(probabilities, kinds):
    losses = {-math.log(dog[kind]) for dog, kind in zip(probabilities, kinds)}
    return sum(losses) / len(kinds)
""",
        r"equal values are lost",
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
        r"a has the loss 0.105361 and 3 of 3 right, network B .*\nnetwork A needs fewer dogs right",
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
    (
        "1.8",
        """
def two_networks():
    return [0.99, 0.99, 0], [0.6, 0.6, 0.6]
""",
        r"at exactly 0 the loss would be infinite",
    ),
]
