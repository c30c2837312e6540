import numpy as np

c1 = np.array([
    [0.9417154046806644, -1.3965781047011498, -0.6797144480784211, 0.3705035674606598],
    [-1.016348894188071, -0.07212002278507135, 0.17919648727485687, -0.8310992152709882],
    [-1.3090373644593587, 0.1938877412491041, 0.9932497035351971, -0.6469816305475048],
    [-0.33366798379566953, 1.6456717605826776, -0.5588897658482705, -0.514156663052727],
    [2.4041193322985697, -1.53108259287363, 0.796465840293551, -2.0036485171514045],
])
c2 = np.array([
    [[-0.9417154046806644, 1.3965781047011498], [0.6797144480784211, -0.3705035674606598]],
    [[1.016348894188071, 0.07212002278507135], [-0.17919648727485687, 0.8310992152709882]],
    [[1.3090373644593587, -0.1938877412491041], [-0.9932497035351971, 0.6469816305475048]],
    [[0.33366798379566953, -1.6456717605826776], [0.5588897658482705, 0.514156663052727]],
    [[-2.4041193322985697, 1.53108259287363], [-0.796465840293551, 2.0036485171514045]],
])


def max_shares(x):
    """How much of its largest number each number along the last axis is: 1, or 0 if it is not.

    Equal numbers share it as they do in maximum(maximum(a, b), c).
    """
    before = np.maximum.accumulate(x, axis=-1)[..., :-1]
    wins = np.where(x[..., 1:] == before, 0.5, np.where(x[..., 1:] > before, 1.0, 0.0))
    stays = np.cumprod(1.0 - wins[..., ::-1], axis=-1)[..., ::-1]
    ones = np.ones_like(x[..., :1])
    return np.concatenate([ones, wins], axis=-1) * np.concatenate([stays, ones], axis=-1)


def forward(theta):
    W = theta.reshape(12, 4)                                  # 12 x 4
    z1 = c1 @ W.T                                             # 5 x 12: 480 scalar nodes
    z1_view = z1.reshape(5, 6, 2)[:, 2:4].transpose(1, 2, 0)  # 2 x 2 x 5
    # 2 x 5 x 5: 250 scalar nodes
    z2 = 0.7071067811865475 * (z1.reshape(5, 6, 2)[:, :2].transpose(1, 0, 2) @ z1_view)
    maximum1 = z2.max(axis=2)                                 # 2 x 5: 40 scalar nodes
    exp1 = np.exp(z2 - maximum1[:, :, None])                  # 2 x 5 x 5: 150 scalar nodes
    power1 = 1.0 / exp1.sum(axis=2)                           # 2 x 5: 60 scalar nodes
    multiply1 = exp1 * power1[:, :, None]                     # 2 x 5 x 5: 50 scalar nodes
    # 5 x 2 x 2: 220 scalar nodes
    z4 = np.einsum("kjm,jik->ijm", z1.reshape(5, 6, 2)[:, 4:], multiply1) + c2
    z5 = z4.reshape(-1) @ z4.reshape(-1)                      # a number: 40 scalar nodes
    return z5


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta.reshape(12, 4)                                  # 12 x 4
    z1 = c1 @ W.T                                             # 5 x 12: 480 scalar nodes
    z1_view = z1.reshape(5, 6, 2)[:, 2:4].transpose(1, 2, 0)  # 2 x 2 x 5
    # 2 x 5 x 5: 250 scalar nodes
    z2 = 0.7071067811865475 * (z1.reshape(5, 6, 2)[:, :2].transpose(1, 0, 2) @ z1_view)
    maximum1 = z2.max(axis=2)                                 # 2 x 5: 40 scalar nodes
    exp1 = np.exp(z2 - maximum1[:, :, None])                  # 2 x 5 x 5: 150 scalar nodes
    s1 = exp1.sum(axis=2)                                     # 2 x 5: 50 scalar nodes
    power1 = 1.0 / s1                                         # 2 x 5: 10 scalar nodes
    multiply1 = exp1 * power1[:, :, None]                     # 2 x 5 x 5: 50 scalar nodes
    # 5 x 2 x 2: 220 scalar nodes
    z4 = np.einsum("kjm,jik->ijm", z1.reshape(5, 6, 2)[:, 4:], multiply1) + c2
    z5 = z4.reshape(-1) @ z4.reshape(-1)                      # a number: 40 scalar nodes

    d_theta = np.zeros_like(theta)                            # 48
    d_W = d_theta.reshape(12, 4)                              # 12 x 4
    d_z5 = 1.0                                                # a number
    d_z4 = (2.0 * d_z5 * z4.reshape(-1)).reshape(5, 2, 2)     # 5 x 2 x 2: from z5
    d_z1 = np.zeros((5, 12))                                  # 5 x 12
    d_z1.reshape(5, 6, 2)[:, 4:] = np.einsum("kjm,jki->ijm", d_z4, multiply1)  # 5 x 2 x 2: from z4
    # 2 x 5 x 5: from z4
    d_multiply1 = d_z4.transpose(1, 0, 2) @ z1.reshape(5, 6, 2)[:, 4:].transpose(1, 2, 0)
    d_exp1 = d_multiply1 * power1[:, :, None]                 # 2 x 5 x 5: from multiply1
    d_s1 = -np.sum(d_multiply1 * exp1, axis=2) / s1 ** 2      # 2 x 5: from power1
    d_exp1 += d_s1[:, :, None]                                # 2 x 5 x 5: from s1
    d_z3 = d_exp1 * exp1                                      # 2 x 5 x 5: from exp1
    d_z2 = d_z3.copy()                                        # 2 x 5 x 5: from z3
    d_maximum1 = -d_z3.sum(axis=2)                            # 2 x 5: from z3
    d_z2 += max_shares(z2) * d_maximum1[:, :, None]           # 2 x 5 x 5: from maximum1
    z1_view_2 = z1.reshape(5, 6, 2)[:, 2:4]                   # 5 x 2 x 2
    # 5 x 2 x 2: from z2
    d_z1.reshape(5, 6, 2)[:, :2] = 0.7071067811865475 * np.einsum("jik,kjm->ijm", d_z2, z1_view_2)
    z1_view_3 = z1.reshape(5, 6, 2)[:, :2]                    # 5 x 2 x 2
    # 5 x 2 x 2: from z2
    d_z1.reshape(5, 6, 2)[:, 2:4] = 0.7071067811865475 * np.einsum("jki,kjm->ijm", d_z2, z1_view_3)
    d_W += d_z1.T @ c1                                        # 12 x 4: from z1
    return z5, d_theta
