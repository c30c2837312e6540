"""Neurons, layers and networks, made of nothing but Values.

A module finds its parameters by looking through its own attributes, so a network of your own is a
class with Values, modules, or lists of them. Training lives in `optim.py` and `train.py`, saving
in `storage.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from random import Random
from typing import Any

from glassgrad import errors, ops
from glassgrad.value import Value, maximum


class Module:
    """Anything with parameters. Subclass it, and give it Values, modules, or lists of them.

    Parameters are the Values in attributes that no operation made, also those inside modules,
    lists, tuples and dicts.

    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope, self.start = Value(2.0), Value(1.0)
    ...
    ...     def __call__(self, x):
    ...         return self.slope * x + self.start
    >>> Line()(3)
    Value(data=7.0)
    >>> Line().named_parameters()
    [('slope', Value(data=2.0)), ('start', Value(data=1.0))]
    """

    def named_parameters(self) -> list[tuple[str, Value]]:
        """Each parameter once, with the path to it, such as `layers.0.neurons.3.weights.1`."""
        found: dict[Value, str] = {}
        for name, value in _values_in(self, "", set()):
            found.setdefault(value, name)  # a shared parameter goes by its first name
        return [(name, value) for value, name in found.items()]

    def parameters(self) -> list[Value]:
        """Every number that training may change."""
        return [value for _, value in self.named_parameters()]

    def zero_grad(self) -> None:
        """Set all gradients to 0, which `backward` adds to."""
        for parameter in self.parameters():
            parameter.grad = 0.0

    def state_dict(self) -> dict[str, float]:
        """A copy of all parameters by name."""
        return {name: value.data for name, value in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, float]) -> None:
        """Set all parameters; raises ValueError, and changes nothing, unless the names agree."""
        named = dict(self.named_parameters())
        if named.keys() != state.keys():
            raise errors.wrong_names(named.keys() - state.keys(), state.keys() - named.keys())
        numbers = [float(state[name]) for name in named]
        for value, number in zip(named.values(), numbers, strict=True):
            value.data = number

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.parameters())} parameters)"


class Neuron(Module):
    """The activation of a weighted sum of the inputs and a bias.

    n_inputs: how many numbers come in.
    activation: "linear", or the name of an operation of one input, such as "tanh" or "relu".
    init: "uniform" in -1 to 1, biases too, as in the lecture. With biases of 0, "xavier" (Glorot
    and Bengio 2010): uniform up to sqrt(6 / (n_inputs + n_outputs)) on either side of 0; "he" (He
    and others 2015): normal, with deviation sqrt(2 / n_inputs).
    seed: the same seed gives the same weights, None others each time.
    n_outputs: how many neurons there are in its layer; only "xavier" asks.
    Raises ValueError for an activation, init or size that does not exist.

    >>> neuron = Neuron(2, activation="relu", seed=0)
    >>> neuron.weights[0].data, neuron.weights[1].data, neuron.bias.data = 2.0, -1.0, 0.5
    >>> neuron([3.0, 1.0])
    Value(data=5.5)
    """

    def __init__(
        self,
        n_inputs: int,
        activation: str = "tanh",
        init: str = "uniform",
        seed: int | Random | None = None,
        n_outputs: int = 1,
    ) -> None:
        errors.check_sizes(n_inputs, n_outputs)
        draw = _initializer(init, n_inputs, n_outputs, _random(seed))
        self.weights = [Value(draw()) for _ in range(n_inputs)]
        self.bias = Value(draw() if init == "uniform" else 0.0)
        self.activation = activation
        _activation(activation)

    def __call__(self, inputs: Sequence[Any]) -> Value:
        """The output for one example: a sequence of numbers or Values."""
        errors.check_inputs(inputs, len(self.weights))
        total = self.bias
        for weight, x in zip(self.weights, inputs, strict=True):
            total = total + weight * x
        return _activation(self.activation)(total)

    @property
    def w(self) -> list[Value]:
        """The weights, by the lecture's name."""
        return self.weights

    @property
    def b(self) -> Value:
        """The bias, by the lecture's name."""
        return self.bias

    def __repr__(self) -> str:
        return f"Neuron({len(self.weights)} inputs, {self.activation})"


class Layer(Module):
    """A layer: `n_outputs` neurons that see the same `n_inputs` numbers. The rest as for a Neuron.

    >>> Layer(3, 2, activation="relu", seed=0)
    Layer(3 -> 2 relu, 8 parameters)
    """

    def __init__(
        self,
        n_inputs: int,
        n_outputs: int,
        activation: str = "tanh",
        init: str = "uniform",
        seed: int | Random | None = None,
    ) -> None:
        errors.check_sizes(n_inputs, n_outputs)
        self.n_inputs = n_inputs
        self.activation = activation
        each = (n_inputs, activation, init, _random(seed), n_outputs)
        self.neurons = [Neuron(*each) for _ in range(n_outputs)]

    def __call__(self, inputs: Sequence[Any]) -> Any:
        """One Value from a layer of one neuron, a list of Values from a larger one."""
        errors.check_inputs(inputs, self.n_inputs)
        values = [x if isinstance(x, Value) else Value(x) for x in inputs]
        outputs = [neuron(values) for neuron in self.neurons]
        return outputs[0] if len(outputs) == 1 else outputs

    def __repr__(self) -> str:
        shape = f"{self.n_inputs} -> {len(self.neurons)} {self.activation}"
        return f"Layer({shape}, {len(self.parameters())} parameters)"


class MLP(Module):
    """A multi-layer perceptron: each layer's outputs are the next one's inputs.

    n_inputs: how many numbers come in. sizes: the number of neurons of each layer.
    activation: a name for the hidden layers, the last one being linear; or a name for each layer.
    init, seed: as for a Neuron.

    >>> MLP(3, [4, 4, 1], seed=0)
    MLP(3 -> 4 tanh -> 4 tanh -> 1 linear, 41 parameters)
    """

    def __init__(
        self,
        n_inputs: int,
        sizes: Sequence[int],
        activation: str | Sequence[str] = "tanh",
        init: str = "uniform",
        seed: int | Random | None = None,
    ) -> None:
        errors.check_sizes(n_inputs, *errors.check_list(sizes))
        if isinstance(activation, str):
            activation = [activation] * (len(sizes) - 1) + ["linear"]
        if len(activation) != len(sizes) or not sizes:
            raise errors.wrong_activations(len(sizes), activation)
        random = _random(seed)
        widths = [n_inputs, *sizes]
        self.layers = [
            Layer(n_in, n_out, name, init, random)
            for n_in, n_out, name in zip(widths, sizes, activation, strict=False)
        ]

    def __call__(self, inputs: Sequence[Any]) -> Any:
        """The last layer's output: a Value if it has one neuron, else a list of Values."""
        outputs: Any = inputs
        for layer in self.layers:
            outputs = layer([outputs] if isinstance(outputs, Value) else outputs)
        return outputs

    def __repr__(self) -> str:
        shape = "".join(f" -> {len(layer.neurons)} {layer.activation}" for layer in self.layers)
        return f"MLP({self.layers[0].n_inputs}{shape}, {len(self.parameters())} parameters)"


class Embedding(Module):
    """A table of learned vectors, one for each of `count` things; `embedding(i)` is row i.

    dimension: the length of each vector. The numbers start normal with mean 0 and deviation 1.

    >>> letters = Embedding(26, 2, seed=0)
    >>> len(letters(3)), len(letters.parameters())
    (2, 52)
    """

    def __init__(self, count: int, dimension: int, seed: int | Random | None = None) -> None:
        errors.check_sizes(count, dimension)
        random = _random(seed)
        self.rows = [[Value(random.gauss(0, 1)) for _ in range(dimension)] for _ in range(count)]

    def __call__(self, index: Any) -> list[Value]:
        """The vector of thing number `index`, from 0."""
        errors.check_index(index, len(self.rows))  # an Index (choose.py) knows how to take a row
        return index.take_from(self.rows) if hasattr(index, "take_from") else self.rows[index]

    def __repr__(self) -> str:
        return f"Embedding({len(self.rows)} x {len(self.rows[0])})"


def softmax(logits: Sequence[Value | float]) -> list[Value]:
    """Probabilities that add up to 1, e**logit over the sum of them all.

    The largest logit is subtracted first: that changes nothing in the result, and no power of e
    overflows (Goodfellow, Bengio and Courville, Deep Learning, 2016, 4.1).

    >>> [p.data for p in softmax([Value(1000.0), Value(1000.0)])]
    [0.5, 0.5]
    """
    values = [x if isinstance(x, Value) else Value(x) for x in logits]
    if not values:
        return []
    largest = reduce(maximum, values)
    powers = [(value - largest).exp() for value in values]
    total = sum(powers, start=Value(0.0))
    return [power / total for power in powers]


def _values_in(thing: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Value]]:
    """The leaves inside modules, lists, tuples and dicts, in order, with the path to each."""
    if isinstance(thing, Value):
        if thing._rule is None:  # a result that a module happens to keep is none
            yield path, thing
        return
    if isinstance(thing, Module):
        if id(thing) in seen:  # modules may refer to each other
            return
        seen.add(id(thing))
        thing = vars(thing)
    if isinstance(thing, Mapping):
        items = list(thing.items())
    elif isinstance(thing, (list, tuple)):
        items = list(enumerate(thing))
    else:
        return
    for name, part in items:
        yield from _values_in(part, f"{path}.{name}" if path else str(name), seen)


def _activation(name: str) -> Callable[[Value], Value]:
    op = ops.OPS.get(name)
    if name == "linear":
        return lambda x: x
    if op is None or op.arity != 1:
        raise errors.wrong_activation(name, ops.OPS)
    return op


def _random(seed: int | Random | None) -> Random:
    return seed if isinstance(seed, Random) else Random(seed)


def _initializer(init: str, n_in: int, n_out: int, random: Random) -> Callable[[], float]:
    if init == "uniform":
        return lambda: random.uniform(-1.0, 1.0)
    if init == "xavier":
        limit = math.sqrt(6.0 / (n_in + n_out))
        return lambda: random.uniform(-limit, limit)
    if init == "he":
        deviation = math.sqrt(2.0 / n_in)
        return lambda: random.gauss(0.0, deviation)
    raise errors.wrong_init(init)
