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


def forward(theta, x, y):
    batch = len(x)
    embedding_rows = theta[:108].reshape(27, 4)                  # 27 x 4
    mlp_W1 = theta[108:252].reshape(16, 9)[:, :8]                # 16 x 8
    mlp_b1 = theta[108:252].reshape(16, 9)[:, 8]                 # 16
    mlp_W2 = theta[252:].reshape(27, 17)[:, :16]                 # 27 x 16
    mlp_b2 = theta[252:].reshape(27, 17)[:, 16]                  # 27
    chosen1 = embedding_rows[x]                                  # batch x 2 x 4: 8 scalar nodes
    tanh1 = np.tanh(chosen1.reshape(-1, 8) @ mlp_W1.T + mlp_b1)  # batch x 16: 272 scalar nodes
    z2 = tanh1 @ mlp_W2.T + mlp_b2                               # batch x 27: 864 scalar nodes
    maximum1 = z2.max(axis=1)                                    # batch: 26 scalar nodes
    z3 = z2 - maximum1[:, None]                                  # batch x 27: 54 scalar nodes
    exp1 = np.exp(z3)                                            # batch x 27: 27 scalar nodes
    s1 = exp1.sum(axis=1)                                        # batch: 26 scalar nodes
    chosen2 = z3[np.arange(batch), y]                            # batch: 1 scalar node
    z4 = np.log(s1) - chosen2                                    # batch: 3 scalar nodes
    return z4


def value_and_grad(theta, x, y):
    """The mean of the results over the batch, and its gradient."""
    batch = len(x)
    if batch == 0:
        return 0.0, np.zeros_like(theta)
    embedding_rows = theta[:108].reshape(27, 4)                  # 27 x 4
    mlp_W1 = theta[108:252].reshape(16, 9)[:, :8]                # 16 x 8
    mlp_b1 = theta[108:252].reshape(16, 9)[:, 8]                 # 16
    mlp_W2 = theta[252:].reshape(27, 17)[:, :16]                 # 27 x 16
    mlp_b2 = theta[252:].reshape(27, 17)[:, 16]                  # 27
    chosen1 = embedding_rows[x]                                  # batch x 2 x 4: 8 scalar nodes
    tanh1 = np.tanh(chosen1.reshape(-1, 8) @ mlp_W1.T + mlp_b1)  # batch x 16: 272 scalar nodes
    z2 = tanh1 @ mlp_W2.T + mlp_b2                               # batch x 27: 864 scalar nodes
    maximum1 = z2.max(axis=1)                                    # batch: 26 scalar nodes
    z3 = z2 - maximum1[:, None]                                  # batch x 27: 54 scalar nodes
    exp1 = np.exp(z3)                                            # batch x 27: 27 scalar nodes
    s1 = exp1.sum(axis=1)                                        # batch: 26 scalar nodes
    chosen2 = z3[np.arange(batch), y]                            # batch: 1 scalar node
    z4 = np.log(s1) - chosen2                                    # batch: 3 scalar nodes

    d_theta = np.zeros_like(theta)                               # 711
    d_embedding_rows = d_theta[:108].reshape(27, 4)              # 27 x 4
    d_mlp_W1 = d_theta[108:252].reshape(16, 9)[:, :8]            # 16 x 8
    d_mlp_b1 = d_theta[108:252].reshape(16, 9)[:, 8]             # 16
    d_mlp_W2 = d_theta[252:].reshape(27, 17)[:, :16]             # 27 x 16
    d_mlp_b2 = d_theta[252:].reshape(27, 17)[:, 16]              # 27
    d_z4 = np.full(batch, 1.0) / batch                           # batch
    d_chosen2 = -d_z4                                            # batch: from z4
    d_s1 = d_z4 / s1                                             # batch: from log1
    d_z3 = np.zeros((batch, 27))                                 # batch x 27
    np.add.at(d_z3, (np.arange(batch), y), d_chosen2)            # from chosen2
    d_z3 += d_s1[:, None] * exp1                                 # batch x 27: from exp1
    d_z2 = d_z3.copy()                                           # batch x 27: from z3
    d_maximum1 = -d_z3.sum(axis=1)                               # batch: from z3
    d_z2 += max_shares(z2) * d_maximum1[:, None]                 # batch x 27: from maximum1
    d_mlp_b2 += d_z2.sum(axis=0)                                 # 27: from z2
    d_mlp_W2 += d_z2.T @ tanh1                                   # 27 x 16: from z2
    d_z1 = (d_z2 @ mlp_W2) * (1.0 - tanh1 * tanh1)               # batch x 16: from tanh1
    d_mlp_b1 += d_z1.sum(axis=0)                                 # 16: from z1
    d_mlp_W1 += d_z1.T @ chosen1.reshape(-1, 8)                  # 16 x 8: from z1
    d_chosen1 = (d_z1 @ mlp_W1).reshape(-1, 2, 4)                # batch x 2 x 4: from z1
    np.add.at(d_embedding_rows, x, d_chosen1)                    # from chosen1
    return z4.mean(), d_theta
