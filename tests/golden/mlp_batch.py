import numpy as np

# CONSTANTS: arrays that are too large for a text, as program.constants() gives them
c1 = CONSTANTS["c1"]  # 16 x 12
z4_part1_index = np.array([3, 4, 11, 15, 16, 21, 27, 28, 34, 37, 43, 47, 48, 52, 59, 62])


def max_shares(x):
    """How much of its largest number each number along the last axis is: 1, or 0 if it is not.

    Equal numbers share it as they do in maximum(maximum(a, b), c).
    """
    before = np.maximum.accumulate(x, axis=-1)[..., :-1]
    wins = np.where(x[..., 1:] == before, 0.5, np.where(x[..., 1:] > before, 1.0, 0.0))
    stays = np.cumprod(1.0 - wins[..., ::-1], axis=-1)[..., ::-1]
    ones = np.ones_like(x[..., :1])
    return np.concatenate([ones, wins], axis=-1) * np.concatenate([stays, ones], axis=-1)


def forward(theta):
    W = theta[:130].reshape(10, 13)[:, :12]      # 10 x 12
    b = theta[:130].reshape(10, 13)[:, 12]       # 10
    W_2 = theta[130:196].reshape(6, 11)[:, :10]  # 6 x 10
    b_2 = theta[130:196].reshape(6, 11)[:, 10]   # 6
    W_3 = theta[196:].reshape(4, 7)[:, :6]       # 4 x 6
    b_3 = theta[196:].reshape(4, 7)[:, 6]        # 4
    tanh1 = np.tanh(c1 @ W.T + b)                # 16 x 10: 4,000 scalar nodes
    tanh2 = np.tanh(tanh1 @ W_2.T + b_2)         # 16 x 6: 2,016 scalar nodes
    z3 = tanh2 @ W_3.T + b_3                     # 16 x 4: 768 scalar nodes
    maximum1 = z3.max(axis=1)                    # 16: 48 scalar nodes
    z4 = z3 - maximum1[:, None]                  # 16 x 4: 128 scalar nodes
    exp1 = np.exp(z4)                            # 16 x 4: 64 scalar nodes
    log1 = np.log(exp1.sum(axis=1))              # 16: 64 scalar nodes
    z4_part1 = z4.reshape(-1)[z4_part1_index]    # 16
    # a number: 498 scalar nodes
    z5 = 0.001 * (theta @ theta) - 0.0625 * z4_part1.sum() + 0.0625 * log1.sum()
    return z5


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[:130].reshape(10, 13)[:, :12]           # 10 x 12
    b = theta[:130].reshape(10, 13)[:, 12]            # 10
    W_2 = theta[130:196].reshape(6, 11)[:, :10]       # 6 x 10
    b_2 = theta[130:196].reshape(6, 11)[:, 10]        # 6
    W_3 = theta[196:].reshape(4, 7)[:, :6]            # 4 x 6
    b_3 = theta[196:].reshape(4, 7)[:, 6]             # 4
    tanh1 = np.tanh(c1 @ W.T + b)                     # 16 x 10: 4,000 scalar nodes
    tanh2 = np.tanh(tanh1 @ W_2.T + b_2)              # 16 x 6: 2,016 scalar nodes
    z3 = tanh2 @ W_3.T + b_3                          # 16 x 4: 768 scalar nodes
    maximum1 = z3.max(axis=1)                         # 16: 48 scalar nodes
    z4 = z3 - maximum1[:, None]                       # 16 x 4: 128 scalar nodes
    exp1 = np.exp(z4)                                 # 16 x 4: 64 scalar nodes
    s1 = exp1.sum(axis=1)                             # 16: 48 scalar nodes
    log1 = np.log(s1)                                 # 16: 16 scalar nodes
    z4_part1 = z4.reshape(-1)[z4_part1_index]         # 16
    # a number: 498 scalar nodes
    z5 = 0.001 * (theta @ theta) - 0.0625 * z4_part1.sum() + 0.0625 * log1.sum()

    d_theta = np.zeros_like(theta)                    # 224
    d_W = d_theta[:130].reshape(10, 13)[:, :12]       # 10 x 12
    d_b = d_theta[:130].reshape(10, 13)[:, 12]        # 10
    d_W_2 = d_theta[130:196].reshape(6, 11)[:, :10]   # 6 x 10
    d_b_2 = d_theta[130:196].reshape(6, 11)[:, 10]    # 6
    d_W_3 = d_theta[196:].reshape(4, 7)[:, :6]        # 4 x 6
    d_b_3 = d_theta[196:].reshape(4, 7)[:, 6]         # 4
    d_z5 = 1.0                                        # a number
    d_z4_part1 = np.broadcast_to(-0.0625 * d_z5, 16)  # 16: from z5
    d_log1 = np.broadcast_to(0.0625 * d_z5, 16)       # 16: from z5
    d_z4 = np.zeros((16, 4))                          # 16 x 4
    d_z4.reshape(-1)[z4_part1_index] += d_z4_part1    # from z4_part1
    d_s1 = d_log1 / s1                                # 16: from log1
    d_z4 += d_s1[:, None] * exp1                      # 16 x 4: from exp1
    d_z3 = d_z4.copy()                                # 16 x 4: from z4
    d_maximum1 = -d_z4.sum(axis=1)                    # 16: from z4
    d_z3 += max_shares(z3) * d_maximum1[:, None]      # 16 x 4: from maximum1
    d_b_3 += d_z3.sum(axis=0)                         # 4: from z3
    d_W_3 += d_z3.T @ tanh2                           # 4 x 6: from z3
    d_z2 = (d_z3 @ W_3) * (1.0 - tanh2 * tanh2)       # 16 x 6: from tanh2
    d_b_2 += d_z2.sum(axis=0)                         # 6: from z2
    d_W_2 += d_z2.T @ tanh1                           # 6 x 10: from z2
    d_z1 = (d_z2 @ W_2) * (1.0 - tanh1 * tanh1)       # 16 x 10: from tanh1
    d_b += d_z1.sum(axis=0)                           # 10: from z1
    d_W += d_z1.T @ c1                                # 10 x 12: from z1
    d_theta += 0.002 * d_z5 * theta                   # 224: from z5
    return z5, d_theta
