import numpy as np

# CONSTANTS: arrays that are too large for a text, as program.constants() gives them
theta_part1_index = CONSTANTS["theta_part1_index"]  # 10 x 10
mask = theta_part1_index >= 0
d_theta_part1_cells = np.array([
    0, 1, 2, 3, 4, 10, 11, 12, 13, 14, 15, 16, 20, 21, 22, 23, 24, 25, 26, 27, 30, 31, 32, 40, 41,
    50, 60, 61, 62, 63, 70, 71, 72, 73, 74, 75, 80, 81, 82, 83, 84, 85, 86, 87, 88, 90, 91, 92, 93,
    94, 95, 96, 97, 98, 99,
])
d_theta_part1_index = np.array([
    0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 0, 1, 0, 0, 1, 2, 3, 0, 1,
    2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
])


def forward(theta):
    W = theta[10:].reshape(3, 10)                                # 3 x 10
    theta_part1 = np.where(mask, theta[theta_part1_index], 0.0)  # 10 x 10
    tanh1 = np.tanh(W @ theta_part1.T)                           # 3 x 10: 360 scalar nodes
    s1 = tanh1.reshape(-1).sum()                                 # a number: 30 scalar nodes
    return s1


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[10:].reshape(3, 10)                                # 3 x 10
    theta_part1 = np.where(mask, theta[theta_part1_index], 0.0)  # 10 x 10
    tanh1 = np.tanh(W @ theta_part1.T)                           # 3 x 10: 360 scalar nodes
    s1 = tanh1.reshape(-1).sum()                                 # a number: 30 scalar nodes

    d_theta = np.zeros_like(theta)                               # 40
    d_W = d_theta[10:].reshape(3, 10)                            # 3 x 10
    d_s1 = 1.0                                                   # a number
    d_z1 = np.broadcast_to(d_s1, 30).reshape(3, 10) * (1.0 - tanh1 * tanh1)  # 3 x 10: from tanh1
    d_W += d_z1 @ theta_part1                                    # 3 x 10: from z1
    d_theta_part1 = np.where(mask, d_z1.T @ W, 0.0)              # 10 x 10: from z1
    # from theta_part1
    np.add.at(d_theta, d_theta_part1_index, d_theta_part1.reshape(-1)[d_theta_part1_cells])
    return s1, d_theta
