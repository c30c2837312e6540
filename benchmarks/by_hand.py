"""The same losses and gradients in NumPy, written by hand: what a careful engineer would write.

Gradients go straight into the flat gradient, arrays are made once where they are large, and biases
are a column of the weights, with a row of ones among the inputs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.scalar_programs import DIGITS_SIZES, HEADS, NAME, WIDTH, Digits, Moons, Name

Floats = NDArray[np.float64]


def with_ones(rows: Floats) -> Floats:
    """One more row, of ones."""
    return np.vstack([rows, np.ones(rows.shape[1])])


class HandMoons:
    """Examples are columns."""

    def __init__(self) -> None:
        program = Moons()
        self.x = with_ones(np.array(program.points).T)
        self.y = np.array(program.signs)
        n = len(self.y)
        self.down = -self.y / n
        self.h1, self.h2 = np.ones((17, n)), np.ones((17, n))
        self.gradient = np.empty(len(program.theta))

    def value_and_grad(self, theta: Floats) -> tuple[float, Floats]:
        """The loss and its gradient."""
        w1, w2, w3 = theta[:48].reshape(16, 3), theta[48:320].reshape(16, 17), theta[320:]
        g1, g2, g3 = (self.gradient[a:b] for a, b in ((0, 48), (48, 320), (320, 337)))
        x, h1, h2 = self.x, self.h1, self.h2
        np.maximum(w1 @ x, 0.0, out=h1[:16])
        np.maximum(w2 @ h1, 0.0, out=h2[:16])
        margin = 1.0 - self.y * (w3 @ h2)
        wrong = margin > 0.0
        loss = margin @ wrong / len(margin) + 1e-4 * (theta @ theta)

        d3 = wrong * self.down
        np.matmul(h2, d3, out=g3)
        d2 = np.multiply.outer(w3[:16], d3)
        d2 *= h2[:16] > 0.0
        np.matmul(d2, h1.T, out=g2.reshape(16, 17))
        d1 = w2[:, :16].T @ d2
        d1 *= h1[:16] > 0.0
        np.matmul(d1, x.T, out=g1.reshape(16, 3))
        self.gradient += 2e-4 * theta
        return float(loss), self.gradient


class HandDigits:
    """Examples are rows; works for batches of any size."""

    def __init__(self) -> None:
        program = Digits()
        self.shapes = [(n_out, n_in + 1) for n_in, n_out in pairwise(DIGITS_SIZES)]
        ends = np.cumsum([0, *[a * b for a, b in self.shapes]]).tolist()
        self.parts = [slice(a, b) for a, b in pairwise(ends)]
        self.gradient = np.empty(len(program.theta))

    def split(self, flat: Floats) -> list[Floats]:
        """The matrix of each layer, biases in the last column."""
        return [flat[p].reshape(s) for p, s in zip(self.parts, self.shapes, strict=True)]

    def value_and_grad(
        self, theta: Floats, x: Floats, labels: NDArray[np.intp]
    ) -> tuple[float, Floats]:
        """The mean loss and its gradient."""
        (w1, w2, w3), (g1, g2, g3) = self.split(theta), self.split(self.gradient)
        n = len(x)
        rows = np.arange(n)
        h1 = x @ w1[:, :-1].T
        h1 += w1[:, -1]
        np.tanh(h1, out=h1)
        h2 = h1 @ w2[:, :-1].T
        h2 += w2[:, -1]
        np.tanh(h2, out=h2)
        scores = h2 @ w3[:, :-1].T
        scores += w3[:, -1]
        right = scores[rows, labels]
        powers = np.exp(scores, out=scores)
        totals = powers.sum(axis=1)
        loss = (np.log(totals) - right).sum() / n

        d3 = powers
        d3 /= totals[:, None] * n
        d3[rows, labels] -= 1.0 / n
        np.matmul(d3.T, h2, out=g3[:, :-1])
        d3.sum(axis=0, out=g3[:, -1])
        d2 = d3 @ w3[:, :-1]
        h2 *= h2
        d2 *= np.subtract(1.0, h2, out=h2)
        np.matmul(d2.T, h1, out=g2[:, :-1])
        d2.sum(axis=0, out=g2[:, -1])
        d1 = d2 @ w2[:, :-1]
        h1 *= h1
        d1 *= np.subtract(1.0, h1, out=h1)
        np.matmul(d1.T, x, out=g1[:, :-1])
        d1.sum(axis=0, out=g1[:, -1])
        return float(loss), self.gradient


class HandName:
    """Places are rows; the heads are the first axis within attention."""

    def __init__(self) -> None:
        program = Name()
        self.tokens, self.targets = np.array(NAME[:-1]), np.array(NAME[1:])
        n = len(self.tokens)
        self.rows = np.arange(n)
        self.causal = np.tri(n)
        self.chosen = np.zeros((27, n))
        self.chosen[self.tokens, self.rows] = 1.0
        self.gradient = np.zeros(len(program.theta))
        self.starts = np.cumsum([0, *[a * b for _, a, b in program.shapes]]).tolist()
        self.g = self.split(self.gradient)

    def split(self, flat: Floats) -> tuple[Floats, ...]:
        """The matrices: query, key and value are one."""
        a = self.starts
        return (
            flat[a[0] : a[1]].reshape(27, WIDTH),
            flat[a[1] : a[1] + len(self.tokens) * WIDTH].reshape(-1, WIDTH),
            flat[a[2] : a[5]].reshape(3 * WIDTH, WIDTH),
            flat[a[5] : a[6]].reshape(WIDTH, WIDTH),
            flat[a[6] : a[7]].reshape(4 * WIDTH, WIDTH),
            flat[a[7] : a[8]].reshape(WIDTH, 4 * WIDTH),
            flat[a[8] : a[9]].reshape(27, WIDTH),
        )

    def value_and_grad(self, theta: Floats) -> tuple[float, Floats]:
        """The loss and its gradient."""
        letters, places, w_qkv, w_out, w_up, w_down, w_head = self.split(theta)
        g_letters, g_places, g_qkv, g_out, g_up, g_down, g_head = self.g
        n, size = len(self.tokens), WIDTH // HEADS

        x0 = letters[self.tokens]
        x0 += places
        x1, s0 = rmsnorm(x0)
        n1, s1 = rmsnorm(x1)
        qkv = n1 @ w_qkv.T
        q, k, v = qkv.reshape(n, 3, HEADS, size).transpose(1, 2, 0, 3)
        a = q @ k.transpose(0, 2, 1)
        a *= size**-0.5
        np.exp(a, out=a)
        a *= self.causal
        a /= a.sum(axis=2, keepdims=True)
        o = (a @ v).transpose(1, 0, 2).reshape(n, WIDTH)
        x2 = o @ w_out.T
        x2 += x1
        n2, s2 = rmsnorm(x2)
        h = n2 @ w_up.T
        np.maximum(h, 0.0, out=h)
        x3 = h @ w_down.T
        x3 += x2
        scores = x3 @ w_head.T
        right = scores[self.rows, self.targets]
        powers = np.exp(scores, out=scores)
        totals = powers.sum(axis=1)
        loss = (np.log(totals) - right).sum() / n

        d_scores = powers
        d_scores /= totals[:, None] * n
        d_scores[self.rows, self.targets] -= 1.0 / n
        np.matmul(d_scores.T, x3, out=g_head)
        dx = d_scores @ w_head
        np.matmul(dx.T, h, out=g_down)
        dh = dx @ w_down
        dh *= h > 0.0
        np.matmul(dh.T, n2, out=g_up)
        dx += rmsnorm_back(dh @ w_up, n2, s2)
        np.matmul(dx.T, o, out=g_out)
        do = (dx @ w_out).reshape(n, HEADS, size).transpose(1, 0, 2)
        d_qkv = np.empty((n, 3, HEADS, size))
        dq, dk, dv = d_qkv.transpose(1, 2, 0, 3)
        np.matmul(a.transpose(0, 2, 1), do, out=dv)
        da = do @ v.transpose(0, 2, 1)
        da *= a
        da -= a * da.sum(axis=2, keepdims=True)
        da *= size**-0.5
        np.matmul(da, k, out=dq)
        np.matmul(da.transpose(0, 2, 1), q, out=dk)
        flat = d_qkv.reshape(n, 3 * WIDTH)
        np.matmul(flat.T, n1, out=g_qkv)
        dx += rmsnorm_back(flat @ w_qkv, n1, s1)
        g_places[:] = rmsnorm_back(dx, x1, s0)
        np.matmul(self.chosen, g_places, out=g_letters)
        return float(loss), self.gradient


def rmsnorm(x: Floats) -> tuple[Floats, Floats]:
    """Each row scaled to a mean square of 1, and the scales."""
    scale = np.einsum("ij,ij->i", x, x)[:, None]
    scale /= x.shape[1]
    scale += 1e-5
    scale **= -0.5
    return x * scale, scale


def rmsnorm_back(upstream: Floats, out: Floats, scale: Floats) -> Floats:
    """The gradient of x, from that of the scaled x. It overwrites `upstream` where it may."""
    along = np.einsum("ij,ij->i", upstream, out)[:, None]
    along /= out.shape[1]
    result: Floats = (upstream - out * along) * scale
    return result


class Adam:
    """All parameters in one array, moved in place; for whatever gradient comes."""

    def __init__(self, n: int, learning_rate: float = 0.001) -> None:
        self.m, self.v = np.zeros(n), np.zeros(n)
        self.learning_rate = learning_rate
        self.steps = 0

    def step(self, theta: Floats, gradient: Floats) -> None:
        """Change theta."""
        self.steps += 1
        self.m += 0.1 * (gradient - self.m)
        self.v += 0.001 * (gradient * gradient - self.v)
        root = np.sqrt(self.v / (1 - 0.999**self.steps))
        root += 1e-8
        theta -= (self.learning_rate / (1 - 0.9**self.steps)) * self.m / root
