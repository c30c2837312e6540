"""Typical wrong answers to chapter 7: the exercise, the program, what the verdict says."""

WRONG = [
    (
        "7.1",
        """
def scaled_columns(x):
    return (x - x.mean()) / x.std()
""",
        r"each column has its own",
    ),
    (
        "7.1",
        """
def scaled_columns(x):
    return (x - x.mean(axis=1)) / x.std(axis=1)
""",
        r"shapes \(4,2\) \(4,\).*\n.*a number for each row",
    ),
    (
        "7.1",
        """
def scaled_columns(x):
    return (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
""",
        r"each row is scaled",
    ),
    (
        "7.1",
        """
import numpy as np
def scaled_columns(x):
    scaled = np.zeros(x.shape)
    for j in range(x.shape[1]):
        scaled[:, j] = (x[:, j] - x[:, j].mean()) / x[:, j].std()
    return scaled
""",
        r"the numbers are right, but with 3 columns Python takes \d+ steps, and with 30 columns",
    ),
    (
        "7.1",
        """
import numpy as np
def scaled_columns(x):
    m, s = x.mean(axis=0), x.std(axis=0)
    return np.array([(row - m) / s for row in x])
""",
        r"with 5 rows Python takes",
    ),
    (
        "7.1",
        """
def scaled_columns(x):
    x -= x.mean(axis=0)
    x /= x.std(axis=0)
    return x
""",
        r"changes an array that it was given",
    ),
    (
        "7.1",
        """
def scaled_columns(x):
    return x - x.mean(axis=0) / x.std(axis=0)
""",
        r"brackets around the difference",
    ),
    (
        "7.1",
        """
def scaled_columns(x):
    return (x - x.mean(axis=0)) / x.std(axis=0, ddof=1)
""",
        r"divides by n - 1",
    ),
    (
        "7.1",
        """
def scaled_columns(x):
    (x - x.mean(axis=0)) / x.std(axis=0)
""",
        r"gave None",
    ),
    (
        "7.2",
        """
def shape_of_sum(a, b):
    return a if a == b else None
""",
        r"equal shapes fit, but not only they",
    ),
    (
        "7.2",
        """
def shape_of_sum(a, b):
    length = max(len(a), len(b))
    a, b = a + (1,) * (length - len(a)), b + (1,) * (length - len(b))
    if any(m != n and 1 not in (m, n) for m, n in zip(a, b)):
        return None
    return tuple(n if m == 1 else m for m, n in zip(a, b))
""",
        r"compared from the left",
    ),
    (
        "7.2",
        """
def shape_of_sum(a, b):
    shape = []
    for m, n in zip(reversed(a), reversed(b)):
        if m != n and 1 not in (m, n):
            return None
        shape.append(max(m, n))
    return tuple(reversed(shape))
""",
        r"those of the other one stay",
    ),
    (
        "7.2",
        """
def shape_of_sum(a, b):
    length = max(len(a), len(b))
    a, b = (1,) * (length - len(a)) + a, (1,) * (length - len(b)) + b
    return tuple(max(m, n) for m, n in zip(a, b))
""",
        r"whether they fit or not",
    ),
    (
        "7.2",
        """
def shape_of_sum(a, b):
    if not a or not b or a[-1] != b[0]:
        return None
    return a[:-1] + b[1:]
""",
        r"shape of a product",
    ),
    (
        "7.2",
        """
def shape_of_sum(a, b):
    length = max(len(a), len(b))
    a, b = (1,) * (length - len(a)) + a, (1,) * (length - len(b)) + b
    tuple(max(m, n) for m, n in zip(a, b))
""",
        r"always gives None",
    ),
    (
        "7.2",
        """
def shape_of_sum(a, b):
    for i in range(len(a)):
        if a[-1 - i] != b[-1 - i] and 1 not in (a[-1 - i], b[-1 - i]):
            return None
    return a
""",
        r"IndexError",
    ),
    (
        "7.3",
        """
import numpy as np
def layer(x, W, b):
    return np.tanh(x @ W + b)
""",
        r"layer\(x, W, b\) with x of shape \(4, 2\), W .*\n.*W\.T has the neurons as columns",
    ),
    (
        "7.3",
        """
def layer(x, W, b):
    return x @ W.T + b
""",
        r"the activation is missing",
    ),
    (
        "7.3",
        """
import numpy as np
def layer(x, W, b):
    return np.tanh(x @ W.T)
""",
        r"the bias is missing",
    ),
    (
        "7.3",
        """
import numpy as np
def layer(x, W, b):
    return np.tanh(x @ W.T) + b
""",
        r"added after tanh",
    ),
    (
        "7.3",
        """
import numpy as np
def layer(x, W, b):
    return np.tanh(W @ x.T + b[:, None])
""",
        r"it is transposed",
    ),
    (
        "7.3",
        """
import numpy as np
def layer(x, W, b):
    return np.tanh(x * W.T + b)
""",
        r"element by element",
    ),
    (
        "7.3",
        """
import math
def layer(x, W, b):
    return math.tanh(x @ W.T + b)
""",
        r"the functions of math take one number",
    ),
    (
        "7.3",
        """
import numpy as np
def layer(x, W, b):
    return np.array([np.tanh(W @ row + b) for row in x])
""",
        r"rows of x Python takes",
    ),
    (
        "7.3",
        """
import numpy as np
def layer(x, W, b):
    return np.stack([np.tanh(x @ w + c) for w, c in zip(W, b)], axis=1)
""",
        r"rows of W Python takes",
    ),
    (
        "7.4",
        """
def count_operations(sizes):
    return 2 * len(sizes)
""",
        r"the last layer has no tanh",
    ),
    (
        "7.4",
        """
def count_operations(sizes):
    return len(sizes)
""",
        r"a hidden layer takes two",
    ),
    (
        "7.4",
        """
def count_operations(sizes):
    return 2 * sum(sizes) - sizes[-1]
""",
        r"only the layers count",
    ),
    (
        "7.4",
        """
def count_operations(sizes):
    return 3 * len(sizes) - 1
""",
        r"the bias is added in the same operation",
    ),
    (
        "7.5",
        """
import numpy as np
def softmax_rows(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum()
""",
        r"each row has its own",
    ),
    (
        "7.5",
        """
import numpy as np
def softmax_rows(z):
    powers = np.exp(z - z.max(axis=0))
    return powers / powers.sum(axis=0)
""",
        r"each column adds up to 1",
    ),
    (
        "7.5",
        """
import numpy as np
def softmax_rows(z):
    powers = np.exp(z - z.max(axis=1)[:, None])
    return powers / powers.sum(axis=1)
""",
        r"\(4,2\) \(4,\).*\n.*the sums have the shape \(batch,\)",
    ),
    (
        "7.5",
        """
import numpy as np
def softmax_rows(z):
    powers = np.exp(z)
    return powers / powers.sum(axis=1, keepdims=True)
""",
        r"gave nan at \[0, 0\].*\n.*overflowed",
    ),
    (
        "7.5",
        """
import numpy as np
def softmax_rows(z):
    powers = np.exp(z - z.max())
    return powers / powers.sum(axis=1, keepdims=True)
""",
        r"one maximum of the whole table",
    ),
    (
        "7.5",
        """
import numpy as np
def softmax_rows(z):
    rows = [np.exp(row - row.max()) for row in z]
    return np.array([row / row.sum() for row in rows])
""",
        r"rows Python takes",
    ),
    (
        "7.6",
        """
def layer_backward(x, W, d_n):
    return x.T @ d_n, d_n.sum(axis=0), d_n @ W
""",
        r"d_W of layer_backward.*\(2, 3\), and .*\(3, 2\) is right.*\n.*it is transposed",
    ),
    (
        "7.6",
        """
def layer_backward(x, W, d_n):
    return d_n.T @ x / len(x), d_n.mean(axis=0), d_n @ W
""",
        r"divided by the number of examples",
    ),
    (
        "7.6",
        """
def layer_backward(x, W, d_n):
    return d_n.T @ x, d_n.sum(), d_n @ W
""",
        r"d_b of layer_backward.*\n.*one number for all neurons",
    ),
    (
        "7.6",
        """
def layer_backward(x, W, d_n):
    return d_n.T @ x, d_n.sum(axis=1), d_n @ W
""",
        r"add up over the examples: axis=0",
    ),
    (
        "7.6",
        """
def layer_backward(x, W, d_n):
    return d_n.T @ x, d_n.sum(axis=0), d_n @ W.T
""",
        r"no \.T here",
    ),
    (
        "7.6",
        """
def layer_backward(x, W, d_n):
    return d_n.T @ x
""",
        r"three arrays are asked for",
    ),
    (
        "7.6",
        """
def layer_backward(x, W, d_n):
    d_W = sum(d[:, None] * row for d, row in zip(d_n, x))
    return d_W, d_n.sum(axis=0), d_n @ W
""",
        r"rows of x Python takes",
    ),
    (
        "7.7",
        """
def huber(e):
    if abs(e.data) <= 1:
        return e**2 / 2
    return (e if e > 0 else -e) - 0.5
""",
        r"lifted, .*it gives .*\n.*it is baked in: .*gave",
    ),
    (
        "7.7",
        """
def huber(e):
    return e**2 / 2 if abs(e) <= 1 else abs(e) - 0.5
""",
        r"it is baked in: a comparison gave",
    ),
    (
        "7.7",
        """
def huber(e):
    return where(greater(abs(e), 1), e**2 / 2, abs(e) - 0.5)
""",
        r"the two sides are swapped",
    ),
    (
        "7.7",
        """
def huber(e):
    return where(abs(e) > 1, abs(e) - 0.5, e**2 / 2)
""",
        r"baked in: a comparison gave",
    ),
    (
        "7.7",
        """
def huber(e):
    return minimum(e * e / 2, abs(e) - 0.5)
""",
        r"e\| - 1/2 everywhere",
    ),
    (
        "7.7",
        """
def huber(e):
    return where(greater(e, 1), e - 0.5, e * e / 2)
""",
        r"compare \|e\| with 1",
    ),
    (
        "7.7",
        """
def huber(e):
    return where(greater(abs(e), 1), abs(e) - 0.5, e * e)
""",
        r"the half is missing",
    ),
    (
        "7.7",
        """
def huber(e):
    return e.data**2 / 2
""",
        r"no Value",
    ),
    (
        "7.8",
        """
import numpy as np
def table_gradient(indexes, d_rows, n_rows):
    d_table = np.zeros((n_rows, d_rows.shape[1]))
    d_table[indexes] += d_rows
    return d_table
""",
        r"the last one wins",
    ),
    (
        "7.8",
        """
import numpy as np
def table_gradient(indexes, d_rows, n_rows):
    d_table = np.zeros((n_rows, d_rows.shape[1]))
    for i, row in zip(indexes, d_rows):
        d_table[i] += row
    return d_table
""",
        r"with 5 examples Python takes",
    ),
    (
        "7.8",
        """
def table_gradient(indexes, d_rows, n_rows):
    return d_rows[indexes]
""",
        r"this takes rows",
    ),
    (
        "7.8",
        """
import numpy as np
def table_gradient(indexes, d_rows, n_rows):
    d_table = np.zeros((n_rows, d_rows.shape[1]))
    np.add.at(d_table[indexes], np.arange(len(indexes)), d_rows)
    return d_table
""",
        r"is a copy",
    ),
    (
        "7.8",
        """
import numpy as np
def table_gradient(indexes, d_rows, n_rows):
    d_table = np.zeros_like(d_rows)
    np.add.at(d_table, indexes, d_rows)
    return d_table
""",
        r"shape \(4, 2\), and .*shape \(3, 2\) is right",
    ),
]
