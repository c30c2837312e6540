import numpy as np

# CONSTANTS: arrays that are too large for a text, as program.constants() gives them
theta_part1_index = CONSTANTS["theta_part1_index"]  # 49 x 2 x 9
mask = theta_part1_index >= 0
c1 = CONSTANTS["c1"]  # 49 x 9
relu1_part2_index = CONSTANTS["relu1_part2_index"]  # 49 x 18
mask_2 = relu1_part2_index >= 0
d_relu1_part2_cells = CONSTANTS["d_relu1_part2_cells"]  # 722
d_relu1_part2_index = CONSTANTS["d_relu1_part2_index"]  # 722
d_theta_part1_cells = CONSTANTS["d_theta_part1_cells"]  # 722
d_theta_part1_index = CONSTANTS["d_theta_part1_index"]  # 722


def forward(theta):
    W = theta[18:].reshape(2, 18)                                # 2 x 18
    theta_part1 = np.where(mask, theta[theta_part1_index], 0.0)  # 49 x 2 x 9
    relu1 = np.maximum(np.einsum("ijk,ik->ij", theta_part1, c1), 0.0)  # 49 x 2: 1,542 scalar nodes
    relu1_part2 = np.where(mask_2, relu1.reshape(-1)[relu1_part2_index], 0.0)  # 49 x 18
    tanh1 = np.tanh(W @ relu1_part2.T)                           # 2 x 49: 3,084 scalar nodes
    s1 = tanh1.reshape(-1).sum()                                 # a number: 112 scalar nodes
    return s1


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[18:].reshape(2, 18)                                # 2 x 18
    theta_part1 = np.where(mask, theta[theta_part1_index], 0.0)  # 49 x 2 x 9
    z1 = np.einsum("ijk,ik->ij", theta_part1, c1)                # 49 x 2: 1,444 scalar nodes
    relu1 = np.maximum(z1, 0.0)                                  # 49 x 2: 98 scalar nodes
    relu1_part2 = np.where(mask_2, relu1.reshape(-1)[relu1_part2_index], 0.0)  # 49 x 18
    tanh1 = np.tanh(W @ relu1_part2.T)                           # 2 x 49: 3,084 scalar nodes
    s1 = tanh1.reshape(-1).sum()                                 # a number: 112 scalar nodes

    d_theta = np.zeros_like(theta)                               # 54
    d_W = d_theta[18:].reshape(2, 18)                            # 2 x 18
    d_s1 = 1.0                                                   # a number
    d_z2 = np.broadcast_to(d_s1, 98).reshape(2, 49) * (1.0 - tanh1 * tanh1)  # 2 x 49: from tanh1
    d_W += d_z2 @ relu1_part2                                    # 2 x 18: from z2
    d_relu1_part2 = np.where(mask_2, d_z2.T @ W, 0.0)            # 49 x 18: from z2
    d_relu1 = np.zeros((49, 2))                                  # 49 x 2
    # from relu1_part2
    np.add.at(
        d_relu1.reshape(-1),
        d_relu1_part2_index,
        d_relu1_part2.reshape(-1)[d_relu1_part2_cells],
    )
    d_z1 = d_relu1 * (z1 > 0.0)                                  # 49 x 2: from relu1
    d_theta_part1 = np.where(mask, d_z1[:, :, None] * c1[:, None, :], 0.0)  # 49 x 2 x 9: from z1
    # from theta_part1
    np.add.at(d_theta, d_theta_part1_index, d_theta_part1.reshape(-1)[d_theta_part1_cells])
    return s1, d_theta
