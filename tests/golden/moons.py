import numpy as np

c1 = np.array([
    [-0.11900134763310714, 0.8934106586386767],
    [0.7181210198734651, -0.44028557577610317],
    [0.6568271216085638, 0.645921061369711],
    [0.9463262016797346, 0.2655657782285055],
    [0.1512104818294125, 0.12142543005107961],
    [1.1288184753155464, 0.1449445608699771],
    [1.959833973992598, 0.449997143104763],
    [-0.49949947163734254, 0.85955122774717],
    [-0.9166273432450521, 0.6965873275526429],
    [0.25577273821708024, -0.04035874183783744],
    [0.1935793753153058, 0.9981452134780685],
    [2.0063702646484733, 0.04929139545688316],
    [1.7608884165765855, -0.12259120367859734],
    [1.1813345258388555, -0.41276099332628263],
    [-0.9076215106860235, 0.5809313476497375],
    [0.569624702245296, -0.35317817892115294],
    [1.5216232937800072, -0.2572068626708864],
    [0.12327571750289237, 0.5198791248193425],
    [0.3977896829989128, 0.7223424592741856],
    [-0.9797030822690036, -0.01447023081649193],
])
c2 = np.array([
    1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0, -1.0, 1.0, -1.0, -1.0,
    -1.0, 1.0, 1.0,
])


def forward(theta):
    W = theta[:24].reshape(8, 3)[:, :2]                       # 8 x 2
    b = theta[:24].reshape(8, 3)[:, 2]                        # 8
    W_2 = theta[24:96].reshape(8, 9)[:, :8]                   # 8 x 8
    b_2 = theta[24:96].reshape(8, 9)[:, 8]                    # 8
    w = theta[96:104]                                         # 8
    c = theta[104]                                            # a number
    relu1 = np.maximum(c1 @ W.T + b, 0.0)                     # 20 x 8: 800 scalar nodes
    relu2 = np.maximum(relu1 @ W_2.T + b_2, 0.0)              # 20 x 8: 2,720 scalar nodes
    relu3 = np.maximum((relu2 @ w) * c2 + c * c2 + 1.0, 0.0)  # 20: 380 scalar nodes
    z4 = 0.0001 * (theta @ theta) + 0.05 * relu3.sum()        # a number: 233 scalar nodes
    return z4


def value_and_grad(theta):
    """The result, and its gradient."""
    W = theta[:24].reshape(8, 3)[:, :2]                  # 8 x 2
    b = theta[:24].reshape(8, 3)[:, 2]                   # 8
    W_2 = theta[24:96].reshape(8, 9)[:, :8]              # 8 x 8
    b_2 = theta[24:96].reshape(8, 9)[:, 8]               # 8
    w = theta[96:104]                                    # 8
    c = theta[104]                                       # a number
    z1 = c1 @ W.T + b                                    # 20 x 8: 640 scalar nodes
    relu1 = np.maximum(z1, 0.0)                          # 20 x 8: 160 scalar nodes
    z2 = relu1 @ W_2.T + b_2                             # 20 x 8: 2,560 scalar nodes
    relu2 = np.maximum(z2, 0.0)                          # 20 x 8: 160 scalar nodes
    z3 = (relu2 @ w) * c2 + c * c2 + 1.0                 # 20: 360 scalar nodes
    relu3 = np.maximum(z3, 0.0)                          # 20: 20 scalar nodes
    z4 = 0.0001 * (theta @ theta) + 0.05 * relu3.sum()   # a number: 233 scalar nodes

    d_theta = np.zeros_like(theta)                       # 105
    d_W = d_theta[:24].reshape(8, 3)[:, :2]              # 8 x 2
    d_b = d_theta[:24].reshape(8, 3)[:, 2]               # 8
    d_W_2 = d_theta[24:96].reshape(8, 9)[:, :8]          # 8 x 8
    d_b_2 = d_theta[24:96].reshape(8, 9)[:, 8]           # 8
    d_w = d_theta[96:104]                                # 8
    d_z4 = 1.0                                           # a number
    d_z3 = 0.05 * d_z4 * (z3 > 0.0)                      # 20: from relu3
    d_theta[104] += d_z3 @ c2                            # a number: from z3
    d_w += (d_z3 * c2) @ relu2                           # 8: from z3
    d_z2 = d_z3[:, None] * c2[:, None] * w * (z2 > 0.0)  # 20 x 8: from relu2
    d_b_2 += d_z2.sum(axis=0)                            # 8: from z2
    d_W_2 += d_z2.T @ relu1                              # 8 x 8: from z2
    d_z1 = (d_z2 @ W_2) * (z1 > 0.0)                     # 20 x 8: from relu1
    d_b += d_z1.sum(axis=0)                              # 8: from z1
    d_W += d_z1.T @ c1                                   # 8 x 2: from z1
    d_theta += 0.0002 * d_z4 * theta                     # 105: from z4
    return z4, d_theta
