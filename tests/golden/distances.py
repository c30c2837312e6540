import numpy as np

mask = np.broadcast_to(~np.tri(6, 6, -1, dtype=bool), (3, 6, 6))
mask_2 = ~np.tri(6, 6, -1, dtype=bool)


def forward(theta):
    W = theta[:18].reshape(6, 3)                          # 6 x 3
    W_2 = theta[3:].reshape(6, 3)                         # 6 x 3
    z1 = np.where(mask, W.T[:, :, None] - W_2.T[:, None, :], 0.0)  # 3 x 6 x 6: 126 scalar nodes
    z2 = np.where(mask_2, -np.sum(z1 * z1, axis=0), 0.0)  # 6 x 6: 147 scalar nodes
    exp1 = np.where(mask_2, np.exp(z2), 0.0)              # 6 x 6: 21 scalar nodes
    s1 = exp1.reshape(-1).sum()                           # a number: 21 scalar nodes
    return s1


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[:18].reshape(6, 3)                          # 6 x 3
    W_2 = theta[3:].reshape(6, 3)                         # 6 x 3
    z1 = np.where(mask, W.T[:, :, None] - W_2.T[:, None, :], 0.0)  # 3 x 6 x 6: 126 scalar nodes
    z2 = np.where(mask_2, -np.sum(z1 * z1, axis=0), 0.0)  # 6 x 6: 147 scalar nodes
    exp1 = np.where(mask_2, np.exp(z2), 0.0)              # 6 x 6: 21 scalar nodes
    s1 = exp1.reshape(-1).sum()                           # a number: 21 scalar nodes

    d_theta = np.zeros_like(theta)                        # 21
    d_W = d_theta[:18].reshape(6, 3)                      # 6 x 3
    d_W_2 = d_theta[3:].reshape(6, 3)                     # 6 x 3
    d_s1 = 1.0                                            # a number
    d_exp1 = np.where(mask_2.reshape(-1), d_s1, 0.0).reshape(6, 6)  # 6 x 6: from s1
    d_z2 = np.where(mask_2, d_exp1 * exp1, 0.0)           # 6 x 6: from exp1
    d_z1 = np.where(mask, -2.0 * d_z2 * z1, 0.0)          # 3 x 6 x 6: from z2
    d_W += d_z1.transpose(1, 0, 2).sum(axis=2)            # 6 x 3: from z1
    d_W_2 += -d_z1.transpose(2, 0, 1).sum(axis=2)         # 6 x 3: from z1
    return s1, d_theta
