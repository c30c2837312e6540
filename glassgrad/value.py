"""Value: a number that remembers how it was made, and what each number it came from does to it.

Building the graph, the backward pass and gradients of gradients are here. The table in `ops.py`
says what each operation computes and what its derivatives are. Nothing here recurses, so a graph
may be as deep as memory allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from numbers import Integral
from typing import Any, ClassVar, Final, cast

from glassgrad import copying, ops
from glassgrad.errors import refuse_hand_written
from glassgrad.floats import as_float
from glassgrad.ops import Op

try:
    from mypy_extensions import mypyc_attr
except ImportError:  # it speaks to the compiler only; this file also runs as it is

    def mypyc_attr(*attrs: str, **kwattrs: object) -> Any:  # type: ignore[misc]  # noqa: D103
        return lambda cls: cls


@mypyc_attr(allow_interpreted_subclasses=True)
class Value:
    """A number, its gradient, and the operation and inputs that it was made from.

    data: the number.
    grad: d(root) / d(self) once `root.backward()` has run.
    label: a name for pictures and messages.
    _children, _op: as in the lecture, for an operation of your own: build the result with them,
    then assign its `_backward`, a function that adds to the inputs' `grad`.

    Arithmetic with numbers on either side gives Values; `<` and `float()` go by the number, `==`
    and hashing by identity. `math.sin(v)` takes `float(v)` and forgets the graph: write `v.sin()`.
    The result of an operation on a subclass is a plain Value.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> c = a * b + 10
    >>> c
    Value(data=4.0)
    >>> c.backward()
    >>> a.grad, b.grad
    (-3.0, 2.0)
    """

    __slots__ = ("_left", "_right", "_rule", "data", "grad", "label")

    __array_ufunc__: ClassVar[None] = None  # NumPy leaves arithmetic with its scalars to us
    # Said once more for the compiler: a class with `<` and no hash of its own would have none.
    __hash__: ClassVar[Callable[[Any], int]] = object.__hash__

    data: float
    grad: float
    label: str
    _rule: Op | None  # how it was made; None for a leaf
    _left: Value | None  # the inputs of the operation, where it has them
    _right: Value | None

    def __init__(
        self, data: Any, _children: Iterable[Value] = (), _op: str = "", label: str = ""
    ) -> None:
        self.data = data if type(data) is float else as_float(data)
        self.grad = 0.0
        self.label = label
        self._rule = self._left = self._right = None
        if _children and mode.paused == 0:
            self._rule = _Custom(_op, tuple(_children))
            if mode.on_node is not None:
                mode.on_node(self, self._rule, self._prev)

    @property
    def _prev(self) -> tuple[Value, ...]:
        """The inputs: one or two, none for a leaf, `a` twice for `a + a`."""
        rule = self._rule
        if isinstance(rule, _Custom):
            return rule.children
        if self._left is None:
            return ()
        return (self._left,) if self._right is None else (self._left, self._right)

    @property
    def _op(self) -> str:
        """The symbol of the operation that made this, "" for a leaf."""
        return "" if self._rule is None else self._rule.symbol

    @property
    def _backward(self) -> Callable[[], None]:
        """Pass this node's gradient on to its inputs; assign a function to do it your way."""
        rule = self._rule  # as it is now: what is assigned later may call this
        return lambda: _propagate(self, rule)

    @_backward.setter
    def _backward(self, function: Callable[[], None]) -> None:
        if self._rule is not None:  # a leaf has nothing to pass on
            self._rule = _Custom(self._op, self._prev, function)

    def backward(self) -> None:
        """Find d(this) / d(x) for every number x that this one depends on; it becomes `x.grad`.

        Gradients of leaves add up over calls, until you set them to 0 (`zero_grad` of a network
        does); those of results in between start afresh each time.
        """
        order = [node for node in topological_order(self) if node._rule is not None]
        for node in order:
            node.grad = 0.0
        self.grad += 1.0
        for node in reversed(order):
            _propagate(node, node._rule)

    # Arithmetic, with any real number on the other side. Subtraction and division are
    # compositions, as on paper: a + (-b), a * b**-1.

    def __add__(self, other: Any) -> Value:
        if not isinstance(other, Value):
            other = Value(other)
        return _node(ops.add, self.data + other.data, self, other)

    def __mul__(self, other: Any) -> Value:
        if not isinstance(other, Value):
            other = Value(other)
        return _node(ops.multiply, self.data * other.data, self, other)

    def __pow__(self, other: Any) -> Value:
        if isinstance(other, Value):
            return _apply(ops.power, self, other)
        exponent: Any = as_float(other)
        if isinstance(other, Integral) and abs(exponent) < 2**53:
            exponent = int(exponent)  # so that the symbol is **2, not **2.0
        return _apply(ops.power_by(exponent), self)

    def __neg__(self) -> Value:
        return self * -1

    def __sub__(self, other: Any) -> Value:
        return self + (-other if isinstance(other, Value) else -as_float(other))

    def __truediv__(self, other: Any) -> Value:
        return self * (other**-1 if isinstance(other, Value) else ops.power(as_float(other), -1.0))

    def __radd__(self, other: Any) -> Value:
        return Value(other) + self

    def __rmul__(self, other: Any) -> Value:
        return Value(other) * self

    def __rsub__(self, other: Any) -> Value:
        return Value(other) + -self

    def __rtruediv__(self, other: Any) -> Value:
        return Value(other) * self**-1

    def __rpow__(self, other: Any) -> Value:
        return Value(other) ** self

    def __abs__(self) -> Value:
        return _apply(ops.absolute, self)

    def exp(self) -> Value:
        """The number e to the power of this."""
        return _apply(ops.exp, self)

    def log(self) -> Value:
        """The natural logarithm: -inf at 0, nan below."""
        return _apply(ops.log, self)

    def sqrt(self) -> Value:
        """The square root: nan below 0."""
        return _apply(ops.sqrt, self)

    def sin(self) -> Value:
        """The sine of an angle in radians."""
        return _apply(ops.sin, self)

    def cos(self) -> Value:
        """The cosine of an angle in radians."""
        return _apply(ops.cos, self)

    def tanh(self) -> Value:
        """The hyperbolic tangent: squashes any number into -1 to 1."""
        return _apply(ops.tanh, self)

    def sigmoid(self) -> Value:
        """1 / (1 + e**-x): squashes any number into 0 to 1."""
        return _apply(ops.sigmoid, self)

    def relu(self) -> Value:
        """The number itself where it is positive, else 0."""
        return _apply(ops.relu, self)

    def softplus(self) -> Value:
        """log(1 + e**x): a smooth relu."""
        return _apply(ops.softplus, self)

    def gelu(self) -> Value:
        """The number times the share of a standard normal distribution below it."""
        return _apply(ops.gelu, self)

    def _apply(self, rule: Op, inputs: tuple[Any, ...]) -> Value:
        """What a record of the table does when it is called with a Value."""
        return _apply(rule, *inputs)

    # As a number.

    def __float__(self) -> float:
        return float(self.data)

    def __lt__(self, other: Any) -> bool:
        return self.data < _data(other)

    def __le__(self, other: Any) -> bool:
        return self.data <= _data(other)

    def __gt__(self, other: Any) -> bool:
        return self.data > _data(other)

    def __ge__(self, other: Any) -> bool:
        return self.data >= _data(other)

    def __repr__(self) -> str:
        return f"Value(data={self.data})"

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __copy__(self) -> Any:
        return copying.shallow_copy(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return copying.deep_copy(topological_order(self), memo)

    def __reduce__(self) -> tuple[Any, ...]:
        return copying.reduce(topological_order(self))


class _Custom(Op):
    """The operation of a node that was built by hand, with the function that goes backward."""

    def __init__(
        self, symbol: str, children: tuple[Value, ...], backward: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(symbol, symbol, refuse_hand_written, refuse_hand_written, "")
        self.children = children
        self.backward = backward


class Mode:
    """Settings of the whole process: whether graphs are kept, and who watches."""

    def __init__(self) -> None:
        self.paused = 0  # how many `no_grad` are open
        # Called with each new node, and with each that has passed its gradient on (anomaly.py).
        self.on_node: Callable[[Value, Op, tuple[Value, ...]], None] | None = None
        self.on_gradient: Callable[[Value], None] | None = None


mode: Final = Mode()


def _node(rule: Op, data: float, left: Value, right: Value | None) -> Value:
    """The result of an operation, with a memory of where it came from."""
    node = Value(data)
    if mode.paused == 0:
        node._rule = rule
        node._left = left
        node._right = right
    if mode.on_node is not None:
        mode.on_node(node, rule, (left,) if right is None else (left, right))
    return node


def _apply(rule: Op, *inputs: Any) -> Value:
    values = [x if isinstance(x, Value) else Value(x) for x in inputs]
    right = values[1] if len(values) == 2 else None
    return _node(rule, rule.value(*[x.data for x in values]), values[0], right)


def _propagate(node: Value, rule: Op | None) -> None:
    """The chain rule, once: input.grad += (d node / d input) * node.grad."""
    left = node._left
    right = node._right
    if isinstance(rule, _Custom):
        rule.backward()
    elif rule is None or left is None:
        return  # a leaf has no inputs
    elif right is None:
        slopes: tuple[float, ...] = rule.partials(left.data, node.data)
        left.grad += slopes[0] * node.grad
    else:
        slopes = rule.partials(left.data, right.data, node.data)
        left.grad += slopes[0] * node.grad
        right.grad += slopes[1] * node.grad
    if mode.on_gradient is not None:
        mode.on_gradient(node)


def topological_order(root: Value) -> list[Value]:
    """Every node that `root` was made from, inputs before results, `root` last.

    The order is the same every time, so sums of gradients are the same to the last bit.

    >>> a = Value(2.0)
    >>> b = a + a
    >>> topological_order(b) == [a, b]
    True
    """
    order: list[Value] = []
    seen: set[Value] = set()
    stack: list[Value | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:  # all inputs of the node below the mark have been placed
            order.append(cast(Value, stack.pop()))
        elif node not in seen:
            seen.add(node)
            stack.append(node)
            stack.append(None)
            if node._right is not None:
                stack.append(node._right)
            if node._left is not None:
                stack.append(node._left)
            elif node._rule is not None:
                stack.extend(reversed(node._prev))
    return order


def grad(y: Value, xs: Value | Sequence[Value]) -> Any:
    """The gradients of `y` with respect to `xs`, as Values: differentiate them again if you like.

    Returns a Value for a Value and a list for a sequence; 0 where `y` does not depend on it.
    Raises TypeError where a hand-written `_backward` lies between them. `grad`s stay untouched.

    >>> x = Value(3.0)
    >>> slope = grad(x**3, x)
    >>> slope, grad(slope, x)
    (Value(data=27.0), Value(data=18.0))
    """
    wanted = [xs] if isinstance(xs, Value) else list(xs)
    order = topological_order(y)
    depends = set(wanted)  # only what lies between y and xs needs a gradient
    for node in order:
        if any(x in depends for x in node._prev):
            depends.add(node)
    gradient = {y: Value(1.0)}
    for node in reversed(order):
        if node._rule is None or node not in gradient or node not in depends:
            continue
        partials = node._rule.partials(*node._prev, node)
        for x, partial in zip(node._prev, partials, strict=True):
            if x in depends:
                term = gradient[node] * partial
                gradient[x] = gradient[x] + term if x in gradient else term
    found = [gradient[x] if x in gradient else Value(0.0) for x in wanted]
    return found[0] if isinstance(xs, Value) else found


def maximum(a: Any, b: Any) -> Value:
    """The larger of two; where they are equal each gets half of the gradient.

    >>> maximum(Value(2.0), 5)
    Value(data=5.0)
    """
    return _apply(ops.maximum, a, b)


def minimum(a: Any, b: Any) -> Value:
    """The smaller of two; where they are equal each gets half of the gradient.

    >>> minimum(Value(2.0), 5)
    Value(data=2.0)
    """
    return _apply(ops.minimum, a, b)


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside, results do not remember how they were made: for evaluation. Holds for all threads.

    >>> with no_grad():
    ...     y = Value(2.0) * 3
    >>> y._prev
    ()
    """
    mode.paused += 1
    try:
        yield
    finally:
        mode.paused -= 1


def _data(other: Any) -> float:
    return other.data if isinstance(other, Value) else as_float(other)
