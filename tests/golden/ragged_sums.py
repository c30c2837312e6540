import numpy as np

theta_part1_index = CONSTANTS["theta_part1_index"]  # 10 x 10
mask = CONSTANTS["mask"]  # 10 x 10
d_theta_part1_cells = CONSTANTS["d_theta_part1_cells"]  # 55
d_theta_part1_index = CONSTANTS["d_theta_part1_index"]  # 55


def forward(theta):
    W = theta[10:].reshape(3, 10)       # 3 x 10
    # 10 x 10
    theta_part1 = np.where(
        mask,
        np.where(theta_part1_index >= 0, theta[theta_part1_index], 0.0),
        0.0,
    )
    tanh1 = np.tanh(W @ theta_part1.T)  # 3 x 10: 360 scalar nodes
    s1 = tanh1.reshape(-1).sum()        # a number: 30 scalar nodes
    return s1


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[10:].reshape(3, 10)                    # 3 x 10
    # 10 x 10
    theta_part1 = np.where(
        mask,
        np.where(theta_part1_index >= 0, theta[theta_part1_index], 0.0),
        0.0,
    )
    tanh1 = np.tanh(W @ theta_part1.T)               # 3 x 10: 360 scalar nodes
    s1 = tanh1.reshape(-1).sum()                     # a number: 30 scalar nodes

    d_theta = np.zeros_like(theta)                   # 40
    d_W = d_theta[10:].reshape(3, 10)                # 3 x 10
    d_s1 = 1.0                                       # a number
    d_z1 = np.broadcast_to(d_s1, 30).reshape(3, 10) * (1.0 - tanh1 * tanh1)  # 3 x 10: from tanh1
    d_W += d_z1 @ theta_part1                        # 3 x 10: from z1
    d_theta_part1 = np.where(mask, d_z1.T @ W, 0.0)  # 10 x 10: from z1
    # from theta_part1
    np.add.at(d_theta, d_theta_part1_index, d_theta_part1.reshape(-1)[d_theta_part1_cells])
    return s1, d_theta
