"""Program: what lifting gives to the user. It takes arrays, runs the array program, and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glassgrad.lift import errors, summary
from glassgrad.lift.arguments import Argument, Place
from glassgrad.lift.flatten import order_of
from glassgrad.lift.given import batch_of, held_leaves, parameters_in, theta_of
from glassgrad.lift.ir import Code
from glassgrad.lift.lifted import Lifted
from glassgrad.lift.notices import Notice
from glassgrad.lift.text.constants import FEW
from glassgrad.lift.text.source import constants_of, source
from glassgrad.lift.trace import Traced, argument_names, results_of, trace
from glassgrad.nn import Module
from glassgrad.value import Value

Floats = NDArray[np.float64]


class Program:
    """A scalar program as a few array operations; `lift` makes it.

    theta is the flat array of parameters, in the order of `parameters`; None stands for the numbers
    that they have at the time. Then comes an array for each argument, with one example after
    another along its first axis. The value of a batch is the mean over it.

    parameters: the Values that may change. function: what was lifted, None for a graph.

    >>> from glassgrad import MLP, lift
    >>> program = lift(MLP(2, [3, 1], seed=0))
    >>> program.forward(None, [[0.5, 1.0], [2.0, -1.0]]).round(3)
    array([-0.653, -1.001])
    >>> value, gradient = program.value_and_grad(None, [[0.5, 1.0], [2.0, -1.0]])
    >>> round(value, 3), gradient.shape
    (-0.827, (13,))
    """

    def __init__(
        self,
        wrt: Any,
        function: Callable[..., Any] | None = None,
        graph: Traced | None = None,
    ) -> None:
        self._named = parameters_in(wrt)
        self.parameters = list(self._named)
        self.function = function
        self._arguments: dict[int, list[str]] = {}  # their names, by how many there are
        self._known: dict[tuple[Any, ...], Lifted] = {}  # by the shapes of an example
        self._lifted = None if graph is None else Lifted(graph, self._named)  # that of the last run
        self._single = False  # whether the last run was of one example without a batch

    # Numbers.

    def __call__(self, theta: Any, *arrays: Any) -> Any:
        """The value: a float, or an array in the form of the function's result."""
        return self._in_form(self._mean(self._run(theta, arrays)))

    def forward(self, theta: Any, *arrays: Any) -> Floats:
        """The results of each example: of shape (batch, ...), then that of the function's result.

        The first axis is missing where there are no arrays.
        """
        found = self._run(theta, arrays)
        batch = found.shape[:-1] if not self._single else ()
        return found.reshape(batch + self._now.traced.shape)

    def value_and_grad(self, theta: Any, *arrays: Any) -> tuple[Any, Floats]:
        """The value, and its gradient: an array of how fast it changes with each parameter.

        Of several results the value is an array, and the gradient has a row for each of them.
        """
        found = self._run(theta, arrays)
        share = 1.0 / max(len(found), 1) if found.ndim == 2 else 1.0
        shape = self._now.traced.shape
        if not shape:
            return float(np.add.reduce(found, None)) * share, self._now.backward(share)
        rows = np.empty((found.shape[-1], len(self.parameters)))
        for k in range(len(rows)):
            seeds = np.zeros(found.shape)
            seeds[..., k] = share
            rows[k] = self._now.backward(seeds)
        return self._in_form(self._mean(found)), rows.reshape(*shape, len(self.parameters))

    def theta(self) -> Floats:
        """The numbers of the parameters as they are now, as an array."""
        return theta_of(None, self.parameters)

    def update(self, theta: Any) -> None:
        """Give the parameters the numbers in an array."""
        for value, number in zip(
            self.parameters, theta_of(theta, self.parameters).tolist(), strict=True
        ):
            value.data = number

    # What it is made of.

    @property
    def code(self) -> Code:
        """The array program itself."""
        return self._now.code

    @property
    def notices(self) -> list[Notice]:
        """What was baked in when the function was traced."""
        return [] if self._lifted is None else self._lifted.traced.notices

    def __len__(self) -> int:
        """How many array operations it takes to go forward."""
        return len(self.code.forward)

    def __bool__(self) -> bool:
        return True

    @property
    def is_lifted(self) -> bool:
        """Whether there is a program already: a function's is made when it is first called."""
        return self._lifted is not None

    def source(self, gradient: bool = True, most: int = FEW) -> str:
        """The program as Python with NumPy, to read and to run, with or without its gradient.

        most: arrays of constants with more numbers than that are not in the text: it takes them
        from `CONSTANTS`, a dict that `constants` gives.

        >>> from glassgrad import Value, lift
        >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
        >>> print(lift(a * b + 1).source(gradient=False))
        import numpy as np
        <BLANKLINE>
        <BLANKLINE>
        def forward(theta):
            a = theta[0]      # a number
            b = theta[1]      # a number
            z1 = a * b + 1.0  # a number: 2 scalar nodes
            return z1
        <BLANKLINE>
        """
        traced = self._now.traced
        return source(self._code(gradient), self.names, traced.shape, traced.feeds, most)

    def constants(self, gradient: bool = True, most: int = FEW) -> dict[str, Floats]:
        """The arrays that the source takes from `CONSTANTS`, as they are too large for a text."""
        return constants_of(self._code(gradient), self.names, most)

    def where(self, value: Value | str) -> Place | None:
        """Where the number of a Value, or of the one with a label, is; None if it is nowhere.

        >>> from glassgrad import Value, lift
        >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
        >>> lift(a * b + 1).where(b)
        Place(name='theta', index=(1,), part=False)
        """
        return self._now.where(value)

    def values_at(self, name: str, *index: int) -> list[Value]:
        """The Values of the graph whose number is in a cell of an array; the way back of `where`.

        Most often it is one; equal ones share a cell.

        >>> from glassgrad import Value, lift
        >>> a, b = Value(2.0, label="a"), Value(3.0, label="b")
        >>> lift(a * b + 1).values_at("theta", 1)
        [Value(data=3.0)]
        """
        return self._now.values_at(name, index)[0]

    def parts_at(self, name: str, *index: int) -> list[Value]:
        """The Values that went into the number in a cell, such as the products of a sum."""
        return self._now.values_at(name, index)[1]

    def data(self, value: Value | str) -> Any:
        """The number of a Value, or of the one with a label, in the last run.

        A float, or an array with one for each example.
        """
        return self._plain(self._now.data(value))

    def grad(self, value: Value | str) -> Any:
        """How fast the last value changes with a Value, or with the one with a label.

        A float, or an array with one for each example. It is there after `value_and_grad`; of
        several results it is that of the last one. Of equal Values without labels there is only
        the gradient of all of them together, which is refused.
        """
        return self._plain(self._now.grad(value))

    def __getitem__(self, name: str) -> Floats:
        """The numbers of a buffer in the last run, by the name that source and picture have."""
        return self._now.read(name)

    def __str__(self) -> str:
        return summary.text(self._title, self._lifted)

    def _repr_svg_(self) -> str | None:
        from glassgrad.draw import draw

        return None if self._lifted is None else draw(self).svg

    def __repr__(self) -> str:
        return f"Program({summary.line(self._title, self._lifted)})"

    # How.

    @property
    def names(self) -> list[str]:
        """The path or label of each parameter."""
        return list(self._named.values())

    def _code(self, gradient: bool) -> Code:
        self._now.differentiate()
        return self.code if gradient else replace(self.code, backward=[], gradients={})

    @property
    def _title(self) -> str:
        if self.function is None:
            return ", ".join(filter(None, (root.label for root in self._now.traced.roots[:3])))
        return getattr(self.function, "__name__", type(self.function).__name__)

    @property
    def _now(self) -> Lifted:
        if self._lifted is None:
            raise errors.not_traced(self._title)
        return self._lifted

    def _run(self, theta: Any, arrays: Sequence[Any]) -> Floats:
        """The results, (roots,) or (batch, roots)."""
        numbers = theta_of(theta, self.parameters)
        batches = self._batches(arrays)
        if self.function is not None:
            self._lifted = self._traced(batches)
        return self._now.forward(numbers, self._feed(batches))

    def _batches(self, arrays: Sequence[Any]) -> list[NDArray[Any]]:
        """The arrays that were given, each of examples one after another."""
        if self.function is not None:
            count = len(arrays)
            if count not in self._arguments:
                self._arguments[count] = argument_names(self.function, count)
            names = self._arguments[count]
            batches = [batch_of(a, name) for name, a in zip(names, arrays, strict=True)]
            if any(len(batch) != len(batches[0]) for batch in batches):
                raise errors.different_batches(dict(zip(names, map(len, batches), strict=True)))
            return batches
        arguments = self._now.traced.arguments
        if len(arrays) != len(arguments):
            raise errors.wrong_inputs(len(arguments), len(arrays))
        self._single = False
        if not arrays:
            return []
        array, (count,) = batch_of(arrays[0], "x"), arguments[0].shape
        if array.shape[-1:] != (count,) or array.ndim > 2:
            raise errors.wrong_input_shape(array.shape, count)
        self._single = array.ndim == 1
        return [array.reshape(-1, count)] if self._single else [array]

    def _traced(self, batches: Sequence[NDArray[Any]]) -> Lifted:
        """The function for examples of these shapes, traced once for each."""
        assert self.function is not None
        key = tuple((batch.shape[1:], batch.dtype.kind == "f") for batch in batches)
        if key not in self._known:
            traced = trace(self.function, batches, self.parameters)
            self._known[key] = Lifted(traced, self._named)
            for notice in traced.notices:
                notice.warn()
        return self._known[key]

    def _feed(self, batches: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """An array for each input of the code."""
        traced = self._now.traced
        fed: list[NDArray[Any]] = []
        for argument, buffer, k in zip(
            traced.arguments, self.code.inputs, traced.feeds, strict=True
        ):
            if argument.role == "input":
                fed.append(np.asarray(batches[k], np.float64))
                continue
            numbers = np.asarray(batches[k], np.intp)
            if buffer in self._now.limits and numbers.size:
                lowest, limit = self._now.limits[buffer]
                unsigned = numbers.view(np.uintp)  # then numbers below 0 are huge
                if np.maximum.reduce(unsigned, None) >= lowest and (unsigned >= limit).any():
                    raise errors.index_out_of_range(argument.name, numbers, limit)
            fed.append(numbers)
        return fed

    def _mean(self, found: Floats) -> Floats:
        return np.add.reduce(found) / max(len(found), 1) if found.ndim == 2 else found

    def _in_form(self, found: Floats) -> Any:
        shape = self._now.traced.shape
        return found.reshape(shape) if shape else float(found[0])

    def _plain(self, found: Floats) -> Any:
        """A number of an example as a float, those of a batch as an array."""
        return found if found.ndim and not self._single else float(found.ravel()[0])


def lift_function(function: Callable[..., Any], wrt: Any) -> Program:
    """The program of a function of one example."""
    if wrt is None and not isinstance(function, Module):
        raise errors.function_without_parameters()
    return Program(function if wrt is None else wrt, function)


def _leaves(inputs: Any) -> list[Any]:
    """What `inputs` holds, in order."""
    if inputs is None or isinstance(inputs, Value):
        return [] if inputs is None else [inputs]
    if isinstance(inputs, set | frozenset):
        raise errors.unordered("inputs")
    if not isinstance(inputs, Iterable):
        raise errors.wrong_leaves()
    return list(inputs)


def lift_graph(results: Any, wrt: Any, inputs: Any) -> Program:
    """The program of a result, or of a list of them, in the graph that they were made from."""
    roots, shape = results_of(results, "the list")
    leaves = _leaves(inputs)
    good = [x for x in leaves if isinstance(x, Value) and x._rule is None]
    if len(set(good)) < len(leaves):
        raise errors.wrong_leaves()
    if wrt is None:
        others = [x for x in held_leaves(order_of(roots)) if x not in set(leaves)]
        wrt = [x for x in others if x.label] or others
    arguments = [] if inputs is None else [Argument("x", (len(leaves),), "input", True, leaves)]
    program = Program(wrt, None, Traced(roots, shape, arguments, [0] * len(arguments), []))
    if not set(leaves).isdisjoint(program.parameters):
        raise errors.wrong_leaves()
    return program
