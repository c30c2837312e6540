import numpy as np

c1 = np.array([0.11148493528077183, -0.3993740871759376])
c2 = np.array([-0.7513264535331379, -1.320716207334935])
c3 = np.array([0.07093801699363188, 1.6200914287046837])
c4 = np.array([0.47378781243500867, 0.2486021956535268])
c5 = np.array([0.18531318062544133, -0.4215810209049663])
c6 = np.array([1.2302300798533612, 1.2537412046379597])
c7 = np.array([1.0437560701105737, -0.6622404287983599])
c8 = np.array([-0.21086005691843573, -0.9030066966722933])
c9 = np.array([-0.8849625639496177, -0.45760585285080313])
c10 = np.array([2.0441536577240424, 0.20371614725510254])
c11 = np.array([0.6205062520904999, -0.15504021516362218])
c12 = np.array([0.48287639597094933, 0.737050359450244])
c13 = np.array([
    0.8765282350783203, 1.4090316713215871, -0.5230956316925225, 0.864139480022371,
    -0.9375555831982871, -0.3662458475198432, 0.09827150640177615, 1.0242588734955478,
    1.9229732027924273, -0.04741048106034086, -0.48962751634743396, 2.232715615958218,
])


def forward(theta):
    wx = theta[:16].reshape(8, 2)                       # 8 x 2
    wh = theta[16:80].reshape(8, 8)                     # 8 x 8
    b = theta[80:88]                                    # 8
    readout = theta[88:]                                # 8
    tanh1 = np.zeros((12, 8))                           # 12 x 8
    tanh1[0] = np.tanh(wx @ c1 + 0.0 + b)               # 8: 8 scalar nodes
    tanh1[1] = np.tanh(wx @ c2 + wh @ tanh1[0] + b)     # 8: 184 scalar nodes
    tanh1[2] = np.tanh(wx @ c3 + wh @ tanh1[1] + b)     # 8: 184 scalar nodes
    tanh1[3] = np.tanh(wx @ c4 + wh @ tanh1[2] + b)     # 8: 184 scalar nodes
    tanh1[4] = np.tanh(wx @ c5 + wh @ tanh1[3] + b)     # 8: 184 scalar nodes
    tanh1[5] = np.tanh(wx @ c6 + wh @ tanh1[4] + b)     # 8: 184 scalar nodes
    tanh1[6] = np.tanh(wx @ c7 + wh @ tanh1[5] + b)     # 8: 184 scalar nodes
    tanh1[7] = np.tanh(wx @ c8 + wh @ tanh1[6] + b)     # 8: 184 scalar nodes
    tanh1[8] = np.tanh(wx @ c9 + wh @ tanh1[7] + b)     # 8: 184 scalar nodes
    tanh1[9] = np.tanh(wx @ c10 + wh @ tanh1[8] + b)    # 8: 184 scalar nodes
    tanh1[10] = np.tanh(wx @ c11 + wh @ tanh1[9] + b)   # 8: 184 scalar nodes
    tanh1[11] = np.tanh(wx @ c12 + wh @ tanh1[10] + b)  # 8: 184 scalar nodes
    z13 = tanh1 @ readout + c13                         # 12: 204 scalar nodes
    z14 = (z13 @ z13) / 12.0                            # a number: 25 scalar nodes
    return z14


def value_and_grad(theta):
    """The result, and its gradient."""
    wx = theta[:16].reshape(8, 2)                        # 8 x 2
    wh = theta[16:80].reshape(8, 8)                      # 8 x 8
    b = theta[80:88]                                     # 8
    readout = theta[88:]                                 # 8
    tanh1 = np.zeros((12, 8))                            # 12 x 8
    tanh1[0] = np.tanh(wx @ c1 + 0.0 + b)                # 8: 8 scalar nodes
    tanh1[1] = np.tanh(wx @ c2 + wh @ tanh1[0] + b)      # 8: 184 scalar nodes
    tanh1[2] = np.tanh(wx @ c3 + wh @ tanh1[1] + b)      # 8: 184 scalar nodes
    tanh1[3] = np.tanh(wx @ c4 + wh @ tanh1[2] + b)      # 8: 184 scalar nodes
    tanh1[4] = np.tanh(wx @ c5 + wh @ tanh1[3] + b)      # 8: 184 scalar nodes
    tanh1[5] = np.tanh(wx @ c6 + wh @ tanh1[4] + b)      # 8: 184 scalar nodes
    tanh1[6] = np.tanh(wx @ c7 + wh @ tanh1[5] + b)      # 8: 184 scalar nodes
    tanh1[7] = np.tanh(wx @ c8 + wh @ tanh1[6] + b)      # 8: 184 scalar nodes
    tanh1[8] = np.tanh(wx @ c9 + wh @ tanh1[7] + b)      # 8: 184 scalar nodes
    tanh1[9] = np.tanh(wx @ c10 + wh @ tanh1[8] + b)     # 8: 184 scalar nodes
    tanh1[10] = np.tanh(wx @ c11 + wh @ tanh1[9] + b)    # 8: 184 scalar nodes
    tanh1[11] = np.tanh(wx @ c12 + wh @ tanh1[10] + b)   # 8: 184 scalar nodes
    z13 = tanh1 @ readout + c13                          # 12: 204 scalar nodes
    z14 = (z13 @ z13) / 12.0                             # a number: 25 scalar nodes

    d_theta = np.zeros_like(theta)                       # 96
    d_wx = d_theta[:16].reshape(8, 2)                    # 8 x 2
    d_wh = d_theta[16:80].reshape(8, 8)                  # 8 x 8
    d_b = d_theta[80:88]                                 # 8
    d_readout = d_theta[88:]                             # 8
    d_z14 = 1.0                                          # a number
    d_z13 = d_z14 * z13 / 6.0                            # 12: from z14
    d_readout += d_z13 @ tanh1                           # 8: from z13
    d_tanh1 = d_z13[:, None] * readout                   # 12 x 8: from z13
    d_z12 = d_tanh1[11] * (1.0 - tanh1[11] * tanh1[11])  # 8: from tanh1
    d_b += d_z12                                         # 8: from z12
    d_wx += d_z12[:, None] * c12                         # 8 x 2: from z12
    d_tanh1[10] += d_z12 @ wh                            # 8: from z12
    d_z11 = d_tanh1[10] * (1.0 - tanh1[10] * tanh1[10])  # 8: from tanh1
    d_b += d_z11                                         # 8: from z11
    d_wx += d_z11[:, None] * c11                         # 8 x 2: from z11
    d_tanh1[9] += d_z11 @ wh                             # 8: from z11
    d_z10 = d_tanh1[9] * (1.0 - tanh1[9] * tanh1[9])     # 8: from tanh1
    d_b += d_z10                                         # 8: from z10
    d_wx += d_z10[:, None] * c10                         # 8 x 2: from z10
    d_tanh1[8] += d_z10 @ wh                             # 8: from z10
    d_z9 = d_tanh1[8] * (1.0 - tanh1[8] * tanh1[8])      # 8: from tanh1
    d_b += d_z9                                          # 8: from z9
    d_wx += d_z9[:, None] * c9                           # 8 x 2: from z9
    d_tanh1[7] += d_z9 @ wh                              # 8: from z9
    d_z8 = d_tanh1[7] * (1.0 - tanh1[7] * tanh1[7])      # 8: from tanh1
    d_b += d_z8                                          # 8: from z8
    d_wx += d_z8[:, None] * c8                           # 8 x 2: from z8
    d_tanh1[6] += d_z8 @ wh                              # 8: from z8
    d_z7 = d_tanh1[6] * (1.0 - tanh1[6] * tanh1[6])      # 8: from tanh1
    d_b += d_z7                                          # 8: from z7
    d_wx += d_z7[:, None] * c7                           # 8 x 2: from z7
    d_tanh1[5] += d_z7 @ wh                              # 8: from z7
    d_z6 = d_tanh1[5] * (1.0 - tanh1[5] * tanh1[5])      # 8: from tanh1
    d_b += d_z6                                          # 8: from z6
    d_wx += d_z6[:, None] * c6                           # 8 x 2: from z6
    d_tanh1[4] += d_z6 @ wh                              # 8: from z6
    d_z5 = d_tanh1[4] * (1.0 - tanh1[4] * tanh1[4])      # 8: from tanh1
    d_b += d_z5                                          # 8: from z5
    d_wx += d_z5[:, None] * c5                           # 8 x 2: from z5
    d_tanh1[3] += d_z5 @ wh                              # 8: from z5
    d_z4 = d_tanh1[3] * (1.0 - tanh1[3] * tanh1[3])      # 8: from tanh1
    d_b += d_z4                                          # 8: from z4
    d_wx += d_z4[:, None] * c4                           # 8 x 2: from z4
    d_tanh1[2] += d_z4 @ wh                              # 8: from z4
    d_z3 = d_tanh1[2] * (1.0 - tanh1[2] * tanh1[2])      # 8: from tanh1
    d_b += d_z3                                          # 8: from z3
    d_wx += d_z3[:, None] * c3                           # 8 x 2: from z3
    d_tanh1[1] += d_z3 @ wh                              # 8: from z3
    d_z2 = d_tanh1[1] * (1.0 - tanh1[1] * tanh1[1])      # 8: from tanh1
    d_b += d_z2                                          # 8: from z2
    d_wx += d_z2[:, None] * c2                           # 8 x 2: from z2
    d_tanh1[0] += d_z2 @ wh                              # 8: from z2
    d_z1 = d_tanh1[0] * (1.0 - tanh1[0] * tanh1[0])      # 8: from tanh1
    d_b += d_z1                                          # 8: from z1
    d_wx += d_z1[:, None] * c1                           # 8 x 2: from z1
    d_wh += d_z12[:, None] * tanh1[10]                   # 8 x 8: from z12
    d_wh += d_z11[:, None] * tanh1[9]                    # 8 x 8: from z11
    d_wh += d_z10[:, None] * tanh1[8]                    # 8 x 8: from z10
    d_wh += d_z9[:, None] * tanh1[7]                     # 8 x 8: from z9
    d_wh += d_z8[:, None] * tanh1[6]                     # 8 x 8: from z8
    d_wh += d_z7[:, None] * tanh1[5]                     # 8 x 8: from z7
    d_wh += d_z6[:, None] * tanh1[4]                     # 8 x 8: from z6
    d_wh += d_z5[:, None] * tanh1[3]                     # 8 x 8: from z5
    d_wh += d_z4[:, None] * tanh1[2]                     # 8 x 8: from z4
    d_wh += d_z3[:, None] * tanh1[1]                     # 8 x 8: from z3
    d_wh += d_z2[:, None] * tanh1[0]                     # 8 x 8: from z2
    return z14, d_theta
