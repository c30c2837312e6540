# %% [markdown]
# # 7. From numbers to arrays
#
# Your networks work, and they are slow. Every number in them is an object of its own, and every sum
# and every product is a step of Python. Real libraries take whole tables of numbers in one step. In
# this chapter you go from the one to the other, and from both ends: you write a layer with tables
# by hand, and a tool looks for the tables in the graph that your own loops leave. What it finds it
# writes down as a few lines of NumPy. At the end you can read every one of them.
#
# **What you will be able to do**
#
# - say why one operation on a thousand numbers is faster than a thousand operations on one;
# - read and write arrays: shape, axis, broadcasting, and the matrix product `@`;
# - compute a layer for a whole batch with one product, and say why the gradient of its weights is a
#   product too;
# - lift your network to arrays, read the NumPy that comes out, and find any number of your graph in
#   it;
# - see what was baked in when a function was traced, and repair it;
# - train on arrays, with a loop of your own and with `fit`, and check that they learn the same.
#
# **Reading time:** about 60 minutes, and as long again for the exercises. A cell under an exercise
# is for you: write your answer in place of the three dots and run it; `hint("7.1")` helps.
#
# **This chapter needs NumPy**, the package for arrays in Python. `pip install "glassgrad[course]"`
# has brought it along. If the next cell stops at `import numpy`, type `pip install numpy` in a
# terminal, and run the cell again.

# %% [markdown]
# ## One operation, many numbers
#
# How long does it take to square a hundred thousand numbers? We measure it in three ways: as Values
# (a graph of as many nodes comes of it), as Python's own numbers in a list, and as a NumPy
# **array**: a row of numbers that NumPy squares with a single `*`.

# %%
import sys
import time
import warnings
from random import Random

import matplotlib.pyplot as plt
import numpy as np  # comes with glassgrad[course]; alone: pip install numpy

from glassgrad import Embedding, Module, Value, cross_entropy, draw, fit, lift, topological_order
from glassgrad.course import exercise, hint

np.set_printoptions(precision=4, suppress=True)  # show arrays with four digits
BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#666666"

# %%


def seconds(function, argument, tries=5):
    """The shortest of a few tries; the others were disturbed by something else."""
    found = []
    for _ in range(tries):
        start = time.perf_counter()
        function(argument)
        found.append(time.perf_counter() - start)
    return min(found)


def square_each(numbers):
    return [number * number for number in numbers]


def square_at_once(array):
    return array * array


numbers = [0.001 * i for i in range(100_000)]
values = [Value(number) for number in numbers]
array = np.array(numbers)

times = {
    "Values": seconds(square_each, values),
    "a list": seconds(square_each, numbers),
    "an array": seconds(square_at_once, array),
}
print("squaring 100,000 numbers")
for name, spent in times.items():
    print(f"{name:9} {1000 * spent:8.3f} ms, {1e9 * spent / 100_000:7.2f} ns a number")
print(f"the array is {times['a list'] / times['an array']:.0f} times as fast as the list")
assert times["an array"] < times["a list"] < times["Values"]
assert square_at_once(array).tolist() == square_each(numbers)

# %% [markdown]
# (A nanosecond, ns, is a billionth of a second. All times in this chapter are measured when its
# cells run, so yours differ from ours.)
#
# The numbers that come out are the same, so the difference is not in the arithmetic. A processor
# multiplies two numbers in less than a nanosecond. Look at what Python does around it, for every
# single number: fetch the object from wherever it lies in memory; see of which kind it is; find the
# function that belongs to `*` for this kind; multiply; make a new object for the result. A Value
# does all that and also notes where it came from.
#
# In an array all numbers are of one kind and lie side by side, 8 bytes each. NumPy asks for the
# kind *once*. Then a loop that was compiled for this kind runs over the memory, and processors are
# made for that: one instruction multiplies 2, 4 or 8 neighbouring numbers at a time, and while it
# does, the next ones are already being fetched.

# %%
in_list = sys.getsizeof(numbers[1]) + 8  # the object, and its place in the list
print(f"a number in a list takes {in_list} bytes, one in an array {array.itemsize}")
assert array.nbytes == 8 * len(array)

# %% [markdown]
# So an operation on an array has a price that is paid once, and a small one for each number. How
# many numbers does it take until it pays? The picture shows the time for *one* number, when so many
# are squared at once. Both axes are logarithmic.

# %%
lengths = [1, 10, 100, 1_000, 10_000, 100_000]
per_number = {"list": [], "array": []}
for length in lengths:
    per_number["list"].append(seconds(square_each, numbers[:length], tries=20) / length)
    per_number["array"].append(seconds(square_at_once, array[:length], tries=20) / length)

fig, ax = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
for (name, spent), colour, marker in zip(per_number.items(), (ORANGE, BLUE), "so"):
    ax.plot(lengths, [1e9 * s for s in spent], color=colour, marker=marker, label=name)
ax.set(xlabel="numbers at once", ylabel="ns for each of them", xscale="log", yscale="log")
ax.legend()
ax.grid(alpha=0.3)
assert per_number["array"][-1] < per_number["list"][-1] / 2
assert per_number["array"][-1] < per_number["array"][0] / 10

# %% [markdown]
# For a single number the array is no better than the list: the price is paid all the same. From a
# few dozen numbers on the array wins, and with many thousands the price no longer counts.
#
# So arrays pay where *many numbers take the same step*. In a network they do: all neurons of a
# layer multiply and add in the same way, and they do it for each example of a batch. We only have
# to write it so that it can be seen.

# %% [markdown]
# ## Four dogs in a table
#
# Here are four dogs. As in chapter 4 a dog is two scaled numbers, its height and its weight: 0 is
# an average dog. The first one is the dog of chapter 4. In the array a row is a dog, and a column
# is a feature.

# %%
dogs = np.array([[1.0, -0.5], [-1.0, -0.8], [1.6, 1.5], [0.3, 0.1]])
print(dogs)
print("shape", dogs.shape)
print("the dog in row 0:", dogs[0])
print("all heights, column 0:", dogs[:, 0])
print("in row 2, column 1:", dogs[2, 1])
assert dogs.shape == (4, 2) and dogs[2, 1] == 1.5

# %% [markdown]
# The **shape** says how long the array is in each direction. A direction is called an **axis**:
# axis 0 goes from row to row, axis 1 from column to column. Four rows of two columns: `(4, 2)`. A
# colon stands for "all of them", so `dogs[:, 0]` has all rows of column 0. It has only one axis
# left, and the shape `(4,)`. (The comma is Python's way to write a tuple of one.) A table with two
# axes is also called a **matrix**, an array with one axis a **vector**.
#
# Arithmetic goes element by element, and so do NumPy's functions, such as `np.tanh` and `np.exp`.
# Functions that add up or compare many numbers take an **axis**: the one along which they go, and
# which is gone afterwards.

# %%
print("dogs * 2 + 1\n", dogs * 2 + 1)
print("sum over all:   ", dogs.sum())
print("sum(axis=0):    ", dogs.sum(axis=0), "  shape", dogs.sum(axis=0).shape)
print("sum(axis=1):    ", dogs.sum(axis=1), "  shape", dogs.sum(axis=1).shape)
assert np.allclose(dogs.sum(axis=0), [1.0 - 1.0 + 1.6 + 0.3, -0.5 - 0.8 + 1.5 + 0.1])
assert np.allclose(dogs.sum(axis=1), [0.5, -1.8, 3.1, 0.4])

# %% [markdown]
# `axis=0` went down the rows: the dogs are added up, and one number for each feature is left.
# `axis=1` went along the columns: one number for each dog is left. `np.allclose` asks whether all
# numbers are equal but for rounding, as `math.isclose` does for one.
#
# What if the shapes differ? Let us take the mean dog off each dog. `dogs` is `(4, 2)`, the mean is
# `(2,)`. NumPy repeats the smaller one along the axis that it lacks, as if there were four equal
# rows. This is called **broadcasting**. The next cell has a function that draws tables; you need
# not read it.


# %%
def picture(*parts, height=2.6):
    """Tables side by side. A part is a sign, or (name, table), or (name, table, marked cells)."""
    fig, ax = plt.subplots(figsize=(6.8, height), layout="constrained")
    middle = {"ha": "center", "va": "center"}
    at, tallest = 0.0, 1
    for part in parts:
        if isinstance(part, str):
            ax.text(at + 0.5, 0, part, fontsize=14, **middle)
            at += 1.0
            continue
        name, table, marked = (*part, set())[:3]
        rows, columns = table.shape
        tallest = max(tallest, rows)
        for i in range(rows):
            for j in range(columns):
                corner = (at + 1.3 * j, rows / 2 - i - 1)
                face = marked.get((i, j), "white") if marked else "white"
                ax.add_patch(plt.Rectangle(corner, 1.3, 1, facecolor=face, edgecolor=GREY))
                number = f"{table[i, j]:.2f}"
                ax.text(corner[0] + 0.65, corner[1] + 0.5, number, fontsize=10, **middle)
        under = f"{name}\n{rows} x {columns}"
        ax.text(at + 0.65 * columns, -rows / 2 - 0.8, under, fontsize=10, **middle)
        at += 1.3 * columns
    ax.set(xlim=(-0.1, at + 0.1), ylim=(-tallest / 2 - 1.5, tallest / 2 + 0.2), aspect="equal")
    ax.axis("off")
    return fig


LIGHT, DARK = "#cfe6f5", "#f7c59f"  # what is marked, and what comes of it

mean = dogs.mean(axis=0)
centred = dogs - mean
repeated = np.array([mean] * 4)
every_row = {(i, j): LIGHT for i in range(4) for j in range(2)}
fig = picture(
    ("dogs", dogs), "-", ("mean, repeated", repeated, every_row), "=", ("centred", centred)
)
print("mean", mean, " shape", mean.shape)
assert np.allclose(centred, dogs - repeated)
assert np.allclose(centred.mean(axis=0), 0)

# %% [markdown]
# The blue table is not really there: NumPy reads the same two numbers again for each row. The rule
# for what fits:
#
# > Write the two shapes below each other, so that they end together. At each place the two lengths
# > must be equal, or one of them must be 1 or missing. That one is repeated.
#
# `(4, 2)` and `(2,)` fit: 2 meets 2, and 4 meets nothing. Now take off each dog's own mean. There
# are four of them, the shape is `(4,)`, and 2 meets 4:

# %%
own_mean = dogs.mean(axis=1)
try:
    dogs - own_mean
    told = "nothing"
except ValueError as error:
    told = str(error)
print(told)
print("with [:, None]:", own_mean[:, None].shape)
print(dogs - own_mean[:, None])
assert "could not be broadcast" in told
assert np.allclose((dogs - own_mean[:, None]).sum(axis=1), 0)

# %% [markdown]
# `[:, None]` adds an axis of length 1 at the end: `(4,)` becomes `(4, 1)`, a table with one column,
# and that is repeated along the columns. (`dogs.mean(axis=1, keepdims=True)` gives the same: it
# keeps the axis, with the length 1.)
#
# An error is the good case. If there were two dogs, the table would be `(2, 2)`, and a mean of
# shape `(2,)` fits, whichever mean it is. No error, wrong numbers:

# %%
two = dogs[:2]
wrong = two - two.mean(axis=1)  # each dog's own mean, taken off the columns
right = two - two.mean(axis=1)[:, None]
print("wrong\n", wrong)
print("right\n", right)
assert wrong.shape == right.shape == (2, 2) and not np.allclose(wrong, right)

# %% [markdown]
# So look at the shapes, and try your code on a table that is not square.
#
# **Exercise 7.1. A table without loops.** In chapter 6 a column was scaled: its mean taken off,
# then divided by its standard deviation. For a whole table, one number after another, this is
#
# ```python
# for j in range(n_columns):
#     column = [x[i, j] for i in range(n_rows)]
#     m, s = statistics.mean(column), statistics.pstdev(column)
#     for i in range(n_rows):
#         scaled[i, j] = (x[i, j] - m) / s
# ```
#
# Write it without any loop: `x` is an array of shape (rows, columns); return the scaled one, a new
# array. `x.std(...)` is the standard deviation and takes an `axis`. (No column is constant.) The
# check counts the steps that Python takes: with more rows there must not be more.


# %%
@exercise("7.1")
def scaled_columns(x):
    return ...


# %% [markdown]
# **Exercise 7.2. Which shapes fit.** `a` and `b` are shapes: tuples of lengths, such as `(4, 2)`,
# `(2,)` or `()`, which is that of a single number. Return the shape of the sum of two arrays of
# these shapes, or `None` if they do not fit. Write the rule in the box above, without NumPy.


# %%
@exercise("7.2")
def shape_of_sum(a, b):
    return ...


# %% [markdown]
# ## A layer is one product
#
# Now a layer. It has three neurons, and each has two weights and a bias. As a table, `W`, a row is
# a neuron, as in your lists: `W[k]` has the weights of neuron k. For dog i and neuron k we need
#
# > n[i, k] = x[i, 0] · W[k, 0] + x[i, 1] · W[k, 1] + b[k]
#
# that is, the sum of the products of a row of `x` and a row of `W`, for every pair of the two.
# First with loops:

# %%
W = np.array([[0.5, 1.0], [-1.0, 0.5], [0.2, -0.4]])
b = np.array([0.5, 0.0, 0.1])

n_by_loops = np.zeros((4, 3))
for i in range(4):
    for k in range(3):
        for j in range(2):
            n_by_loops[i, k] += dogs[i, j] * W[k, j]
        n_by_loops[i, k] += b[k]
print(n_by_loops)
assert abs(n_by_loops[0, 0] - 0.5) < 1e-12 and abs(n_by_loops[0, 1] + 1.25) < 1e-12

# %% [markdown]
# The first row is known to you: 0.5 and -1.25 were the two sums of our dog in chapter 4.
#
# The three loops are one of the most used operations there are, the **matrix product**, in Python
# `@`. Element (i, k) of `A @ B` is row i of `A` times column k of `B`: element by element, then
# added up. So a row of `A` has to be as long as a column of `B`, and that axis is gone afterwards:
#
# > shape (4, **2**) @ shape (**2**, 3) gives shape (4, 3)
#
# It takes *columns* from the right, and our neurons are *rows*. So the table is turned: `W.T`, read
# "W transposed", has the rows of `W` as its columns. That is all that `.T` does, and no number is
# moved for it. The picture shows where one element comes from: dog 2, neuron 1.

# %%
n = dogs @ W.T + b
row = {(2, 0): LIGHT, (2, 1): LIGHT}
column = {(0, 1): LIGHT, (1, 1): LIGHT}
fig = picture(
    ("x", dogs, row), "@", ("W.T", W.T, column), "=", ("x @ W.T", dogs @ W.T, {(2, 1): DARK})
)
print(f"1.6 * (-1.0) + 1.5 * 0.5 = {1.6 * -1.0 + 1.5 * 0.5:.2f}")
assert abs((dogs @ W.T)[2, 1] - (1.6 * -1.0 + 1.5 * 0.5)) < 1e-12
assert np.allclose(n, n_by_loops)

# %% [markdown]
# Without the `.T`, a row of `x` would have 2 numbers and a column of `W` 3. NumPy says it in words
# that one has to get used to: "core dimension 0" of "operand 1" is axis 0 of what stands on the
# right.

# %%
try:
    dogs @ W
    told = "nothing"
except ValueError as error:
    told = str(error)
print(told)
assert "size 3 is different from 2" in told

# %% [markdown]
# Then the bias: `(4, 3) + (3,)` is broadcasting again, each dog gets the same three. And the
# activation goes element by element. A whole layer for a whole batch is one line:
#
# > h = np.tanh(x @ W.T + b)
#
# It is the layer that you wrote in chapter 4. Here are your three classes once more. One thing is
# new: they are based on `Module`, so that the parameters and their names are found by themselves.


# %%
class Neuron(Module):
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


class Layer(Module):
    """Neurons that see the same inputs."""

    def __init__(self, n_inputs, n_outputs, random, activation="tanh"):
        self.neurons = [Neuron(n_inputs, random, activation) for _ in range(n_outputs)]

    def __call__(self, inputs):
        return [neuron(inputs) for neuron in self.neurons]


class Network(Module):
    """Layers, one after the other; the last one is linear."""

    def __init__(self, n_inputs, sizes, random):
        self.layers = []
        for size in sizes:
            last = len(self.layers) == len(sizes) - 1
            self.layers.append(Layer(n_inputs, size, random, "linear" if last else "tanh"))
            n_inputs = size

    def __call__(self, inputs):
        for layer in self.layers:
            inputs = layer(inputs)
        return inputs[0] if len(inputs) == 1 else inputs


network = Network(2, [3, 1], Random(0))
hidden_layer = network.layers[0]
W1 = np.array([[w.data for w in neuron.w] for neuron in hidden_layer.neurons])
b1 = np.array([neuron.b.data for neuron in hidden_layer.neurons])

by_your_loops = np.array([[h.data for h in hidden_layer(dog)] for dog in dogs.tolist()])
by_one_product = np.tanh(dogs @ W1.T + b1)
print(by_your_loops)
print(by_one_product)
assert np.allclose(by_your_loops, by_one_product, rtol=0, atol=1e-12)

# %% [markdown]
# **Exercise 7.3. A layer for a batch.** `x` is an array of shape (batch, inputs), `W` of shape
# (neurons, inputs), `b` of shape (neurons,). Return the outputs of the layer, with tanh, for all
# examples: shape (batch, neurons). No loops.


# %%
@exercise("7.3")
def layer(x, W, b):
    return ...


# %% [markdown]
# ## What is found in your network
#
# You could now write the whole network anew with arrays, and many people do. But your loops say
# already what has to be computed, and so does the graph that they leave. Let us look at the graph
# of a loss for the four dogs: 1 for a retriever, -1 for another kind, and the mean of the squared
# errors.

# %%
targets = np.array([1.0, -1.0, -1.0, 1.0])

hidden = [network.layers[0](dog) for dog in dogs.tolist()]
outputs = [network.layers[1](h)[0] for h in hidden]
L = sum((o - y) ** 2 for o, y in zip(outputs, targets.tolist())) / 4
L.backward()

nodes = topological_order(L)
print(f"{len(nodes)} nodes, L = {L.data:.6f}")
assert len(nodes) == 140

# %% [markdown]
# 140 nodes: far too many for a picture that one can read, and each of them a step of Python. But
# think how they came about: a few lines, run many times. The function `lift` looks for that.

# %%
program = lift(L, wrt=network)
print(program)
assert len(program) == 4 and "c1 @ W1.T + b1" in str(program) and "+ c2" in str(program)

# %% [markdown]
# `wrt` is short for "with respect to": for what the gradient is wanted, here the 13 parameters of
# the network. The program takes them as one row of numbers, `theta`. Below stand the four **array
# operations**, each with the shape of what it gives:
#
# - the weighted sums, a table of 4 dogs and 3 neurons. `c1` in it is a **constant**: numbers that
#   are no parameters;
# - tanh of all of them;
# - the outputs minus the targets, a number for each dog (`c2` is the targets, each with a minus);
# - the loss. The product `@` of a row with itself is the sum of its squares.
#
# We let it run, and look at `c1`. It is your table of dogs. Nobody gave it to `lift`; it was found
# in the graph.

# %%
value, gradient = program.value_and_grad(None)
print(f"L = {value:.6f}, and a gradient of {len(gradient)} numbers")
print(program["c1"])
assert np.array_equal(program["c1"], dogs) and np.array_equal(program["c2"], -targets)
assert abs(value - L.data) < 1e-12
assert np.allclose(gradient, [p.grad for p in network.parameters()])

# %% [markdown]
# Here is the program as a picture. A box is an array, with its formula and its shape, and with how
# many nodes of your graph it stands for. Together that makes 97. The other 43 of the 140 nodes are
# leaves: the parameters and the constants.

# %%
draw(program)

# %% [markdown]
# How does it find them? It knows nothing of layers or neurons, and it does not read your classes.
# (It took only the names W1 and b1 from them.) It sees nodes, and asks: which of them can be
# computed at the same time, because none of them waits for another? Which of those have the same
# formula? They become one array. And where do their inputs lie in the arrays that are there
# already? If they lie at regular distances, no number has to be moved. A sum of products with such
# inputs is a matrix product.
#
# More dogs or wider layers make more nodes, and no more operations. Only another layer does:

# %%
random = Random(1)
print("dogs  layers        nodes   array operations")
for n_dogs, sizes in ((4, [3, 1]), (8, [3, 1]), (64, [3, 1]), (64, [10, 1]), (64, [10, 10, 1])):
    some = Network(2, sizes, Random(0))
    rows = [[random.gauss(0, 1), random.gauss(0, 1)] for _ in range(n_dogs)]
    loss_of_some = sum((some(row) - 1.0) ** 2 for row in rows) / n_dogs
    found = lift(loss_of_some, wrt=some)
    count = len(topological_order(loss_of_some))
    print(f"{n_dogs:4}  {sizes!s:12} {count:6}   {len(found):4}")
    assert len(found) == 2 * len(sizes)

# %% [markdown]
# Two operations for a hidden layer (the sums, then tanh), one for the last layer, which has no
# tanh, and one for the squares and their mean.
#
# There is a still better way. All dogs go through the same steps, so the graph of *one* dog says it
# all. Write the loss of one example as a function, and lift the function. The batch is then an axis
# like any other, and may be of any length.


# %%
@lift(wrt=network)
def loss(x, y):
    return (network(x) - y) ** 2


value, gradient = loss.value_and_grad(None, dogs, targets)
print(f"value {value:.6f}, gradient of shape {gradient.shape}")
print()
print(loss)
assert abs(value - L.data) < 1e-12
assert len(topological_order(L)) == 140 and "41 scalar nodes" in str(loss)
assert 2 + 1 + 13 + 3 * (2 + 2 + 1) + (3 + 3) + 3 + 1 == 41

# %% [markdown]
# With `@lift(...)` above it, the name `loss` stands for the lifted program. What happened in this
# call? The program got an array of dogs and an array of targets. It ran your function *once*, with
# Values that stand for the numbers of any dog: `x` was a list of two, `y` a single one. This is
# called **tracing**. The graph of that run was lifted, and then the arrays went through it, all
# four dogs at once. The next call does not run your function again. `None` says that the parameters
# have the numbers that they have in the network. The value is the mean over the batch, and the
# gradient is that of the mean.
#
# The 41 nodes of one dog you can count by hand: 2 inputs and a target; 13 parameters; three hidden
# neurons with 2 products, 2 sums and a tanh each; 3 products and 3 sums at the end; 3 for `- y`,
# which the package does as `+ (-1) * y` (the number -1, a product, a sum); and the square.
#
# **Exercise 7.4. How many operations?** `sizes` is the list of layer sizes of a network such as
# `Network(2, sizes, ...)`: tanh in all layers but the last. The network alone is lifted, without a
# loss. Return how many array operations it takes to go forward.


# %%
@exercise("7.4")
def count_operations(sizes):
    return ...


# %% [markdown]
# ## Reading the NumPy
#
# A program can be written down as Python, to read and to run. First the way forward:

# %%
print(loss.source(gradient=False))
for line in (
    "W1 = theta[:9].reshape(3, 3)[:, :2]",
    "b1 = theta[:9].reshape(3, 3)[:, 2]",
    "W2 = theta[9:12]",
    "b2 = theta[12]",
    "tanh1 = np.tanh(x @ W1.T + b1)",
    "power1 = (tanh1 @ W2 + b2 - y) ** 2",
):
    assert line in loss.source(gradient=False)

# %% [markdown]
# Line by line. (What follows a `#` is the shape, and for how many nodes of one example the line
# stands.)
#
# - `theta` is the row of all 13 parameters, in the order of `network.parameters()`: the first
#   neuron with its two weights and its bias, then the next one. So the first nine, `theta[:9]`, are
#   three neurons of three numbers: `reshape(3, 3)` reads them as a table.
# - `[:, :2]` are its first two columns, the weights: `W1`. `[:, 2]` is its last column, the biases:
#   `b1`. Nothing is copied here. `W1` and `b1` only say where to look; this is called a **view**.
# - `W2` and `b2` are the output neuron. It is a single one, so its weights are a vector of shape
#   `(3,)`, and its bias is a number.
# - `np.tanh(x @ W1.T + b1)` is the layer of exercise 7.3. The transpose is there because a row of
#   `W1` is a neuron, and `@` takes columns.
# - `tanh1 @ W2`: a table times a vector, `(batch, 3) @ (3,)`. Each row is multiplied with the
#   vector and added up, and one number for each dog is left. Here nothing needs to be turned.
# - `+ b2 - y`: the bias is broadcast to all dogs; `y` is `(batch,)` already.
# - `** 2` goes element by element.
#
# It is a program like any other. Let us run it without the lifter, and compare with your network.
# (`exec` runs a text as Python. What the text defines, such as the function `forward`, is put into
# the dictionary `names`.)

# %%
names = {}
exec(loss.source(), names)
theta = loss.theta()
each = names["forward"](theta, dogs, targets)
by_your_network = [(network(dog) - y).data ** 2 for dog, y in zip(dogs.tolist(), targets.tolist())]
print("the NumPy program:", each)
print("your network:     ", np.array(by_your_network))
assert theta.tolist() == [p.data for p in network.parameters()]
assert np.allclose(each, by_your_network, rtol=1e-12)

# %% [markdown]
# Now a network that you have met in chapter 6: nine inputs, eight hidden neurons, three logits, and
# the cross-entropy. The birds and their split are those of chapter 6. `cross_entropy` is
# glassgrad's, and it is nothing but arithmetic with Values, so it is lifted with the rest.

# %%
from glassgrad.data import penguins, prepare

birds = prepare(penguins(), target="species", test=0.2, validation=0.2, seed=2)
bird_inputs, species = np.array(birds.train.inputs), np.array(birds.train.targets)
print("inputs", bird_inputs.shape, " species", species.shape, species[:8])

bird_network = Network(9, [8, 3], Random(0))


@lift(wrt=bird_network)
def bird_loss(x, label):
    return cross_entropy(bird_network(x), label)


before, _ = bird_loss.value_and_grad(None, bird_inputs, species)
print(f"loss before training {before:.4f}")
print()
print(bird_loss)
logits = [bird_network(inputs) for inputs in birds.train.inputs]
assert abs(before - cross_entropy(logits, birds.train.targets).data) < 1e-12
assert "z2.max(axis=1)" in str(bird_loss) and "[:, None]" in str(bird_loss)

# %% [markdown]
# The first three lines you know. The others are the stable softmax of chapter 4, for a whole batch:
#
# - `z2.max(axis=1)`: the largest logit of each bird. Axis 1, the classes, is gone.
# - `[:, None]`: it is taken off that bird's logits. The maximum is `(batch,)`, the logits are
#   `(batch, 3)`, so it needs the extra axis.
# - `np.exp`, and the sum of the three powers of each bird.
# - `[np.arange(batch), label]`: from row 0 the logit at place `label[0]`, from row 1 that at
#   `label[1]`, and so on: each bird's right class. `np.arange(batch)` is 0, 1, 2 and so on.
# - and last log(sum) - z, which is minus the log of the right probability, as in exercise 6.5.
#
# **Exercise 7.5. Softmax over rows.** `z` is an array of logits, shape (batch, classes). Return the
# probabilities, in the same shape: each *row* adds up to 1. It is tried with logits of 1000 and
# with rows that lie far apart, so take each row's own maximum off first. No loops.


# %%
@exercise("7.5")
def softmax_rows(z):
    return ...


# %% [markdown]
# ## Backward, with arrays
#
# Going backward means, as ever: local derivative times what arrives, and where a number was used
# several times, its gradients are added up. Let us do it by hand for the small network, from the
# loss to the first layer. We write `d_h` for the table of the gradients of all elements of `h`: how
# fast L changes with each of them.

# %%
W2, b2 = theta[9:12], theta[12]
h = np.tanh(dogs @ W1.T + b1)  # forward, (4, 3)
o = h @ W2 + b2  # (4,)

d_o = 2 * (o - targets) / 4  # L is the mean of (o - y)**2
d_h = d_o[:, None] * W2  # o is a sum of W2[k] * h[k]: the local derivative of h[k] is W2[k]
d_n = d_h * (1 - h * h)  # the slope of tanh

from_values = np.array([[h.grad for h in row] for row in hidden])  # after L.backward() above
print(d_h)
print(from_values)
assert np.allclose(d_h, from_values, rtol=1e-12)
assert np.allclose(d_o, [o.grad for o in outputs], rtol=1e-12)

# %% [markdown]
# Each line is the chain rule of chapter 3, for all dogs and all neurons at once. In the second one
# `d_o` is `(4,)` and `W2` is `(3,)`. With the extra axis, `(4, 1)` and `(3,)` fit, and give a table
# with every dog's number times every neuron's weight.
#
# Now the weights. Take one of them, the weight of neuron 1 for input 0. It was used four times,
# once for each dog, and each time the local derivative was that dog's input. So:

# %%
w = network.layers[0].neurons[1].w[0]
print("dog    d_n of neuron 1     input 0     product")
parts = []
for i in range(4):
    parts.append(d_n[i, 1] * dogs[i, 0])
    print(f"{i:3} {d_n[i, 1]:18.4f} {dogs[i, 0]:11.4f} {parts[-1]:11.4f}")
print(f"their sum {sum(parts):34.4f}")
print(f"w.grad    {w.grad:34.4f}")
assert abs(sum(parts) - w.grad) < 1e-12

# %% [markdown]
# Products, added up over the dogs: column 1 of `d_n` with column 0 of `dogs`. And the same for
# every weight: for neuron k and input j, column k of `d_n` with column j of `x`. That is a matrix
# product. `@` takes rows from the left, so the left table is turned:
#
# > d_W = d_n.T @ x
# >
# > shape (3, **4**) @ shape (**4**, 2) gives shape (3, 2)
#
# The axis that is gone is that of the dogs. **Every gradient of a weight adds up over the
# examples**, and adding up products is what `@` does. That is the whole reason.

# %%
d_W1 = d_n.T @ dogs
left = {(1, i): LIGHT for i in range(4)}
right = {(i, 0): LIGHT for i in range(4)}
fig = picture(("d_n.T", d_n.T, left), "@", ("x", dogs, right), "=", ("d_W", d_W1, {(1, 0): DARK}))
grads = np.array([[w.grad for w in neuron.w] for neuron in network.layers[0].neurons])
assert d_W1.shape == W1.shape and np.allclose(d_W1, grads, rtol=1e-12)

# %% [markdown]
# The other two follow in the same way:
#
# - **The bias** is added for each dog, with the local derivative 1: `d_b = d_n.sum(axis=0)`. It
#   adds up over the dogs too.
# - **The inputs**, for a layer that has another one before it: input j of dog i goes to all
#   neurons, with the weights `W[k, j]`. So it adds up over the neurons: `d_x = d_n @ W`.
#
# There is a check that costs nothing: a gradient has the shape of the thing itself. From `(4, 3)`
# and `(4, 2)` only one of the possible products gives `(3, 2)`.

# %%
d_b1 = d_n.sum(axis=0)
d_x = d_n @ W1
print("d_b", d_b1.shape, " d_x", d_x.shape)
assert np.allclose(d_b1, [neuron.b.grad for neuron in network.layers[0].neurons], rtol=1e-12)
assert d_x.shape == dogs.shape

# measured: nudge the height of dog 0, and see how L changes
nudged = dogs.copy()
nudged[0, 0] += 1e-6
slope = (loss(None, nudged, targets) - loss(None, dogs, targets)) / 1e-6
print(f"d_x[0, 0] = {d_x[0, 0]:.6f}, measured {slope:.6f}")
assert abs(slope - d_x[0, 0]) < 1e-5

# %% [markdown]
# Now the lifter's way back. Nearly all of its lines you have just written. It starts from
# `np.full(batch, 1.0) / batch`: each example has the same share in the mean. `+=` is there for the
# reason that you know from chapter 3, and `d_W1` is a view into `d_theta`, so what is added to it
# arrives in the gradient. `d_z2` is our `d_o`, and `d_z1` our `d_n`; two of our lines are put
# together in that one. `d_z2 @ tanh1` is `d_n.T @ x` again, for a layer of a single neuron.

# %%
text = loss.source()
print(text[text.index("def value_and_grad") :])
for line in ("d_W1 += d_z1.T @ x", "d_b1 += d_z1.sum(axis=0)", "(1.0 - tanh1 * tanh1)"):
    assert line in text
assert np.allclose(loss["d_z1"], d_n, rtol=1e-12) and np.allclose(loss["d_z2"], d_o, rtol=1e-12)

# %% [markdown]
# (`loss["d_z1"]` gives the numbers that an array had in the last run.)
#
# **Exercise 7.6. A layer, backward.** `x` is (batch, inputs), `W` is (neurons, inputs), and `d_n`
# is (batch, neurons): the gradients of the weighted sums `n = x @ W.T + b`. Return the gradients
# `d_W, d_b, d_x`, in this order. No loops.


# %%
@exercise("7.6")
def layer_backward(x, W, d_n):
    return ...


# %% [markdown]
# ## The same numbers, but for the last bit
#
# Are they really the same numbers? Here are all 13 gradients, by your graph and by the program,
# with all their digits.

# %%
value, gradient = loss.value_and_grad(None, dogs, targets)
by_graph = np.array([p.grad for p in network.parameters()])
print("by the graph            by the program")
for a, c in list(zip(by_graph.tolist(), gradient.tolist()))[:6]:
    print(f"{a!r:23} {c!r:23}", "equal" if a == c else f"differ by {abs(a - c):.1e}")
print(f"of 13, equal to the last bit: {(by_graph == gradient).sum()}")
assert np.allclose(by_graph, gradient, rtol=1e-12, atol=1e-15)

# %% [markdown]
# To 12 digits they all agree. In the last digits some may differ. Neither side is wrong. A float
# has about 16 digits, and every sum is rounded to that; so it matters in which order one adds:

# %%
print((0.1 + 0.2) + 0.3, 0.1 + (0.2 + 0.3))
assert (0.1 + 0.2) + 0.3 != 0.1 + (0.2 + 0.3)

many = np.random.default_rng(0).normal(size=10_000)


def one_after_another(numbers):
    total = 0.0
    for number in numbers:
        total = total + number
    return total


print("from the first to the last:", one_after_another(many.tolist()))
print("from the last to the first:", one_after_another(many.tolist()[::-1]))
print("by NumPy:                  ", float(many.sum()))
assert abs(one_after_another(many.tolist()) - many.sum()) < 1e-9

# %% [markdown]
# Your graph adds from left to right. A matrix product keeps several sums side by side, because the
# processor can, and adds them at the end. So compare results of different programs with a
# tolerance, as this course does, and never with `==`. In training such a difference does no harm:
# it is far smaller than the noise of a minibatch.
#
# And do not expect "the same to the last bit" from the same arrays on another computer. Its
# processor may add in yet another order.

# %% [markdown]
# ## How much faster?
#
# Now the clock. One step of training for the penguins, forward and backward, without changing the
# weights: once by the graph, as in chapter 6, and once by the lifted program. We do it for batches
# of 1 to 206 birds, which are all birds of the training part.

# %%
start = time.perf_counter()
lift(lambda x, label: cross_entropy(bird_network(x), label), wrt=bird_network).value_and_grad(
    None, bird_inputs[:1], species[:1]
)
lifting = time.perf_counter() - start


def step_by_graph(size):
    outputs = [bird_network(inputs) for inputs in birds.train.inputs[:size]]
    L = cross_entropy(outputs, birds.train.targets[:size])
    bird_network.zero_grad()
    L.backward()


def step_by_arrays(size):
    bird_loss.value_and_grad(None, bird_inputs[:size], species[:size])


batch_sizes = [1, 4, 16, 64, 206]
graph_times = [seconds(step_by_graph, size, tries=3) for size in batch_sizes]
array_times = [seconds(step_by_arrays, size, tries=9) for size in batch_sizes]
print("birds      graph      arrays")
for size, slow, fast in zip(batch_sizes, graph_times, array_times):
    print(f"{size:4} {1000 * slow:9.2f} ms {1000 * fast:7.3f} ms   {slow / fast:6.0f} times")
print(f"tracing and lifting, once: {1000 * lifting:.0f} ms")
assert graph_times[-1] > 5 * array_times[-1]
assert array_times[-1] < 100 * array_times[0]

fig, ax = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
for name, spent, colour, marker in (
    ("by the graph", graph_times, ORANGE, "s"),
    ("by arrays", array_times, BLUE, "o"),
):
    ax.plot(batch_sizes, [1000 * s for s in spent], color=colour, marker=marker, label=name)
ax.set(xlabel="birds in the batch", ylabel="ms for a step", xscale="log", yscale="log")
ax.legend()
ax.grid(alpha=0.3)

# %% [markdown]
# The orange line climbs: twice the birds take twice the time. (More, when the graph gets large:
# Python looks through all its objects again and again, for some that are no longer needed.) The
# blue line hardly rises. It is the fixed price of a few dozen array operations, and 206 birds are
# still so few that they come nearly free. That is what chapter 5 meant by "32 examples take hardly
# longer than one".
#
# Nothing was made cleverer. The same products are computed and the same sums. Lifting itself takes
# some time, once; for a single step it would not pay.

# %% [markdown]
# ## Every number leads back
#
# Arrays are fast, and they are mute: who knows what stands at `tanh1[2, 1]`? Here you can ask.
# `program.where(value)` says where the number of a Value of your graph is. The program of the four
# dogs above was made from your graph, so its Values are still in our hands.

# %%
program.value_and_grad(None)
asked = {
    "dog 2, hidden neuron 1": hidden[2][1],
    "neuron 1, weight 0": network.layers[0].neurons[1].w[0],
    "dog 0, the output": outputs[0],
    "the loss": L,
}
for name, v in asked.items():
    place = program.where(v)
    print(f"{name:23} {place}")

place = program.where(hidden[2][1])
in_array = program[place.name][place.index]
print(f"{place.name}[2, 1] is {in_array:.6f}, the Value has {hidden[2][1].data:.6f}")
assert place.name == "tanh1" and place.index == (2, 1)
assert abs(in_array - hidden[2][1].data) < 1e-12

(value,) = program.values_at("tanh1", 2, 1)  # and back again
assert value is hidden[2][1]

# %% [markdown]
# `program.values_at` goes the other way, from a place to the Value whose number is there. The third
# one above has `part=True`: the number of this node is not in the array by itself. It went into
# a formula together with others: the target is taken off in the same line. `program.data(v)` and
# `program.grad(v)` give the two numbers of a Value as the arrays have them. Let us go through all
# 140 nodes, and compare.

# %%
counts = {"its own place": 0, "part of a formula": 0, "a constant": 0}
largest = 0.0
for v in nodes:
    place = program.where(v)
    if place is None:
        counts["a constant"] += 1
    elif place.part:
        counts["part of a formula"] += 1
    else:
        counts["its own place"] += 1
        largest = max(largest, abs(program.data(v) - v.data), abs(program.grad(v) - v.grad))
print(counts)
print(f"largest difference in data or grad: {largest:.1e}")
assert largest < 1e-12 and sum(counts.values()) == 140
assert counts["its own place"] == 13 + 12 + 12 + 4 + 1  # theta, and the four arrays

# %% [markdown]
# A number that has its own place has there what your graph has, both the data and the gradient, but
# for the last bit. The parts are the products and the partial sums on the way to a weighted sum. No
# array keeps them, and that is where much of the time is saved.

# %% [markdown]
# ## What is baked in
#
# A function is traced *once*, with the numbers of the first example. Whatever Python decides in
# that run stays decided. Here is a neuron with a bent line as its activation: `n` where it is
# positive, and a tenth of it elsewhere.

# %%
slope = Value(2.0, label="slope")


def bent(x):
    n = slope * x
    if n > 0:
        return n
    return 0.1 * n


given = [1.0, -1.0, 3.0, -2.0]
baked = lift(bent, wrt=[slope])
with warnings.catch_warnings(record=True) as heard:  # so that we can print what it says
    warnings.simplefilter("always")
    answers = baked.forward(None, given)
print("by the function:", [round(bent(x).data, 2) for x in given])
print("lifted:         ", answers.tolist())
print("warnings:", len(heard))
print(baked.notices[0].what)
print("write instead:", baked.notices[0].instead)
assert answers.tolist() == [2.0, -2.0, 6.0, -4.0]
assert len(heard) == 1 and "comparison gave True" in baked.notices[0].what

# %% [markdown]
# The second and the fourth number are wrong: -2 and -4 in place of -0.2 and -0.4. The first example
# was 1.0, so `n > 0` was true, and the graph of that run has only `slope * x` in it. A graph knows
# no `if`. It holds what was computed, and not what would have been computed for another number. The
# choice is **baked in**. glassgrad notices the moment in which a number leaves the graph (a
# comparison, `.data`, `float(...)`), warns once, and says what helps:
#
# - `where(condition, a, b)` is the choice as an operation: both ways are in the graph, and for each
#   example one of them counts. `greater(a, b)` is the condition "a > b" as an operation.
# - `maximum(a, b)` and `minimum(a, b)` are often shorter.

# %%
from glassgrad import greater, maximum, where


def bent_by_where(x):
    n = slope * x
    return where(greater(n, 0), n, 0.1 * n)


def bent_by_maximum(x):
    n = slope * x
    return maximum(n, 0.1 * n)


for function in (bent_by_where, bent_by_maximum):
    repaired = lift(function, wrt=[slope])
    print(f"{function.__name__:16}", repaired.forward(None, given).tolist(), repaired.notices)
    assert repaired.forward(None, given).tolist() == [2.0, -0.2, 6.0, -0.4]
    assert not repaired.notices

# %% [markdown]
# The same happens with `x.data`: it takes the plain number out of the Value, and that is a constant
# from then on. Also `math.exp(x)`, `max(...)` of Values and `sorted(...)` bake in.
#
# Not everything that is baked in is a mistake. Your `Neuron` asks `if self.activation == "tanh"`,
# and your loops run over as many weights as there are. That is the same for all examples, and
# *should* be decided once. The question is always: could it be different for another example?
#
# **Exercise 7.7. Find and repair.** The **Huber loss** is the squared error for small errors and
# grows more slowly for large ones, so that a single odd example does not pull so hard. For an error
# e it is e²/2 if e lies between -1 and 1, and |e| - 1/2 outside. This works on one Value at a time,
# and is baked in when lifted, in two places:
#
# ```python
# def huber(e):
#     if abs(e.data) <= 1:
#         return e**2 / 2
#     return (e if e > 0 else -e) - 0.5
# ```
#
# Write it so that it can be lifted. `e` is a Value; `abs(e)` works on Values and stays in the
# graph.


# %%
@exercise("7.7")
def huber(e):
    return ...


# %% [markdown]
# ## Rows of a table
#
# One choice is so frequent that it has an operation of its own: take row number i of a table. In
# chapter 6 the island of a bird became three inputs, of which one is 1. A layer multiplies them
# with its weights; what comes of it?

# %%
table = np.array([[0.5, -1.0], [0.2, 0.3], [-0.7, 0.9]])  # a row for each of three islands
one_hot = np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
indexes = np.array([1, 0, 1, 1])  # the same four birds
print("one-hot times the table\n", one_hot @ table)
print("rows of the table\n", table[indexes])
assert np.array_equal(one_hot @ table, table[indexes])

# %% [markdown]
# Three products for each number, of which two are with 0, only to copy a row. `table[indexes]`
# takes the rows directly. For three islands that hardly matters. For the 50,257 pieces of words of
# the language model GPT-2, it does. A table whose rows are parameters is called an **embedding**:
# glassgrad's `Embedding(3, 2)` has three rows of two. `embedding(i)` gives row i, as a list of
# Values.
#
# What about lifting? Which row it is comes from the data. It must not be baked in, and it is not:
# an array of *whole* numbers becomes an index, which may choose a row for each example anew.

# %%
embedding = Embedding(3, 2, seed=0)


@lift(wrt=embedding)
def island_loss(island, y):
    first, second = embedding(island)
    return (first * second - y) ** 2


wanted = np.array([0.5, 0.1, 0.4, 0.3])
value, gradient = island_loss.value_and_grad(None, indexes, wanted)
text = island_loss.source()
print(text[text.index("def value_and_grad") :])
print(gradient.reshape(3, 2))
assert "rows[island]" in text and "np.add.at" in text and not island_loss.notices
assert gradient.reshape(3, 2)[2].tolist() == [0.0, 0.0]

# %% [markdown]
# The gradient has a row for each island. No bird was on island 2, so its row is 0. The line with
# `np.add.at` is worth a closer look. Going backward, each bird hands a gradient to the row that it
# took. Three birds took row 1. You know what has to happen: add up. The obvious way does not:

# %%
handed = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0], [4.0, 4.0]])  # by the birds
print("taken were the rows", indexes)

lost = np.zeros((3, 2))
lost[indexes] += handed
kept = np.zeros((3, 2))
np.add.at(kept, indexes, handed)
print("with +=\n", lost)
print("with np.add.at\n", kept)
assert lost[1].tolist() == [4.0, 4.0]
assert kept[1].tolist() == [8.0, 8.0]  # 1 + 3 + 4

# %% [markdown]
# `lost[indexes] += handed` is `lost[indexes] = lost[indexes] + handed`: all rows are read first
# (they are 0), then all are written, and where an index comes again, the last one wins. It is the
# `=` in place of `+=` of chapter 3 in a new dress, written with a `+=`. No error, and gradients
# that look sensible.
#
# **Exercise 7.8. The gradient of a table.** `indexes` is an array of whole numbers, shape (batch,):
# which row each example took. `d_rows` is (batch, width): the gradients of the rows that came out.
# Return the gradient of the table, shape (n_rows, width). No loops.


# %%
@exercise("7.8")
def table_gradient(indexes, d_rows, n_rows):
    return ...


# %% [markdown]
# ## Training on arrays
#
# The training loop of chapter 5 was: forward, zero, backward, step. With a lifted loss, forward and
# backward are one call, the gradient comes as a new array, so there is nothing to zero, and the
# step is one line for all parameters. Here are 300 steps on all 206 birds at once.

# %%
theta = bird_loss.theta()  # the numbers of all parameters, as an array
history = []
start = time.perf_counter()
for _ in range(300):
    value, gradient = bird_loss.value_and_grad(theta, bird_inputs, species)
    theta = theta - 0.5 * gradient
    history.append(value)
bird_loss.update(theta)  # give the parameters of the network their new numbers
print(f"{len(theta)} parameters, {len(history)} steps in {time.perf_counter() - start:.3f} s")
print("loss", *(f"{history[step]:.4f}" for step in (0, 10, 50, 100, 299)))

fig, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
ax.plot(history, color=BLUE)
ax.set(xlabel="step", ylabel="cross-entropy", yscale="log")
ax.grid(alpha=0.3)
assert history[-1] < 0.02 < history[0]
assert [p.data for p in bird_network.parameters()] == theta.tolist()

# %% [markdown]
# After `update` your network, the one of loops and Values, has the weights that the arrays have
# learned. From here on everything works as before: `draw`, `step_through`, `evaluate`.
#
# `fit` does the same. Since this is so much faster, it lifts by itself where there is enough to do,
# and builds graphs where it would not pay, or where something cannot be lifted. You may ask for one
# of the two: `backend="numpy"` or `backend="eager"`. "Eager" means: every operation at once, number
# by number, as you have done it up to here.

# %%
runs, spent = {}, {}
for backend in ("eager", "numpy"):
    fresh = Network(9, [8, 3], Random(0))
    start = time.perf_counter()
    runs[backend] = fit(
        fresh,
        birds.train,
        birds.validation,
        epochs=8,
        learning_rate=0.02,
        seed=0,
        progress=False,
        backend=backend,
    )
    spent[backend] = time.perf_counter() - start
    print(f"{backend}: {spent[backend]:.2f} s")
    print(f"  {runs[backend]}")

for one, other in zip(runs["eager"].epochs, runs["numpy"].epochs):
    assert abs(one["train_loss"] - other["train_loss"]) < 1e-9 * one["train_loss"]
    assert one["validation_metric"] == other["validation_metric"]
assert runs["numpy"].backend == "numpy" and runs["eager"].backend == "eager"

# %% [markdown]
# The same losses in every epoch, to nine digits and more. The last word of a history says by what
# it was learned, if not by graphs. Where `fit` would have liked to lift and could not, it says why;
# for a network with an `if` on a Value in it, it names the line.
#
# You have now seen what the large libraries do. PyTorch and JAX have arrays (they call them tensors
# and arrays), record what is done with them, and go backward by the same chain rule, with formulas
# such as `d_n.T @ x`. JAX also traces a function of one example, turns it into one of a batch, and
# compiles it, and what was a plain Python number in the trace is baked in there too.

# %% [markdown]
# ## Questions
#
# 1. Why is an array of a single number no faster than a plain float?
# 2. `x` is `(32, 9)` and `W` is `(8, 9)`. What is the shape of `x @ W.T`, and why does `x @ W` not
#    work?
# 3. Why is the gradient of the weights a matrix product, and which axis is gone in it?
# 4. Two programs give gradients that differ in the 16th digit. Is one of them wrong?
# 5. A lifted function gives the right numbers for some examples and wrong ones for others. What do
#    you look for, and where?
#
# <details>
# <summary>Answers</summary>
#
# **1.** The price of an operation (see which kind it is, find the loop, make a new array) is paid
# once for each operation, whether it has one number or a million. With one number there is nothing
# to share it.
#
# **2.** `(32, 8)`: a number for each example and each neuron. `@` multiplies rows of the left one
# with columns of the right one; a row of `x` has 9 numbers and a column of `W` has 8.
#
# **3.** A weight is used once for each example, so its gradient is a sum over the examples of
# products: what arrives at the neuron, times the input. Sums of products are what `@` computes. The
# axis of the examples is gone.
#
# **4.** No. Each sum is rounded, and the order of the sums differs.
#
# **5.** A choice that was baked in: an `if` on a Value, `.data`, `max` of Values. `print(program)`
# and `program.notices` name the line; `where`, `maximum` or `take` keep the choice in the graph.
#
# </details>

# %% [markdown]
# ## Summary
#
# - Around each single number Python does far more work than the processor does with it. An array
#   pays that once for many numbers of one kind that lie side by side.
# - An array has a shape. Arithmetic goes element by element; `axis=` names the axis that is gone
#   afterwards; broadcasting repeats what is missing or 1, counted from the end.
# - `A @ B` takes rows of A and columns of B. A layer for a batch is `np.tanh(x @ W.T + b)`.
# - Backward: `d_W = d_n.T @ x` and `d_b = d_n.sum(axis=0)` add up over the examples, `d_x = d_n @
#   W` over the neurons. A gradient has the shape of the thing itself.
# - `lift` finds these arrays in the graph that your loops leave; `print(program)`, `draw(program)`
#   and `program.source()` show them, and `program.where(value)` leads from each number to its
#   place.
# - The numbers are the same but for the order of sums. Compare with a tolerance.
# - A trace bakes in what Python decides. Choices that depend on the data are `where`, `maximum`, or
#   the row of a table at an index.
# - Where an index comes twice, gradients add up: `np.add.at`, not `+=`.
# - `fit` trains on arrays by itself where that pays.
#
# You began with one neuron and a pencil. You have built the numbers, the network, the training, and
# now the arrays, and you can read what the large libraries do in every line. From here on, they are
# yours too.
