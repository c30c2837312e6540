import numpy as np

c1 = CONSTANTS["c1"]  # 20 x 2
c2 = CONSTANTS["c2"]  # 20


def forward(theta):
    W = theta[:24].reshape(8, 3)[:, :2]                         # 8 x 2
    b = theta[:24].reshape(8, 3)[:, 2]                          # 8
    W_2 = theta[24:96].reshape(8, 9)[:, :8]                     # 8 x 8
    b_2 = theta[24:96].reshape(8, 9)[:, 8]                      # 8
    b_3 = theta[96:104]                                         # 8
    c = theta[104]                                              # a number
    relu1 = np.maximum(c1 @ W.T + b, 0.0)                       # 20 x 8: 800 scalar nodes
    relu2 = np.maximum(relu1 @ W_2.T + b_2, 0.0)                # 20 x 8: 2,720 scalar nodes
    relu3 = np.maximum((relu2 @ b_3) * c2 + c * c2 + 1.0, 0.0)  # 20: 380 scalar nodes
    z4 = 0.0001 * (theta @ theta) + 0.05 * relu3.sum()          # a number: 233 scalar nodes
    return z4


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[:24].reshape(8, 3)[:, :2]                    # 8 x 2
    b = theta[:24].reshape(8, 3)[:, 2]                     # 8
    W_2 = theta[24:96].reshape(8, 9)[:, :8]                # 8 x 8
    b_2 = theta[24:96].reshape(8, 9)[:, 8]                 # 8
    b_3 = theta[96:104]                                    # 8
    c = theta[104]                                         # a number
    z1 = c1 @ W.T + b                                      # 20 x 8: 640 scalar nodes
    relu1 = np.maximum(z1, 0.0)                            # 20 x 8: 160 scalar nodes
    z2 = relu1 @ W_2.T + b_2                               # 20 x 8: 2,560 scalar nodes
    relu2 = np.maximum(z2, 0.0)                            # 20 x 8: 160 scalar nodes
    z3 = (relu2 @ b_3) * c2 + c * c2 + 1.0                 # 20: 360 scalar nodes
    relu3 = np.maximum(z3, 0.0)                            # 20: 20 scalar nodes
    z4 = 0.0001 * (theta @ theta) + 0.05 * relu3.sum()     # a number: 233 scalar nodes

    d_theta = np.zeros_like(theta)                         # 105
    d_W = d_theta[:24].reshape(8, 3)[:, :2]                # 8 x 2
    d_b = d_theta[:24].reshape(8, 3)[:, 2]                 # 8
    d_W_2 = d_theta[24:96].reshape(8, 9)[:, :8]            # 8 x 8
    d_b_2 = d_theta[24:96].reshape(8, 9)[:, 8]             # 8
    d_b_3 = d_theta[96:104]                                # 8
    d_z4 = 1.0                                             # a number
    d_theta += 0.0002 * d_z4 * theta                       # 105: from z4
    d_z3 = 0.05 * d_z4 * (z3 > 0.0)                        # 20: from relu3
    d_theta[104] += d_z3 @ c2                              # a number: from z3
    d_b_3 += (d_z3 * c2) @ relu2                           # 8: from z3
    d_z2 = d_z3[:, None] * c2[:, None] * b_3 * (z2 > 0.0)  # 20 x 8: from relu2
    d_b_2 += d_z2.sum(axis=0)                              # 8: from z2
    d_W_2 += d_z2.T @ relu1                                # 8 x 8: from z2
    d_z1 = (d_z2 @ W_2) * (z1 > 0.0)                       # 20 x 8: from relu1
    d_b += d_z1.sum(axis=0)                                # 8: from z1
    d_W += d_z1.T @ c1                                     # 8 x 2: from z1
    return z4, d_theta
