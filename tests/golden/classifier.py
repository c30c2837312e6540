import numpy as np


def max_shares(x):
    """How much of its largest number each number along the last axis is: 1, or 0 if it is not.

    Equal numbers share it as they do in maximum(maximum(a, b), c).
    """
    before = np.maximum.accumulate(x, axis=-1)[..., :-1]
    wins = np.where(x[..., 1:] == before, 0.5, np.where(x[..., 1:] > before, 1.0, 0.0))
    stays = np.cumprod(1.0 - wins[..., ::-1], axis=-1)[..., ::-1]
    ones = np.ones_like(x[..., :1])
    return np.concatenate([ones, wins], axis=-1) * np.concatenate([stays, ones], axis=-1)


def forward(theta, x, label):
    batch = len(x)
    W1 = theta[:24].reshape(8, 3)[:, :2]   # 8 x 2
    b1 = theta[:24].reshape(8, 3)[:, 2]    # 8
    W2 = theta[24:].reshape(3, 9)[:, :8]   # 3 x 8
    b2 = theta[24:].reshape(3, 9)[:, 8]    # 3
    tanh1 = np.tanh(x @ W1.T + b1)         # batch x 8: 40 scalar nodes
    z2 = tanh1 @ W2.T + b2                 # batch x 3: 48 scalar nodes
    maximum1 = z2.max(axis=1)              # batch: 2 scalar nodes
    z3 = z2 - maximum1[:, None]            # batch x 3: 6 scalar nodes
    exp1 = np.exp(z3)                      # batch x 3: 3 scalar nodes
    s1 = exp1.sum(axis=1)                  # batch: 2 scalar nodes
    chosen1 = z3[np.arange(batch), label]  # batch: 1 scalar node
    z4 = np.log(s1) - chosen1              # batch: 3 scalar nodes
    return z4


def value_and_grad(theta, x, label):
    """The mean of the results over the batch, and its gradient."""
    batch = len(x)
    if batch == 0:
        return 0.0, np.zeros_like(theta)
    W1 = theta[:24].reshape(8, 3)[:, :2]                   # 8 x 2
    b1 = theta[:24].reshape(8, 3)[:, 2]                    # 8
    W2 = theta[24:].reshape(3, 9)[:, :8]                   # 3 x 8
    b2 = theta[24:].reshape(3, 9)[:, 8]                    # 3
    tanh1 = np.tanh(x @ W1.T + b1)                         # batch x 8: 40 scalar nodes
    z2 = tanh1 @ W2.T + b2                                 # batch x 3: 48 scalar nodes
    maximum1 = z2.max(axis=1)                              # batch: 2 scalar nodes
    z3 = z2 - maximum1[:, None]                            # batch x 3: 6 scalar nodes
    exp1 = np.exp(z3)                                      # batch x 3: 3 scalar nodes
    s1 = exp1.sum(axis=1)                                  # batch: 2 scalar nodes
    chosen1 = z3[np.arange(batch), label]                  # batch: 1 scalar node
    z4 = np.log(s1) - chosen1                              # batch: 3 scalar nodes

    d_theta = np.zeros_like(theta)                         # 51
    d_W1 = d_theta[:24].reshape(8, 3)[:, :2]               # 8 x 2
    d_b1 = d_theta[:24].reshape(8, 3)[:, 2]                # 8
    d_W2 = d_theta[24:].reshape(3, 9)[:, :8]               # 3 x 8
    d_b2 = d_theta[24:].reshape(3, 9)[:, 8]                # 3
    d_z4 = np.full(batch, 1.0) / batch                     # batch
    d_chosen1 = -d_z4                                      # batch: from z4
    d_s1 = d_z4 / s1                                       # batch: from log1
    d_z3 = np.zeros((batch, 3))                            # batch x 3
    np.add.at(d_z3, (np.arange(batch), label), d_chosen1)  # from chosen1
    d_z3 += d_s1[:, None] * exp1                           # batch x 3: from exp1
    d_z2 = d_z3.copy()                                     # batch x 3: from z3
    d_maximum1 = -d_z3.sum(axis=1)                         # batch: from z3
    d_z2 += max_shares(z2) * d_maximum1[:, None]           # batch x 3: from maximum1
    d_b2 += d_z2.sum(axis=0)                               # 3: from z2
    d_W2 += d_z2.T @ tanh1                                 # 3 x 8: from z2
    d_z1 = (d_z2 @ W2) * (1.0 - tanh1 * tanh1)             # batch x 8: from tanh1
    d_b1 += d_z1.sum(axis=0)                               # 8: from z1
    d_W1 += d_z1.T @ x                                     # 8 x 2: from z1
    return z4.mean(), d_theta
