"""Optimisers: how gradients change the parameters; clipping of gradients; learning-rate schedules.

The rules and their default constants are PyTorch's, so the numbers agree step by step. The loop
that goes through the data lives in `train.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

from glassgrad.errors import explain
from glassgrad.nn import Module
from glassgrad.value import Value


class Optimizer:
    """What all optimisers share. One of your own is a subclass with an `update`.

    parameters: a module, or the Values to change.
    learning_rate: how far a step goes; set it at any time, for example from a schedule.
    state: for each parameter the numbers that the rule remembers, by the names in `remembers`.
    steps: how many steps have been taken.

    Raises ValueError where there are no parameters or a setting is out of its range, TypeError
    where a parameter is no Value or a setting is no number.

    >>> weight = Value(1.0)
    >>> optimizer = SGD([weight], learning_rate=0.1, momentum=0.9)
    >>> for _ in range(2):
    ...     optimizer.zero_grad()
    ...     (weight * 3).backward()
    ...     optimizer.step()
    >>> round(weight.data, 3), optimizer.state
    (0.13, [{'velocity': 5.7}])
    """

    remembers: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Module | Iterable[Value], learning_rate: float) -> None:
        self.parameters = _parameters(parameters)
        self.learning_rate = self._setting("learning_rate", learning_rate)
        self.state = [dict.fromkeys(self.remembers, 0.0) for _ in self.parameters]
        self.steps = 0

    def step(self) -> None:
        """Change each parameter once, by its gradient."""
        self.steps += 1
        for parameter, state in zip(self.parameters, self.state, strict=True):
            parameter.data = self.update(parameter.data, parameter.grad, state)

    def update(self, x: Any, grad: Any, state: dict[str, Any]) -> Any:
        """The rule for one number: its new value, from the old one `x` and its gradient.

        The rules here are made of `+ - * / **` only, so they take arrays of many numbers as well.
        """
        raise NotImplementedError

    def zero_grad(self) -> None:
        """Set all gradients to 0, which `backward` adds to."""
        for parameter in self.parameters:
            parameter.grad = 0.0

    def _setting(
        self, name: str, value: float, least: float = 0.0, below: float = math.inf
    ) -> float:
        kind = type(self).__name__
        allowed = f"at least {least:g} and below {below:g}"
        if below == math.inf:
            allowed = f"finite and at least {least:g}"
        wrong, right = f"{kind}(model, {name}={value!r})", f"{kind}(model)"
        _check_number(name, value, allowed, wrong, right)
        if not least <= value < below:
            raise _out_of_range(name, value, allowed, wrong, right)
        return float(value)

    def __repr__(self) -> str:
        count = len(self.parameters)
        return f"{type(self).__name__}({count} parameters, learning_rate={self.learning_rate})"


class SGD(Optimizer):
    """Stochastic gradient descent: a step downhill, as far as the slope is steep.

        velocity = momentum * velocity + grad
        x = x - learning_rate * velocity

    learning_rate: 0.1 suits small networks, as in the lecture (PyTorch's 0.001 suits large ones).
    momentum: how much of the last step's velocity stays (Polyak 1964), from 0 to below 1.
    nesterov: step by grad + momentum * velocity, a look ahead (Sutskever and others 2013).
    weight_decay: times x, is added to the gradient; the same as `l2` of half that strength.

    >>> weight = Value(1.0)
    >>> (weight * 3).backward()
    >>> SGD([weight]).step()
    >>> weight
    Value(data=0.7)
    """

    remembers = ("velocity",)

    def __init__(
        self,
        parameters: Module | Iterable[Value],
        learning_rate: float = 0.1,
        momentum: float = 0.0,
        nesterov: bool = False,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.momentum = self._setting("momentum", momentum, below=1.0)
        self.nesterov = nesterov
        self.weight_decay = self._setting("weight_decay", weight_decay)
        if nesterov and momentum == 0:
            raise _nesterov_alone()

    def update(self, x: Any, grad: Any, state: dict[str, Any]) -> Any:
        """The rule for one number, or for arrays of them."""
        grad = grad + self.weight_decay * x  # not +=, which changes an array
        state["velocity"] = self.momentum * state["velocity"] + grad
        if self.nesterov:
            return x - self.learning_rate * (grad + self.momentum * state["velocity"])
        return x - self.learning_rate * state["velocity"]


class RMSProp(Optimizer):
    """A step of about the same length for every parameter, however steep its slope.

        mean_square = decay * mean_square + (1 - decay) * grad**2
        x = x - learning_rate * grad / (sqrt(mean_square) + epsilon)

    weight_decay: times x, is added to the gradient.
    Source: Tieleman and Hinton, Neural Networks for Machine Learning, lecture 6.5 (2012).

    >>> weight = Value(1.0)
    >>> (weight * 3).backward()
    >>> RMSProp([weight]).step()  # mean_square is 0.01 * 9, its root 0.3
    >>> print(f"{weight.data:.6f}")
    0.900000
    """

    remembers = ("mean_square",)

    def __init__(
        self,
        parameters: Module | Iterable[Value],
        learning_rate: float = 0.01,
        decay: float = 0.99,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.decay = self._setting("decay", decay, below=1.0)
        self.epsilon = self._setting("epsilon", epsilon, least=1e-100)
        self.weight_decay = self._setting("weight_decay", weight_decay)

    def update(self, x: Any, grad: Any, state: dict[str, Any]) -> Any:
        """The rule for one number, or for arrays of them."""
        grad = grad + self.weight_decay * x
        state["mean_square"] = self.decay * state["mean_square"] + (1 - self.decay) * grad * grad
        return x - self.learning_rate * grad / (state["mean_square"] ** 0.5 + self.epsilon)


class Adam(Optimizer):
    """RMSProp with momentum, both corrected for having started at 0.

        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        x = x - learning_rate * (m / (1 - beta1**steps)) / (sqrt(v / (1 - beta2**steps)) + epsilon)

    weight_decay: times x, is added to the gradient.
    Source: Kingma and Ba, Adam: A Method for Stochastic Optimization (2015), algorithm 1.

    >>> weight = Value(1.0)
    >>> (weight * 3).backward()
    >>> Adam([weight]).step()  # the first step has the length of the learning rate
    >>> print(f"{weight.data:.6f}")
    0.999000
    """

    remembers = ("m", "v")

    def __init__(
        self,
        parameters: Module | Iterable[Value],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(parameters, learning_rate)
        self.beta1 = self._setting("beta1", beta1, below=1.0)
        self.beta2 = self._setting("beta2", beta2, below=1.0)
        self.epsilon = self._setting("epsilon", epsilon, least=1e-100)
        self.weight_decay = self._setting("weight_decay", weight_decay)

    def update(self, x: Any, grad: Any, state: dict[str, Any]) -> Any:
        """The rule for one number, or for arrays of them."""
        grad = grad + self.weight_decay * x
        return self._adam(x, grad, state)

    def _adam(self, x: Any, grad: Any, state: dict[str, Any]) -> Any:
        state["m"] = self.beta1 * state["m"] + (1 - self.beta1) * grad
        state["v"] = self.beta2 * state["v"] + (1 - self.beta2) * grad * grad
        m = state["m"] / (1 - self.beta1**self.steps)
        v = state["v"] / (1 - self.beta2**self.steps)
        return x - self.learning_rate * m / (v**0.5 + self.epsilon)


class AdamW(Adam):
    """Adam, with weight decay beside the gradient instead of inside it.

        x = x - learning_rate * weight_decay * x, then Adam's rule without weight decay

    That the learning rate is a factor of the decay is PyTorch's way; the paper has a schedule of
    its own there.
    Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2.

    >>> weight = Value(1.0)
    >>> (weight * 3).backward()
    >>> AdamW([weight]).step()
    >>> print(f"{weight.data:.6f}")
    0.998990
    """

    def __init__(
        self,
        parameters: Module | Iterable[Value],
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, learning_rate, beta1, beta2, epsilon, weight_decay)

    def update(self, x: Any, grad: Any, state: dict[str, Any]) -> Any:
        """The rule for one number, or for arrays of them."""
        return self._adam(x - self.learning_rate * self.weight_decay * x, grad, state)


# By name, for the command line. Each takes the parameters and a learning rate.
OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    kind.__name__.lower(): kind for kind in (SGD, RMSProp, Adam, AdamW)
}


def clip_grad_norm(parameters: Module | Iterable[Value], max_norm: float) -> float:
    """Shrink all gradients by one factor, so that their norm is at most `max_norm`.

    Returns the norm before: the square root of the sum of their squares. The factor is PyTorch's,
    max_norm / (norm + 1e-6). Where a gradient is inf or nan no factor helps: FloatingPointError
    then says which one, and the gradients stay as they are; so where the norm is beyond floats.
    Source: Pascanu, Mikolov and Bengio (2013), algorithm 1.

    >>> weights = [Value(3.0), Value(4.0)]
    >>> (weights[0] * 3 + weights[1] * 4).backward()
    >>> clip_grad_norm(weights, max_norm=1.0)
    5.0
    >>> [round(weight.grad, 6) for weight in weights]
    [0.6, 0.8]
    """
    wrong, right = f"clip_grad_norm(model, {max_norm!r})", "clip_grad_norm(model, 1.0)"
    _check_number("max_norm", max_norm, "at least 0", wrong, right)
    if not max_norm >= 0:
        raise _out_of_range("max_norm", max_norm, "at least 0", wrong, right)
    values = _parameters(parameters)
    norm = math.hypot(*[value.grad for value in values])
    if not math.isfinite(norm):
        raise _not_finite(norm, values)
    factor = min(1.0, max_norm / (norm + 1e-6))
    for value in values:
        value.grad *= factor
    return norm


def clip_grad_value(parameters: Module | Iterable[Value], limit: float) -> None:
    """Bring each gradient into -limit to limit; nan stays nan.

    >>> weight = Value(1.0)
    >>> (weight * -7).backward()
    >>> clip_grad_value([weight], limit=2.0)
    >>> weight.grad
    -2.0
    """
    wrong, right = f"clip_grad_value(model, {limit!r})", "clip_grad_value(model, 1.0)"
    _check_number("limit", limit, "at least 0", wrong, right)
    if not limit >= 0:
        raise _out_of_range("limit", limit, "at least 0", wrong, right)
    limit = float(limit)
    for value in _parameters(parameters):
        if value.grad > limit:
            value.grad = limit
        elif value.grad < -limit:
            value.grad = -limit


# Schedules: functions from the number of a step (or epoch), from 0, to a learning rate.
# Use: optimizer.learning_rate = schedule(step)

Schedule = Callable[[float], float]


def step_decay(learning_rate: float, every: int, factor: float = 0.1) -> Schedule:
    """Multiply by `factor` after every `every` steps: learning_rate * factor**(step // every).

    >>> schedule = step_decay(1.0, every=10, factor=0.5)
    >>> [schedule(step) for step in (0, 9, 10, 20)]
    [1.0, 1.0, 0.5, 0.25]
    """
    _check_count(every, "step_decay(0.1, every={})")
    return lambda step: learning_rate * factor ** (step // every)


def linear_decay(learning_rate: float, steps: int, final: float = 0.0) -> Schedule:
    """Go down in a straight line to `final` at step number `steps`, and stay there.

    >>> schedule = linear_decay(1.0, steps=10)
    >>> [schedule(step) for step in (0, 5, 10, 20)]
    [1.0, 0.5, 0.0, 0.0]
    """
    _check_count(steps, "linear_decay(0.1, steps={})")
    return lambda step: learning_rate + (final - learning_rate) * min(1.0, step / steps)


def cosine_decay(learning_rate: float, steps: int, final: float = 0.0) -> Schedule:
    """Go down to `final` along half a cosine wave, slow at both ends, and stay there.

    final + (learning_rate - final) * (1 + cos(pi * step / steps)) / 2
    Source: Loshchilov and Hutter, SGDR (2017), equation 5.

    >>> schedule = cosine_decay(1.0, steps=10)
    >>> [round(schedule(step), 3) for step in (0, 1, 5, 9, 10, 20)]
    [1.0, 0.976, 0.5, 0.024, 0.0, 0.0]
    """
    _check_count(steps, "cosine_decay(0.1, steps={})")

    def schedule(step: float) -> float:
        share = (1 + math.cos(math.pi * min(1.0, step / steps))) / 2
        return final + (learning_rate - final) * share

    return schedule


def warm_up(schedule: Schedule, steps: int) -> Schedule:
    """Grow from schedule / steps to the whole of it over the first `steps` steps.

    The schedule beneath runs on meanwhile. Source: Goyal and others, Accurate, Large Minibatch
    SGD (2017), 2.2.

    >>> schedule = warm_up(linear_decay(1.0, steps=10), steps=4)
    >>> [schedule(step) for step in (0, 1, 5, 10)]
    [0.25, 0.45, 0.5, 0.0]
    """
    _check_count(steps, "warm_up(schedule, steps={})")
    return lambda step: schedule(step) * min(1.0, (step + 1) / steps)


def _parameters(parameters: Any) -> list[Value]:
    """The Values to change, each once, or an error that says what came instead."""
    if isinstance(parameters, Module):
        parameters = parameters.parameters()
    if not isinstance(parameters, Iterable):
        raise _not_a_parameter(parameters)
    values = list(dict.fromkeys(parameters))
    if not values:
        raise _no_parameters()
    for value in values:
        if not isinstance(value, Value):
            raise _not_a_parameter(value)
        if value._prev:
            raise _a_result(value)
    return values


def _check_count(count: float, call: str) -> None:
    wrong, right = call.format(repr(count)), call.format(100)
    _check_number("the number of steps", count, "at least 1", wrong, right)
    if not count >= 1:
        raise _out_of_range("the number of steps", count, "at least 1", wrong, right)


def _check_number(name: str, value: Any, allowed: str, wrong: str, right: str) -> None:
    """Raise TypeError unless Python, NumPy or another library can make a float of it."""
    if not hasattr(value, "__float__"):
        why = f"it has to be {allowed}; text that looks like a number is none"
        raise TypeError(explain(f"{name} is a number, not {value!r}", wrong, why, right))


def _out_of_range(name: str, value: float, allowed: str, wrong: str, right: str) -> ValueError:
    return ValueError(
        explain(f"{name} is {value}, out of range", wrong, f"it has to be {allowed}", right)
    )


def _no_parameters() -> ValueError:
    return ValueError(
        explain(
            "there are no parameters to change",
            "SGD([])",
            "the list is empty; a generator is empty too once it has been gone through, and a "
            "module finds Values only in its attributes and in lists, tuples and dicts there",
            "model = MLP(2, [4, 1])\nSGD(model)",
        )
    )


def _not_a_parameter(value: Any) -> TypeError:
    return TypeError(
        explain(
            f"a parameter is a Value, not a {type(value).__name__}",
            "weight = 0.5\nSGD([weight])",
            "an optimiser reads `grad` and changes `data`, which only a Value has; it takes a "
            "module, or a list such as model.parameters()",
            "weight = Value(0.5)\nSGD([weight])",
        )
    )


def _a_result(value: Value) -> ValueError:
    return ValueError(
        explain(
            f"{value} is the result of an operation ({value._op}), not a parameter",
            "weight = Value(0.5)\nSGD([weight * 2])",
            "a result is computed anew from its inputs each time, so changing it changes nothing",
            "weight = Value(0.5)\nSGD([weight])",
        )
    )


def _nesterov_alone() -> ValueError:
    return ValueError(
        explain(
            "nesterov needs a momentum",
            "weight = Value(0.5)\nSGD([weight], nesterov=True)",
            "it looks ahead along the velocity, and without momentum there is none",
            "weight = Value(0.5)\nSGD([weight], momentum=0.9, nesterov=True)",
        )
    )


def _not_finite(norm: float, values: list[Value]) -> FloatingPointError:
    worst = next((i for i, v in enumerate(values) if not math.isfinite(v.grad)), None)
    if worst is None:
        program = (
            "weights = [Value(1.0), Value(1.0)]\n"
            "(weights[0] * 1.7e308 + weights[1] * 1.7e308).backward()\n"
        )
        return FloatingPointError(
            explain(
                f"the norm of the gradients is {norm}, though each of them is finite",
                f"{program}clip_grad_norm(weights, 1.0)",
                "the root of the sum of their squares is beyond 1.8e308, the largest float; "
                "most often weights have grown without end, as the learning rate is too large",
                f"{program}clip_grad_value(weights, 1.0)",
            )
        )
    name = values[worst].label or f"number {worst}"
    return FloatingPointError(
        explain(
            f"the norm of the gradients is {norm}: parameter {name} has {values[worst].grad}",
            "weight = Value(0.0)\nweight.sqrt().backward()\nclip_grad_norm([weight], 1.0)",
            "no factor makes inf or nan finite; detect_anomaly() says where it came from",
            "weight = Value(1e-12)\nweight.sqrt().backward()\nclip_grad_norm([weight], 1.0)",
        )
    )
