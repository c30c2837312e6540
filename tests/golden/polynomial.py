import numpy as np

# CONSTANTS: arrays that are too large for a text, as program.constants() gives them
c1 = CONSTANTS["c1"]  # 20 x 5
c2 = np.array([
    0.37407684698672905, -1.0746503857790555, 0.8133546304110759, 0.02395890534587579,
    0.006977612301309624, -2.193219484673827, -0.7039714883683683, 0.4969701090104573,
    0.4555595968345976, 1.0345646940582913, 1.6949308136168466, 1.4181530140548761,
    -0.5148932180541765, 0.5817440768896533, -1.5887332857878913, -0.14053336621223883,
    0.02352314896084222, 0.04163660797547946, -0.033925847057569236, -0.8863068453160359,
])


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
