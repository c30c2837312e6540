"""Training on arrays: the graph of one example, lifted once, does for all examples.

What a step does is said in `eager.py`, and the numbers are the same up to the order of sums. A step
in which something is unusual, such as an infinite loss, is left to the eager one, which explains.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, nan, sqrt

import numpy as np

from glassgrad import train_errors as errors
from glassgrad.data import Dataset
from glassgrad.eager import Eager, Metric, Task, change_weights, outputs_of
from glassgrad.engine import Engine, NotLifted
from glassgrad.lift.network import (
    LABELS,
    EagerLoss,
    Floats,
    LiftedLoss,
    LiftedModel,
    check_same,
    spread,
)
from glassgrad.optim import OPTIMIZERS, clip_grad_norm
from glassgrad.watch import Watch

OWN = {"step", "update", "zero_grad"}  # what somebody may have given to one optimizer alone


class LiftedEngine:
    """Trains a network, and measures it, on arrays.

    From `begin` to `end` of an epoch weights, gradients and the optimizer's state are arrays; in
    between nobody looks at the Values.
    """

    name: str = "numpy"
    note: str = ""

    def __init__(self, task: Task, watch: Watch, insist: bool) -> None:
        self.task, self.insist = task, insist
        self.trained = list(task.optimizer.parameters)
        self.parameters = list(dict.fromkeys([*self.trained, *task.model.parameters()]))
        self.model = LiftedModel(task.model, task.train.inputs, watch, self.parameters)
        how = LiftedLoss if task.loss in LABELS else EagerLoss
        self.objective: LiftedLoss | EagerLoss = how(self.model, task.loss, task.train)
        self.theta = self.grad = np.zeros(0)
        self.state: dict[str, Floats] = {}
        self.epochs = 0
        self.begun = False
        self._compare_gradients()

    def begin(self, order: Sequence[int]) -> Engine:
        """An epoch begins; the eager engine takes over if the network has become another one."""
        self.epochs += 1
        self._read()
        if self.task.watched:
            self.objective.columns.clear()
        row, train = order[:1], self.task.train
        try:
            if self.task.optimizer.parameters != self.trained:
                raise NotLifted("the optimizer has other parameters")
            found = self.model(self.theta, self.objective.columns_of(train)[0][row])
            if np.isfinite(found).all():  # else the first step says what is wrong
                self.model.compare([train.inputs[row[0]]], found)
        except NotLifted as refusal:
            if self.insist:
                raise errors.not_lifted(str(refusal)) from refusal
            return Eager(self.task, f"from epoch {self.epochs} on {refusal}")
        self.begun = True
        return self

    def step(self, places: Sequence[int], where: str) -> None:
        """Learn from the examples at these places."""
        before = self.theta, self.state, self.task.optimizer.steps
        try:
            if not self._stepped(places, where):
                self._step_eagerly(places, where)
        except BaseException:  # also a second Ctrl-C
            self.theta, self.state, self.task.optimizer.steps = before
            raise

    def end(self) -> None:
        """Weights, gradients and the optimizer's state go back to where everybody sees them."""
        if not self.begun:
            return
        data = self.theta.tolist(), self.grad.tolist()
        for parameter, number, slope in zip(self.parameters, *data, strict=True):
            parameter.data, parameter.grad = number, slope
        for name, numbers in self.state.items():
            for remembered, number in zip(self.task.optimizer.state, numbers.tolist(), strict=True):
                remembered[name] = number
        self.begun = False

    def measure(self, data: Dataset, metric: Metric | None) -> tuple[float, float | None]:
        """The loss over a data set, and the metric if there is one."""
        try:
            with np.errstate(all="ignore"):
                loss, measured = self.objective.measure(data, metric)
        except NotLifted:  # what is wrong with the data, the loss says itself
            loss, measured = nan, None
        return (loss, measured) if isfinite(loss) else Eager(self.task).measure(data, metric)

    def _read(self) -> None:
        """Weights, gradients and the optimizer's state as they are now."""
        optimizer = self.task.optimizer
        self.theta = np.array([parameter.data for parameter in self.parameters])
        self.grad = np.array([parameter.grad for parameter in self.parameters])
        self.state = {
            name: np.array([remembered[name] for remembered in optimizer.state])
            for name in (optimizer.remembers if self._on_arrays() else ())
        }

    def _on_arrays(self) -> bool:
        """Whether the optimizer is one of ours, whose rule takes arrays."""
        optimizer = self.task.optimizer
        return type(optimizer) in OPTIMIZERS.values() and not OWN & vars(optimizer).keys()

    def _stepped(self, places: Sequence[int], where: str) -> bool:
        """Take a step, or none if anything about it is unusual."""
        optimizer, count = self.task.optimizer, len(self.trained)
        with np.errstate(all="ignore"):
            loss, gradient = self.objective.gradients(self.theta, self.task.train, places)
            own = gradient[:count]
            norm = sqrt(own @ own)  # inf or nan if one of them is
            if not isfinite(loss) or not isfinite(norm) or not norm:
                return False
            self.grad[count:] += gradient[count:]  # nobody sets these to 0
            if not self._on_arrays():
                self._step_by_values(own, where)
                return True
            if self.task.clip_norm is not None:
                own = own * min(1.0, self.task.clip_norm / (norm + 1e-6))
            optimizer.steps += 1
            state = dict(self.state)
            changed = optimizer.update(self.theta[:count], own, state)
        if not np.isfinite(changed).all():
            optimizer.steps -= 1
            return False
        self.theta = np.concatenate([changed, self.theta[count:]])
        self.grad[:count] = own
        self.state = state
        return True

    def _step_by_values(self, gradient: Floats, where: str) -> None:
        """The step of an optimizer of somebody's own, which changes one Value after the other."""
        optimizer = self.task.optimizer
        self.grad[: len(self.trained)] = gradient
        self.end()
        self.begun = True
        if self.task.clip_norm is not None:
            clip_grad_norm(optimizer.parameters, self.task.clip_norm)
        change_weights(optimizer, where)
        self._read()

    def _step_eagerly(self, places: Sequence[int], where: str) -> None:
        """The same step by the graph, which says what is wrong."""
        self.end()
        self.begun = True
        Eager(self.task).step(places, where)
        self._read()

    def _compare_gradients(self) -> None:
        """Raise NotLifted unless the first gradient is the eager one."""
        model, train, loss = self.task.model, self.task.train, self.task.loss
        places = spread(len(train))
        grads = [parameter.grad for parameter in self.parameters]
        try:
            found, gradient = self.objective.gradients(None, train, places)
            for parameter in self.parameters:
                parameter.grad = 0.0
            inputs, targets = [train.inputs[i] for i in places], [train.targets[i] for i in places]
            value = loss(outputs_of(model, inputs), targets)
            value.backward()
            wanted = [parameter.grad for parameter in self.parameters]
        except NotLifted:
            raise
        except Exception as error:  # which comes again in the first step, and is then the user's
            raise NotLifted(str(error).partition("\n")[0]) from error
        finally:
            for parameter, number in zip(self.parameters, grads, strict=True):
                parameter.grad = number
        check_same("loss", [found], [value.data])
        check_same("gradients", gradient, wanted)
