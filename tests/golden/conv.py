import numpy as np

# CONSTANTS: arrays that are too large for a text, as program.constants() gives them
c1 = CONSTANTS["c1"]  # 72 x 9


def max_shares(x):
    """How much of its largest number each number along the last axis is: 1, or 0 if it is not.

    Equal numbers share it as they do in maximum(maximum(a, b), c).
    """
    before = np.maximum.accumulate(x, axis=-1)[..., :-1]
    wins = np.where(x[..., 1:] == before, 0.5, np.where(x[..., 1:] > before, 1.0, 0.0))
    stays = np.cumprod(1.0 - wins[..., ::-1], axis=-1)[..., ::-1]
    ones = np.ones_like(x[..., :1])
    return np.concatenate([ones, wins], axis=-1) * np.concatenate([stays, ones], axis=-1)


def greater(x, y):
    return np.where(x == y, 0.5, np.heaviside(x - y, 0.5))


def forward(theta):
    W = theta[:27].reshape(3, 9)                          # 3 x 9
    b = theta[27:30]                                      # 3
    W_2 = theta[30:].reshape(10, 3, 9)                    # 10 x 3 x 9
    relu1 = np.maximum(c1 @ W.T + b, 0.0)                 # 72 x 3: 4,104 scalar nodes
    maximum1 = np.maximum(relu1[::2], relu1[1::2])        # 36 x 3: 108 scalar nodes
    maximum2 = np.maximum(maximum1[::2], maximum1[1::2])  # 18 x 3: 54 scalar nodes
    z2 = np.einsum("jkl,ilk->ij", W_2, maximum2.reshape(2, 9, 3))  # 2 x 10: 1,080 scalar nodes
    maximum3 = z2.max(axis=1)                             # 2: 18 scalar nodes
    z3 = z2 - maximum3[:, None]                           # 2 x 10: 40 scalar nodes
    exp1 = np.exp(z3)                                     # 2 x 10: 20 scalar nodes
    log1 = np.log(exp1.sum(axis=1))                       # 2: 20 scalar nodes
    # a number: 7 scalar nodes
    z4 = 0.5 * log1.sum() - 0.5 * z3.reshape(-1)[4:16].reshape(2, 6)[:, 0].sum()
    return z4


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[:27].reshape(3, 9)                                  # 3 x 9
    b = theta[27:30]                                              # 3
    W_2 = theta[30:].reshape(10, 3, 9)                            # 10 x 3 x 9
    z1 = c1 @ W.T + b                                             # 72 x 3: 3,888 scalar nodes
    relu1 = np.maximum(z1, 0.0)                                   # 72 x 3: 216 scalar nodes
    maximum1 = np.maximum(relu1[::2], relu1[1::2])                # 36 x 3: 108 scalar nodes
    maximum2 = np.maximum(maximum1[::2], maximum1[1::2])          # 18 x 3: 54 scalar nodes
    z2 = np.einsum("jkl,ilk->ij", W_2, maximum2.reshape(2, 9, 3))  # 2 x 10: 1,080 scalar nodes
    maximum3 = z2.max(axis=1)                                     # 2: 18 scalar nodes
    z3 = z2 - maximum3[:, None]                                   # 2 x 10: 40 scalar nodes
    exp1 = np.exp(z3)                                             # 2 x 10: 20 scalar nodes
    s1 = exp1.sum(axis=1)                                         # 2: 18 scalar nodes
    log1 = np.log(s1)                                             # 2: 2 scalar nodes
    # a number: 7 scalar nodes
    z4 = 0.5 * log1.sum() - 0.5 * z3.reshape(-1)[4:16].reshape(2, 6)[:, 0].sum()

    d_theta = np.zeros_like(theta)                                # 300
    d_W = d_theta[:27].reshape(3, 9)                              # 3 x 9
    d_b = d_theta[27:30]                                          # 3
    d_W_2 = d_theta[30:].reshape(10, 3, 9)                        # 10 x 3 x 9
    d_z4 = 1.0                                                    # a number
    d_z3 = np.zeros((2, 10))                                      # 2 x 10
    d_z3.reshape(-1)[4:16].reshape(2, 6)[:, 0] = -0.5 * d_z4      # 2: from z4
    d_s1 = 0.5 * d_z4 / s1                                        # 2: from log1
    d_z3 += d_s1[:, None] * exp1                                  # 2 x 10: from exp1
    d_z2 = d_z3.copy()                                            # 2 x 10: from z3
    d_maximum3 = -d_z3.sum(axis=1)                                # 2: from z3
    d_z2 += max_shares(z2) * d_maximum3[:, None]                  # 2 x 10: from maximum3
    d_W_2 += np.einsum("ki,kmj->ijm", d_z2, maximum2.reshape(2, 9, 3))  # 10 x 3 x 9: from z2
    d_maximum2 = np.einsum("ik,kmj->ijm", d_z2, W_2).reshape(18, 3)  # 18 x 3: from z2
    d_maximum1 = np.zeros((36, 3))                                # 36 x 3
    d_maximum1[::2] = d_maximum2 * greater(maximum1[::2], maximum1[1::2])  # 18 x 3: from maximum2
    d_maximum1[1::2] = d_maximum2 * greater(maximum1[1::2], maximum1[::2])  # 18 x 3: from maximum2
    d_relu1 = np.zeros((72, 3))                                   # 72 x 3
    d_relu1[::2] = d_maximum1 * greater(relu1[::2], relu1[1::2])  # 36 x 3: from maximum1
    d_relu1[1::2] = d_maximum1 * greater(relu1[1::2], relu1[::2])  # 36 x 3: from maximum1
    d_z1 = d_relu1 * (z1 > 0.0)                                   # 72 x 3: from relu1
    d_b += d_z1.sum(axis=0)                                       # 3: from z1
    d_W += d_z1.T @ c1                                            # 3 x 9: from z1
    return z4, d_theta
