# %% [markdown]
# # 4. Neuron, layer, network
#
# In chapters 2 and 3 you built a number that remembers how it was made, and that can go backward to
# every number it came from. This chapter makes neurons out of such numbers, layers out of neurons,
# and a network out of layers. Nothing new has to be invented for the gradients: they come along.
#
# **What you will be able to do**
#
# - write a neuron, a layer and a whole network as three small classes;
# - follow one example through a network, forward and backward, and check every number on the way;
# - count the parameters of a network before you build it;
# - say why a network starts with random weights, and show what happens otherwise;
# - recognise numbers that grow too large, and rewrite a formula so that they do not;
# - read the same neuron in PyTorch, and build a module of your own.
#
# **Reading time:** about 50 minutes, and about 100 with the exercises. A cell under an exercise is
# for you: write your answer in place of the three dots and run it; `hint("4.1")` helps.

# %% [markdown]
# ## The same Value, ready made
#
# From here on we use the `Value` of the package glassgrad. It behaves as the one that you built in
# chapters 2 and 3: it has `data`, `grad` and `label`, it works with plain numbers on either side,
# and `backward()` fills in the gradients. So the neuron of chapter 3 has to give the same numbers
# again: `n = x1 * w1 + x2 * w2 + b` and `o = tanh(n)`.

# %%
import math
from random import Random

import matplotlib.pyplot as plt

import glassgrad
from glassgrad import Module, Value, check, draw, step_through
from glassgrad.course import exercise, hint

BLUE, ORANGE, GREEN = "#0072b2", "#d55e00", "#009e73"

# %%
x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
b = Value(6.8813735870195432, label="b")
n = x1 * w1 + x2 * w2 + b
o = n.tanh()
n.label, o.label = "n", "o"
o.backward()

print(f"n = {n:.4f}, o = {o:.4f}")
for v in (x1, w1, x2, w2, b, n):
    print(f"{v.label:2}  data {v.data:7.4f}  grad {v.grad:7.4f}")

# By hand, as in chapter 3: the slope of tanh is 1 - o * o = 0.5, and times w or x from there on.
for v, by_hand in ((x1, -1.5), (w1, 1.0), (x2, 0.5), (w2, 0.0), (b, 0.5)):
    assert math.isclose(v.grad, by_hand, abs_tol=1e-9)

# %% [markdown]
# It has more functions than yours, such as `log`, `relu` and `sigmoid`, and it keeps the rule of
# chapter 3 for a second `backward()`: results in between start at 0, and the gradients of leaves,
# the numbers that you made yourself, add up until you set them to 0.

# %% [markdown]
# ## A neuron
#
# A **neuron** has a **weight** for each input and one **bias**. It multiplies each input by its
# weight, adds up the products and the bias, and passes the sum through an **activation**, here
# `tanh`. As a class this is short: what it keeps are the weights and the bias, and calling it
# computes the output.
#
# The weights start as random numbers between -1 and 1. They come from a generator that we pass in:
# `Random(0)` gives the same "random" numbers each time, so that you see the numbers that we see.
# Why they are random at all, you will see further down.


# %%
class Neuron:
    """The activation of a weighted sum of the inputs and a bias."""

    def __init__(self, n_inputs, random, activation="tanh"):
        self.w = [Value(random.uniform(-1, 1)) for _ in range(n_inputs)]
        self.b = Value(random.uniform(-1, 1))
        self.activation = activation

    def __call__(self, inputs):
        n = self.b
        for w, x in zip(self.w, inputs, strict=True):
            n = n + w * x
        return n.tanh() if self.activation == "tanh" else n

    def parameters(self):
        return [*self.w, self.b]


one = Neuron(2, Random(0))
print([round(p.data, 4) for p in one.parameters()])
print(one([2.0, 0.0]))

# With the numbers of chapter 3 it is the neuron of chapter 3.
for p, number in zip(one.parameters(), (-3.0, 1.0, 6.8813735870195432), strict=True):
    p.data = number
assert math.isclose(one([2.0, 0.0]).data, o.data, rel_tol=1e-12)

# %% [markdown]
# Three lines deserve a second look.
#
# - `__call__` is the method that Python uses for round brackets: `one([2.0, 0.0])` is
#   `one.__call__([2.0, 0.0])`. So a neuron is used like a function, and still keeps its weights.
# - `strict=True` makes `zip` complain when there are more inputs than weights, or fewer. Without
#   it, `zip` would quietly leave some out.
# - `n.tanh() if self.activation == "tanh" else n`: a neuron without activation is called
#   **linear**. You will soon see where one is needed.
#
# **Exercise 4.1. A neuron made of Values.** `inputs` is a list of numbers or Values, `weights` a
# list of Values, `bias` a Value. The activation is tanh. Return the output, a Value, from which
# `backward()` reaches all of them.


# %%
@exercise("4.1")
def neuron(inputs, weights, bias):
    return ...


# %% [markdown]
# ## A layer, and a network
#
# A **layer** is a list of neurons that all see the same inputs. Each has weights of its own, so
# each gives an output of its own. A **network** is a list of layers: what one layer gives is what
# the next one takes. All its layers but the last are called **hidden**. Such a network, in which
# every neuron takes all outputs of the layer before, has an old name: **multi-layer perceptron**,
# in short **MLP**.
#
# The last layer is linear here. A `tanh` can only give numbers between -1 and 1; without it the
# output may be any number, as one needs for a price, or for a score that softmax turns into
# probabilities.


# %%
class Layer:
    """Neurons that see the same inputs."""

    def __init__(self, n_inputs, n_outputs, random, activation="tanh"):
        self.neurons = [Neuron(n_inputs, random, activation) for _ in range(n_outputs)]

    def __call__(self, inputs):
        return [neuron(inputs) for neuron in self.neurons]

    def parameters(self):
        return [p for neuron in self.neurons for p in neuron.parameters()]


class Network:
    """Layers, one after the other; the last one is linear."""

    def __init__(self, n_inputs, sizes, random):
        self.layers = []
        for size in sizes:
            last = len(self.layers) == len(sizes) - 1
            self.layers.append(Layer(n_inputs, size, random, "linear" if last else "tanh"))
            n_inputs = size  # what comes into the next layer

    def __call__(self, inputs):
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs[0] if len(inputs) == 1 else inputs

    def parameters(self):
        return [p for layer in self.layers for p in layer.parameters()]


big = Network(3, [4, 4, 1], Random(1))
print(big([2.0, 3.0, -1.0]))
print(len(big.parameters()), "parameters")

pair = Network(3, [4, 2], Random(1))
print(pair([2.0, 3.0, -1.0]))

assert isinstance(big([2.0, 3.0, -1.0]), Value)  # one neuron at the end: one Value
assert len(pair([2.0, 3.0, -1.0])) == 2  # two at the end: a list of two

# %% [markdown]
# `Network(3, [4, 4, 1], ...)` says: 3 inputs, then layers of 4, 4 and 1 neurons. The three classes
# together are 35 lines of code, and they compute with `+`, `*` and `tanh` only. That is all there
# is in a network of this kind; larger ones have more of the same.
#
# The last line of `Network.__call__` is a matter of taste: a network with one output returns it as
# it is, so that you can write `network(x)` and not `network(x)[0]`.
#
# **Exercise 4.2. A whole network forward.** `layers` is a list of layers of the package, such as
# `[glassgrad.Layer(2, 3), glassgrad.Layer(3, 1)]`. Calling one with a list of inputs gives a list
# of Values, but *a layer of one neuron gives its Value without a list*, and such a layer may also
# stand in the middle. `inputs` is a list of numbers. Return what the last layer gives.


# %%
@exercise("4.2")
def forward(layers, inputs):
    return ...


# %% [markdown]
# ## The forward pass, every number
#
# Computing the output from the inputs, layer by layer, is the **forward pass**. To see all of it we
# take a small network, with 2 inputs, 2 hidden neurons and 1 output, and simple weights.
#
# Our running example is a dog, as in chapter 1. It comes as two numbers, its height x1 and its
# weight x2 (a weight on scales, this once). Both are scaled: 0 is an average dog, positive is
# more and negative is less. This one is rather tall and rather light: x1 = 1, x2 = -0.5.
# The output o is a score for "this is a retriever": for a retriever it should be 1, for another
# kind -1. We choose the network's numbers; nothing has been learned yet.

# %%
network = Network(2, [2, 1], Random(0))
h1, h2 = network.layers[0].neurons
out = network.layers[1].neurons[0]


def set_neuron(neuron, weights, bias, name):
    """Give a neuron these numbers, and its parameters their labels."""
    for i, (w, number) in enumerate(zip(neuron.w, weights, strict=True), start=1):
        w.data, w.label = number, f"{name}.w{i}"
    neuron.b.data, neuron.b.label = bias, f"{name}.b"


set_neuron(h1, [0.5, 1.0], 0.5, "h1")
set_neuron(h2, [-1.0, 0.5], 0.0, "h2")
set_neuron(out, [1.5, 1.0], 0.25, "o")

draw(network)

# %% [markdown]
# Each line of the picture is a weight, its colour says the sign and its width the size. The inputs
# are on the left. Now the same in numbers: for each neuron its products and its bias, their sum n,
# and its output. (The inputs of the last neuron are h1 and h2.)

# %%
dog = [Value(1.0, label="x1"), Value(-0.5, label="x2")]


def show_neuron(name, neuron, inputs):
    """Print one row of the forward pass."""
    products = [w.data * float(x) for w, x in zip(neuron.w, inputs, strict=True)]
    n = sum(products) + neuron.b.data
    told = " + ".join(f"{product:.4f}" for product in [*products, neuron.b.data])
    print(f"{name:3}{told:27}={n:8.4f}  {neuron.activation:6}{neuron(inputs):8.4f}")


hidden = network.layers[0](dog)
print("   the products and the bias  =  n             output")
show_neuron("h1", h1, dog)
show_neuron("h2", h2, dog)
show_neuron("o", out, hidden)

by_hand = 1.5 * math.tanh(0.5) + 1.0 * math.tanh(-1.25) + 0.25
assert math.isclose(network(dog).data, by_hand)
assert round(by_hand, 4) == 0.0949

# %% [markdown]
# Take a pencil and do the first row: 0.5 * 1 + 1 * (-0.5) + 0.5 = 0.5, and
# tanh(0.5) = 0.4621. The two outputs of the first layer are the inputs of the second. The score
# of this dog is 0.0949.
#
# What can such a network express that one neuron cannot? The next picture lets the height x1 run
# from -4 to 4 and leaves the dog's weight at -0.5. Each hidden neuron gives a bent line, multiplied
# by the weight with which the last neuron takes it. The output is their sum, moved up by the bias
# 0.25.

# %%
heights = [i / 20 for i in range(-80, 81)]
hidden_outputs = [network.layers[0]([height, -0.5]) for height in heights]
scores = [network([height, -0.5]).data for height in heights]

fig, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
ax.plot(heights, [1.5 * h[0].data for h in hidden_outputs], "--", color=BLUE, label="1.5 * h1")
ax.plot(heights, [1.0 * h[1].data for h in hidden_outputs], ":", color=ORANGE, label="1 * h2")
ax.plot(heights, scores, color=GREEN, linewidth=2.5, label="o, their sum + 0.25")
ax.plot([1.0], [network(dog).data], "o", color="black", label="our dog")
ax.set(xlabel="x1, the height", ylabel="score", ylim=(-2.6, 1.7))
ax.legend(loc="lower center", ncols=2)

for h, score in zip(hidden_outputs, scores, strict=True):
    assert math.isclose(score, 1.5 * h[0].data + h[1].data + 0.25, abs_tol=1e-12)
rises = [after > before for before, after in zip(scores, scores[1:], strict=False)]
turns = [i for i in range(1, len(rises)) if rises[i] != rises[i - 1]]
assert rises[0]
assert len(turns) == 2  # up, down, up again

# %% [markdown]
# The green line is the sum of the two others, and 0.25. It rises, falls, and rises again. No single
# neuron can do that: along one input, tanh of a weighted sum only rises or only falls. With more
# hidden neurons there are more bends to add up, and with more layers, bends of bends. Training, in
# the next chapter, moves the weights until the sum has the shape that the examples ask for.
#
# Behind the one number o stands a graph of all the small steps. Below you can go through it,
# forward and then backward, one operation at a time. The boxes are the numbers; a box with a `#` is
# a result that has no name of its own. A step comes as soon as its inputs are there, so part of o
# is computed before h2. Stop at h1 and h2, and compare with the table.

# %%
hidden = network.layers[0](dog)
hidden[0].label, hidden[1].label = "h1", "h2"
o = network.layers[1](hidden)[0]
o.label = "o"
assert math.isclose(o.data, by_hand)

step_through(o)

# %% [markdown]
# ## The same network in glassgrad
#
# The package has these classes ready: `glassgrad.Neuron`, `glassgrad.Layer` and `glassgrad.MLP`.
# They do what ours do, and draw their random numbers in the same order, so the same seed gives the
# same weights. We write the full name, so that `Neuron` and `Layer` stay ours.

# %%
model = glassgrad.MLP(3, [4, 4, 1], seed=1)
print(model)
print("ours        ", big([2.0, 3.0, -1.0]))
print("the package ", model([2.0, 3.0, -1.0]))
assert model([2.0, 3.0, -1.0]).data == big([2.0, 3.0, -1.0]).data

# %% [markdown]
# And with weights set by hand: copy them over, in order, and the score of our dog is the same.

# %%
small = glassgrad.MLP(2, [2, 1])
for ours, theirs in zip(network.parameters(), small.parameters(), strict=True):
    theirs.data = ours.data
print(small(dog))
assert small(dog).data == network(dog).data

# %% [markdown]
# The network of 3 inputs and layers of 4, 4 and 1 makes a graph of more than a hundred nodes for a
# single example. `draw` can fold it: then all nodes of one neuron become one box. Graphs of more
# than 300 nodes are folded anyhow; `max_nodes` asks for it earlier.

# %%
output = model([2.0, 3.0, -1.0])
output.label = "o"
output.backward()
nodes = len(glassgrad.topological_order(output))
print(nodes, "nodes")
assert nodes == 3 + 41 + 4 * 7 + 4 * 9 + 8  # inputs, parameters, steps of the three layers

draw(output, model=model, max_nodes=60)

# %% [markdown]
# Read it from left to right: three inputs go to all four neurons of layer 1, whose outputs go to
# all four of layer 2. Leaves are the numbers that no operation made, here the inputs. `Σ w·x + b`
# in a box is the weighted sum. `data` is the neuron's output, `grad` says how fast o changes with
# that output. The line below the picture says how many nodes the boxes hide.
#
# The count in the cell above: a neuron with 3 inputs takes 3 multiplications, 3 additions and a
# `tanh`, which are 7 steps; one with 4 inputs takes 9; the last one has no `tanh` and takes 8.

# %% [markdown]
# ## Parameters
#
# The weights and biases are the **parameters** of a network: the numbers that training may change.
# The inputs are not parameters, and neither are the results in between.
#
# Count before you run: a neuron with 2 inputs has 2 weights and 1 bias, which makes 3. Our network
# has 2 such neurons in the hidden layer and 1 behind it, 2 * 3 + 1 * 3 = 9. For 3 inputs
# and layers of 4, 4 and 1: 4 * (3 + 1) + 4 * (4 + 1) + 1 * (4 + 1) = 41.

# %%
print(len(network.parameters()), len(small.parameters()), len(model.parameters()))
assert len(network.parameters()) == len(small.parameters()) == 9
assert len(model.parameters()) == 4 * (3 + 1) + 4 * (4 + 1) + 1 * (4 + 1) == 41

for name, p in small.named_parameters():
    print(f"{name:30} {p.data:5.2f}")

# %% [markdown]
# Each parameter of the package has a name, the path to it: `layers.0.neurons.1.weights.0` is the
# first weight of the second neuron in the first layer. Python counts from 0, here as everywhere;
# the pictures count from 1.
#
# **Exercise 4.3. The number of parameters.** `count_parameters(3, [4, 4, 1])` is to give 41. Count
# by arithmetic, without building a network: for a large one that would take long.


# %%
@exercise("4.3")
def count_parameters(n_inputs, sizes):
    return ...


# %% [markdown]
# How does the package find the parameters of a network that it has never seen? It looks through
# everything that the network keeps: lists, lists in lists, and what is in those. Ours has done it
# by hand, with a `parameters()` in each class.
#
# **Exercise 4.4. All Values in nested lists.** `collect(thing)` returns a list of all Values in
# `thing`, which is a Value, or a list or tuple of such things, to any depth. They come in the order
# in which they stand. A Value that stands in several places comes once: if it were in the list
# twice, training would move it twice. Anything else, such as a number or a text, is left out.


# %%
@exercise("4.4")
def collect(thing):
    return ...


# %% [markdown]
# ## The backward pass through the whole network
#
# Our dog is a retriever, so the score should be y = 1. It is 0.0949. A **loss** is one number that
# says how wrong the output is; we take the squared error, `L = (o - y)**2`. The **gradient** of a
# parameter says how fast L changes with it, and `backward()` finds them all at once. The picture
# under the next cell is folded as before; its last box is the loss. (In the box before it,
# `(a + b)**2`, the `a + b` is `o + (-y)`.)

# %%
y = 1.0
loss = (small(dog) - y) ** 2
loss.label = "L"
small.zero_grad()
loss.backward()
print(f"L = {loss:.4f}")

hidden_out = math.tanh(0.5)  # what h1 gives
by_hand = 2 * (o.data - 1) * 1.5 * (1 - hidden_out**2) * 1.0
print(f"h1.w1, by the chain rule on paper: {by_hand:.4f}")
print(f"h1.w1, by backward():              {small.layers[0].neurons[0].weights[0].grad:.4f}")
assert math.isclose(by_hand, small.layers[0].neurons[0].weights[0].grad, rel_tol=1e-8)

draw(loss, model=small, max_nodes=20)

# %% [markdown]
# The chain rule on paper goes back along the path from L to the first weight of h1, and
# multiplies the slopes on it:
#
# - from L to o: 2 * (o - y) = 2 * (-0.9051) = -1.8102;
# - from o to h1: the weight 1.5 with which the last neuron takes h1;
# - through the tanh of h1: 1 - 0.4621**2 = 0.7864;
# - from the sum of h1 to its first weight: the input x1 = 1.
#
# Their product is -1.8102 * 1.5 * 0.7864 * 1 = -2.1355. It is negative: a larger
# weight means a smaller loss, so this weight should become larger. The first two slopes are on the
# picture, as the `grad` of layer 2 and, multiplied, as that of neuron 1 in layer 1.
#
# Should we believe the other eight? `check` nudges each parameter up and down, computes the loss
# again, and puts the slope that it measured beside the gradient.

# %%
assert check(loss, small).ok
assert len(check(loss, small).rows) == 9
assert check((network(dog) - y) ** 2, network.parameters()).ok  # and our own classes, too

check(loss, small)

# %% [markdown]
# All nine agree.
#
# One pass forward and one backward give every gradient. Nudging needs two passes forward for each
# parameter: here that is 18, and for a network of a million parameters two million. That is why
# `backward()` is worth its trouble.

# %% [markdown]
# ## Why the start is random
#
# What if all parameters started with the same number, or with 0? Try it, before you believe
# anything. We give the network three dogs to learn: our retriever, which should score 1, a great
# dane, larger all over, and a beagle, smaller all over, which should both score -1. Ours lies
# exactly between the two. The function `train` does what the next chapter is about: it adds up the
# losses of the three, and moves each parameter a little against its gradient, so that the loss
# falls. The picture shows the first weight of both hidden neurons at each step.

# %%
dogs = [([1.0, -0.5], 1.0), ([2.5, 1.0], -1.0), ([-0.5, -2.0], -1.0)]


def train(network, steps):
    """Move the parameters, and note w1 of both hidden neurons, and the loss, at each step."""
    first, second = network.layers[0].neurons
    history = []
    for _ in range(steps):
        loss = sum((network(x) - y) ** 2 for x, y in dogs)
        history.append((first.w[0].data, second.w[0].data, loss.data))
        for p in network.parameters():
            p.grad = 0.0
        loss.backward()
        for p in network.parameters():
            p.data -= 0.05 * p.grad
    return history


equal, random_start = Network(2, [2, 1], Random(0)), Network(2, [2, 1], Random(0))
for p in equal.parameters():
    p.data = 0.5

histories = {"all start at 0.5": train(equal, 200), "random start": train(random_start, 200)}
for name, history in histories.items():
    print(f"{name:17} loss {history[0][2]:.3f} -> {history[-1][2]:.3f}")

fig, axes = plt.subplots(1, 2, figsize=(6.8, 3.2), sharey=True, layout="constrained")
for ax, (name, history) in zip(axes, histories.items(), strict=True):
    ax.plot([h[0] for h in history], color=BLUE, linewidth=4, label="w1 of h1")
    ax.plot([h[1] for h in history], "--", color=ORANGE, linewidth=2, label="w1 of h2")
    ax.set(title=name, xlabel="step")
axes[0].set_ylabel("weight")
axes[0].legend()

assert all(a == b for a, b, _ in histories["all start at 0.5"])
assert histories["all start at 0.5"][-1][2] > 2.0
assert histories["random start"][-1][2] < 0.001

# %% [markdown]
# On the left the two lines lie on each other, at every step. Both hidden neurons started with the
# same numbers, so they gave the same output. The last neuron takes both with the same weight, 0.5,
# so it passes the same gradient to both; and that weight gets the same gradient in both places,
# too. So both were moved by the same amount, and were the same again. This is called **symmetry**,
# and training cannot break it.
#
# Two neurons that always agree are worth one, and one is not enough here. Along the line through
# the three dogs a single tanh only rises or only falls; it cannot give -1, 1, -1. The best that it
# can do is to come near -1, 0, 0 or 0, 0, -1, which makes a loss of 2, and that is where it is
# heading. On the right the neurons started apart, each found a job of its own, and the loss is
# nearly 0.
#
# Zeros are worse still:

# %%
zeros = Network(2, [2, 1], Random(0))
for p in zeros.parameters():
    p.data = 0.0
total = sum((zeros(x) - y) ** 2 for x, y in dogs)
total.backward()
print([p.grad for p in zeros.parameters()])

assert all(p.grad == 0.0 for p in zeros.parameters()[:-1])
assert zeros.parameters()[-1].grad == 2.0  # by hand: 2 * (0 - 1) + 2 * (0 + 1) + 2 * (0 + 1)

# %% [markdown]
# Only the last number, the bias of the output, has a gradient. The weights of the last neuron get
# none, because what they are multiplied with, h1 and h2, is 0; the hidden neurons get none, because
# they are multiplied by weights that are 0. Such a network can learn one constant and nothing else.
#
# **Exercise 4.5. Two neurons that stay equal.** The hidden neurons of a 2-2-1 network are given as
# lists `[w1, w2, b, v]`: their two weights, their bias, and the weight `v` with which the output
# neuron takes them. Return `True` if their weights and biases are the same now and after every step
# of training, whatever the dogs, and `False` otherwise.


# %%
@exercise("4.5")
def stay_equal(first, second):
    return ...


# %% [markdown]
# ## Levels of detail
#
# For `Value`, tanh is one operation: you told it the result, and that its slope is
# `1 - tanh(n)**2`. But tanh is also a formula made of simpler steps:
#
#     tanh(n) = (e**(2n) - 1) / (e**(2n) + 1)
#
# We can build it from `exp`, `-`, `+` and `/`, and let the chain rule find the slope.

# %%
n1 = Value(0.8813735870195432, label="n")
coarse = n1.tanh()
coarse.backward()

n2 = Value(0.8813735870195432, label="n")
e = (2 * n2).exp()
fine = (e - 1) / (e + 1)
fine.backward()

coarse.label, fine.label, e.label = "tanh, one step", "tanh, from exp", "e"
print(f"{coarse.data:.12f}  {n1.grad:.12f}")
print(f"{fine.data:.12f}  {n2.grad:.12f}")
assert math.isclose(coarse.data, fine.data, rel_tol=1e-12)
assert math.isclose(n1.grad, n2.grad, rel_tol=1e-12)
assert math.isclose(n1.grad, 0.5, rel_tol=1e-12)  # 1 - o * o, by hand

draw(coarse)

# %%
steps = [v._op for v in glassgrad.topological_order(fine) if v._op]
print(steps)
assert len(steps) == 6

draw(fine)

# %% [markdown]
# The first graph has one step, the second has six; it is wide, so scroll it sideways. `-` has
# become `+` with a negative number, and `/` a multiplication with a power of -1. At their left
# ends, `n` has the same gradient in both: 0.5. So the size of the steps is a free choice. An
# operation may be as large as you like, if you know two things: how to compute its result, and
# its slope there. Large steps make small graphs, which are quicker. And, as we will see now, they
# can be more exact.

# %% [markdown]
# ## Numbers that are too large
#
# A float, Python's number with a point, ends at about 1.8e308, which is 1.8 times 10 to the power
# of 308. The number `e**800` is larger. Python's `math.exp` raises an error; `Value` follows the
# rule of the hardware and gives `inf`, infinity. That sounds friendlier. Look at what comes after
# it.

# %%
try:
    math.exp(800)
except OverflowError as error:
    print("math.exp(800):", error)


def naive_tanh(x):
    e = (2 * x).exp()
    return (e - 1) / (e + 1)


print("      x        e**(2x)        tanh      slope")
for number in (1.0, 100.0, 200.0, 400.0):
    x = Value(number)
    t = naive_tanh(x)
    t.backward()
    print(f"{number:7.1f} {(2 * x).exp():14.4g} {t:11.4g} {x.grad:10.4g}")

assert math.isnan(t.data)
assert math.isnan(x.grad)

# %% [markdown]
# Two things go wrong here, and the second is the more dangerous.
#
# **At 400** numerator and denominator are both `inf`, and `inf / inf` has no value: the result is
# `nan`, "not a number". (Our division computes `inf * inf**-1`, which is `inf * 0`, and that has no
# value either.) Almost whatever is computed with a `nan` is `nan` again, so a single one makes the
# loss and all gradients `nan`. At least you notice.
#
# **At 200** tanh is right, 1. But the slope is 2! The curve is flat there; the slope is 0 to more
# than a hundred places. No error, no warning, a wrong gradient. What happened: going backward
# through the division needs `1 / (e**400)**2`, which is `e**-800`. That is smaller than the
# smallest float above 0, so it becomes 0, and a term that should have cancelled another is lost.
#
# The next picture shows the slope over a wide range. Where it is `nan`, nothing is drawn.

# %%
numbers = list(range(0, 401, 2))
slopes = []
for number in numbers:
    x = Value(float(number))
    naive_tanh(x).backward()
    slopes.append(x.grad)

fig, ax = plt.subplots(figsize=(6.4, 2.8), layout="constrained")
ax.plot(numbers, slopes, ".", color=ORANGE, markersize=4, label="slope of the naive form")
ax.plot(numbers, [1 - math.tanh(x) ** 2 for x in numbers], color=BLUE, label="slope of tanh")
ax.set(xlabel="x", ylabel="slope", ylim=(-0.3, 2.3))
ax.legend(loc="upper left")

wrong = [x for x, slope in zip(numbers, slopes, strict=True) if abs(slope - 2) < 1e-3]
gone = [x for x, slope in zip(numbers, slopes, strict=True) if math.isnan(slope)]
print(f"slope 2 from x = {wrong[0]} to {wrong[-1]}, nan from x = {gone[0]} on")
assert wrong[-1] < gone[0] == 356  # e**(2 * 355) is the first beyond 1.8e308

# %% [markdown]
# Two tools find such places. `check` measures, so it sees the wrong slope at 200 (its own, under
# `numerical`, is 0 but for rounding). `detect_anomaly` stops at the first number that is `inf` or
# `nan`, and says which operation made it, from what, and in which line; at 200 it has nothing to
# say, because every number there is finite.

# %%
x = Value(200.0, label="x")
with glassgrad.detect_anomaly():
    t = naive_tanh(x)
    t.backward()
print(check(t, x))
assert not check(t, x).ok

x = Value(400.0, label="x")
try:
    with glassgrad.detect_anomaly():
        naive_tanh(x)
    seen = ""
except FloatingPointError as error:
    seen = str(error).partition(", at ")[0]  # the rest names the line, and says what helps
print(seen)
assert seen == "exp(800.0) gave inf"

# %% [markdown]
# The cure is not a larger float but a better formula. The `exp` of a negative number lies between
# 0 and 1 and cannot overflow. Multiply above and below the line by `e**(-2x)`, which changes
# nothing on paper:
#
#     (e**(2x) - 1) / (e**(2x) + 1)  =  (1 - e**(-2x)) / (1 + e**(-2x))

# %%


def tanh_for_positive(x):
    u = (-2 * x).exp()
    return (1 - u) / (1 + u)


for number in (1.0, 200.0, 400.0):
    x = Value(number)
    t = tanh_for_positive(x)
    t.backward()
    print(f"{number:6.1f}  tanh {t.data:.6f}  slope {x.grad:.6f}")
    assert math.isclose(t.data, math.tanh(number))
    assert math.isclose(x.grad, 1 - math.tanh(number) ** 2, abs_tol=1e-12)

print(tanh_for_positive(Value(-400.0)))
assert math.isnan(tanh_for_positive(Value(-400.0)).data)

# %% [markdown]
# A formula that gives the right digits for all inputs is called **stable**. Ours is half way there:
# for large negative numbers it fails, as the last line shows, because now `-2x` is positive.
#
# **Exercise 4.6. tanh from exp that does not overflow.** `x` is a Value. Build tanh of it from
# `.exp()` and arithmetic, so that the value and the slope are right for every x. You may compare:
# `if x > 0:` works on Values.


# %%
@exercise("4.6")
def stable_tanh(x):
    return ...


# %% [markdown]
# The `tanh()` of the package is a single step with a stable formula inside, so in a network you
# need not think of it. But the same trap waits in every formula with `exp`, `log` or a division.

# %% [markdown]
# ## Softmax, the naive and the stable way
#
# In chapter 1 a network had three outputs, the **logits**, one for each kind of dog, and
# **softmax** made probabilities of them: `e**z` of each logit z, divided by the sum of all these
# powers. You know the way around overflow from there. With Values, there is a second thing to get
# right, the gradients. We take the logits of chapter 1, and the same ones with 400 and with 1000
# added to each.


# %%
def naive_softmax(logits):
    powers = [z.exp() for z in logits]
    total = sum(powers)
    return [power / total for power in powers]


def show_softmax(softmax, added):
    """Print the probabilities, and how fast the middle one changes with each logit."""
    logits = [Value(z + added) for z in (-1.771, 2.683, -1.912)]
    probabilities = softmax(logits)
    probabilities[1].backward()
    numbers = [p.data for p in probabilities]
    slopes = [z.grad for z in logits]
    told = "".join(f"{x:9.4f}" for x in (*numbers, *slopes))
    print(f"{softmax.__name__:13} +{added:<5}{told}")
    return numbers, slopes


print("                        probabilities             slopes of the middle one")
usual = show_softmax(naive_softmax, 0)
larger = show_softmax(naive_softmax, 400)
largest = show_softmax(naive_softmax, 1000)
stable = show_softmax(glassgrad.softmax, 1000)

p = [math.exp(z) / sum(map(math.exp, (-1.771, 2.683, -1.912))) for z in (-1.771, 2.683)]
for numbers, slopes in (usual, stable):
    assert math.isclose(numbers[1], p[1], rel_tol=1e-9)
    assert math.isclose(slopes[0], -p[0] * p[1], rel_tol=1e-9)  # by hand, on paper
assert math.isclose(larger[0][1], p[1], rel_tol=1e-9)
assert larger[1][0] == 0.0  # wrong
assert all(map(math.isnan, largest[0]))

# %% [markdown]
# With 400 added, the naive form gives the right probabilities and wrong slopes, by the same
# accident as tanh at 200. With 1000 added all is `nan`. The last line is the softmax of the
# package: it has the probabilities and the slopes of the first.
#
# That they are the same is as it should be. If a number c is taken off every logit, then every
# power is divided by the same `e**c`, since `e**(z - c)` is `e**z / e**c`, above and below the
# line, and nothing changes. Only the *differences* between logits count. So we are free to choose
# c. With the largest logit as c, all exponents are at most 0, and one of them is exactly 0: no
# power overflows, and the sum below the line is at least 1, so that no division can do harm.
#
# **Exercise 4.7. A softmax that does not overflow.** `logits` is a list of Values. Return the
# list of probabilities, as Values, from which `backward()` reaches the logits. It is tried with
# logits of 1000 and of -1000, too.


# %%
@exercise("4.7")
def stable_softmax(logits):
    return ...


# %% [markdown]
# ## The same neuron in PyTorch
#
# PyTorch is a library with which large networks are built. Its numbers, called tensors, are
# whole tables of numbers; otherwise they do what a `Value` does. `requires_grad=True` says that a
# gradient is wanted, and `.item()` gives the plain number. We tell it to use floats as long as
# Python's, `torch.double`; if not told, it uses shorter ones with about 7 digits.
#
# The cell also runs where PyTorch is not installed. It then says so, and nothing later needs it.

# %%
neuron_here = Neuron(2, Random(0))
for p, number in zip(neuron_here.parameters(), (-3.0, 1.0, 6.8813735870195432), strict=True):
    p.data = number
inputs_here = [Value(2.0), Value(0.0)]
out_here = neuron_here(inputs_here)
out_here.backward()
ours = [out_here.data, *[v.grad for v in (*inputs_here, *neuron_here.parameters())]]

try:
    import torch
except ImportError:
    torch = None

if torch is None:
    print("PyTorch is not installed here; pip install torch, and run this cell again.")
else:
    x = torch.tensor([2.0, 0.0], dtype=torch.double, requires_grad=True)
    w = torch.tensor([-3.0, 1.0], dtype=torch.double, requires_grad=True)
    bias = torch.tensor(6.8813735870195432, dtype=torch.double, requires_grad=True)
    out = torch.tanh((x * w).sum() + bias)
    out.backward()
    theirs = [out.item(), *x.grad.tolist(), *w.grad.tolist(), bias.grad.item()]
    print("                  Value         PyTorch")
    for name, a, c in zip(("o", "x1", "x2", "w1", "w2", "b"), ours, theirs, strict=True):
        print(f"{'data' if name == 'o' else 'grad'} of {name:2}  {a:14.10f}  {c:14.10f}")
        assert math.isclose(a, c, rel_tol=1e-12, abs_tol=1e-12)

assert math.isclose(ours[0], math.sqrt(0.5), rel_tol=1e-9)  # b was chosen to make it so

# %% [markdown]
# The same digits. What PyTorch adds is speed: it works on tables of numbers at once and on graphics
# cards. What it does with each number is what you have built.

# %% [markdown]
# ## A module of your own
#
# A network need not be a row of layers. In glassgrad it is any class that is based on `Module` and
# keeps Values, modules, or lists of them. `Module` then finds the parameters by itself, by looking
# through what the object keeps, as your `collect` does. You write what is computed.
#
# Here is a well-known idea. A **residual layer** adds its inputs to its outputs, so that it has to
# learn only what should change.


# %%
class Residual(Module):
    def __init__(self, width, seed):
        self.inside = glassgrad.Layer(width, width, seed=seed)

    def __call__(self, inputs):
        return [x + y for x, y in zip(inputs, self.inside(inputs), strict=True)]


residual = Residual(2, seed=0)
given = [Value(1.0), Value(-0.5)]
outputs = residual(given)
print(residual)
for name, p in residual.named_parameters():
    print(f"{name:30} {p:7.4f}")
print([round(y.data, 4) for y in outputs])

assert len(residual.parameters()) == 2 * (2 + 1)
assert math.isclose(outputs[0].data, 1.0 + residual.inside(given)[0].data)
assert check(outputs[0] * outputs[1], residual).ok

# %% [markdown]
# What you have trained you want to keep. `save` writes the parameters to a file, to the last digit,
# and `load` brings them back. (`.safetensors` is a common file format for weights.) An MLP is built
# anew; for a class of your own, make an object first and pass it as `into`.

# %%
path = glassgrad.save("residual.safetensors", residual)
again = glassgrad.load(path, into=Residual(2, seed=99)).model
assert again.state_dict() == residual.state_dict()

# %% [markdown]
# **Exercise 4.8. A module of your own: a polynomial.** You know these from school: `c0 + c1 * x +
# c2 * x**2 + ...`, up to x to the power of `degree`. Its parameters are the numbers c. Keep them in
# a list `self.coefficients`, that of `x**0` first, so that `parameters()` finds them; they may
# start with any numbers. `x` is a number or a Value.


# %%
@exercise("4.8")
class Polynomial(Module):
    def __init__(self, degree):
        self.coefficients = ...

    def __call__(self, x):
        return ...


# %% [markdown]
# ## Outlook: the slope of the slope
#
# A gradient tells how fast the output changes. How fast does the gradient change? The function
# `grad` gives gradients that are Values themselves, with a graph behind them, so it can be used on
# its own result: two lines. The picture after them does it at many places.

# %%
x = Value(0.5, label="x")
slope = glassgrad.grad(x.tanh(), x)
bend = glassgrad.grad(slope, x)
print(f"tanh {math.tanh(0.5):.6f}   slope {slope:.6f}   slope of the slope {bend:.6f}")

# Measured: how the slope 1 - tanh(x)**2 changes when x is nudged.
h = 1e-5
measured = ((1 - math.tanh(0.5 + h) ** 2) - (1 - math.tanh(0.5 - h) ** 2)) / (2 * h)
assert math.isclose(bend.data, measured, rel_tol=1e-8)

xs = [i / 20 for i in range(-70, 71)]
curves = {"tanh": [], "its slope": [], "the slope of its slope": []}
for number in xs:
    x = Value(number)
    first = glassgrad.grad(x.tanh(), x)
    curves["tanh"].append(math.tanh(number))
    curves["its slope"].append(first.data)
    curves["the slope of its slope"].append(glassgrad.grad(first, x).data)

fig, ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
ax.plot(xs, curves["tanh"], color=BLUE, label="tanh")
ax.plot(xs, curves["its slope"], "--", color=ORANGE, label="its slope")
ax.plot(xs, curves["the slope of its slope"], ":", color=GREEN, label="slope of the slope")
ax.set(xlabel="x", ylabel="value", ylim=(-1.1, 1.45))
ax.legend(loc="upper center", ncols=3)
assert max(curves["its slope"]) == curves["its slope"][70] == 1.0  # steepest at x = 0

# %% [markdown]
# Where tanh is steepest, at 0, its slope (orange) has its top, and the slope of the slope (green)
# goes through 0. Far out all is flat: a neuron there is saturated, as in chapter 3. Its slope is
# nearly 0, so hardly any gradient gets through it, and training moves its weights only slowly. That
# is why one starts with small weights.

# %% [markdown]
# ## Questions
#
# 1. A network has 5 inputs and layers of 3 and 2 neurons. How many parameters has it, and how many
#    of them are biases?
# 2. Why does the last layer of our network have no tanh?
# 3. Two hidden neurons start with the same weights and the same bias, and the output neuron takes
#    both with the same weight. What will training make of them, and why?
# 4. The tanh built from exp has a value of 1 at x = 200, which is right. What is wrong, and which
#    tool shows it?
# 5. Why may one subtract the largest logit before softmax, and what is it good for?
#
# <details>
# <summary>Answers</summary>
#
# **1.** 3 * (5 + 1) + 2 * (3 + 1) = 26 parameters. Each of the 5 neurons has one bias.
#
# **2.** So that its output may be any number, as a score or a price has to be. Tanh would keep it
# between -1 and 1.
#
# **3.** They stay equal. The same output and the same gradient at each step move both by the same
# amount. The network has one neuron less than it seems. That is why the start is random.
#
# **4.** Its slope: it comes out as 2, and the curve is flat there. Going backward, a number became
# so small that it was rounded to 0. `check` shows it, because it measures the slope by nudging.
#
# **5.** Only the differences of logits count: taking the same number off each divides all powers by
# the same factor. With the largest at 0, no power is above 1, so nothing becomes `inf`.
#
# </details>

# %% [markdown]
# ## Summary
#
# - A neuron keeps weights and a bias; called with inputs, it gives the activation of their weighted
#   sum. A layer is a list of neurons, a network a list of layers. 35 lines hold all three.
# - The forward pass goes through the layers to one output. The backward pass gives the gradient of
#   the loss with respect to every parameter, by the same chain rule as for a single neuron.
# - A neuron with k inputs has k + 1 parameters. `len(model.parameters())` counts them,
#   `named_parameters()` names them, `check(loss, model)` checks their gradients.
# - Equal neurons stay equal. Random starting weights make them differ; a seed makes the random
#   numbers the same each time.
# - How large the steps of a graph are is a free choice. Formulas with `exp` can overflow, and
#   can lose their gradient without a word; write them so that exponents are never positive.
#
# Here the function `train` moved the parameters. In [chapter 5](chapter_5_learning.ipynb) you write
# that training yourself.
