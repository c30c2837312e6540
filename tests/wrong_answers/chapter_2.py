"""Typical wrong answers to chapter 2: the exercise, the program, what the verdict says."""

VALUE = """
class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.grad, self.label = float(data), 0.0, label
        self._prev, self._op = tuple(_children), _op

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), "*")

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __pow__(self, exponent):
        return Value(self.data**exponent, (self,), f"**{exponent}")
"""

NUMBER = """
class Number:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.grad, self.label = data, 0.0, label
        self._prev, self._op = set(_children), _op

    def __repr__(self):
        return f"Number(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Number) else Number(other)
        return Number(self.data * other.data, (self, other), "*")

    def __pow__(self, exponent):
        return Number(self.data**exponent, (self,), f"**{exponent}")

    def exp(self):
        return Number(math.exp(self.data), (self,), "exp")

    def tanh(self):
        return Number(math.tanh(self.data), (self,), "tanh")

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    def __rtruediv__(self, other):
        return self**-1 * other
"""


def number_with(old: str, new: str) -> str:
    """The right class with one slip in it."""
    assert NUMBER.count(old) == 1, old
    return NUMBER.replace(old, new)


WRONG: list[tuple[str, str, str]] = [
    ("2.1", "def slope(f, x, h):\n    return f(x + h) - f(x)", r"the rise alone"),
    ("2.1", "def slope(f, x, h):\n    return f(x + h) - f(x) / h", r"parentheses"),
    ("2.1", "def slope(f, x, h):\n    return (f(x) - f(x + h)) / h", r"sign is turned"),
    ("2.1", "def slope(f, x, h):\n    return (f(x + h) - f(x - h)) / (2 * h)", r"both sides"),
    ("2.1", "def slope(f, x):\n    return (f(x + 0.1) - f(x)) / 0.1", r"so do the arguments"),
    ("2.1", "def slope(f, x, h):\n    return (f(x + 1e-8) - f(x)) / 1e-8", r"goes up by h"),
    ("2.1", "def slope(f, x, h):\n    (f(x + h) - f(x)) / h", r"without `return`"),
    (
        "2.2",
        "def gradient(f, xs, h):\n    return [(f(*[x + h for x in xs]) - f(*xs)) / h for x in xs]",
        r"nudged together",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    slopes, start = [], f(*xs)
    for i in range(len(xs)):
        xs[i] += h
        slopes.append((f(*xs) - start) / h)
    return slopes
""",
        r"put each input back",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    slopes = []
    for i in range(len(xs)):
        up = list(xs)
        up[i] += h
        slopes.append((f(up) - f(xs)) / h)
    return slopes
""",
        r"a star spreads a list",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    slopes, i = [], 0
    while i < len(xs):
        up = list(xs)
        up[i] += h
        slopes.append((f(*up) - f(*xs)) / h)
        if i > len(xs):
            i += 1
    return slopes
""",
        r"a loop has no end",
    ),
    ("2.2", "def gradient(f, xs, h):\n    return (f(*xs) - f(*xs)) / h", r"one slope for each"),
    (
        "2.3",
        VALUE + "def multiply(self, other):\n    return self.data * other.data",
        r"not a Value",
    ),
    (
        "2.3",
        VALUE + "def multiply(self, other):\n    return Value(self.data * other.data)",
        r"does not remember a",
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    return Value(self.data * other.data, (self, other), "+")
""",
        r'made by "\+" from',
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    return Value(self.data + other.data, (self, other), "*")
""",
        r"this adds",
    ),
    (
        "2.3",
        VALUE
        + "def multiply(self, other):\n    return Value(self.data * other.data, (self, other))",
        r"has no _op",
    ),
    (
        "2.3",
        VALUE + "def multiply(self, other):\n    Value(self.data * other.data, (self, other), '*')",
        r"without `return`",
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    self.data *= other.data
    return Value(self.data, (self, other), "*")
""",
        r"has changed a",
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    return Value(self.data * other.data, (self.data, other.data), "*")
""",
        r"in _prev, which is not a Value",
    ),
    (
        "2.3",
        VALUE + 'def multiply(self, other):\n    return Value(self * other, (self, other), "*")',
        r"calls itself",
    ),
    ("2.4", VALUE + "def subtract_from(self, other):\n    return self - other", r"sign is turned"),
    (
        "2.4",
        VALUE + "def subtract_from(self, other):\n    return other - self",
        r"asks this method again",
    ),
    (
        "2.4",
        VALUE + "def subtract_from(self, other):\n    return Value(other.data - self.data)",
        r"a plain number has come",
    ),
    (
        "2.4",
        VALUE + "def subtract_from(self, other):\n    return Value(other - self.data)",
        r"does not remember v",
    ),
    ("2.4", VALUE + "def subtract_from(self, other):\n    return self + other", r"are added"),
    (
        "2.5",
        VALUE + 'def power(self, exponent):\n    return Value(self.data**exponent, (self,), "**")',
        r"part of the symbol|made by",
    ),
    (
        "2.5",
        VALUE + "def power(self, exponent):\n    return Value(self.data**exponent, (self), '**')",
        r"a tuple of one is written with a comma",
    ),
    (
        "2.5",
        VALUE + "def power(self, exponent):\n    return Value(self.data ^ exponent, (self,), '**')",
        r"two stars",
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    return Value(self.data**exponent, (self, exponent), f"**{exponent}")
""",
        r"a constant needs no place",
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    exponent = exponent if isinstance(exponent, Value) else Value(exponent)
    return Value(self.data**exponent.data, (self, exponent), "**")
""",
        r"the exponent is a constant",
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    result = self
    for _ in range(exponent - 1):
        result = result * self
    return result
""",
        r"exponent is a constant",
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    return Value(self.data * exponent, (self,), f"**{exponent}")
""",
        r"this is a \* 3",
    ),
    ("2.6", VALUE + "def divide(self, other):\n    return self**-1 * other", r"upside down"),
    ("2.6", VALUE + "def divide(self, other):\n    return (self * other) ** -1", r"both to below"),
    ("2.6", VALUE + "def divide(self, other):\n    return self * 1 / other", r"for ever"),
    (
        "2.6",
        VALUE
        + 'def divide(self, other):\n    return Value(self.data / other.data, (self, other), "/")',
        r"operation \"/\" of its own",
    ),
    (
        "2.6",
        VALUE + "def divide(self, other):\n    return self * Value(other.data ** -1)",
        r"does not remember b",
    ),
    (
        "2.7",
        VALUE
        + """
def tanh(self):
    e = math.exp(2 * self.data)
    return Value((e - 1) / (e + 1), (self,), "tanh")
""",
        r"grown beyond the largest float",
    ),
    (
        "2.7",
        VALUE
        + """
def tanh(self):
    e = math.exp(-2 * abs(self.data))
    return Value((1 - e) / (1 + e), (self,), "tanh")
""",
        r"of a negative number is negative",
    ),
    (
        "2.7",
        VALUE
        + """
def tanh(self):
    e = math.exp(-2 * self.data)
    return Value((1 - e) / (1 + e), (self,), "tanh")
""",
        r"a = Value\(-400\), then a.tanh\(\) stopped with OverflowError",
    ),
    (
        "2.7",
        VALUE + "def tanh(self):\n    return Value(math.tanh(self), (self,), 'tanh')",
        r"functions of math take plain numbers",
    ),
    (
        "2.7",
        VALUE
        + "def tanh(self):\n    return Value(1 / (1 + math.exp(-self.data)), (self,), 'tanh')",
        r"this is the sigmoid",
    ),
    ("2.8", number_with("return -self + other", "return self - other"), r"not v - 2"),
    ("2.8", number_with("return -self + other", "return other - self"), r"asks itself"),
    ("2.8", number_with("return self**-1 * other", "return self / other"), r"not v / 2"),
    ("2.8", number_with("return self * other**-1", "return ..."), r"not written yet"),
    (
        "2.8",
        number_with('return Number(math.exp(self.data), (self,), "exp")', "return math.exp(self)"),
        r"functions of math",
    ),
    (
        "2.8",
        number_with(
            "return Number(math.tanh(self.data)",
            "x = math.exp(2 * self.data)\n        return Number((x - 1) / (x + 1)",
        ),
        r"a = Number\(400\).*\n.*largest float",
    ),
    (
        "2.8",
        number_with(
            "other = other if isinstance(other, Number) else Number(other)\n        return Number("
            "self.data * other.data",
            "return Number(self.data * other.data",
        ),
        r"a plain number has come",
    ),
    ("2.8", VALUE + "def answer():\n    return Value", r"is not a class|positional"),
    (
        "2.8",
        VALUE
        + """
class Number(Value):
    def __radd__(self, other):
        return self + other
""",
        r"gave a Value, not a Number",
    ),
]
