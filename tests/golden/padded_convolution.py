import numpy as np

# CONSTANTS: arrays that are too large for a text, as program.constants() gives them
theta_part1_index = CONSTANTS["theta_part1_index"]  # 49 x 2 x 9
mask = theta_part1_index >= 0
c1 = CONSTANTS["c1"]  # 49 x 9
theta_part2_index = CONSTANTS["theta_part2_index"]  # 98 x 18
mask_2 = theta_part2_index >= 0
relu1_part3_index = CONSTANTS["relu1_part3_index"]  # 98 x 18
d_relu1_part3_cells = CONSTANTS["d_relu1_part3_cells"]  # 1444
d_relu1_part3_index = CONSTANTS["d_relu1_part3_index"]  # 1444
d_theta_part2_index = CONSTANTS["d_theta_part2_index"]  # 1444
d_theta_part1_cells = CONSTANTS["d_theta_part1_cells"]  # 722
d_theta_part1_index = CONSTANTS["d_theta_part1_index"]  # 722


def forward(theta):
    theta_part1 = np.where(mask, theta[theta_part1_index], 0.0)  # 49 x 2 x 9
    relu1 = np.maximum(np.einsum("ijk,ik->ij", theta_part1, c1), 0.0)  # 49 x 2: 1,542 scalar nodes
    theta_part2 = np.where(mask_2, theta[theta_part2_index], 0.0)  # 98 x 18
    relu1_part3 = np.where(mask_2, relu1.reshape(-1)[relu1_part3_index], 0.0)  # 98 x 18
    tanh1 = np.tanh(np.sum(theta_part2 * relu1_part3, axis=1))   # 98: 3,084 scalar nodes
    s1 = tanh1.sum()                                             # a number: 112 scalar nodes
    return s1


def value_and_grad(theta):
    """The result, and its gradient."""
    theta_part1 = np.where(mask, theta[theta_part1_index], 0.0)  # 49 x 2 x 9
    z1 = np.einsum("ijk,ik->ij", theta_part1, c1)                # 49 x 2: 1,444 scalar nodes
    relu1 = np.maximum(z1, 0.0)                                  # 49 x 2: 98 scalar nodes
    theta_part2 = np.where(mask_2, theta[theta_part2_index], 0.0)  # 98 x 18
    relu1_part3 = np.where(mask_2, relu1.reshape(-1)[relu1_part3_index], 0.0)  # 98 x 18
    tanh1 = np.tanh(np.sum(theta_part2 * relu1_part3, axis=1))   # 98: 3,084 scalar nodes
    s1 = tanh1.sum()                                             # a number: 112 scalar nodes

    d_theta = np.zeros_like(theta)                               # 54
    d_s1 = 1.0                                                   # a number
    d_z2 = d_s1 * (1.0 - tanh1 * tanh1)                          # 98: from tanh1
    d_theta_part2 = np.where(mask_2, d_z2[:, None] * relu1_part3, 0.0)  # 98 x 18: from z2
    d_relu1_part3 = np.where(mask_2, d_z2[:, None] * theta_part2, 0.0)  # 98 x 18: from z2
    d_relu1 = np.zeros((49, 2))                                  # 49 x 2
    # from relu1_part3
    np.add.at(
        d_relu1.reshape(-1),
        d_relu1_part3_index,
        d_relu1_part3.reshape(-1)[d_relu1_part3_cells],
    )
    # from theta_part2
    np.add.at(d_theta, d_theta_part2_index, d_theta_part2.reshape(-1)[d_relu1_part3_cells])
    d_z1 = d_relu1 * (z1 > 0.0)                                  # 49 x 2: from relu1
    d_theta_part1 = np.where(mask, d_z1[:, :, None] * c1[:, None, :], 0.0)  # 49 x 2 x 9: from z1
    # from theta_part1
    np.add.at(d_theta, d_theta_part1_index, d_theta_part1.reshape(-1)[d_theta_part1_cells])
    return s1, d_theta
