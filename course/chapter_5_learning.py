# %% [markdown]
# # 5. Learning
#
# In chapter 4 you built a network, and every gradient in it came by itself. But its answers were no
# better than chance. Now it learns. Learning means here: change the parameters a little, so that
# one number, the loss, gets smaller; and do that again and again. This chapter does it by hand
# first, looks at what most often goes wrong, and ends with the one call that does everything.
#
# **What you will be able to do**
#
# - say with one number how wrong a network is, and change its parameters so that the number falls;
# - write the training loop from memory: forward, zero, backward, step;
# - tell from a curve whether the learning rate is too low, good or too high;
# - find the forgotten `zero_grad`, which raises no error;
# - train a network to tell two moons apart, and watch its boundary move;
# - write minibatches, momentum and Adam yourself, in a few lines each;
# - repeat a run to the last bit, and say in a report what others need to repeat it.
#
# **Reading time:** about 60 minutes, and as long again for the exercises. A cell under an exercise
# is for you: write your answer in place of the three dots and run it; `hint("5.1")` helps.

# %% [markdown]
# ## Four examples and one number
#
# We start with a task so small that every number fits on the page. There are four examples. Each
# has three inputs and a **target**, the number that the network should give for it: 1 or -1.
#
# The network has three inputs, two hidden layers of four neurons with tanh, and one linear output
# neuron: 41 parameters, weights and biases together. They start at random between -1 and 1. The
# seed makes them the same for you as for us.

# %%
import math
from random import Random

import matplotlib.pyplot as plt

from glassgrad import MLP, SGD, Adam, Value, fit, logistic, no_grad, squared_error
from glassgrad.course import exercise, hint
from glassgrad.course.slider import slider

BLUE, ORANGE, GREEN, PINK = "#0072b2", "#d55e00", "#009e73", "#cc79a7"

xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
ys = [1.0, -1.0, -1.0, 1.0]

model = MLP(3, [4, 4, 1], seed=1)
print(model)
print("   output   target   difference   squared")
squares = []
for x, y in zip(xs, ys):
    o = model(x).data
    squares.append((o - y) ** 2)
    print(f"{o:9.4f} {y:8.1f} {o - y:12.4f} {squares[-1]:9.4f}")
print(f"mean of the squares: {sum(squares) / 4:.4f}")

# %% [markdown]
# A difference is no good as a measure by itself: one that is too high and one that is too low
# would cancel. So each difference is squared, and the loss is the mean of the squares. This is the
# **squared error**. It is 0 only if every output hits its target, and a miss twice as large counts
# four times.
#
# Now the same with Values, so that the loss remembers all that led to it. glassgrad's
# `squared_error` is this mean. (Many lectures take the sum, without dividing by four. Then all
# gradients are four times as large, and the learning rates below become four times as small.)

# %%
outputs = [model(x) for x in xs]
by_hand = sum((o - y) ** 2 for o, y in zip(outputs, ys)) / 4
L = squared_error(outputs, ys)
print(by_hand, L)
assert math.isclose(L.data, sum(squares) / 4) and math.isclose(L.data, by_hand.data)

# %% [markdown]
# **Exercise 5.1. The squared error.** `outputs` and `targets` are lists of the same length. Return
# the mean of the squared differences. Outputs may be Values; then the result is a Value too, from
# which one can go backward.


# %%
@exercise("5.1")
def mean_squared_error(outputs, targets):
    return ...


# %% [markdown]
# ## One parameter, nudged against its gradient
#
# `L.backward()` gives each of the 41 parameters its gradient: how fast L grows if this parameter
# grows. Take one of them, the first weight of the output neuron, and call it w.

# %%
model.zero_grad()
L.backward()
w = model.layers[2].neurons[0].weights[0]
print(f"w = {w.data:.4f}, its gradient is {w.grad:.4f}, L = {L.data:.4f}")

w0, slope, before = w.data, w.grad, L.data
for nudge in (0.1, -0.1):
    w.data = w0 + nudge
    after = squared_error([model(x) for x in xs], ys).data
    print(f"w {nudge:+.1f}: L = {after:.4f}, a change of {after - before:+.4f}")
    assert abs(after - before - nudge * slope) < 0.007
w.data = w0
print(f"the gradient promises {0.1 * slope:+.4f} and {-0.1 * slope:+.4f}")

# %% [markdown]
# The two changes are not quite what the gradient promises, because it is the slope at w alone, and
# the curve bends. But its sign says which way is up. To make L smaller, go the other way: **against
# the gradient**. How far? Let the step be the gradient times a small number, the **learning rate**:
#
# > new w = w - learning rate · gradient
#
# Here is L for many values of w, with everything else left as it is, and five such steps with a
# learning rate of 0.2. The first point is the start.

# %%
rate = 0.2
positions, losses = [w.data], [before]
for _ in range(5):
    L = squared_error([model(x) for x in xs], ys)
    w.grad = 0.0
    L.backward()
    w.data = w.data - rate * w.grad
    positions.append(w.data)
    losses.append(squared_error([model(x) for x in xs], ys).data)

places = [w0 - 1.2 + 0.1 * i for i in range(36)]
curve = []
for place in places:
    w.data = place
    curve.append(squared_error([model(x) for x in xs], ys).data)
w.data = w0

fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
ax.plot(places, curve, color=BLUE, label="L, all other parameters fixed")
tangent = [w0 - 0.7, w0 + 0.7]
heights = [before + slope * (t - w0) for t in tangent]
ax.plot(tangent, heights, "--", color="black", label="slope at the start")
ax.plot(positions, losses, "o", color=ORANGE, label="start, and five steps")
ax.set(xlabel="w", ylabel="loss L")
ax.legend()
print("  ".join(f"{loss:.4f}" for loss in losses))
assert all(later < earlier for earlier, later in zip(losses, losses[1:]))

# %% [markdown]
# The steps get shorter by themselves, because the slope gets flatter: near the bottom there is
# little left to gain. But this bottom is only the best for w alone, while the others stay put.
#
# So move all 41 at once, each against its own gradient. For a small learning rate the gradients
# even tell beforehand by how much L falls: each parameter changes by -rate · grad, and L changes by
# grad times that, so all together by -rate · (sum of the squared gradients).

# %%
model = MLP(3, [4, 4, 1], seed=1)
L = squared_error([model(x) for x in xs], ys)
L.backward()
small_rate = 0.0001
foretold = -small_rate * sum(p.grad**2 for p in model.parameters())
for p in model.parameters():
    p.data -= small_rate * p.grad
happened = squared_error([model(x) for x in xs], ys).data - L.data
print(f"foretold {foretold:.7f}, happened {happened:.7f}")
assert abs(foretold - happened) < 0.01 * abs(foretold)

# %% [markdown]
# This is **gradient descent**: compute all gradients, take a step against them, repeat.
#
# **Exercise 5.2. One step.** `parameters` is a list of Values whose gradients are known. Change the
# `data` of each by one step of gradient descent. The function changes the Values; it needs no
# `return`, so delete that line.


# %%
@exercise("5.2")
def gradient_step(parameters, learning_rate):
    return ...


# %% [markdown]
# ## The training loop
#
# Repeat, and you have the loop that trains nearly every neural network, from this one to the
# largest. Five of its lines matter, the four with a comment and the one below them:

# %%
model = MLP(3, [4, 4, 1], seed=1)
history = []

for _ in range(40):
    L = squared_error([model(x) for x in xs], ys)  # forward: outputs, and how wrong they are
    model.zero_grad()  # zero: forget the old gradients
    L.backward()  # backward: a gradient for each parameter
    for p in model.parameters():  # step: each one against its gradient
        p.data -= 0.1 * p.grad
    history.append(L.data)

for step in (0, 1, 2, 5, 10, 20, 39):
    print(f"step {step:2}   L = {history[step]:.6f}")
print("outputs:", [round(model(x).data, 3) for x in xs])
print("targets:", ys)

# %% [markdown]
# The curve of the loss is the first thing to look at, always. On the left the axis is plain. On the
# right it is **logarithmic**: each line of the grid is ten times the one below it. On the
# left, learning seems to have ended at step 20. On the right you see that it goes on.

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
for ax, scale in zip(axes, ("linear", "log")):
    ax.plot(history, "o-", ms=3, color=BLUE)
    ax.set(xlabel="step", ylabel="loss L", yscale=scale, title=f"{scale} axis")
    ax.grid(alpha=0.3)
assert history[-1] < 0.0001 < history[20] < history[0]
assert all(abs(model(x).data - y) < 0.02 for x, y in zip(xs, ys))

# %% [markdown]
# We need this loop again below, so here it is as a function. It gives back the loss before each
# step.


# %%
def learn_four(seed, rate, steps, zero=True):
    model = MLP(3, [4, 4, 1], seed=seed)
    history = []
    for _ in range(steps):
        L = squared_error([model(x) for x in xs], ys)
        if zero:
            model.zero_grad()
        L.backward()
        for p in model.parameters():
            p.data -= rate * p.grad
        history.append(L.data)
    return history


assert learn_four(seed=1, rate=0.1, steps=40) == history

# %% [markdown]
# **Exercise 5.3. A training loop.** Train the model that is given, on the examples that are given,
# for `steps` steps. The loss is the squared error, the mean over all examples. Return a list with
# the loss before each step, as plain numbers. Your loop is run on random data that you do not see,
# and has to bring the loss down as far as ours does.


# %%
@exercise("5.3")
def learn(model, xs, ys, learning_rate, steps):
    return ...


# %% [markdown]
# ## Too low, good, too high
#
# What the learning rate does can be worked out by hand on the simplest loss there is: one weight
# w, and L = (w - 3)². The best w is 3. The gradient is 2(w - 3), so a step with rate r gives
#
# > new w - 3 = (w - 3) - r · 2(w - 3) = (1 - 2r) · (w - 3)
#
# Each step multiplies the distance to the bottom by the same factor, 1 - 2r.

# %%
rates = (0.02, 0.3, 0.9, 1.1)
print("rate      factor   distance to the bottom, step by step")
for rate in rates:
    w, distances = Value(0.0), []
    for _ in range(5):
        distances.append(w.data - 3)
        L = (w - 3) ** 2
        w.grad = 0.0
        L.backward()
        w.data -= rate * w.grad
    assert all(
        math.isclose(after, (1 - 2 * rate) * before)
        for before, after in zip(distances, distances[1:])
    )
    print(f"{rate:4} {1 - 2 * rate:11.2f}  ", " ".join(f"{d:6.3f}" for d in distances))

# %% [markdown]
# There are four cases, and you will recognise them in many a loss curve.
#
# - 0.02: the factor is just below 1. It gets there, but slowly.
# - 0.3: a good rate. The distance more than halves in each step.
# - 0.9: the factor is negative. Each step lands on the other side of the bottom, a little closer.
# - 1.1: the factor is below -1. Each step lands on the other side, and *further away*. The slope is
#   steeper there, so the next step is longer still. This is **divergence**.
#
# A network has no single factor, since the loss bends differently in each direction and at each
# place. But it shows the same cases. Three rates, the same start:

# %%
looks = {0.005: (BLUE, "o", "too low"), 0.1: (GREEN, "s", "good"), 0.8: (ORANGE, "^", "too high")}
fig, ax = plt.subplots(figsize=(6.5, 3.8), layout="constrained")
runs = {}
for rate, (colour, marker, name) in looks.items():
    runs[rate] = learn_four(seed=1, rate=rate, steps=40)
    label = f"rate {rate}: {name}"
    ax.plot(runs[rate], color=colour, marker=marker, markevery=4, label=label)
    some = [runs[rate][step] for step in (0, 1, 2, 3, 5, 10, 39)]
    print(f"rate {rate:<5}", " ".join(f"{loss:.3g}" for loss in some))
ax.set(xlabel="step", ylabel="loss L", yscale="log", ylim=(1e-5, 1e6))
ax.set_title("Three learning rates, seed 1")
ax.legend()
assert runs[0.1][-1] < 0.001 < 0.5 < runs[0.005][-1] < runs[0.005][0]
assert 1e61 < runs[0.8][-1] < 1e62
assert [float(f"{loss:.2g}") for loss in runs[0.8][:5]] == [1.9, 8.2, 19, 450, 1700]

# %% [markdown]
# The numbers are the loss at steps 0, 1, 2, 3, 5, 10 and 39. All three start at the same loss. Too
# low: still falling after 40 steps, and nowhere near the end. Good: below 0.0001. Too high: it
# leaves the picture at the top, and at step 39 the loss has 62 digits before the point.
#
# Go on, and the numbers leave what a float can hold, about 1.8e308. Then comes `inf`, infinity; and
# as soon as two infinities are subtracted, `nan`, "not a number". From there on every number of the
# network is nan, and no later step brings it back.

# %%
diverging = learn_four(seed=1, rate=0.8, steps=250)
first_bad = next(step for step, loss in enumerate(diverging) if not math.isfinite(loss))
for step in (first_bad - 2, first_bad - 1, first_bad, first_bad + 1, first_bad + 2):
    print(f"step {step}   L = {diverging[step]}")
assert math.isnan(diverging[-1])

# %% [markdown]
# If you see `nan` in a run of your own, do not look for its cause in the last line. Ask which
# operation was the first to leave the finite numbers. `detect_anomaly` watches all of them and
# stops at the first. (The message also has the line of the program. We cut that off here.)

# %%
from glassgrad import detect_anomaly

try:
    with detect_anomaly():
        learn_four(seed=1, rate=0.8, steps=250)
    told = "nothing"
except FloatingPointError as error:
    told = str(error).splitlines()[0].partition(", at ")[0]
print(told)
assert told.startswith("+(") and told.endswith("gave inf")

# %% [markdown]
# So it was an addition, of two numbers that were both still finite.
#
# A habit that saves much time: when a new task comes up, try rates that are ten times apart, such
# as 0.001, 0.01, 0.1 and 1, for a few steps each, and look at the curves.
#
# **Exercise 5.4. Choose a learning rate.** `loss_after(rate)` trains a fresh model with this rate
# and gives the loss after a few steps. Return the one of the `rates` whose loss is the lowest. A
# rate that is too high may give `inf` or `nan`.


# %%
@exercise("5.4")
def choose_rate(loss_after, rates):
    return ...


# %% [markdown]
# ## The forgotten zero_grad
#
# `backward` *adds* to the gradients. It has to, because one parameter may matter in several ways,
# and chapter 3 showed that their effects add up. It also means that a second `backward` adds to
# what the first one has left. Here it is by hand: three times the same loss, nothing zeroed.

# %%
model = MLP(3, [4, 4, 1], seed=1)
w = model.layers[2].neurons[0].weights[0]
piled_up = []
for _ in range(3):
    squared_error([model(x) for x in xs], ys).backward()
    piled_up.append(w.grad)
print([round(grad, 4) for grad in piled_up])
assert math.isclose(piled_up[1], 2 * piled_up[0]) and math.isclose(piled_up[2], 3 * piled_up[0])

# %% [markdown]
# Nothing about w or the loss has changed, and its gradient has become three times as large. In a
# loop without `zero_grad` each step follows not the gradient, but the sum of all gradients since
# the start.
#
# No error comes of it. And now the trap: look at the first ten steps.

# %%
right = learn_four(seed=1, rate=0.02, steps=100)
forgotten = learn_four(seed=1, rate=0.02, steps=100, zero=False)
fig, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
ax.plot(right, color=BLUE, label="with zero_grad")
ax.plot(forgotten, "--", color=ORANGE, label="zero_grad forgotten")
ax.set(xlabel="step", ylabel="loss L", title="The same run with and without zero_grad")
ax.legend()
ahead = [
    seed
    for seed in range(8)
    if learn_four(seed, 0.02, 11, zero=False)[10] < learn_four(seed, 0.02, 11)[10]
]
print(f"ahead after ten steps: {len(ahead)} of the seeds 0 to 7")
for step in (0, 5, 10, 15, 20, 30, 50, 99):
    print(f"step {step:2}   with {right[step]:.4f}   forgotten {forgotten[step]:.4f}")
assert forgotten[10] < right[10] and forgotten[15] < right[15]
assert right[99] < 0.02 < 0.1 < max(forgotten[80:]) and len(ahead) == 6

# %% [markdown]
# The broken loop is *ahead* at first: its steps grow, since they contain all the earlier ones.
# (With this rate it is ahead after ten steps for six of the seeds 0 to 7, so not always.) If you
# look at ten steps, you see a loss that falls, and faster than it should. You have no reason to
# doubt it, and so this mistake stands in notebooks whose authors have never noticed. Later it gives
# itself away: the loss shoots past the bottom again and again and does not settle, like a ball that
# rolls in a bowl without friction.
#
# More than a picture: let a **velocity** collect the gradients, and step by the velocity. This is
# gradient descent with a memory. Without friction, it is the same run as the forgotten `zero_grad`,
# but for rounding.
#
# And how would you find out? Print a gradient just before `backward` is called. In a loop with
# `zero_grad` it is 0 there; here it is what all the steps before have left.

# %%
model = MLP(3, [4, 4, 1], seed=1)
velocity = [0.0] * len(model.parameters())
rolling = []
for _ in range(100):
    L = squared_error([model(x) for x in xs], ys)
    model.zero_grad()
    L.backward()
    for i, p in enumerate(model.parameters()):
        velocity[i] = velocity[i] + p.grad
        p.data -= 0.02 * velocity[i]
    rolling.append(L.data)
print("velocity: ", [round(loss, 6) for loss in rolling[:4]])
print("forgotten:", [round(loss, 6) for loss in forgotten[:4]])
assert all(math.isclose(a, b, rel_tol=1e-6) for a, b in zip(rolling[:20], forgotten[:20]))

# %% [markdown]
# With a little friction it becomes one of the best ways to learn, called momentum. We come to it
# below. So the forgotten `zero_grad` is not nonsense; it is just not what you asked for.
#
# ## Two moons
#
# Now a task that can be seen. Sixty points in the plane, in two classes that lie like two moons,
# one end of each inside the other. The inputs, or **features**, are the two coordinates x1 and x2
# (the printout calls them x and y). The target is the class, 0 or 1. No straight line separates
# them.

# %%
from glassgrad.data import moons

data = moons(60, noise=0.1, seed=0)
print(data)
for inputs, label in list(data)[:3]:
    print([round(x, 3) for x in inputs], "class", label)

fig, ax = plt.subplots(figsize=(6, 3.6), layout="constrained")
for label, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "s")):
    points = [inputs for inputs, target in data if target == label]
    name = f"class {label}, {data.classes[label]} moon"
    ax.scatter(*zip(*points), color=colour, marker=marker, label=name)
ax.set(xlabel="x1", ylabel="x2", title="Sixty points, two moons")
ax.legend()
assert len(data) == 60 and sum(data.targets) == 30

# %% [markdown]
# The network has one output for a point, a **score**, also called a logit: any number, from very
# negative (surely class 0) to very positive (surely class 1). The sigmoid turns it into the
# probability of class 1, and the loss is minus the logarithm of the probability that the right
# class got. In chapter 1 that was the cross-entropy of three classes; for two classes and a single
# score it is called the **logistic loss**. By hand for one point, then glassgrad's:

# %%
model = MLP(2, [8, 8, 1], seed=0)
inputs, label = data.inputs[0], data.targets[0]
score = model(inputs)
probability = 1 / (1 + math.exp(-score.data))
of_the_right_class = probability if label == 1 else 1 - probability
print(f"score {score.data:.4f}, probability of class 1 {probability:.4f}, right class {label}")
print(f"loss {-math.log(of_the_right_class):.4f}, glassgrad's {logistic(score, label).data:.4f}")
assert math.isclose(-math.log(of_the_right_class), logistic(score, label).data)

# %% [markdown]
# The accuracy is the share of points that end up in the right class, as in chapter 1. With one
# score the decision is class 1 if the score is above 0 (then the probability is above one half),
# else class 0. People read the accuracy. The network cannot learn from it: nudge a weight a little
# and the accuracy nearly always stays exactly what it was, so its slope is 0.

# %%
scores = [model(inputs).data for inputs in data.inputs]
right_ones = [(score > 0) == (label == 1) for score, label in zip(scores, data.targets)]
print(f"before learning: {sum(right_ones)} of {len(right_ones)} right")

from glassgrad.metrics import accuracy

print(f"accuracy {accuracy(scores, data.targets):.4f}")
assert accuracy(scores, data.targets) == sum(right_ones) / 60

# %% [markdown]
# **Exercise 5.5. Accuracy.** `scores` is a list of numbers, `labels` a list of as many zeros and
# ones. Return the share of examples that are right: a number from 0 to 1.


# %%
@exercise("5.5")
def share_right(scores, labels):
    return ...


# %% [markdown]
# The loop is the one you know, with another loss. Once through all examples is an **epoch**. Here
# each step uses all sixty points, so a step is an epoch. We note loss and accuracy each time, and
# keep a picture of what the network answers over the plane at eight moments. The rate is 1.0: this
# loss is flatter than the squared error of the four examples, so longer steps are good.

# %%
from glassgrad.draw import plot_boundary

frames = {}
moon_losses, moon_accuracies = [], []


def keep_frame(epoch):
    picture = plot_boundary(model, data, resolution=20)
    picture.axes[0].set(xlabel="x1", ylabel="x2")
    picture.axes[0].legend(["class 0", "class 1"], loc="upper left")
    loss, share = moon_losses[-1], moon_accuracies[-1]
    picture.axes[0].set_title(f"epoch {epoch}: loss {loss:.3f}, accuracy {share:.3f}")
    picture.set_dpi(80)
    frames[f"epoch {epoch}"] = picture


for epoch in range(81):
    outputs = [model(inputs) for inputs in data.inputs]
    L = logistic(outputs, data.targets)
    moon_losses.append(L.data)
    moon_accuracies.append(accuracy(outputs, data.targets))
    if epoch in (0, 1, 3, 10, 25, 40, 55, 80):
        keep_frame(epoch)
    model.zero_grad()
    L.backward()
    for p in model.parameters():
        p.data -= 1.0 * p.grad

assert moon_losses[80] < 0.05 and moon_accuracies[80] == 1.0

# %% [markdown]
# Move the slider. The colours are the score: orange where the network says class 1, blue where it
# says class 0, white where it is undecided. The black line is the **boundary**, where the score
# is 0. The scale of the colours is each picture's own; look at the numbers beside the bar.

# %%
slider("The boundary while learning", frames, start=len(frames) - 1)

# %% [markdown]
# At epoch 0 the boundary has nothing to do with the points. After one step most of them are on the
# right side. From epoch 3 to 25 a gently bent line does what such a line can do. Then it bends into
# the gap between the moons. Loss and accuracy tell the same story:

# %%
fig, axes = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
axes[0].plot(moon_losses, color=BLUE)
axes[0].set(xlabel="epoch", ylabel="logistic loss", ylim=(0, None))
axes[1].plot(moon_accuracies, color=GREEN)
axes[1].set(xlabel="epoch", ylabel="accuracy", ylim=(0, 1.05))
still = [e for e in range(1, 81) if moon_accuracies[e] == moon_accuracies[e - 1]]
fell = [e for e in still if moon_losses[e] < moon_losses[e - 1]]
down = [e for e in range(1, 81) if moon_accuracies[e] < moon_accuracies[e - 1]]
print(f"the accuracy fell in {len(down)} epochs, and stood still in {len(still)} of 80;")
print(f"in {len(fell)} of those the loss fell")
print("loss from epoch 24:", *(f"{loss:.3f}" for loss in moon_losses[24:33]))
assert (len(down), len(still), len(fell)) == (10, 49, 44)
tips = moon_losses[24:33:2]
assert tips[0] < tips[1] < tips[2] > tips[3] > tips[4]

# %% [markdown]
# The accuracy moves in whole sixtieths, falls in ten epochs, and stands still in 49 of 80. The loss
# falls in most of those all the same, because points that are right already become right with more
# certainty. A falling loss at a standing accuracy is not a fault.
#
# The little teeth in the loss after epoch 23 are something that you know by now: here the loss
# bends more strongly, and a rate of 1.0 is just about too high. Each step lands on the other side
# of the valley. From epoch 24 to 28 the tips of the teeth (every other epoch) get higher: the steps
# land further out each time. Then the valley gets wider, and the teeth shrink.
#
# ## Loss landscapes
#
# The loss is a function of all parameters. Of 41 numbers one can draw only two at a time. Choose
# two: w_in, the weight from neuron 1 of the first hidden layer to neuron 1 of the second (we count
# from 0), and w_out, the output neuron's weight for that second neuron. All others stay as they
# are. For every pair of them on a grid we run the four examples and note the loss. The lines of the
# picture are like those of a map: along a line the loss is the same, and a dark line is a low one.
#
# On the same map goes the path of gradient descent, with only these two allowed to move, so that
# the path really lies on this surface. It is shown from two starting points.

# %%
model = MLP(3, [4, 4, 1], seed=1)
named = dict(model.named_parameters())
w_in, w_out = named["layers.1.neurons.1.weights.1"], named["layers.2.neurons.0.weights.1"]


def loss_at(at_in, at_out):
    w_in.data, w_out.data = at_in, at_out
    return squared_error([model(x) for x in xs], ys)


def descend(at_in, at_out, rate=0.1, steps=60):
    path = [(at_in, at_out)]
    for _ in range(steps):
        L = loss_at(*path[-1])
        model.zero_grad()
        L.backward()
        path.append((w_in.data - rate * w_in.grad, w_out.data - rate * w_out.grad))
    return path


starts = {"start of the network": (w_in.data, w_out.data), "another start": (-0.1, 0.5)}
paths = {name: descend(*start) for name, start in starts.items()}
grid = [-3 + 0.15 * i for i in range(41)]
with no_grad():
    heights = [[loss_at(at_in, at_out).data for at_in in grid] for at_out in grid]

# %%
fig, ax = plt.subplots(figsize=(6.4, 6), layout="constrained")
levels = [0.4, 0.55, 0.8, 1.1, 1.4, 2, 3, 4.5, 7, 10]
lines = ax.contour(grid, grid, heights, levels=levels, cmap="cividis")
inside = [(-2.4, 1.5), (-1.2, 2.5), (-0.5, 1.3), (0.5, 1.2), (1.2, 1.2), (1.6, 2.1), (-1.2, -1.0)]
inside += [(2.2, -0.9), (2.6, -2.2), (-2.0, -1.8)]  # where the numbers of the lines stand
ax.clabel(lines, fontsize=8, manual=inside)
for (name, path), colour, marker in zip(paths.items(), (ORANGE, BLUE), "os"):
    ax.plot(*zip(*path), color=colour, marker=marker, ms=3.5, lw=1, label=f"{name}, 60 steps")
    ax.plot(*path[0], marker="*", ms=14, color=colour)
ax.set(xlabel="w_in: in the second hidden layer", ylabel="w_out: in the output neuron")
ax.set(aspect="equal", title="The loss over two of 41 parameters; a star is a start")
ax.legend(loc="lower left")
for name, path in paths.items():
    falls = [loss_at(*place).data for place in path]
    end = f"w_in = {path[-1][0]:.2f}, w_out = {path[-1][1]:.2f}"
    print(f"{name}: loss {falls[0]:.3f} -> {falls[-1]:.3f}, at {end}")
    assert all(later < earlier for earlier, later in zip(falls, falls[1:]))
    L = loss_at(*path[-1])
    model.zero_grad()
    L.backward()
    print(f"  the slopes there are {w_in.grad:.3f} and {w_out.grad:.3f}")
    assert name != "start of the network" or round(w_in.grad, 2) == -0.09

# %% [markdown]
# Each path crosses the lines nearly at right angles: that is straight downhill. It does not head
# for the lowest point of the map, for it knows nothing but the slope where it stands. There are two
# valleys, and which one is reached depends on the start. After 60 steps the orange path has not
# arrived: its slope is still -0.09.
#
# Two valleys are no accident. Turn the sign of everything that goes into a tanh neuron, its weights
# and its bias, and its output turns its sign too, since tanh(-n) = -tanh(n). Turn the weight behind
# it as well, and nobody notices: the network is another one and does the same. So there is no
# single best set of weights, and two good networks may look quite different inside. (On our map
# only one of the incoming weights can turn, so the two valleys are alike, and not the same.)

# %%
model = MLP(3, [4, 4, 1], seed=1)
loss_before = squared_error([model(x) for x in xs], ys).data
neuron, behind = model.layers[1].neurons[1], model.layers[2].neurons[0].weights[1]
for p in [*neuron.parameters(), behind]:
    p.data = -p.data
loss_after = squared_error([model(x) for x in xs], ys).data
print(f"six signs turned: the loss was {loss_before:.6f} and is {loss_after:.6f}")
assert math.isclose(loss_before, loss_after)

# %% [markdown]
# With only two of the 41 parameters free, the loss has come down to 0.5 and 0.37. With all 41 the
# training loop above came below 0.0001. What is a dead end in two directions often has a way down
# in a third.
#
# ## Seeds
#
# A network starts at random, so its result is partly luck. Two things follow. First, fix the
# **seed**, and a run can be repeated exactly: the same program on the same machine gives the same
# numbers, to the last bit.

# %%
first, second = (learn_four(seed=1, rate=0.1, steps=40) for _ in range(2))
print(repr(first[-1]), repr(second[-1]))
assert first == second

# %% [markdown]
# Second, one run is one throw of the dice. To know what a setting is worth, take several seeds.

# %%
fig, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
last = {}
lines = {0: "-", 1: "--", 2: "-.", 3: ":", 4: (0, (5, 1, 1, 1))}
for seed, colour in zip(range(5), (BLUE, ORANGE, GREEN, PINK, "black")):
    run = learn_four(seed=seed, rate=0.1, steps=40)
    last[seed] = run[-1]
    ax.plot(run, color=colour, linestyle=lines[seed], label=f"seed {seed}")
ax.set(xlabel="step", ylabel="loss L", yscale="log", title="Five seeds, learning rate 0.1")
ax.legend()
lowest, highest = min(last.values()), max(last.values())
print(f"after 40 steps: lowest {lowest:.2g}, highest {highest:.2g}")
print(f"the highest is {highest / lowest:.0f} times the lowest")
assert highest > 50 * lowest

# %% [markdown]
# The settings are the same in all five, and the last loss differs by a factor of about 250. If
# somebody shows you one curve that is better than another, ask for the other seeds. A report says
# what a reader needs to repeat it: the data and how they were split, the network and its seed, the
# loss, the way of stepping with its learning rate, the size of the batches and the seed of the
# shuffling, the number of epochs, the version of the program, and the lowest and the highest
# result of several seeds, not only the best.

# %% [markdown]
# ## Minibatches
#
# So far each step has looked at all examples. With sixty that is fine, with a million it is not:
# a step would take as long as a million forward passes. The way out is to take a step after a few
# examples only, a **minibatch**, or just batch.
#
# Why may one do that? The loss is a mean over the examples, so the gradient is a mean too: the mean
# of each example's own gradient. A few examples give an estimate of it, with some noise. Here it is
# for one weight.

# %%
model = MLP(2, [8, 8, 1], seed=0)
w = model.layers[0].neurons[0].weights[0]


def gradient_on(places):
    L = logistic([model(data.inputs[i]) for i in places], [data.targets[i] for i in places])
    model.zero_grad()
    L.backward()
    return w.grad


each = [gradient_on([i]) for i in range(60)]
whole = gradient_on(range(60))
print(f"gradient of w on all 60 points: {whole:.5f}")
print(f"mean of the 60 single gradients: {sum(each) / 60:.5f}")

random = Random(0)
for size in (1, 16):
    found = [gradient_on(random.sample(range(60), size)) for _ in range(20)]
    print(f"{size:2} at random, 20 times: from {min(found):7.4f} to {max(found):7.4f}")
assert math.isclose(whole, sum(each) / 60)

# %% [markdown]
# A single example may be off by several times the true gradient, in either direction. Sixteen miss
# by much less, at about a quarter of the cost. Over many steps the misses cancel, for the most
# part.
#
# In an epoch every example should take part once. So the examples are shuffled, and the shuffled
# list is cut into pieces; if it does not come out even, the last one is smaller.
#
# **Exercise 5.6. Minibatches.** Return the batches of one epoch: lists of places, from 0 to
# `count - 1`, in a random order, `size` in each. Each place comes exactly once. `random` is a
# `random.Random` with a seed of its own; shuffle with it and with nothing else.


# %%
@exercise("5.6")
def minibatches(count, size, random):
    return ...


# %% [markdown]
# Here is ours, and the comparison: all sixty, sixteen, and one at a time, from the same start with
# the same learning rate, for twelve epochs each. The cost of a step is the number of Values in its
# graph, which we count. The loss at the end is that on all sixty points.


# %%
from glassgrad import topological_order


def batches(count, size, random):
    order = list(range(count))
    random.shuffle(order)
    return [order[start : start + size] for start in range(0, count, size)]


def learn_in_batches(size, rate=0.2, epochs=12):
    model, random = MLP(2, [8, 8, 1], seed=0), Random(0)
    noted, cost = [], 0
    for epoch in range(epochs):
        for number, batch in enumerate(batches(60, size, random)):
            outputs = [model(data.inputs[i]) for i in batch]
            L = logistic(outputs, [data.targets[i] for i in batch])
            if not noted:
                cost = len(topological_order(L))
            model.zero_grad()
            L.backward()
            for p in model.parameters():
                p.data -= rate * p.grad
            noted.append((epoch + number * size / 60, L.data))
    with no_grad():
        last = logistic([model(inputs) for inputs in data.inputs], data.targets).data
    return noted, cost, last


assert [len(batch) for batch in batches(60, 16, Random(0))] == [16, 16, 16, 12]
assert sorted(i for batch in batches(60, 16, Random(0)) for i in batch) == list(range(60))

# %%
fig, axes = plt.subplots(3, 1, figsize=(6.5, 6), sharex=True, sharey=True, layout="constrained")
print("batch   steps   Values in a step   loss at the end")
ends = {}
for ax, size, colour in zip(axes, (60, 16, 1), (BLUE, GREEN, ORANGE)):
    noted, cost, ends[size] = learn_in_batches(size)
    ax.plot(*zip(*noted), color=colour, lw=1, marker="o", ms=2)
    ax.set(ylabel="loss of the batch", title=f"batch of {size}: {len(noted)} steps")
    print(f"{size:5} {len(noted):7} {cost:18} {ends[size]:17.4f}")
axes[-1].set_xlabel("epoch")
axes[0].set_ylim(0, 2.5)
assert math.isclose(cost, 200 + 105, rel_tol=0.02)  # a batch of one: a point, 105 parameters
assert ends[1] < ends[16] < ends[60]

faster = {size: learn_in_batches(size, rate=1.0)[2] for size in (60, 16, 1)}
print("with a rate of 1.0:", {size: round(loss, 2) for size, loss in faster.items()})
assert faster[16] < faster[60] < ends[60] and faster[1] > 2

# %% [markdown]
# All three look at each point twelve times. A point costs about 200 Values each time, and the 105
# parameters come on top, once for every step. The full batch takes twelve smooth steps, the single
# examples 720 noisy ones, and at this rate more steps bring more. The price is the noise: a single
# example shows a loss that jumps between nearly 0 and very high (the picture is cut off at 2.5).
#
# The rate of 0.2 is low for the smooth steps. With 1.0 the full batch comes to 0.27 and batches of
# 16 to 0.16. A single example does not stand such a rate: its noise throws the weights about, and
# it ends at 2.5. A size in between, such as 16 or 32, is the usual choice: less noise, many steps.
# Real libraries also compute a whole batch at once, so that 32 examples take hardly longer than
# one.
#
# When steps follow random minibatches, the method is called **stochastic gradient descent**, SGD.

# %% [markdown]
# ## Momentum and Adam
#
# A rule for the step is called an **optimiser**. Plain gradient descent takes `rate · grad` and
# forgets. Two improvements are used everywhere. Both keep a memory for each parameter, here called
# w, and both are a few lines.
#
# **Momentum** is the ball from above, now with friction: in each step, nine tenths of the old
# velocity stay (the 0.9 is called the momentum), and the gradient is added.
#
# > velocity = momentum · velocity + grad
# >
# > w = w - learning rate · velocity
#
# Where gradients keep their direction, velocity grows, up to ten times a gradient (1 + 0.9 + 0.81 +
# ... = 10). Where they change sign again and again, they cancel in part: of +1, -1, +1 and so on,
# about half a gradient is left.
#
# **Adam** keeps two running means for each parameter: m of the gradient, and v of its square. It
# steps by m over the square root of v. A parameter with large gradients gets no larger steps than
# one with small gradients; what counts is how steady the direction is.
#
# > m = 0.9 · m + 0.1 · grad
# >
# > v = 0.999 · v + 0.001 · grad²
# >
# > m̂ = m / (1 - 0.9^steps)  (read: m hat)
# >
# > v̂ = v / (1 - 0.999^steps)
# >
# > w = w - learning rate · m̂ / (√v̂ + 10⁻⁸)
#
# The third and fourth lines are the **bias correction**. Both means start at 0, so at first they
# are far too small: after one step m is only a tenth of the gradient. After t steps the shares of
# all gradients in m add up to 1 - 0.9^t, and dividing by that makes a mean of it. Steps are counted
# from 1. The 10⁻⁸ is there so that nothing is divided by 0.


# %%
def momentum_by_hand(parameters, memory, step, rate, momentum=0.9):
    for p in parameters:
        velocity = momentum * memory.get(p, 0.0) + p.grad
        p.data -= rate * velocity
        memory[p] = velocity


def adam_by_hand(parameters, memory, step, rate):
    for p in parameters:
        m, v = memory.get(p, (0.0, 0.0))
        m = 0.9 * m + (1 - 0.9) * p.grad
        v = 0.999 * v + (1 - 0.999) * p.grad**2
        memory[p] = m, v
        m, v = m / (1 - 0.9**step), v / (1 - 0.999**step)
        p.data -= rate * m / (math.sqrt(v) + 1e-8)


def descent_by_hand(parameters, memory, step, rate):
    for p in parameters:
        p.data -= rate * p.grad


left = 0.0
for step in range(101):
    left = 0.9 * left + (1 if step % 2 == 0 else -1)
print(f"momentum, after +1, -1, +1 ... +1: a velocity of {left:.3f}")
assert abs(left - 1 / 1.9) < 0.001

# the first step of Adam has the length of the learning rate, whatever the gradient is
for gradient in (0.001, -5.0, 1000.0):
    p = Value(1.0)
    p.grad = gradient
    adam_by_hand([p], {}, step=1, rate=0.01)
    print(f"gradient {gradient:7}: w goes from 1 to {p.data:.6f}")
    assert math.isclose(abs(p.data - 1), 0.01, rel_tol=1e-4)

# %% [markdown]
# All three on the four examples, from the same start and with the same learning rate, 0.02. The
# same number does not mean steps of the same length: momentum makes them up to ten times as long,
# and Adam's first step is 0.02 long in each parameter, whatever the gradient is. Beside each runs
# glassgrad's optimiser, which is the same rule; the losses agree.


# %%
def learn_with(by_hand, steps=100):
    model, memory, history = MLP(3, [4, 4, 1], seed=1), {}, []
    for step in range(1, steps + 1):
        L = squared_error([model(x) for x in xs], ys)
        model.zero_grad()
        L.backward()
        by_hand(model.parameters(), memory, step, 0.02)
        history.append(L.data)
    return history


def learn_with_library(optimizer_of, steps=100):
    model, history = MLP(3, [4, 4, 1], seed=1), []
    optimizer = optimizer_of(model)
    for _ in range(steps):
        L = squared_error([model(x) for x in xs], ys)
        optimizer.zero_grad()
        L.backward()
        optimizer.step()
        history.append(L.data)
    return history


ways = {
    "gradient descent": (descent_by_hand, lambda model: SGD(model, 0.02), BLUE, "-"),
    "momentum 0.9": (momentum_by_hand, lambda model: SGD(model, 0.02, momentum=0.9), GREEN, "--"),
    "Adam": (adam_by_hand, lambda model: Adam(model, 0.02), ORANGE, "-."),
}
fig, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
curves = {}
for name, (by_hand, library, colour, line) in ways.items():
    curves[name] = learn_with(by_hand)
    ax.plot(curves[name], color=colour, linestyle=line, label=name)
    some = [curves[name][step] for step in (0, 10, 20, 50, 99)]
    print(f"{name:17}", "  ".join(f"{loss:.2g}" for loss in some))
    for ours, theirs in zip(curves[name], learn_with_library(library)):
        assert math.isclose(ours, theirs, rel_tol=1e-6)
ax.set(xlabel="step", ylabel="loss L", yscale="log", title="Network seed 1, learning rate 0.02")
ax.legend()
slowest = curves["gradient descent"][-1]
assert curves["momentum 0.9"][-1] < slowest / 20 and curves["Adam"][-1] < slowest / 20

# %% [markdown]
# The numbers are the loss at steps 0, 10, 20, 50 and 99. Momentum and Adam are far ahead at this
# rate, and both shoot past the bottom now and then on their way: those are the bumps. But plain
# descent with a rate of 0.1 did as well, further above. So the picture is no proof that one way is
# better than another; for that, each would need its own best rate, and several seeds. What is
# generally true: momentum gains most where plain descent creeps, and Adam is less particular about
# its learning rate. It is a good first choice.
#
# **Exercise 5.7. A step with momentum.** For one number w: return the new w and the new velocity,
# as a pair `(w, velocity)`, by the two formulas above.


# %%
@exercise("5.7")
def momentum_step(w, grad, velocity, learning_rate, momentum):
    return ...


# %% [markdown]
# **Exercise 5.8. A step of Adam.** For one number w: return the new w, m and v, as `(w, m, v)`.
# `steps` is the number of this step, counted from 1. The m and v that you return are those *before*
# the bias correction; the next step goes on with them.


# %%
@exercise("5.8")
def adam_step(w, grad, m, v, steps, learning_rate):
    return ...


# %% [markdown]
# ## fit does all of this
#
# You have written all of it by hand now: epochs, shuffled minibatches, zero, backward, Adam, loss
# and accuracy. glassgrad's `fit` is that loop, with nothing secret in it. If you do not say
# otherwise, it takes Adam, batches of 16, and the loss that suits the targets, here the logistic
# one. To see that, here are five epochs by `fit`, and five by hand. Every weight is the same to the
# last bit.

# %%
fitted = MLP(2, [8, 8, 1], seed=0)
fit(fitted, data, epochs=5, learning_rate=0.05, seed=0, progress=False)

own, order, random = MLP(2, [8, 8, 1], seed=0), list(range(60)), Random(0)
optimizer = Adam(own, learning_rate=0.05)
for _ in range(5):
    random.shuffle(order)
    for start in range(0, 60, 16):
        batch = order[start : start + 16]
        L = logistic([own(data.inputs[i]) for i in batch], [data.targets[i] for i in batch])
        optimizer.zero_grad()
        L.backward()
        optimizer.step()

assert [p.data for p in own.parameters()] == [p.data for p in fitted.parameters()]
print(f"{len(own.parameters())} weights and biases, all equal")

# %% [markdown]
# What `fit` returns is a **history**: for each epoch a row with the numbers measured at its end. In
# a notebook it shows itself as curves. `train_metric` is the accuracy. The two `validation_`
# numbers are `None` here; chapter 6 fills them.

# %%
model = MLP(2, [8, 8, 1], seed=0)
history = fit(model, data, epochs=25, batch_size=16, learning_rate=0.05, seed=0, progress=False)
print(history)
print(history.epochs[-1])
assert history.epochs[-1]["train_metric"] > 0.95
history

# %% [markdown]
# A **callback** is a function of yours that is called after each epoch, with the model and the
# history so far. It may print, draw, or end the training by returning True.
#
# The training below might go on for long, so `fit` computes with arrays of NumPy, many examples at
# once: the same numbers in a fraction of the time. That is why the history ends with `numpy`.


# %%
def good_enough(model, history):
    return history.epochs[-1]["train_metric"] >= 0.95


model = MLP(2, [8, 8, 1], seed=0)
history = fit(model, data, epochs=200, learning_rate=0.05, callbacks=[good_enough], progress=False)
print(history)
assert history.stopped_early and history.epochs[-1]["train_metric"] >= 0.95

# %% [markdown]
# And if you lose patience, press Ctrl-C, or the stop button of the notebook. The step in hand is
# finished, and all that was learned so far stays in the model. Here a callback presses it for us
# after the second epoch.

# %%
import signal


def press_ctrl_c(model, history):
    if len(history.epochs) == 2:
        signal.raise_signal(signal.SIGINT)


model = MLP(2, [8, 8, 1], seed=0)
history = fit(
    model, data, epochs=1000, learning_rate=0.05, callbacks=[press_ctrl_c], progress=False
)
print(history)
with no_grad():
    now = logistic([model(inputs) for inputs in data.inputs], data.targets).data
assert history.interrupted and now == history.epochs[-1]["train_loss"] < moon_losses[0]

# %% [markdown]
# A learning rate that is far too high ends a `fit` with words instead of nan, and with the weights
# as they were before the step that failed. (The patience that the message speaks of comes in
# chapter 6.)

# %%
model = MLP(2, [8, 8, 1], seed=0)
try:
    fit(model, data, loss=squared_error, optimizer=SGD(model, 5.0), progress=False)
    told = "nothing"
except FloatingPointError as error:
    told = str(error)
print(told)
assert "learning rate" in told

# %% [markdown]
# ## Bug lab
#
# Six runs on the four examples, each with one mistake that is easily made. Each cell prints the
# symptom. Read the symptom first, say what could cause it, then find the line. The answers are
# below the last one.
#
# **Case 1.** The loss is the same in every step, to the last digit.

# %%
model = MLP(3, [4, 4, 1], seed=1)
for _ in range(4):
    L = squared_error([model(x) for x in xs], ys)
    L.backward()
    model.zero_grad()
    for p in model.parameters():
        p.data -= 0.1 * p.grad
    largest = max(abs(p.grad) for p in model.parameters())
    print(f"L = {L.data:.6f}, largest gradient {largest:.4f}")
assert math.isclose(L.data, sum(squares) / 4)

# %% [markdown]
# **Case 2.** Again the loss stays, to the last digit. But the gradients are not 0.

# %%
model = MLP(3, [4, 4, 1], seed=1)
for _ in range(4):
    L = squared_error([model(x) for x in xs], ys)
    model.zero_grad()
    L.backward()
    for p in model.parameters():
        p = p - 0.1 * p.grad
    largest = max(abs(p.grad) for p in model.parameters())
    print(f"L = {L.data:.6f}, largest gradient {largest:.4f}")
assert math.isclose(L.data, sum(squares) / 4)

# %% [markdown]
# **Case 3.** The loss grows from the first step on, with any learning rate, however small.

# %%
model = MLP(3, [4, 4, 1], seed=1)
losses = []
for _ in range(4):
    L = squared_error([model(x) for x in xs], ys)
    model.zero_grad()
    L.backward()
    for p in model.parameters():
        p.data += 0.001 * p.grad
    losses.append(L.data)
print("  ".join(f"{loss:.4f}" for loss in losses))
assert losses == sorted(losses)

# %% [markdown]
# **Case 4.** The loss jumps up and down from the start, and does not fall in the long run.

# %%
losses = []
for step in range(40):
    model = MLP(3, [4, 4, 1], seed=step)
    L = squared_error([model(x) for x in xs], ys)
    model.zero_grad()
    L.backward()
    for p in model.parameters():
        p.data -= 0.02 * p.grad
    losses.append(L.data)
print("first four:", [round(loss, 2) for loss in losses[:4]])
print("last four: ", [round(loss, 2) for loss in losses[-4:]])
assert sum(losses[-10:]) / 10 > 1

# %% [markdown]
# **Case 5.** The targets are larger now. The loss falls, then stands still near 81, whatever the
# learning rate, and all outputs are close to 1 or -1.

# %%
large = [10.0, -10.0, -10.0, 10.0]
model = MLP(3, [4, 4, 1], activation=["tanh", "tanh", "tanh"], seed=1)
for step in range(200):
    L = squared_error([model(x) for x in xs], large)
    model.zero_grad()
    L.backward()
    for p in model.parameters():
        p.data -= 0.02 * p.grad
    if step in (0, 50, 100, 199):
        print(f"step {step:3}   L = {L.data:.4f}")
print([round(model(x).data, 3) for x in xs])
assert 81 < L.data < 82

# %% [markdown]
# **Case 6.** An error: a float has no `backward`.

# %%
model = MLP(3, [4, 4, 1], seed=1)
L = sum((model(x).data - y) ** 2 for x, y in zip(xs, ys)) / 4
try:
    L.backward()
    told = "nothing"
except AttributeError as error:
    told = str(error)
print(told)
assert "no attribute 'backward'" in told

# %% [markdown]
# <details><summary>The six causes</summary>
#
# 1. `zero_grad` stands between `backward` and the step. The step sees gradients of 0. It belongs
#    before `backward`.
# 2. `p = p - ...` makes a new Value and calls it p. The parameter in the model is not changed. It
#    has to be `p.data -= ...`. Case 1 and case 2 look alike in the loss; the gradients tell them
#    apart.
# 3. `+=` goes uphill. A learning rate that is too high makes the loss grow as well, but then a
#    smaller rate helps. Here none does.
# 4. The model is made inside the loop. Each step trains a new one, and throws it away.
# 5. The last layer has a tanh, so an output can never leave the range from -1 to 1. The best that
#    it can do for a target of 10 is 1, and (10 - 1)² = 81. An output that has to reach any number
#    comes from a linear neuron.
# 6. `.data` takes the plain number out of the Value. A plain number does not remember how it was
#    made, so nothing can go backward through it.
#
# </details>
#
# When your own network does not learn, go through the same questions in this order. Is the first
# loss sensible? (Always answering 0 would give 1 here.) Are the gradients there, and not all 0? Do
# the parameters change? Does a learning rate ten times smaller, or larger, help? Can it learn four
# examples by heart? If not, the mistake is in the loop or the network, and not in the data.

# %% [markdown]
# ## Questions
#
# 1. Why is the step taken against the gradient, and not along it?
# 2. A loss falls for ten steps, then wobbles and never settles. Name two causes, and say how you
#    would find out which one it is.
# 3. The loss goes 1.9, 8, 19, 450, 1700. What do you change first?
# 4. The loss falls from epoch to epoch, but the accuracy has not moved for ten epochs. Is something
#    wrong?
# 5. Somebody shows you that a new optimiser ends at a loss of 0.01, and the old one at 0.02, with
#    one run of each. What do you ask?
#
# <details><summary>Answers</summary>
#
# **1.** The gradient is how fast the loss grows with the parameter, so along it is uphill. Against
# it the loss falls, if the step is small enough.
#
# **2.** A forgotten `zero_grad`, or a learning rate that is a little too high. (Small batches make
# it wobble too.) Print a gradient just before `backward` is called. If it is not 0, nothing zeroes
# it. If it is, try a smaller rate.
#
# **3.** The learning rate: it diverges. Take a tenth of it.
#
# **4.** No. Points that are on the right side already get more certain, which lowers the loss and
# leaves the accuracy as it is.
#
# **5.** For several seeds of both, with the lowest and the highest result; for the learning rate of
# each, and whether both had the same care in choosing it; and for the data, the network and
# the number of epochs. Two seeds of one and the same setting can differ by more than this.
#
# </details>

# %% [markdown]
# ## Summary
#
# - A loss is one number that says how wrong a network is. The squared error is the mean of
#   (output - target)².
# - The gradient of a parameter says how fast the loss grows with it. Gradient descent changes each
#   by -rate · gradient, all at once.
# - The loop: forward, zero, backward, step.
# - A learning rate too low creeps, one too high overshoots, and beyond that it diverges to inf and
#   nan. Try rates ten times apart.
# - `backward` adds. Without `zero_grad` the steps follow the sum of all gradients so far. The loss
#   may still fall, and no error tells you.
# - The loss falls smoothly, the accuracy jumps. The network learns from the loss; people read the
#   accuracy.
# - The same seed gives the same run. One run is one throw of the dice; report several.
# - A minibatch gives a noisy estimate of the gradient for less work, so more steps are taken.
# - Momentum remembers where it was going. Adam also divides by how large the gradients usually are.
# - `fit` is the loop that you have written, with a history, callbacks, and a stop that keeps what
#   was learned.
#
# Everything here was measured on the examples that the network learned from. Whether it has learned
# something about other examples is another question. It is the first one of chapter 6.
