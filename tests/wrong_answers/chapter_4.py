"""Typical wrong answers to chapter 4: the exercise, the program, what the verdict says."""

WRONG: list[tuple[str, str, str]] = [
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    n = bias
    for x, w in zip(inputs, weights):
        n = n + w * x
    return n
""",
        r"the activation is missing",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    return sum(w * x for w, x in zip(weights, inputs)).tanh()
""",
        r"The bias is missing",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    n = 0
    for x, w in zip(inputs, weights):
        n += w * x + bias
    return n.tanh()
""",
        r"neuron\(.*gave .* is right.*\n(.*added once for each input)",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    n = bias
    for x, w in zip(inputs, weights):
        n = n + w * x
    return math.tanh(n)
""",
        r"a plain number.*\n.*n.tanh\(\)",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    n = bias.data
    for x, w in zip(inputs, weights):
        n = n + w.data * x
    return Value(n).tanh()
""",
        r"weights\[0\].grad is 0.*measured by nudging",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    n = bias
    for x, w in zip(inputs, weights):
        n = n + w * x.data
    return n.tanh()
""",
        r"'float' object has no attribute 'data', in line 5",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    return sum((w * x).tanh() for w, x in zip(weights, inputs)) + bias
""",
        r"Tanh is taken of each product",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    n = bias
    for x, w in zip(inputs, weights):
        n = n + w * x
    out = n.tanh()
""",
        r"a function without `return` gives None",
    ),
    (
        "4.1",
        """
def neuron(inputs, weights, bias):
    n = Value(bias)
    for x, w in zip(inputs, weights):
        n = n + Value(w) * Value(x)
    return n.tanh()
""",
        r"This is a Value already",
    ),
    (
        "4.2",
        """
def forward(layers, inputs):
    for layer in layers:
        outputs = layer(inputs)
    return outputs
""",
        r"each layer has taken the inputs",
    ),
    (
        "4.2",
        """
def forward(layers, inputs):
    for layer in layers:
        inputs = layer(inputs)
    return inputs
""",
        r"a layer of one neuron gives a Value; the next layer needs a list",
    ),
    (
        "4.2",
        """
def forward(layers, inputs):
    for layer in layers:
        inputs = layer(inputs)
        return inputs
""",
        r"only the first layer has run",
    ),
    (
        "4.2",
        """
def forward(layers, inputs):
    for layer in layers:
        inputs = layer(inputs)
        if not isinstance(inputs, list):
            inputs = [inputs]
    return inputs
""",
        r"one neuron, one Value",
    ),
    (
        "4.2",
        """
def forward(layers, inputs):
    for layer in layers[:-1]:
        inputs = layer(inputs)
    return inputs
""",
        r"these are the inputs|the last layer is missing",
    ),
    (
        "4.2",
        """
def forward(layers, inputs):
    for layer in layers:
        inputs = [output.data for output in layer(inputs)]
    return inputs
""",
        r"a plain number",
    ),
    (
        "4.2",
        """
def forward(layers, inputs):
    for layer in layers:
        outputs = layer(inputs)
        inputs = [float(x) for x in (outputs if isinstance(outputs, list) else [outputs])]
    return outputs
""",
        r"their graph does not lead back: hand on the Values",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    total = 0
    for size in sizes:
        total += n_inputs * size
        n_inputs = size
    return total
""",
        r"count_parameters\(3, \[4, 4, 1\]\) gave 32, and 41 is right.\nThe biases are missing",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    total = 0
    for size in sizes:
        total += n_inputs * size + 1
        n_inputs = size
    return total
""",
        r"one bias for each layer",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
""",
        r"the first layer is missing",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    total = 0
    for size in sizes:
        total += (n_inputs + 1) * size
    return total
""",
        r"the outputs of the layer before, not the inputs",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    total = n_inputs
    for size in sizes:
        total += (n_inputs + 1) * size
        n_inputs = size
    return total
""",
        r"the inputs have no bias",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    return len(MLP(3, [4, 4, 1]).parameters())
""",
        r"gave 41, and 2 is right.\nA neuron has a weight for each number",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    return len(MLP(n_inputs, sizes).parameters())
""",
        r"builds the network; count by arithmetic",
    ),
    (
        "4.3",
        """
def count_parameters(n_inputs, sizes):
    sizes.insert(0, n_inputs)
    return sum((a + 1) * b for a, b in zip(sizes, sizes[1:]))
""",
        r"is right, but .*\n?(.*\n)?.*work on a copy",
    ),
    (
        "4.4",
        """
def collect(thing):
    found = []
    for part in thing:
        if isinstance(part, Value):
            found.append(part)
    return found
""",
        r"'Value' object is not iterable(.*\n)*.*may also be a single Value",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [thing]
    return [part for part in thing if isinstance(part, Value)]
""",
        r"collect\(\[\[a, b\], \[c\]\]\) gave \[\], and \[a, b, c\] is right",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [thing]
    found = []
    if isinstance(thing, (list, tuple)):
        for part in thing:
            found.extend(collect(part))
    return found
""",
        r"gave \[a, b, b, a, c\].*\n.*two places is one parameter",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [thing]
    if not isinstance(thing, (list, tuple)):
        return [Value(0.0)]
    found = []
    for part in thing:
        found.extend(collect(part))
    return found
""",
        r"plain numbers and texts are not parameters",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [Value(thing.data)]
    return [value for part in thing for value in collect(part)]
""",
        r"these are copies",
    ),
    (
        "4.4",
        """
def collect(thing):
    return collect(thing)
""",
        r"calls itself, directly or by way of another, for ever",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [thing]
    if not isinstance(thing, (list, tuple)):
        return []
    return list({value for part in thing for value in collect(part)})
""",
        r"the order is that in which they stand",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [thing]
    found = []
    for part in thing if isinstance(thing, (list, tuple)) else []:
        for value in collect(part):
            if value.data not in [other.data for other in found]:
                found.append(value)
    return found
""",
        r"may hold the same number.*compare with `is`",
    ),
    (
        "4.4",
        """
def collect(thing, found=[]):
    if isinstance(thing, Value):
        if thing not in found:
            found.append(thing)
    elif isinstance(thing, (list, tuple)):
        for part in thing:
            collect(part)
    return found
""",
        r"of an earlier call: make it inside the function",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [thing]
    if isinstance(thing, (list, tuple)):
        return [value for part in thing for value in collect(part)]
""",
        r"for anything else \[\]",
    ),
    (
        "4.4",
        """
def collect(thing):
    if isinstance(thing, Value):
        return [thing]
    return [value for part in thing for value in collect(part)]
""",
        r"may be anything, also a number or None",
    ),
    (
        "4.5",
        """
def stay_equal(first, second):
    return first[:3] == second[:3]
""",
        r"v counts as well",
    ),
    (
        "4.5",
        """
def stay_equal(first, second):
    return first[0] == second[0] and first[1] == second[1]
""",
        r"b and v count as well",
    ),
    (
        "4.5",
        """
def stay_equal(first, second):
    return sorted(first) == sorted(second)
""",
        r"each weight belongs to its own input",
    ),
    (
        "4.5",
        """
def stay_equal(first, second):
    return all(abs(x - y) < 0.01 for x, y in zip(first, second))
""",
        r"gave True, and False is right",
    ),
    (
        "4.5",
        """
def stay_equal(first, second):
    return first != second
""",
        r"the wrong way round",
    ),
    (
        "4.5",
        """
def stay_equal(first, second):
    return first == second or first[3] == second[3] == 0.0
""",
        r"gave True, and False is right",
    ),
    (
        "4.6",
        """
def stable_tanh(x):
    e = (2 * x).exp()
    return (e - 1) / (e + 1)
""",
        r"stable_tanh\(Value\(400\)\) gave nan, and 1 is right.\n.*inf / inf is nan",
    ),
    (
        "4.6",
        """
def stable_tanh(x):
    e = (-2 * x).exp()
    return (1 - e) / (1 + e)
""",
        r"stable_tanh\(Value\(-400\)\) gave nan.*\n.*where x is negative",
    ),
    (
        "4.6",
        """
def stable_tanh(x):
    return x.tanh()
""",
        r"has tanh in its graph",
    ),
    (
        "4.6",
        """
def stable_tanh(x):
    e = math.exp(2 * x.data)
    return Value((e - 1) / (e + 1))
""",
        r"x.grad is 0.*\n.*does not lead back to x",
    ),
    (
        "4.6",
        """
def stable_tanh(x):
    if x.data > 350:
        return Value(1.0)
    if x.data < -350:
        return Value(-1.0)
    e = (2 * x).exp()
    return (e - 1) / (e + 1)
""",
        r"Value\(200\).*x.grad is 2, and 0 is right.*\n.*the gradient is not",
    ),
    (
        "4.6",
        """
def stable_tanh(x):
    e = (-2 * abs(x)).exp()
    t = (1 - e) / (1 + e)
    return t if x > 0 else -t
""",
        r"abs has a kink at 0",
    ),
    (
        "4.6",
        """
def stable_tanh(x):
    if x.data == 0:
        return Value(0.0)
    e = (-2 * x).exp() if x > 0 else (2 * x).exp()
    t = (1 - e) / (1 + e)
    return t if x > 0 else -t
""",
        r"stable_tanh\(Value\(0\)\).*\n.*does not lead back to x",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    powers = [z.exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]
""",
        r"stable_softmax\(\[1000, 1000\]\) gave \[nan, nan\].*\n.*subtract the largest logit",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    largest = max(logits)
    return [(z - largest).exp() for z in logits]
""",
        r"not divided by their sum",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    mean = sum(logits) / len(logits)
    powers = [(z - mean).exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]
""",
        r"\[-900, 0, 900\].*nan",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    powers = [(z - logits[0]).exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]
""",
        r"\[-900, 0, 900\].*nan",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    largest = max(z.data for z in logits)
    powers = [math.exp(z.data - largest) for z in logits]
    return [power / sum(powers) for power in powers]
""",
        r"a plain number does not remember",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    largest = max(logits)
    powers = [(z - largest).exp() for z in logits]
    total = sum(power.data for power in powers)
    return [power / total for power in powers]
""",
        r"each logit changes every probability",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    return [1 / sum((other - z).exp() for other in logits) for z in logits]
""",
        r"the exp of a positive number overflows on the way",
    ),
    (
        "4.7",
        """
def stable_softmax(logits):
    largest = max(z.data for z in logits)
    for z in logits:
        z.data -= largest
    powers = [z.exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]
""",
        r"leaves the logits as",
    ),
    (
        "4.8",
        """
class Polynomial(Module):
    def __init__(self, degree):
        self.coefficients = [0.0] * (degree + 1)

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))
""",
        r"plain numbers are not parameters",
    ),
    (
        "4.8",
        """
class Polynomial(Module):
    def __init__(self, degree):
        self.coefficients = [Value(0.0)] * (degree + 1)

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))
""",
        r"one Value three times",
    ),
    (
        "4.8",
        """
class Polynomial(Module):
    def __init__(self, degree):
        self.coefficients = [Value(0.0) for _ in range(degree)]

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))
""",
        r"p.coefficients has 2 numbers, and 3 is right",
    ),
    (
        "4.8",
        """
class Polynomial:
    def __init__(self, degree):
        self.coefficients = [Value(0.0) for _ in range(degree + 1)]

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))
""",
        r"The class is not a Module",
    ),
    (
        "4.8",
        """
class Polynomial(Module):
    def __init__(self, degree):
        self.coefficients = [Value(0.0) for _ in range(degree + 1)]

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients, start=1))
""",
        r"the powers begin with x\*\*0",
    ),
    (
        "4.8",
        """
class Polynomial(Module):
    def __init__(self, degree):
        self.coefficients = [Value(0.0) for _ in range(degree + 1)]

    def __call__(self, x):
        for i, c in enumerate(self.coefficients):
            total = c * x**i
        return total
""",
        r"the last term only",
    ),
    (
        "4.8",
        """
class Polynomial(Module):
    def __init__(self, degree):
        coefficients = [Value(0.0) for _ in range(degree + 1)]

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))
""",
        r"has no attribute 'coefficients'",
    ),
    (
        "4.8",
        """
SHARED = [Value(0.0) for _ in range(10)]

class Polynomial(Module):
    def __init__(self, degree):
        self.coefficients = SHARED[: degree + 1]

    def __call__(self, x):
        return sum(c * x**i for i, c in enumerate(self.coefficients))
""",
        r"each object needs its own",
    ),
]
