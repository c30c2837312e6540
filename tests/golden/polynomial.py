import numpy as np

c1 = CONSTANTS["c1"]  # 20 x 5
c2 = CONSTANTS["c2"]  # 20


def forward(theta):
    c = theta[:5]           # 5
    c_5 = theta[5]          # a number
    z1 = c1 @ c + c_5 + c2  # 20: 240 scalar nodes
    z2 = 0.05 * (z1 @ z1)   # a number: 41 scalar nodes
    return z2


def value_and_grad(theta):
    """The result, and its gradient."""
    c = theta[:5]                   # 5
    c_5 = theta[5]                  # a number
    z1 = c1 @ c + c_5 + c2          # 20: 240 scalar nodes
    z2 = 0.05 * (z1 @ z1)           # a number: 41 scalar nodes

    d_theta = np.zeros_like(theta)  # 6
    d_c = d_theta[:5]               # 5
    d_z2 = 1.0                      # a number
    d_z1 = 0.1 * d_z2 * z1          # 20: from z2
    d_theta[5] += d_z1.sum()        # a number: from z1
    d_c += d_z1 @ c1                # 5: from z1
    return z2, d_theta
