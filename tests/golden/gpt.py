import numpy as np

mask = np.broadcast_to(np.tri(4, dtype=bool), (4, 4, 4))


def forward(theta):
    wte = theta[:432].reshape(27, 16)                            # 27 x 16
    wpe = theta[432:496].reshape(4, 16)                          # 4 x 16
    wq_wk_wv = theta[688:1456].reshape(48, 16)                   # 48 x 16
    wo = theta[1456:1712].reshape(16, 16)                        # 16 x 16
    fc1 = theta[1712:2736].reshape(64, 16)                       # 64 x 16
    fc2 = theta[2736:3760].reshape(16, 64)                       # 16 x 64
    lm_head = theta[3760:].reshape(27, 16)                       # 27 x 16
    s1 = wte[[26, 4, 21, 0]] + wpe                               # 4 x 16: 64 scalar nodes
    power1 = 1.0 / np.sqrt(0.0625 * np.sum(s1 * s1, axis=1) + 1e-05)  # 4: 140 scalar nodes
    multiply1 = s1 * power1[:, None]                             # 4 x 16: 64 scalar nodes
    z2 = 0.0625 * np.sum(multiply1 * multiply1, axis=1) + 1e-05  # 4: 136 scalar nodes
    power2 = 1.0 / np.sqrt(z2)                                   # 4: 4 scalar nodes
    multiply2 = multiply1 * power2[:, None]                      # 4 x 16: 64 scalar nodes
    z3 = multiply2 @ wq_wk_wv.T                                  # 4 x 48: 6,144 scalar nodes
    z3_view = z3.reshape(4, 12, 4)[:, 4:8].transpose(1, 2, 0)    # 4 x 4 x 4
    # 4 x 4 x 4: 360 scalar nodes
    z4 = np.where(mask, 0.5 * (z3.reshape(4, 12, 4)[:, :4].transpose(1, 0, 2) @ z3_view), 0.0)
    exp1 = np.where(mask, np.exp(z4), 0.0)                       # 4 x 4 x 4: 40 scalar nodes
    power3 = 1.0 / exp1.sum(axis=2)                              # 4 x 4: 56 scalar nodes
    multiply3 = np.where(mask, exp1 * power3[:, :, None], 0.0)   # 4 x 4 x 4: 40 scalar nodes
    # 4 x 4 x 4: 320 scalar nodes
    z5 = z3.reshape(4, 12, 4)[:, 8:].transpose(1, 2, 0) @ multiply3.transpose(0, 2, 1)
    z6 = z5.reshape(16, 4).T @ wo.T + multiply1                  # 4 x 16: 2,112 scalar nodes
    power4 = 1.0 / np.sqrt(0.0625 * np.sum(z6 * z6, axis=1) + 1e-05)  # 4: 140 scalar nodes
    multiply4 = z6 * power4[:, None]                             # 4 x 16: 64 scalar nodes
    relu1 = np.maximum(multiply4 @ fc1.T, 0.0)                   # 4 x 64: 8,448 scalar nodes
    z9 = relu1 @ fc2.T + z6                                      # 4 x 16: 8,256 scalar nodes
    exp2 = np.exp(z9 @ lm_head.T)                                # 4 x 27: 3,564 scalar nodes
    power5 = 1.0 / exp2.sum(axis=1)                              # 4: 112 scalar nodes
    log1 = np.log(exp2.reshape(-1)[[4, 48, 54, 107]] * power5)   # 4: 8 scalar nodes
    z11 = -0.25 * log1.sum()                                     # a number: 9 scalar nodes
    return z11


def value_and_grad(theta):
    """The result, and its gradient."""
    wte = theta[:432].reshape(27, 16)                            # 27 x 16
    wpe = theta[432:496].reshape(4, 16)                          # 4 x 16
    wq_wk_wv = theta[688:1456].reshape(48, 16)                   # 48 x 16
    wo = theta[1456:1712].reshape(16, 16)                        # 16 x 16
    fc1 = theta[1712:2736].reshape(64, 16)                       # 64 x 16
    fc2 = theta[2736:3760].reshape(16, 64)                       # 16 x 64
    lm_head = theta[3760:].reshape(27, 16)                       # 27 x 16
    s1 = wte[[26, 4, 21, 0]] + wpe                               # 4 x 16: 64 scalar nodes
    z1 = 0.0625 * np.sum(s1 * s1, axis=1) + 1e-05                # 4: 136 scalar nodes
    power1 = 1.0 / np.sqrt(z1)                                   # 4: 4 scalar nodes
    multiply1 = s1 * power1[:, None]                             # 4 x 16: 64 scalar nodes
    z2 = 0.0625 * np.sum(multiply1 * multiply1, axis=1) + 1e-05  # 4: 136 scalar nodes
    power2 = 1.0 / np.sqrt(z2)                                   # 4: 4 scalar nodes
    multiply2 = multiply1 * power2[:, None]                      # 4 x 16: 64 scalar nodes
    z3 = multiply2 @ wq_wk_wv.T                                  # 4 x 48: 6,144 scalar nodes
    z3_view = z3.reshape(4, 12, 4)[:, 4:8].transpose(1, 2, 0)    # 4 x 4 x 4
    # 4 x 4 x 4: 360 scalar nodes
    z4 = np.where(mask, 0.5 * (z3.reshape(4, 12, 4)[:, :4].transpose(1, 0, 2) @ z3_view), 0.0)
    exp1 = np.where(mask, np.exp(z4), 0.0)                       # 4 x 4 x 4: 40 scalar nodes
    s2 = exp1.sum(axis=2)                                        # 4 x 4: 40 scalar nodes
    power3 = 1.0 / s2                                            # 4 x 4: 16 scalar nodes
    multiply3 = np.where(mask, exp1 * power3[:, :, None], 0.0)   # 4 x 4 x 4: 40 scalar nodes
    # 4 x 4 x 4: 320 scalar nodes
    z5 = z3.reshape(4, 12, 4)[:, 8:].transpose(1, 2, 0) @ multiply3.transpose(0, 2, 1)
    z6 = z5.reshape(16, 4).T @ wo.T + multiply1                  # 4 x 16: 2,112 scalar nodes
    z7 = 0.0625 * np.sum(z6 * z6, axis=1) + 1e-05                # 4: 136 scalar nodes
    power4 = 1.0 / np.sqrt(z7)                                   # 4: 4 scalar nodes
    multiply4 = z6 * power4[:, None]                             # 4 x 16: 64 scalar nodes
    z8 = multiply4 @ fc1.T                                       # 4 x 64: 8,192 scalar nodes
    relu1 = np.maximum(z8, 0.0)                                  # 4 x 64: 256 scalar nodes
    z9 = relu1 @ fc2.T + z6                                      # 4 x 16: 8,256 scalar nodes
    exp2 = np.exp(z9 @ lm_head.T)                                # 4 x 27: 3,564 scalar nodes
    s3 = exp2.sum(axis=1)                                        # 4: 108 scalar nodes
    power5 = 1.0 / s3                                            # 4: 4 scalar nodes
    exp2_part2 = exp2.reshape(-1)[[4, 48, 54, 107]]              # 4
    multiply5 = exp2_part2 * power5                              # 4: 4 scalar nodes
    log1 = np.log(multiply5)                                     # 4: 4 scalar nodes
    z11 = -0.25 * log1.sum()                                     # a number: 9 scalar nodes

    d_theta = np.zeros_like(theta)                               # 4192
    d_wte = d_theta[:432].reshape(27, 16)                        # 27 x 16
    d_wpe = d_theta[432:496].reshape(4, 16)                      # 4 x 16
    d_wq_wk_wv = d_theta[688:1456].reshape(48, 16)               # 48 x 16
    d_wo = d_theta[1456:1712].reshape(16, 16)                    # 16 x 16
    d_fc1 = d_theta[1712:2736].reshape(64, 16)                   # 64 x 16
    d_fc2 = d_theta[2736:3760].reshape(16, 64)                   # 16 x 64
    d_lm_head = d_theta[3760:].reshape(27, 16)                   # 27 x 16
    d_z11 = 1.0                                                  # a number
    d_multiply5 = (-0.25 * d_z11) / multiply5                    # 4: from log1
    d_exp2_part2 = d_multiply5 * power5                          # 4: from multiply5
    d_power5 = d_multiply5 * exp2_part2                          # 4: from multiply5
    d_exp2 = np.zeros((4, 27))                                   # 4 x 27
    d_exp2.reshape(-1)[[4, 48, 54, 107]] += d_exp2_part2         # from exp2_part2
    d_s3 = -d_power5 / s3 ** 2                                   # 4: from power5
    d_exp2 += d_s3[:, None]                                      # 4 x 27: from s3
    d_z10 = d_exp2 * exp2                                        # 4 x 27: from exp2
    d_lm_head += d_z10.T @ z9                                    # 27 x 16: from z10
    d_z9 = d_z10 @ lm_head                                       # 4 x 16: from z10
    d_fc2 += d_z9.T @ relu1                                      # 16 x 64: from z9
    d_relu1 = d_z9 @ fc2                                         # 4 x 64: from z9
    d_z6 = d_z9.copy()                                           # 4 x 16: from z9
    d_z8 = d_relu1 * (z8 > 0.0)                                  # 4 x 64: from relu1
    d_fc1 += d_z8.T @ multiply4                                  # 64 x 16: from z8
    d_multiply4 = d_z8 @ fc1                                     # 4 x 16: from z8
    d_z6 += d_multiply4 * power4[:, None]                        # 4 x 16: from multiply4
    d_z7 = -0.5 * np.sum(d_multiply4 * z6, axis=1) / z7 ** 1.5   # 4: from power4
    d_z6 += 0.125 * d_z7[:, None] * z6                           # 4 x 16: from z7
    d_wo += d_z6.T @ z5.reshape(16, 4).T                         # 16 x 16: from z6
    d_z5 = (wo.T @ d_z6.T).reshape(4, 4, 4)                      # 4 x 4 x 4: from z6
    d_multiply1 = d_z6.copy()                                    # 4 x 16: from z6
    d_z3 = np.zeros((4, 48))                                     # 4 x 48
    d_z3.reshape(4, 12, 4)[:, 8:] = np.einsum("jmk,jki->ijm", d_z5, multiply3)  # 4 x 4 x 4: from z5
    z3_view_2 = z3.reshape(4, 12, 4)[:, 8:].transpose(1, 2, 0)   # 4 x 4 x 4
    d_multiply3 = np.where(mask, d_z5.transpose(0, 2, 1) @ z3_view_2, 0.0)  # 4 x 4 x 4: from z5
    d_exp1 = np.where(mask, d_multiply3 * power3[:, :, None], 0.0)  # 4 x 4 x 4: from multiply3
    d_s2 = -np.sum(d_multiply3 * exp1, axis=2) / s2 ** 2         # 4 x 4: from power3
    d_exp1 += np.where(mask, d_s2[:, :, None], 0.0)              # 4 x 4 x 4: from s2
    d_z4 = np.where(mask, d_exp1 * exp1, 0.0)                    # 4 x 4 x 4: from exp1
    z3_view_3 = z3.reshape(4, 12, 4)[:, 4:8]                     # 4 x 4 x 4
    # 4 x 4 x 4: from z4
    d_z3.reshape(4, 12, 4)[:, :4] = 0.5 * np.einsum("jik,kjm->ijm", d_z4, z3_view_3)
    z3_view_4 = z3.reshape(4, 12, 4)[:, :4]                      # 4 x 4 x 4
    # 4 x 4 x 4: from z4
    d_z3.reshape(4, 12, 4)[:, 4:8] = 0.5 * np.einsum("jki,kjm->ijm", d_z4, z3_view_4)
    d_wq_wk_wv += d_z3.T @ multiply2                             # 48 x 16: from z3
    d_multiply2 = d_z3 @ wq_wk_wv                                # 4 x 16: from z3
    d_multiply1 += d_multiply2 * power2[:, None]                 # 4 x 16: from multiply2
    d_z2 = -0.5 * np.sum(d_multiply2 * multiply1, axis=1) / z2 ** 1.5  # 4: from power2
    d_multiply1 += 0.125 * d_z2[:, None] * multiply1             # 4 x 16: from z2
    d_s1 = d_multiply1 * power1[:, None]                         # 4 x 16: from multiply1
    d_z1 = -0.5 * np.sum(d_multiply1 * s1, axis=1) / z1 ** 1.5   # 4: from power1
    d_s1 += 0.125 * d_z1[:, None] * s1                           # 4 x 16: from z1
    d_theta_part1 = d_s1.copy()                                  # 4 x 16: from s1
    d_wpe += d_s1                                                # 4 x 16: from s1
    d_wte[[26, 4, 21, 0]] += d_theta_part1                       # from theta_part1
    return z11, d_theta
