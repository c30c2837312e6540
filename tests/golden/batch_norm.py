import numpy as np


def forward(theta):
    W = theta[:24].reshape(6, 4)                             # 6 x 4
    w = theta[24:28]                                         # 4
    b = theta[28:]                                           # 4
    z1 = W.sum(axis=0) / 6.0                                 # 4: 28 scalar nodes
    z2 = W - z1                                              # 6 x 4: 48 scalar nodes
    power1 = np.sqrt(np.sum(z2 * z2, axis=0) / 6.0 + 1e-05)  # 4: 60 scalar nodes
    multiply1 = w * z2                                       # 6 x 4: 24 scalar nodes
    power2 = 1.0 / power1                                    # 4: 4 scalar nodes
    tanh1 = np.tanh(b + multiply1 * power2)                  # 6 x 4: 72 scalar nodes
    s1 = tanh1.reshape(-1).sum()                             # a number: 24 scalar nodes
    return s1


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[:24].reshape(6, 4)                                # 6 x 4
    w = theta[24:28]                                            # 4
    b = theta[28:]                                              # 4
    z1 = W.sum(axis=0) / 6.0                                    # 4: 28 scalar nodes
    z2 = W - z1                                                 # 6 x 4: 48 scalar nodes
    z3 = np.sum(z2 * z2, axis=0) / 6.0 + 1e-05                  # 4: 56 scalar nodes
    power1 = np.sqrt(z3)                                        # 4: 4 scalar nodes
    multiply1 = w * z2                                          # 6 x 4: 24 scalar nodes
    power2 = 1.0 / power1                                       # 4: 4 scalar nodes
    tanh1 = np.tanh(b + multiply1 * power2)                     # 6 x 4: 72 scalar nodes
    s1 = tanh1.reshape(-1).sum()                                # a number: 24 scalar nodes

    d_theta = np.zeros_like(theta)                              # 32
    d_W = d_theta[:24].reshape(6, 4)                            # 6 x 4
    d_w = d_theta[24:28]                                        # 4
    d_b = d_theta[28:]                                          # 4
    d_s1 = 1.0                                                  # a number
    d_z4 = np.broadcast_to(d_s1, 24).reshape(6, 4) * (1.0 - tanh1 * tanh1)  # 6 x 4: from tanh1
    d_b += d_z4.sum(axis=0)                                     # 4: from z4
    d_multiply1 = d_z4 * power2                                 # 6 x 4: from z4
    d_power1 = -np.sum(d_z4 * multiply1, axis=0) / power1 ** 2  # 4: from power2
    d_w += np.sum(d_multiply1 * z2, axis=0)                     # 4: from multiply1
    d_z2 = d_multiply1 * w                                      # 6 x 4: from multiply1
    d_z3 = 0.5 * d_power1 / np.sqrt(z3)                         # 4: from power1
    d_z2 += d_z3 * z2 / 3.0                                     # 6 x 4: from z3
    d_z1 = -d_z2.sum(axis=0)                                    # 4: from z2
    d_W += d_z2                                                 # 6 x 4: from z2
    d_W += d_z1 / 6.0                                           # 6 x 4: from z1
    return s1, d_theta
