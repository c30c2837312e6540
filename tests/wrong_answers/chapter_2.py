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
        self._prev, self._op = tuple(_children), _op

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


ANY = "other = other if isinstance(other, Number) else Number(other)\n"
SUM = "        return Number(self.data + "


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
        r'says "\+".*\n.*symbol of this operation is "\*"',
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
        r"asks this method again",
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
        r"the exponent is a part of it",
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
        r"division are compositions",
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
    (
        "2.1",
        """
def slope(f, x, h):
    return abs((f(x + h) - f(x)) / h)
""",
        r"below 0 where the curve falls",
    ),
    (
        "2.1",
        """
def slope(f, x, h):
    return (f(x + h) - f(x)) / (x + h)
""",
        r"divided by x \+ h",
    ),
    (
        "2.1",
        """
def slope(f, x, h):
    return (f * (x + h) - f * x) / h
""",
        r"f is a function, not a number",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    slopes = []
    for x in xs:
        up = list(xs)
        up[xs.index(x)] += h
        slopes.append((f(*up) - f(*xs)) / h)
    return slopes
""",
        r"`xs\.index\(x\)` finds the first place",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    return [(f(*[y + h if y == x else y for y in xs]) - f(*xs)) / h for x in xs]
""",
        r"both are nudged here",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    slopes = []
    for i in range(len(xs)):
        n = xs
        n[i] += h
        slopes.append((f(*n) - f(*xs)) / h)
    return slopes
""",
        r"names of the same list",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    slopes = []
    for i in range(len(xs)):
        up = list(xs)
        up[i] += h
        slopes.append((f(*xs) - f(*up)) / h)
    return slopes
""",
        r"sign is turned",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    slopes = []
    for i in range(len(xs)):
        up = list(xs)
        up[i] += h
        slopes.append(f(*up) - f(*xs) / h)
    return slopes
""",
        r"parentheses",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    h = 1e-4
    slopes = []
    for i in range(len(xs)):
        up = list(xs)
        up[i] += h
        slopes.append((f(*up) - f(*xs)) / h)
    return slopes
""",
        r"the h that is handed over",
    ),
    (
        "2.2",
        """
def gradient(f, xs, h):
    h = 2 * h
    slopes = []
    for i in range(len(xs)):
        up = list(xs)
        up[i] += h
        slopes.append((f(*up) - f(*xs)) / h)
    return slopes
""",
        r"the h that is handed over",
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    return Value(self.data * other.data, (other, self), "*")
""",
        r"in their order",
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    return Value(self.data * other.data, {self, other}, "*")
""",
        r"in their order|a set holds each thing only once",
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    return Value(self.data * other.data, (self, other), "x")
""",
        r'says "x".*\n.*symbol of this operation is "\*"',
    ),
    (
        "2.3",
        VALUE
        + """
def multiply(self, other):
    return Value(self.data * other.data, self, other, "*")
""",
        r"with a comma|several are expected",
    ),
    (
        "2.4",
        VALUE
        + """
def subtract_from(self, other):
    other = Value(other)
    return Value(other.data - self.data, (other, self), '-')
""",
        r"are compositions",
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    return Value(self.data**exponent, (self,), "**{exponent}")
""",
        r"an f before the quotes",
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    return Value(self.data**exponent, (self,), f"^{exponent}")
""",
        r'says "\^3".*\n.*is "\*\*3"',
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    return Value(self.data**exponent, (self, Value(exponent)), f"**{exponent}")
""",
        r"the exponent is a constant",
    ),
    (
        "2.5",
        VALUE
        + """
def power(self, exponent):
    return Value(self.data**int(exponent), (self,), f"**{exponent}")
""",
        r"square root",
    ),
    (
        "2.6",
        VALUE
        + """
def divide(self, other):
    if other == 0:
        return Value(0.0)
    return self * other**-1
""",
        r"dividing by 0 is an error",
    ),
    (
        "2.7",
        VALUE
        + """
def tanh(self):
    x = self.data
    if abs(x) > 5:
        return Value(1.0 if x > 0 else -1.0, (self,), 'tanh')
    return Value(math.tanh(x), (self,), 'tanh')
""",
        r"not 1 yet at 6",
    ),
    (
        "2.8",
        number_with("self.data**exponent, (self,)", "self.data**int(exponent), (self,)"),
        r"square root",
    ),
    (
        "2.8",
        number_with(
            "self.data**exponent, (self,)", "math.prod([self.data] * abs(exponent)), (self,)"
        ),
        r"a power of -1",
    ),
    (
        "2.8",
        number_with('f"**{exponent}"', '"**{exponent}"'),
        r"the symbols are",
    ),
    (
        "2.8",
        number_with('(self,), "exp"', '(self,), "e"'),
        r"the symbols are",
    ),
    (
        "2.8",
        number_with("math.exp(self.data)", "math.exp(min(self.data, 3))"),
        r"not cut off",
    ),
    (
        "2.8",
        number_with("math.tanh(self.data)", "max(-1, min(1, round(math.tanh(self.data), 4)))"),
        r"tanh",
    ),
    (
        "2.8",
        number_with(
            'return Number(math.tanh(self.data), (self,), "tanh")',
            "x = max(-5, min(5, self.data))\n        t = math.tanh(x) if abs(x) < 5 else x / 5\n"
            '        return Number(t, (self,), "tanh")',
        ),
        r"not 1 yet at 6",
    ),
    (
        "2.8",
        number_with("tuple(_children)", "set(_children)"),
        r"a set holds each thing only once.*a tuple",
    ),
    (
        "2.8",
        number_with("return self * other**-1", "return self / other"),
        r"in __truediv__, `self / other`",
    ),
    (
        "2.8",
        number_with("return self + (-other)", "return self - other"),
        r"in __sub__, `self - other`",
    ),
    (
        "2.8",
        number_with("return self * -1", "return -self"),
        r"in __neg__, `-self`",
    ),
    (
        "2.8",
        number_with("return self + other\n", "return other + self\n"),
        r"in __radd__, `other \+ self`",
    ),
    (
        "2.8",
        number_with(
            "return self + (-other)",
            "other = other if isinstance(other, Number) else Number(other)\n"
            '        return Number(self.data - other.data, (self, other), "-")',
        ),
        r"are compositions",
    ),
    (
        "2.8",
        number_with(
            "return self * other**-1", "return self * other**-1 if other != 0 else Number(0)"
        ),
        r"dividing by 0 is an error",
    ),
    (
        "2.8",
        number_with(
            ANY + SUM,
            "other = Number(other) if isinstance(other, int) else other\n" + SUM,
        ),
        r"isinstance\(other, Number\)",
    ),
    (
        "2.8",
        VALUE
        + number_with(
            ANY + SUM,
            ANY.replace("Number(other)", "Value(other)") + SUM,
        ),
        r"has a Value among its inputs, not a Number",
    ),
]


NOT_RUN = """
class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data, self.grad, self.label = float(data), 0.0, label
        self._prev, self._op = tuple(_children), _op

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")
"""

WRONG += [  # right, but for cells that have not been run
    (
        "2.4",
        NOT_RUN + "def subtract_from(self, other):\n    return -self + other",
        r"Value has no __neg__ yet: run the cells above, from `class Value` on",
    ),
    (
        "2.6",
        NOT_RUN + "def divide(self, other):\n    return self * other**-1",
        r"Value has no __pow__ yet: run the cells above",
    ),
]
