# %% [markdown]
# # 1. What a neural network is
#
# A neural network is a function: numbers go in, numbers come out. Inside it stands one small sum,
# the **neuron**, many times over. The sum has numbers of its own in it. In practice nobody chooses
# them by hand; they are found by **training**, which means: change them a little, many times, so
# that the answers become less wrong.
#
# In this chapter you take the whole machine apart, with nothing but plain Python numbers. One
# example runs through it: a network that is told the height and the weight of a dog and says which
# kind of dog it is.
#
# **What you will be able to do**
#
# - work out by hand what a neuron gives, and say what its weights and its bias do, and what they do
#   not;
# - name four activations, and show with numbers why a network needs one;
# - carry two numbers through a network of two layers: the forward pass;
# - turn three outputs into three probabilities with softmax;
# - measure how wrong a network is with a loss, for a number and for a choice among kinds;
# - say exactly why a lower loss does not always mean a higher accuracy.
#
# You need the mathematics of school, and basic Python: lists, loops, functions.
#
# *Reading time: about 45 minutes, and as long again for the eight exercises.*
#
# This page is a **notebook**. Click into a grey cell and press Shift + Enter to run it. Run the
# cells from top to bottom; after a break choose *Run > Run All Above Selected Cell*. A line that
# begins with `assert` checks a claim of the text: if it were false, the cell would stop with an
# error. `math.isclose` asks whether two numbers are equal but for rounding. Cells that only draw
# need not be read.

# %% [markdown]
# ## One dog, one neuron
#
# Here is a dog. It is 56 cm tall and weighs 30 kg. These two numbers are the **inputs**, `x1` and
# `x2`. We ask: is this a very large dog, such as a Great Dane?
#
# A **neuron** answers such a question in this way:
#
# 1. It has a number for each input, its **weight**: `w1` for `x1`, and `w2` for `x2`. Each input is
#    multiplied by its weight.
# 2. The products are added up. This is the **weighted sum**.
# 3. One more number is added, the **bias** `b`.
#
# So a neuron with two inputs has three numbers of its own. Weights and biases together are called
# **parameters**. We call the weighted sum plus the bias `n`:
#
#     n = x1 * w1 + x2 * w2 + b
#
# (Mind the two meanings of one word: a dog's weight is in kilograms, a neuron's weight is a number
# to multiply by. Where it could be mistaken we write "kg" for the dog's.)
#
# Let us choose the three numbers by hand.

# %%
import math
from random import Random

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from glassgrad.course import check_exercise, exercise, hint, progress
from glassgrad.course.slider import slider

x1, x2 = 56.0, 30.0  # height in cm, weight in kg
w1, w2 = 0.1, 0.05
b = -9.0

first = x1 * w1
second = x2 * w2
n = first + second + b

print(f"x1 * w1 = {x1:.0f} * {w1} = {first:.2f}")
print(f"x2 * w2 = {x2:.0f} * {w2} = {second:.2f}")
print(f"n = {first:.2f} + {second:.2f} + ({b:.2f}) = {n:.2f}")

assert math.isclose(n, -1.9)  # 5.6 + 1.5 - 9, by hand

# %% [markdown]
# The sum is below zero. We read this as: no, not a very large dog. A dog of 78 cm and 60 kg gives
# 7.8 + 3 - 9 = 1.8, which is above zero: yes.
#
# The next cell draws the neuron. On each line stands the weight, in each box the number that comes
# out of it. We shall need the drawing function again, so it can draw several columns of boxes. You
# need not read it.

# %%
BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#666666"


def picture(columns, weights, height=2.4):
    """Boxes in columns; between a column and the next a line for each weight, with its number."""
    fig, ax = plt.subplots(figsize=(6.4, height), layout="constrained")
    middle = {"ha": "center", "va": "center", "fontsize": 9}
    box = {"facecolor": "white", "boxstyle": "round,pad=0.5"}

    def place(column, row):
        return column, (len(columns[column]) - 1) / 2 - row

    for column, rows in enumerate(weights, start=1):
        for row, numbers in enumerate(rows):
            for i, w in enumerate(numbers):
                (left, start), (right, end) = place(column - 1, i), place(column, row)
                colour = BLUE if w > 0 else ORANGE if w < 0 else "#bbbbbb"
                ax.plot([left, right], [start, end], color=colour)
                share = 0.68 - 0.12 * i  # of the way, so that the numbers do not meet
                at = left + share, start + share * (end - start)
                ax.text(*at, f"{w:g}", bbox={"facecolor": "white", "edgecolor": "none"}, **middle)
    for column, texts in enumerate(columns):
        for row, text in enumerate(texts):
            ax.text(*place(column, row), text, bbox=box, **middle)
    most = max(map(len, columns))
    ax.set(xlim=(-0.35, len(columns) - 0.65), ylim=(-most / 2, most / 2))
    ax.axis("off")
    return fig


inside = f"{first:.1f} + {second:.1f} - {-b:.0f}\nn = {n:.1f}"
neuron_picture = picture(
    [[f"height\nx1 = {x1:.0f}", f"weight\nx2 = {x2:.0f}"], [inside]], [[[w1, w2]]]
)
assert "n = -1.9" in inside

# %% [markdown]
# Two inputs on the left, one neuron on the right. Nothing else is in a neuron, but for one step
# that comes later in this chapter: the activation.
#
# What is a neuron *not*? It has no memory of other dogs, no rules and no words. It does not know
# what "height" is. It multiplies and adds. The name is borrowed from the nerve cells that gave the
# idea; a real one does far more.

# %% [markdown]
# ## How the exercises work
#
# From time to time it is your turn. An exercise is a cell that begins with `@exercise("1.1")` and
# has a function with three dots `...` in it. Write your code in place of the dots and run the cell.
# Your function is then called with many inputs, among them some that you have not seen, and a line
# under the cell tells you whether it is right. If it is not, it says for which inputs, and why.
# Nothing that comes later needs your answer, so you can leave an exercise out and come back.
#
# Here is what you see when an answer is wrong. This one adds everything up, and that is not what a
# neuron does. (The function `check_exercise` does the same as the line `@exercise`.)


# %%
def adds_everything(inputs, weights, bias):
    return sum(inputs) + sum(weights) + bias


verdict = check_exercise("1.1", adds_everything)
print(verdict)

assert not verdict

# %% [markdown]
# There are two more helpers:
#
# - `hint("1.1")`, in a cell of its own, shows a hint. Each call shows one more. There are three,
#   from a nudge to nearly the whole answer. The fourth call shows our answer.
# - `progress()` shows all chapters with a dot for each exercise, filled where you have solved
#   it. It also appears by itself after each right answer. What you have solved is kept in a small
#   file, `glassgrad-progress.json`, in the folder of the notebook. Nothing is sent anywhere.
#
# **Exercise 1.1. The weighted sum.** Write what the neuron above did, for any number of inputs.
# `inputs` and `weights` are lists of the same length, and `bias` is a number. Return `n`: the
# weighted sum plus the bias.


# %%
@exercise("1.1")
def weighted_sum(inputs, weights, bias):
    return ...


# %% [markdown]
# To ask for a hint, take away the first `#` in the next cell and run it.

# %%
# hint("1.1")
# progress()

# %% [markdown]
# ## Thirty dogs
#
# One dog says little. Here are thirty: ten beagles, ten retrievers, ten Great Danes. **They are
# made up.** A random generator draws a size between small and large for the kind, and height and
# weight follow from it. The ranges are those of grown dogs of these kinds, roughly. The generator
# begins from a **seed**, the number 1, so that your dogs are the same as ours, and the same each
# time.

# %%
RANGES = {  # height in cm, weight in kg
    "beagle": ((33, 41), (9, 14)),
    "retriever": ((51, 61), (25, 34)),
    "Great Dane": ((71, 90), (45, 80)),
}
KINDS = list(RANGES)

random = Random(1)
dogs = []  # (height, weight, kind)
for kind, ((short, tall), (light, heavy)) in RANGES.items():
    for _ in range(10):
        size = random.random()  # from 0, small, to 1, large
        build = 0.7 * size + 0.3 * random.random()  # taller dogs are heavier, more or less
        height = round(short + size * (tall - short))
        weight = round(light + build * (heavy - light))
        dogs.append((height, weight, kind))

for kind in KINDS:
    print(f"{kind + ':':12}", *[f"{h} cm {w} kg," for h, w, k in dogs if k == kind][:4], "...")

assert len(dogs) == 30
assert min(h for h, _, _ in dogs) >= 33 and max(w for _, w, _ in dogs) <= 80

# %% [markdown]
# The picture shows each dog as a point: height to the right, weight upwards. The kinds have
# different shapes as well as colours.

# %%
LOOKS = {"beagle": (BLUE, "o"), "retriever": (ORANGE, "s"), "Great Dane": (GREEN, "^")}


def plot_dogs(ax):
    for kind, (colour, marker) in LOOKS.items():
        heights = [h for h, _, k in dogs if k == kind]
        kilos = [w for _, w, k in dogs if k == kind]
        ax.scatter(
            heights, kilos, color=colour, marker=marker, edgecolor="white", label=kind, zorder=3
        )
    ax.set(xlabel="height x1 (cm)", ylabel="weight x2 (kg)", xlim=(25, 97), ylim=(0, 90))


fig, ax = plt.subplots(figsize=(6.2, 3.8), layout="constrained")
plot_dogs(ax)
ax.legend()
assert len(ax.collections) == 3  # three clouds of points

# %% [markdown]
# Taller dogs are heavier. The three kinds lie apart here. Real data are seldom so obliging, and the
# penguins of chapter 6 are not.

# %% [markdown]
# ## What the bias and the weights do
#
# Our neuron says "yes" where `n` is above 0 and "no" where it is below. In between, where `n` is
# exactly 0, lies a straight line in the picture: all pairs of height and weight with
#
#     x1 * w1 + x2 * w2 + b = 0
#
# First move only the bias, with the slider. The shaded side is the "yes" side. Watch where the line
# goes. (In some programs, saved sliders wake up only after you have run the cell.)


# %%
def side_picture(w1, w2, b):
    """The dogs, and the side on which n is above 0."""
    fig = Figure(figsize=(6.2, 3.8), dpi=80, layout="constrained")
    ax = fig.subplots()
    plot_dogs(ax)
    heights = [25 + 0.36 * i for i in range(201)]
    kilos = [0.45 * j for j in range(201)]
    sums = [[x1 * w1 + x2 * w2 + b for x1 in heights] for x2 in kilos]
    ax.contourf(heights, kilos, sums, levels=[0, 1000], colors=["#f0e442"], alpha=0.35)
    ax.contour(heights, kilos, sums, levels=[0], colors="black", linewidths=1.5)
    yes = sum(h * w1 + w * w2 + b > 0 for h, w, _ in dogs)
    sign = "-" if w2 < 0 else "+"
    n = f"{w1:g} x1 {sign} {abs(w2):g} x2 - {-b:g}"  # the biases here are all below 0
    ax.set_title(f"n = {n}: {yes} of 30 dogs get a yes", fontsize=11)
    ax.legend(loc="upper left")
    return fig


assert sum(h * 0.1 + w * 0.05 - 9 > 0 for h, w, k in dogs if k == "Great Dane") == 10
assert sum(h * 0.1 + w * 0.05 - 9 > 0 for h, w, k in dogs if k != "Great Dane") == 0

slider("bias", {f"b = {b}": side_picture(0.1, 0.05, b) for b in (-11, -9, -7, -5, -3)}, start=1)

# %% [markdown]
# The line moves and stays parallel to where it was. The larger the bias, the more dogs get a yes:
# the bias says how easily the neuron says yes, whatever the inputs are. With `b = -9` all Great
# Danes are on the yes side, and no other dog.
#
# Now the bias stays at -9 and the weight `w2` changes.

# %%
turns = {f"w2 = {w2}": side_picture(0.1, w2, -9) for w2 in (-0.05, 0.0, 0.025, 0.05, 0.1, 0.2)}

at_the_end = [90 * 0.1 + 0 * w2 - 9 for w2 in (-0.05, 0.0, 0.2)]  # 90 cm and 0 kg
assert all(math.isclose(n, 0, abs_tol=1e-12) for n in at_the_end)

slider("second weight", turns, start=3)

# %% [markdown]
# Now the line turns. It turns around the point at 90 cm and 0 kg, because where `x2` is 0, `w2`
# does not matter. With `w2 = 0` the line is upright: the dog's kilograms are ignored. With
# `w2 = -0.05` being heavy speaks *against* a yes.
#
# **Exercise 1.2. The line.** For a dog of a given height, at which weight in kg is `n` exactly 0?
# Return `x2` such that `x1 * w1 + x2 * w2 + b` is 0. (`w2` is never 0 here.)


# %%
@exercise("1.2")
def on_the_line(x1, w1, w2, b):
    return ...


# %% [markdown]
# ## Is the weight the importance of an input?
#
# You will often read that a weight is the importance of its input. Let us see what is true about
# that.
#
# What a weight says exactly is this: **when the input grows by 1, `n` grows by the weight.** The
# sign is the direction. A weight of 0 means that the input does not count in this neuron. And -3
# pushes harder than 2, although it is the smaller number. So far, so good.
#
# But "by 1" is by one *unit*. Measure the height in metres instead of centimetres, and the weight
# must be a hundred times larger for the very same neuron.

# %%
in_cm = 56 * 0.1 + 30 * 0.05 - 9
in_metres = 0.56 * 10 + 30 * 0.05 - 9
print(f"height in cm, w1 = 0.1:     n = {in_cm:.2f}")
print(f"height in metres, w1 = 10:  n = {in_metres:.2f}")

assert math.isclose(in_cm, in_metres)
assert math.isclose((57 * 0.1 + 30 * 0.05 - 9) - in_cm, 0.1)  # 1 cm more: n grows by w1

# %% [markdown]
# Same dog, same answer, for every dog there is. Has the height become a hundred times more
# important? No. To compare two inputs, look at how much each can move `n` among the dogs that there
# are: the weight times the spread of the input.

# %%
for name, column, w in (("height", 0, 0.1), ("weight", 1, 0.05)):
    values = [dog[column] for dog in dogs]
    spread = max(values) - min(values)
    moves = spread * w
    print(f"{name}: from {min(values)} to {max(values)}, moves n by {spread} * {w} = {moves:.2f}")

heights = [h for h, _, _ in dogs]
assert math.isclose(0.1 * (max(heights) - min(heights)), 10 * (max(heights) - min(heights)) / 100)
assert all((w * 0.2 - 8 > 0) == (k == "Great Dane") for _, w, k in dogs)  # kilograms alone

# %% [markdown]
# (The 56 in the first line is 90 - 34. That our dog is 56 cm tall is chance.)
#
# In centimetres and in metres this product is the same. So in this neuron, for these dogs, the
# height does move `n` more, and we may say so. Two warnings remain. Height and weight go together,
# so another neuron could lean on the kilograms instead and do as well, for example `w1 = 0`,
# `w2 = 0.2`, `b = -8`: what one neuron weighs heavily need not be what matters in the world. And in
# a larger network this `n` goes on into other neurons, which may ignore it. "Importance" is thus a
# first idea of a weight, good enough when all inputs are of a similar size (chapter 6 makes them
# so), and no more than that.

# %% [markdown]
# ## The activation
#
# `n` can be any number: -1.9 for one dog, 1.8 for another, 271 for an elephant of 300 cm and 5000
# kg. The last step in a neuron is a function that makes the output `o` from it, the **activation**:
#
#     o = f(n)
#
# Four you should know:
#
# | name | formula | output | in words |
# |---|---|---|---|
# | step | 1 if n > 0, else 0 | 0 or 1 | a switch |
# | sigmoid | 1 / (1 + e^(-n)) | between 0 and 1 | a switch that turns softly |
# | tanh | (e^n - e^(-n)) / (e^n + e^(-n)) | between -1 and 1 | the same, from -1 to 1 |
# | relu | n if n > 0, else 0 | 0 and up | what is below 0 is cut off |
#
# Here *e* is 2.71828..., and e^n, in Python `math.exp(n)`, is *e* to the power n. (tanh is short
# for hyperbolic tangent, relu for rectified linear unit.) The power e^n is never 0 or less; it
# grows fast for large n, and is nearly 0 for very negative n. In the pictures look at the ends:
# which of the four flatten out?


# %%
def step(n):
    return 1.0 if n > 0 else 0.0


def sigmoid(n):
    return 1 / (1 + math.exp(-n))


def relu(n):
    return max(0.0, n)


ACTIVATIONS = {"step": step, "sigmoid": sigmoid, "tanh": math.tanh, "relu": relu}


def plot_activations(fig, n):
    """The four curves; on each a point at n, with its output."""
    for ax, (name, f) in zip(
        fig.subplots(2, 2, sharex=True).flat, ACTIVATIONS.items(), strict=True
    ):
        for side in (-1, 1):  # in two halves, for the step has a jump
            ns = [side * (i + 0.001) / 20 for i in range(101)]
            ax.plot(ns, [f(n) for n in ns], color=BLUE)
        ax.axhline(0, color="#cccccc", linewidth=0.8, zorder=0)
        ax.axvline(0, color="#cccccc", linewidth=0.8, zorder=0)
        ax.plot([n], [f(n)], "o", color=ORANGE, zorder=3)
        ax.set_title(f"{name}: o = {f(n):.3f}", fontsize=11)
    for ax in fig.axes[2:]:
        ax.set_xlabel("n")
    for ax in fig.axes[::2]:
        ax.set_ylabel("o")


fig = plt.figure(figsize=(6.2, 4.2), layout="constrained")
plot_activations(fig, -1.9)
fig.suptitle("the dog of 56 cm and 30 kg: n = -1.9", fontsize=11)

assert math.isclose(300 * 0.1 + 5000 * 0.05 - 9, 271)  # the elephant
assert round(sigmoid(-1.9), 3) == 0.130
assert math.isclose(math.tanh(-1.9), 2 * sigmoid(2 * -1.9) - 1)  # tanh is a stretched sigmoid

# %% [markdown]
# The sigmoid and the tanh flatten at both ends, the relu on the left only. The step is flat
# everywhere but for its jump.
#
# The orange point is our dog. The step says 0, a plain no. The sigmoid says 0.130: rather no. The
# tanh says -0.956, on a scale from -1 to 1. The relu cuts the negative `n` off and gives 0. So it
# is often said that an activation squeezes the output into a range. That is true of the first
# three. The relu has no upper end. What all four have in common, and what matters, is that they are
# **not straight lines**. Why this matters comes soon.
#
# Now change one input: the dog weighs 60 kg, and the slider makes it taller. Watch the four points.

# %%
frames = {}
for height in (40, 50, 55, 60, 65, 70, 90):
    n = height * 0.1 + 60 * 0.05 - 9
    fig = Figure(figsize=(6.2, 4.2), dpi=80, layout="constrained")
    plot_activations(fig, n)
    fig.suptitle(f"{height} cm and 60 kg: n = {n:.1f}", fontsize=11)
    frames[f"x1 = {height} cm"] = fig

assert math.isclose(60 * 0.1 + 60 * 0.05 - 9, 0, abs_tol=1e-12)  # 60 cm: on the line
assert sigmoid(0) == 0.5 and math.tanh(0) == 0 and relu(0) == 0

slider("height", frames)

# %% [markdown]
# Up to 60 cm the step stays at 0, and at 65 cm it is at 1: between them it has jumped, and at all
# other places it does not move at all. The sigmoid and the tanh move all the time, fastest near
# `n = 0`, and hardly at their ends. There a neuron is called **saturated**. The relu stays at 0,
# and then rises in step with `n`.
#
# One more thing about the sigmoid. An output of 0.130 looks like a probability. It is a number
# between 0 and 1, no more; whether about 13 of 100 such dogs really are Great Danes depends on how
# the weights were found.
#
# **Exercise 1.3. The sigmoid.** Write the sigmoid so that it works for *every* number. The one
# above stops with an error at `sigmoid(-1000)`, because e^1000 is larger than the largest decimal
# number that Python can hold (about 1.8e308; it calls such a number a *float*). The true value
# there is so close to 0 that 0.0 is right.


# %%
@exercise("1.3")
def safe_sigmoid(n):
    return ...


# %% [markdown]
# ## A layer
#
# One neuron asks one question. To ask several, take several neurons and give all of them the same
# inputs. That is a **layer**. Each neuron has weights and a bias of its own, and each gives one
# output. So the weights of a layer are a list of lists: a row for each neuron.
#
# Here is a layer of two neurons with tanh. The second is the one that you know. The first asks
# whether the dog is larger than a beagle: its weights are the same, and its bias of -5.7 says yes
# sooner. (`zip` walks through two lists side by side; with `strict=True` it stops with an error if
# one is longer. You need not write it in your answers.)

# %%
weights = [[0.1, 0.05], [0.1, 0.05]]
biases = [-5.7, -9.0]
inputs = [56.0, 30.0]

outputs = []
for row, bias in zip(weights, biases, strict=True):
    n = bias
    for x, w in zip(inputs, row, strict=True):
        n += x * w
    o = math.tanh(n)
    outputs.append(o)
    print(f"n = 56 * {row[0]} + 30 * {row[1]} + ({bias}) = {n:.2f},  o = tanh(n) = {o:.4f}")

assert math.isclose(outputs[0], math.tanh(1.4))  # 5.6 + 1.5 - 5.7
assert math.isclose(outputs[1], math.tanh(-1.9))  # 5.6 + 1.5 - 9

# %% [markdown]
# Larger than a beagle: yes, 0.8854. As large as a Great Dane: no, -0.9562. Two numbers went in and
# two came out, but they mean something else now. They are answers to questions.
#
# **Exercise 1.4. A layer.** Write the layer for any number of inputs and neurons: return the list
# of outputs, one for each neuron, with tanh as the activation. `weights` has a row for each neuron,
# `biases` a number for each neuron.


# %%
@exercise("1.4")
def layer_of_tanh(inputs, weights, biases):
    return ...


# %% [markdown]
# ## Layers in a row: the forward pass
#
# The outputs of a layer can be the inputs of another. Layers in a row are a **neural network**. The
# names:
#
# - The **input layer** is the list of inputs, one place for each. It is drawn as a column, but it
#   computes nothing: there are no neurons in it.
# - A **hidden layer** is one whose outputs go on to another layer. There can be none, one or many.
# - The **output layer** gives the answer of the network. How many neurons it has depends on the
#   problem: one to estimate a number; three to choose among three kinds.
#
# Carrying numbers from the inputs to the outputs is the **forward pass**:
#
# 1. Each neuron of the first layer receives all inputs.
# 2. It computes its weighted sum.
# 3. It adds its bias.
# 4. It applies its activation.
# 5. The outputs of the layer are the inputs of the next one, and so on to the last layer.
#
# Here are our function for a layer and a network of two layers. The output layer has three neurons,
# one for each kind, and no activation: their `n` is the output. All numbers are chosen by hand,
# with this in mind: the first hidden neuron says "larger than a beagle", the second "as large as a
# Great Dane".
#
# - *beagle*: -2 times the first. It is high where the first neuron says no.
# - *retriever*: 2 times the first, -2 times the second, and a bias of -1. It is high where the
#   first says yes and the second no.
# - *Great Dane*: 2 times the second.


# %%
def layer(inputs, weights, biases, activation):
    outputs = []
    for row, bias in zip(weights, biases, strict=True):
        n = bias + sum(x * w for x, w in zip(inputs, row, strict=True))
        outputs.append(activation(n))
    return outputs


def unchanged(n):
    return n


HIDDEN_WEIGHTS, HIDDEN_BIASES = [[0.1, 0.05], [0.1, 0.05]], [-5.7, -9.0]
OUTPUT_WEIGHTS, OUTPUT_BIASES = [[-2.0, 0.0], [2.0, -2.0], [0.0, 2.0]], [0.0, -1.0, 0.0]

hidden = layer([56.0, 30.0], HIDDEN_WEIGHTS, HIDDEN_BIASES, math.tanh)
outputs = layer(hidden, OUTPUT_WEIGHTS, OUTPUT_BIASES, unchanged)
print("inputs ", [56.0, 30.0])
print("hidden ", [round(o, 4) for o in hidden])
print("outputs", [round(o, 4) for o in outputs])

network_picture = picture(
    [
        ["height\n56", "weight\n30"],
        [f"n = 1.4\no = {hidden[0]:.3f}", f"n = -1.9\no = {hidden[1]:.3f}"],
        [f"{kind}\n{o:.3f}" for kind, o in zip(KINDS, outputs, strict=True)],
    ],
    [HIDDEN_WEIGHTS, OUTPUT_WEIGHTS],
    height=3.4,
)

parameters = 2 * 2 + 2 + 3 * 2 + 3  # weights and biases of two layers
assert parameters == 15
assert math.isclose(outputs[1], 2 * math.tanh(1.4) - 2 * math.tanh(-1.9) - 1)

# %% [markdown]
# Read the picture from left to right: two inputs, two hidden neurons, three outputs. Blue lines
# have positive weights, orange ones negative weights, grey ones the weight 0. The largest output
# belongs to the retriever, and a retriever this is. The network has 15 parameters: ten weights on
# the lines, and five biases, which the picture does not show: -5.7, -9, 0, -1, 0. Large networks of
# today have billions, and other kinds of layers too, but weighted sums and activations are most of
# what they compute.
#
# So a neural network is a mathematical expression: put all the sums into one another, and it is a
# single, long formula of the inputs and the parameters. It holds nothing else.

# %% [markdown]
# ## Why an activation? Without one, layers collapse
#
# Leave the activation out, so that each neuron gives `n` itself. Then two layers in a row can do no
# more than one. Look at two hidden neurons and one output neuron, all without activation:
#
#     h1 = 0.1 * x1 + 0.05 * x2 - 5.7
#     h2 = 0.1 * x1 + 0.05 * x2 - 9
#     o  = 2 * h1 - 3 * h2 + 1
#
# Put the first two lines into the third and multiply out:
#
#     o =   (2 * 0.1 - 3 * 0.1) * x1
#         + (2 * 0.05 - 3 * 0.05) * x2
#         + (2 * (-5.7) - 3 * (-9) + 1)
#       = -0.1 * x1 - 0.05 * x2 + 16.6
#
# That is a single neuron with the weights -0.1 and -0.05 and the bias 16.6. The next cell compares
# the two on some dogs.

# %%
for h, w, kind in dogs[::10]:
    h1, h2 = layer([h, w], [[0.1, 0.05], [0.1, 0.05]], [-5.7, -9.0], unchanged)
    two_layers = 2 * h1 - 3 * h2 + 1
    one_neuron = -0.1 * h - 0.05 * w + 16.6
    print(f"{kind}: two layers {two_layers:.4f}, one neuron {one_neuron:.4f}")
    assert math.isclose(two_layers, one_neuron)

# %% [markdown]
# The same happens with any number of layers: sums of sums are sums. A hundred layers without
# activation are one layer.
#
# And one layer cannot do everything. Take only the height, and ask: is this dog of *middle* size?
# The answer should be no, then yes, then no again. But a weighted sum of one input is a straight
# line: it rises everywhere, falls everywhere, or is level. The output of one neuron, even with an
# activation from the table above, still only rises or only falls. With tanh in between, two hidden
# neurons can do it: one goes up at 46 cm, the other goes up at 66 cm and is subtracted.


# %%
def middle(height, activation):
    up, down = layer([height], [[0.3], [0.3]], [-0.3 * 46, -0.3 * 66], activation)
    return up - down - 1


heights = list(range(25, 96))
fig, axes = plt.subplots(1, 2, figsize=(6.4, 3), layout="constrained")
for ax, activation, title in zip(
    axes, (unchanged, math.tanh), ("without activation", "with tanh"), strict=True
):
    ax.plot(heights, [middle(h, activation) for h in heights], color=BLUE)
    ax.axhline(0, color=GREY, linewidth=0.8)
    for h, _, kind in dogs:
        colour, marker = LOOKS[kind]
        ax.plot([h], [middle(h, activation)], marker, color=colour, markeredgecolor="white")
    ax.set(title=title, xlabel="height (cm)")
axes[0].set_ylabel("output: middle size?")
axes[0].set_ylim(-2, 6)

straight = [middle(h, unchanged) for h in (40, 56, 80)]
bent = [middle(h, math.tanh) for h in (40, 56, 80)]
print("without:", [round(o, 3) for o in straight])
print("with:   ", [round(o, 3) for o in bent])
assert all(math.isclose(o, 0.3 * 20 - 1) for o in straight)  # heights have cancelled
assert bent[0] < 0 < bent[1] and bent[2] < 0

# %% [markdown]
# On the left, without activation, the two straight lines cancel: the answer is 5 for every dog.
# Other weights would give a slanted line, never a hill. On the right, with tanh, it is a hill, and
# it is above 0 for the retrievers alone. This is the job of the activation: it bends. With enough
# bent pieces a network can come as near as you like to any curve that does not jump, on any stretch
# between two numbers. (With *enough*: how many that are, and how to find their weights, is another
# matter.)
#
# **Exercise 1.5. Two layers into one.** A hidden layer without activation has `weights` (a row for
# each neuron) and `biases`. One output neuron, also without activation, has a weight for each
# hidden neuron, `out_weights`, and a bias, `out_bias`. Return the pair `new_weights, new_bias` of
# the one neuron that gives the same output for all inputs. For the two layers above that is
# `[-0.1, -0.05], 16.6`.


# %%
@exercise("1.5")
def collapse(weights, biases, out_weights, out_bias):
    return ...


# %% [markdown]
# ## Three kinds of dogs: logits and softmax
#
# Back to the three outputs. They were about -1.771, 2.683 and -1.912. They are called **logits**:
# any numbers, from the output layer, one for each kind. You may read that each output neuron holds
# a probability. Not yet: -1.771 is none. Probabilities lie between 0 and 1 and add up to 1.
#
# **Softmax** makes probabilities of logits, in two steps:
#
# 1. Take e^logit of each. Now all are positive, and the order has stayed the same.
# 2. Divide each by their sum. Now they add up to 1.

# %%
logits = layer(hidden, OUTPUT_WEIGHTS, OUTPUT_BIASES, unchanged)
exps = [math.exp(z) for z in logits]
total = sum(exps)
probabilities = [e / total for e in exps]

print(f"{'kind':12}{'logit':>8}{'e^logit':>10}{'probability':>24}")
for kind, z, e, p in zip(KINDS, logits, exps, probabilities, strict=True):
    print(f"{kind:12}{z:8.4f}{e:10.4f}{f'{e:.4f} / {total:.4f} = {p:.4f}':>28}")
print(f"{'sum':12}{'':8}{total:10.4f}{sum(probabilities):28.4f}")

largest = probabilities.index(max(probabilities))
print("The largest is that of the", KINDS[largest])
assert KINDS[largest] == "retriever"
assert math.isclose(sum(probabilities), 1)
assert math.isclose(probabilities[1] / probabilities[0], math.exp(logits[1] - logits[0]))

# %% [markdown]
# The largest probability wins: the network says "retriever". For this alone softmax would not be
# needed, since the largest logit is at the same place. But probabilities also say how sure the
# network is, and the loss in the next section is made of them.
#
# Softmax looks only at differences. Add 1000 to all three logits: each e^logit would be e^1000
# times as large, so would their sum, and that cancels. This gives a way around numbers that are too
# large: subtract the largest logit from all of them first. Then the largest is 0 and nothing
# overflows.
#
# Here is the whole network as one function, with its answers for one dog of each kind.


# %%
def softmax(logits):
    most = max(logits)
    exps = [math.exp(z - most) for z in logits]
    return [e / sum(exps) for e in exps]


def forward(
    dog,
    hidden_weights=HIDDEN_WEIGHTS,
    hidden_biases=HIDDEN_BIASES,
    output_weights=OUTPUT_WEIGHTS,
    output_biases=OUTPUT_BIASES,
):
    """The probabilities of the three kinds, for a dog (height, weight, kind)."""
    hidden = layer(dog[:2], hidden_weights, hidden_biases, math.tanh)
    return softmax(layer(hidden, output_weights, output_biases, unchanged))


three = [dogs[2], (56, 30, "retriever"), dogs[29]]
fig, axes = plt.subplots(1, 3, figsize=(6.4, 2.8), sharey=True, layout="constrained")
for ax, dog in zip(axes, three, strict=True):
    ps = forward(dog)
    bars = ax.bar(range(3), ps, color=[LOOKS[kind][0] for kind in KINDS])
    ax.bar_label(bars, fmt="%.3f", fontsize=9)
    ax.set_xticks(range(3), ["beagle", "retriever", "dane"], rotation=30)
    ax.set_title(f"a {dog[2]}\n{dog[0]} cm, {dog[1]} kg", fontsize=10)
axes[0].set(ylabel="probability", ylim=(0, 1.12))

assert all(KINDS[forward(dog).index(max(forward(dog)))] == dog[2] for dog in three)
low, high = softmax([1.0, 2.0]), softmax([1001.0, 1002.0])
assert math.isclose(low[0], high[0]) and math.isclose(low[1], high[1])

# %% [markdown]
# Three dogs, three times the largest bar at the right place. The numbers above the bars add up to 1
# for each dog, but for rounding.
#
# The network has an answer for every height and weight, not only for those of our dogs. The next
# picture asks it at many places and shades each by the kind that wins there.

# %%
heights = [25 + 0.36 * i for i in range(201)]
kilos = [0.45 * j for j in range(201)]
wins = []
for w in kilos:
    answers = [forward((h, w)) for h in heights]
    wins.append([ps.index(max(ps)) for ps in answers])

fig, ax = plt.subplots(figsize=(6.2, 3.8), layout="constrained")
colours = [LOOKS[kind][0] for kind in KINDS]
ax.contourf(heights, kilos, wins, levels=[-0.5, 0.5, 1.5, 2.5], colors=colours, alpha=0.2)
plot_dogs(ax)
for x, y, kind in ((30, 22, "beagle"), (50, 40, "retriever"), (80, 40, "Great Dane")):
    ax.text(x, y, kind, color=LOOKS[kind][0])

assert {kind for row in wins for kind in row} == {0, 1, 2}
assert all(KINDS[forward(dog).index(max(forward(dog)))] == dog[2] for dog in dogs)

# %% [markdown]
# Three regions, and all 30 dogs lie in that of their kind. Where two regions meet, their two
# probabilities are equal. The borders are straight here, because both hidden neurons have the same
# weights; neurons that look in different directions bend them.
#
# **Exercise 1.6. Softmax.** Write it for any number of logits, and such that
# `softmax_of([1000.0, 1001.0])` works.


# %%
@exercise("1.6")
def softmax_of(logits):
    return ...


# %% [markdown]
# ## A loss: how wrong is the network?
#
# To improve a network you need one number that says how wrong it is: the **loss**, `L`. It is near
# 0 when the answers are right and sure, and larger the more wrong they are. **Training** means:
# change the parameters so that the loss becomes small. Which formula to take depends on what the
# network should answer.
#
# ### When the answer is a number: squared error
#
# Let a neuron with one input and no activation estimate how heavy a dog is from its height:
# `o = x1 * w1 + b`. The right answer, the **target**, is what the dog really weighs. We take the
# difference and square it. Squaring makes all errors positive, and an error twice as large counts
# four times. The loss is the mean over all dogs, the **mean squared error**.
#
# Now watch training by hand: three settings of `w1` and `b`, each better than the one before.


# %%
def squared_error(w1, b):
    errors = [(h * w1 + b - kilos) ** 2 for h, kilos, _ in dogs]
    return sum(errors) / len(errors)


settings = [(1.0, 0.0), (1.0, -25.0), (1.2, -35.0)]
fig, axes = plt.subplots(1, 3, figsize=(6.6, 2.9), sharey=True, layout="constrained")
for ax, (w1, b) in zip(axes, settings, strict=True):
    ax.plot([30, 93], [30 * w1 + b, 93 * w1 + b], color="black", linewidth=1)
    for h, kilos, kind in dogs:
        colour, marker = LOOKS[kind]
        ax.plot([h, h], [kilos, h * w1 + b], color=GREY, linewidth=0.8)
        ax.plot([h], [kilos], marker, color=colour, markersize=4)
    ax.set_title(f"w1 = {w1}, b = {b:.0f}\nL = {squared_error(w1, b):.1f}", fontsize=10)
    ax.set_xlabel("height (cm)")
axes[0].set_ylabel("weight (kg)")

by_hand = (34 * 1.2 - 35 - 11) ** 2  # the first dog: 34 cm, 11 kg
assert math.isclose(by_hand, 27.04)
assert squared_error(1.0, 0.0) > squared_error(1.0, -25.0) > squared_error(1.2, -35.0)
print([round(squared_error(w1, b), 2) for w1, b in settings])

# %% [markdown]
# The line is what the neuron says, the points are the dogs, and the thin upright lines are the
# errors. The bias moves the line down: the loss falls from 548.0 to 28.0. A slightly larger weight
# makes it steeper, and the bias goes down to -35 with it: 7.4. Each time you look at the errors,
# change a parameter in the direction that helps, and look again. Training does the same, with
# arithmetic in place of eyes.
#
# ### When the answer is a kind: minus log probability
#
# For kinds, look at the probability that the network gave to the **right** kind, and take minus its
# natural logarithm, `-math.log(p)`. This logarithm undoes the power of e: log(e^n) is n. The
# picture shows what this makes of a probability.

# %%
ps = [i / 500 for i in range(2, 501)]
fig, ax = plt.subplots(figsize=(6.2, 3), layout="constrained")
ax.plot(ps, [-math.log(p) for p in ps], color=BLUE)
for p in (0.01, 0.1, 1 / 3, 0.5, 0.9, 1.0):
    ax.plot([p], [-math.log(p)], "o", color=ORANGE)
    ax.text(p + 0.012, 0.12 - math.log(p), f"{abs(math.log(p)):.3f}")
ax.set(
    xlabel="probability given to the right kind", ylabel="loss", xlim=(0, 1.1), ylim=(-0.15, 5.2)
)

assert -math.log(1.0) == 0
assert round(-math.log(1 / 3), 4) == round(math.log(3), 4) == 1.0986

# %% [markdown]
# Sure and right (probability 1): the loss is 0. One third, which is no better than guessing among
# three: 1.099. Sure and wrong (0.01 for the right kind): 4.605, and the loss grows without bound as
# the probability goes to 0. The mean over all dogs is called **cross-entropy** or *negative
# log-likelihood*; both names mean this number here.
#
# Again three settings: output weights of 0 (then the hidden answers are not used, and the output
# biases alone decide), ours, and ours with the rows of beagle and Great Dane exchanged. The two
# stars in `def loss(**parameters)` let it take any of the network's parameters by name:
# `loss(output_weights=...)` is the loss with these output weights and all else as it is.


# %%
def loss(**parameters):
    """The mean over the dogs of minus log probability of the right kind."""
    logs = [-math.log(forward(dog, **parameters)[KINDS.index(dog[2])]) for dog in dogs]
    return sum(logs) / len(logs)


nothing = [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
exchanged = OUTPUT_WEIGHTS[::-1]
print(f"output weights 0: L = {loss(output_weights=nothing):.4f}")
print(f"ours:             L = {loss():.4f}")
print(f"rows exchanged:   L = {loss(output_weights=exchanged):.4f}")

only_biases = softmax(OUTPUT_BIASES)  # with weights of 0, every dog gets these
print("with weights 0 the three kinds get", [round(p, 3) for p in only_biases])
by_hand = -(math.log(only_biases[0]) + math.log(only_biases[1]) + math.log(only_biases[2])) / 3
assert math.isclose(loss(output_weights=nothing), by_hand)
assert round(by_hand, 3) == 1.195 and round(only_biases[1], 3) == 0.155
assert loss() < loss(output_weights=nothing) < loss(output_weights=exchanged)

# %% [markdown]
# To be sure and wrong is worse than to know nothing. (With weights of 0 the loss is 1.195 and not
# 1.099, because the bias of -1 is still there: the retriever gets only 0.155.)
#
# **Exercise 1.7. The loss for kinds.** `probabilities` is a list with one list for each dog, as
# softmax gives it. `kinds` has the place of the right kind for each dog: 0, 1 or 2. Return the mean
# of minus log probability of the right kind.


# %%
@exercise("1.7")
def mean_loss(probabilities, kinds):
    return ...


# %% [markdown]
# ## Lower loss, higher accuracy?
#
# **Accuracy** is the share of dogs for which the largest probability is at the right kind. It is
# what people want to know in the end. You may read that the lower the loss, the higher the
# accuracy. That is often so, but not always, and it is worth seeing precisely when. Here are two
# networks. Both are ours with a change.
#
# - **The careful one**: all output weights and output biases are a tenth of ours. Each logit is
#   then a tenth of what it was: the order stays, the differences shrink. It answers as ours does,
#   but is never sure.
# - **The bold one**: the bias of the second hidden neuron is -10.2 and no longer -9. It says "as
#   large as a Great Dane" too seldom. But where it is right, it is mostly sure.


# %%
def judge(name, **parameters):
    """The probabilities that the right kinds get, their mean loss, and the accuracy."""
    answers = [forward(dog, **parameters) for dog in dogs]
    right_ones = [ps[KINDS.index(dog[2])] for ps, dog in zip(answers, dogs, strict=True)]
    mean_loss = sum(-math.log(p) for p in right_ones) / len(dogs)
    hits = sum(p == max(ps) for p, ps in zip(right_ones, answers, strict=True))
    if name:
        print(f"{name:8} loss {mean_loss:.4f}, right {hits} of 30, accuracy {hits / 30:.3f}")
    return right_ones, mean_loss, hits / len(dogs)


tenth = [[w / 10 for w in row] for row in OUTPUT_WEIGHTS], [b / 10 for b in OUTPUT_BIASES]
_, ours_loss, ours_accuracy = judge("ours")
careful, careful_loss, careful_accuracy = judge(
    "careful", output_weights=tenth[0], output_biases=tenth[1]
)
bold, bold_loss, bold_accuracy = judge("bold", hidden_biases=[-5.7, -10.2])

fig, axes = plt.subplots(2, 1, figsize=(6.4, 4.2), sharex=True, layout="constrained")
for ax, name, ps in zip(axes, ("careful", "bold"), (careful, bold), strict=True):
    for place, (p, (_, _, kind)) in enumerate(zip(ps, dogs, strict=True)):
        colour, marker = LOOKS[kind]
        ax.plot([place], [p], marker, color=colour, label=kind if place % 10 == 0 else None)
        if p < 0.3:
            ax.text(place, p + 0.08, "wrong", ha="center", fontsize=9)
    ax.set(title=name, ylabel="probability of\nthe right kind", ylim=(0, 1.05))
axes[1].set_xlabel("dog")
axes[1].legend(loc="lower left")

assert bold_loss < careful_loss and bold_accuracy < careful_accuracy

# %% [markdown]
# Each point is a dog; its height is the probability that the right kind got. The careful network
# gives each of its 30 right kinds about 0.4. That is less than one half, but with three kinds it
# can still be the largest, and it is. So all are right. The bold one gives most right kinds about
# 0.9 or more, and is wrong about the two smallest Great Danes. **It has the lower loss and the
# lower accuracy.** The reason: the accuracy sees only which is the largest, the loss sees how
# large. Here 28 gains outweigh two mistakes.
#
# How wrong can it get? Here is what does hold:
#
# - If a dog is answered wrongly, some other kind has at least the probability of the right one. The
#   two together are at most 1, so the right one has at most 1/2, and this dog costs at least
#   -log(1/2) = 0.693.
# - So if `L` is the mean loss, at most the share `L / 0.693` of the dogs can be wrong, and
#   **accuracy is at least `1 - L / 0.693`** (each wrong dog adds at least 0.693 to the sum, the
#   others at least 0). If every dog's loss is below 0.693, all are right.
# - For a loss of 0.266 that promises an accuracy of at least 0.616. The bold one had 0.933.
# - The other way round little is promised. When all are right, each right kind has at least 1/3, so
#   the loss is at most 1.099. But one dog that is wrong *and sure* can make the loss as large as
#   you like, however many others are right.
#
# So a loss near 0 forces a high accuracy. Further from 0, both can fall together. The last line of
# the next cell is the bold network with ten times the output weights and biases: the same answers,
# but far too sure of the two wrong ones.

# %%
for mean_loss, accuracy in (
    (ours_loss, ours_accuracy),
    (careful_loss, careful_accuracy),
    (bold_loss, bold_accuracy),
):
    promised = 1 - mean_loss / math.log(2)
    print(f"loss {mean_loss:.3f}: accuracy at least {promised:.3f}, and it is {accuracy:.3f}")
    assert accuracy >= promised

_, sure_loss, sure_accuracy = judge(
    "too sure",
    hidden_biases=[-5.7, -10.2],
    output_weights=[[w * 10 for w in row] for row in OUTPUT_WEIGHTS],
    output_biases=[b * 10 for b in OUTPUT_BIASES],
)

assert sure_loss > careful_loss and sure_accuracy == bold_accuracy
assert min(careful) > 1 / 3
assert round(bold_loss, 3) == 0.266 and round(1 - bold_loss / math.log(2), 3) == 0.616

# %% [markdown]
# A negative promise, as for the careful network, says nothing at all.
#
# Why not train on the accuracy itself, then? Change one bias slowly and draw both.

# %%
tried = [-13 + 0.05 * i for i in range(161)]
judged = [judge("", hidden_biases=[-5.7, bias]) for bias in tried]
losses = [mean_loss for _, mean_loss, _ in judged]
accuracies = [accuracy for _, _, accuracy in judged]

fig, axes = plt.subplots(2, 1, figsize=(6.2, 4), sharex=True, layout="constrained")
axes[0].plot(tried, losses, color=BLUE)
axes[0].set_ylabel("loss")
axes[1].plot(tried, accuracies, color=ORANGE, drawstyle="steps-mid")
axes[1].set(ylabel="accuracy", xlabel="bias of the second hidden neuron")

print(f"lowest loss {min(losses):.4f}, at a bias of {tried[losses.index(min(losses))]:.2f}")
still = [i for i in range(160) if accuracies[i] == accuracies[i + 1]]
print(f"of 160 small changes of the bias, {len(still)} leave the accuracy as it is")
assert len(still) > 130
assert all(accuracies[i] == 1 for i in range(161) if -9 <= tried[i] <= -8)
assert all(losses[i] != losses[i + 1] for i in range(160))  # the loss feels every one

# %% [markdown]
# The loss is smooth: wherever you stand, it says which way is down. The accuracy is a staircase. On
# a step it says nothing about where to go: from a bias of -9 to -8 it is 1 all the way, while the
# loss tells these networks apart, and finds -8.45 better than the -9 that we chose by hand. So
# networks are trained on the loss and judged by the accuracy, and both are worth looking at.
# Judged, in the end, on dogs that they have *not* been trained on: chapter 6 is about that.
#
# **Exercise 1.8. Lower loss, lower accuracy.** Make an example of your own with two kinds. Return
# two lists of the same length, `a, b`: the probabilities that network A and network B give to the
# right kind of each dog. A dog is answered correctly when its probability is above 0.5. Network A
# must have the lower loss, and fewer dogs right.


# %%
@exercise("1.8")
def two_networks():
    return ...


# %% [markdown]
# ## What is still missing
#
# Our 15 parameters were chosen by hand. That worked because there are two inputs and we knew what
# we wanted to ask. How are good parameters found when there are thousands of them?
#
# Try everything? With only ten values for each of 15 parameters there are 10^15 settings. Guess at
# random? The next cell guesses 300 times. And then it does something cleverer: it changes one
# parameter by a very small amount, and looks whether the loss went up or down.

# %%
per_second = 1000
years = 10**15 / per_second / (365.25 * 24 * 3600)
print(f"all settings, at {per_second} a second: {years:.0f} years")

guess = Random(0)


def row(size):
    return [guess.uniform(-10, 10) for _ in range(size)]


guesses = [
    loss(
        hidden_weights=[row(2), row(2)],
        hidden_biases=row(2),
        output_weights=[row(2), row(2), row(2)],
        output_biases=row(3),
    )
    for _ in range(300)
]
print(f"300 guesses: best L = {min(guesses):.4f}; by hand: L = {loss():.4f}")

before = loss(hidden_biases=[-5.7, -9.000])
after = loss(hidden_biases=[-5.7, -8.999])
print(f"bias -9.000: L = {before:.7f}")
print(f"bias -8.999: L = {after:.7f}")

assert 31_000 < years < 32_000
assert after < before
assert min(guesses) > loss()

# %% [markdown]
# The best of 300 guesses is far from what a little thought has found, and with thousands of
# parameters luck gets nowhere. The nudge does better: 0.001 more made the loss a very little
# smaller. So this bias should grow. That is one step of training, for one parameter: nudge, look,
# move. Do it for all parameters, again and again, and the network learns.
#
# Two things are missing. How *fast* does the loss change with each parameter? That is a slope, and
# **chapter 2** measures slopes and builds a number that remembers how it was made. And a nudge for
# each of a billion parameters would take a billion forward passes for one step. **Chapter 3** finds
# all slopes at once, with one walk backward through the network.

# %% [markdown]
# ## Questions
#
# 1. A neuron has `w1 = 2`, `w2 = -3` and `b = 1`. What is `n` for the inputs 4 and 2? Which of the
#    two inputs moves it more when it grows by 1?
# 2. Somebody says: "This input has the weight 0.001, so it is unimportant." What do you ask?
# 3. Why is a network of ten layers without activation no better than one layer?
# 4. Two networks give the logits (1, 2, 3) and (11, 12, 13). What do their probabilities have in
#    common, and which kind wins?
# 5. The loss of a network has fallen since yesterday. Must its accuracy have risen? When would you
#    be sure that all answers are right?
#
# <details>
# <summary>Answers</summary>
#
# **1.** 4 * 2 + 2 * (-3) + 1 = 3. The second: it moves `n` by -3, which is further than 2, and
# downwards.
#
# **2.** In which unit it is measured, and how much it varies. An input in grams that goes from 0 to
# 80 000 moves `n` by 80 even with a weight of 0.001.
#
# **3.** A weighted sum of weighted sums is a weighted sum again: all ten collapse into one layer
# with other weights.
#
# **4.** They are the same, since softmax looks only at differences. The third kind wins in both.
#
# **5.** No. The loss may have fallen because the right answers became surer, while some answer has
# turned wrong. All are right for sure if each single loss is below 0.693, for then each right kind
# has more than 1/2.
#
# </details>

# %% [markdown]
# ## Summary
#
# - A **neuron** multiplies each input by a **weight**, adds the products and a **bias**,
#   `n = x1 * w1 + x2 * w2 + b`, and applies an **activation**, `o = f(n)`.
# - The bias moves the line where `n` is 0, the weights turn it. A weight is how much `n` grows when
#   the input grows by one unit; it is an importance only when the inputs vary alike.
# - **Step**, **sigmoid**, **tanh** and **relu** are activations. They bend; without one, all layers
#   collapse into one.
# - A **layer** is several neurons with the same inputs. Layers in a row are a **network**, and
#   going through them is the **forward pass**.
# - An output layer of one neuron for each kind gives **logits**; **softmax** makes probabilities of
#   them; the largest wins.
# - A **loss** says how wrong the answers are: squared error for a number, minus log probability for
#   a kind. **Training** makes it small by changing the parameters.
# - Accuracy counts, the loss weighs. A loss near 0 forces a high accuracy, but a lower loss does
#   not always mean a higher accuracy.
#
# Next, chapter 2: a number that remembers.
