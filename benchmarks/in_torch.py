"""The same losses in PyTorch, as its users write them: tensors, `backward`, one thread, float64."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch.nn import functional

from benchmarks.scalar_programs import (
    DIGITS_SIZES,
    HEADS,
    MOONS_SIZES,
    NAME,
    WIDTH,
    Digits,
    Moons,
    Name,
)

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)


def layers(theta: Any, sizes: list[int]) -> list[tuple[Any, Any]]:
    """Weights and biases as parameters of their own."""
    found, start = [], 0
    for n_in, n_out in pairwise(sizes):
        block = theta[start : start + (n_in + 1) * n_out].reshape(n_out, n_in + 1)
        found.append((leaf(block[:, :-1]), leaf(block[:, -1])))
        start += block.numel()
    return found


def leaf(tensor: Any) -> Any:
    """A parameter with these numbers."""
    return tensor.clone().contiguous().requires_grad_()


class TorchMoons:
    """Loss and gradients of the moons."""

    def __init__(self) -> None:
        program = Moons()
        self.layers = layers(torch.tensor(program.theta), MOONS_SIZES)
        self.x, self.y = torch.tensor(program.points), torch.tensor(program.signs)
        self.parameters = [p for pair in self.layers for p in pair]

    def step(self) -> float:
        """One forward and backward pass."""
        for p in self.parameters:
            p.grad = None
        h = self.x
        for w, b in self.layers[:-1]:
            h = functional.linear(h, w, b).relu()
        scores = functional.linear(h, *self.layers[-1])[:, 0]
        loss = (1 - self.y * scores).relu().mean()
        loss = loss + 1e-4 * sum((p * p).sum() for p in self.parameters)
        loss.backward()
        return float(loss.item())


class TorchDigits:
    """Loss, gradients and Adam's step for a batch of digits."""

    def __init__(self) -> None:
        program = Digits()
        self.layers = layers(torch.tensor(program.theta), DIGITS_SIZES)
        self.x, self.labels = torch.tensor(program.images), torch.tensor(program.labels)
        self.optimizer = torch.optim.Adam([p for pair in self.layers for p in pair], lr=0.001)

    def step(self, start: int, stop: int) -> float:
        """One batch."""
        h = self.x[start:stop]
        for w, b in self.layers[:-1]:
            h = functional.linear(h, w, b).tanh()
        loss: Any = functional.cross_entropy(
            functional.linear(h, *self.layers[-1]), self.labels[start:stop]
        )
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        return float(loss.item())


class TorchName:
    """Loss and gradients of one name."""

    def __init__(self) -> None:
        program = Name()
        theta, start = torch.tensor(program.theta), 0
        self.m: dict[str, Any] = {}
        for name, rows, columns in program.shapes:
            self.m[name] = leaf(theta[start : start + rows * columns].reshape(rows, columns))
            start += rows * columns
        self.tokens, self.targets = torch.tensor(NAME[:-1]), torch.tensor(NAME[1:])

    def step(self) -> float:
        """One forward and backward pass."""
        m, n = self.m, len(self.tokens)
        for p in m.values():
            p.grad = None
        x = rmsnorm(m["letters"][self.tokens] + m["places"][:n])
        normed = rmsnorm(x)
        query, key, value = (
            functional.linear(normed, m[name]).view(n, HEADS, WIDTH // HEADS).transpose(0, 1)
            for name in ("query", "key", "value")
        )
        taken = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + functional.linear(taken.transpose(0, 1).reshape(n, WIDTH), m["out"])
        hidden = functional.linear(rmsnorm(x), m["up"]).relu()
        x = x + functional.linear(hidden, m["down"])
        loss: Any = functional.cross_entropy(functional.linear(x, m["head"]), self.targets)
        loss.backward()
        return float(loss.item())


def rmsnorm(x: Any) -> Any:
    """Each row scaled to a mean square of 1."""
    return x * (x.pow(2).mean(dim=-1, keepdim=True) + 1e-5) ** -0.5
