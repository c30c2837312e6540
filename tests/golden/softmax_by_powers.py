import numpy as np


def forward(theta):
    x = theta[:6]                   # 6
    base = theta[6]                 # a number
    power1 = np.power(base, x)      # 6: 6 scalar nodes
    power2 = 1.0 / power1.sum()     # a number: 7 scalar nodes
    multiply1 = power1 * power2     # 6: 6 scalar nodes
    power3 = np.power(2.0, x[0])    # a number: 1 scalar node
    log1 = np.log(multiply1)        # 6: 6 scalar nodes
    z1 = power3 - multiply1 @ log1  # a number: 14 scalar nodes
    return z1


def value_and_grad(theta):
    """The result, and its gradient."""
    x = theta[:6]                             # 6
    base = theta[6]                           # a number
    power1 = np.power(base, x)                # 6: 6 scalar nodes
    s1 = power1.sum()                         # a number: 6 scalar nodes
    power2 = 1.0 / s1                         # a number: 1 scalar node
    multiply1 = power1 * power2               # 6: 6 scalar nodes
    power3 = np.power(2.0, x[0])              # a number: 1 scalar node
    log1 = np.log(multiply1)                  # 6: 6 scalar nodes
    z1 = power3 - multiply1 @ log1            # a number: 14 scalar nodes

    d_theta = np.zeros_like(theta)            # 7
    d_x = d_theta[:6]                         # 6
    d_z1 = 1.0                                # a number
    d_multiply1 = -d_z1 * log1                # 6: from z1
    d_log1 = -d_z1 * multiply1                # 6: from z1
    d_power3 = d_z1                           # a number: from z1
    d_multiply1 += d_log1 / multiply1         # 6: from log1
    # a number: from power3
    d_x[0] += d_power3 * np.where(power3 != 0, 0.6931471805599453 * power3, 0.0)
    d_power1 = d_multiply1 * power2           # 6: from multiply1
    d_s1 = -(d_multiply1 @ power1) / s1 ** 2  # a number: from power2
    d_power1 += d_s1                          # 6: from s1
    # a number: from power1
    d_theta[6] += (
        d_power1 @ np.where((np.abs(base) + np.abs(x)) != 0, x * np.power(base, x - 1.0), 0.0)
    )
    d_x += d_power1 * np.where(power1 != 0, power1 * np.log(base), 0.0)  # 6: from power1
    return z1, d_theta
