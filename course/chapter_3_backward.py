# %% [markdown]
# # 3. Backward
#
# In chapter 2 you built a number that remembers how it was made. In this chapter it learns to look
# back along its graph, and to say for every number in it: if this one were a little larger, what
# would become of the result?
#
# **What you will be able to do**
#
# - say what a gradient is, and measure one for any number of a graph;
# - work out all gradients of a neuron by hand, from the result back to the inputs;
# - use the chain rule, in words (rates multiply) and in code (local derivative times upstream);
# - write operations that hand gradients back by themselves, and `backward()`, which calls them in
#   the right order;
# - recognise, explain and mend the four classic mistakes, and let `check` show that there is one.
#
# **Time**: 60 minutes of reading, about 150 with the exercises, of which 3.5 and 3.8 are the long
# ones. The example is one neuron
# throughout: two inputs x1 and x2, two weights w1 and w2, a bias b, the weighted sum plus bias n,
# and the output o = tanh(n).
#
# Run the cells from top to bottom. As before, an exercise checks itself when you run its cell, and
# `hint("3.1")` helps.

# %% [markdown]
# ## Where we stand
#
# First the tools: `check`, the referee, `draw` and `step_through`, which show graphs, and the
# exercises.

# %%
import math

import matplotlib.pyplot as plt

from glassgrad import check, draw, step_through
from glassgrad.course import exercise, hint
from glassgrad.course.slider import slider

# %% [markdown]
# This is the `Value` of chapter 2 in one piece. Two things are a little shorter: `tanh` calls
# `math.tanh`, and the methods for a plain number on the left first make a `Value` of it. Each
# result keeps its inputs in `_prev` and the symbol of its operation in `_op`. There is a place for
# a gradient, `grad`, and nothing puts anything there yet.
#
# Only five operations are made from scratch: `+`, `*`, `**` with a plain number as its exponent,
# `exp` and `tanh`. The others are made of these: `a - b` is `a + (-b)`, and `a / b` is `a *
# b**-1`.


# %%
class Value:
    """A number that remembers how it was made."""

    def __init__(self, data, _children=(), _op="", label=""):
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), "+")

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), "*")

    def __pow__(self, exponent):
        return Value(self.data**exponent, (self,), f"**{exponent}")

    def exp(self):
        return Value(math.exp(self.data), (self,), "exp")

    def tanh(self):
        return Value(math.tanh(self.data), (self,), "tanh")

    # Made of the others.

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        return self * other**-1

    # With a plain number on the left.

    def __radd__(self, other):
        return Value(other) + self

    def __rmul__(self, other):
        return Value(other) * self

    def __rsub__(self, other):
        return Value(other) + (-self)

    def __rtruediv__(self, other):
        return Value(other) * self**-1


# %% [markdown]
# And this is the neuron of this chapter. A function builds it, so that you get a fresh one
# whenever you want one, with no gradients left over from before. Every step has a name of its own:
# `s` is the sum of the two products.


# %%
def neuron():
    """A fresh neuron: its five leaves, the steps in between, and its output."""
    x1, x2 = Value(2.0, label="x1"), Value(0.0, label="x2")
    w1, w2 = Value(-3.0, label="w1"), Value(1.0, label="w2")
    b = Value(6.8813735870195432, label="b")
    x1w1 = x1 * w1
    x2w2 = x2 * w2
    s = x1w1 + x2w2
    n = s + b
    o = n.tanh()
    x1w1.label, x2w2.label, s.label, n.label, o.label = "x1w1", "x2w2", "s", "n", "o"
    return x1, x2, w1, w2, b, x1w1, x2w2, s, n, o


x1, x2, w1, w2, b, x1w1, x2w2, s, n, o = neuron()
print("n =", n.data)
print("o =", o.data)
assert math.isclose(o.data, math.tanh(2.0 * -3.0 + 0.0 * 1.0 + 6.8813735870195432))

# %% [markdown]
# The picture of its graph, from the leaves on the left to the output on the right. A **leaf** is a
# number that you gave; it was not computed from others. Every `grad` is 0, and the picture says
# why. If it is wider than your page, scroll it to the side.

# %%
draw(o)

# %% [markdown]
# ## A gradient is what a nudge would do
#
# Move one number of the graph by a small step h, leave the others alone, compute the rest again,
# and see how far the output o moves. The ratio
#
# > how far o moves / how far the number was moved
#
# for a very small h is the **gradient** of o with respect to that number. It is the slope of
# chapter 2, and school calls it the derivative. A gradient of 2 says: o moves twice as far as the
# number, in the same direction. A gradient of -1.5 says: one and a half times as far, in the other
# direction.
#
# You can ask this of every number in the graph: of the weights and the bias, of the inputs, and
# also of the steps in between. A number in between, such as n, is nudged after it has been
# computed; only what comes later is computed again. The function below is the neuron in plain
# numbers, with one of them moved.


# %%
def output(moved="", h=0.0):
    """The neuron's output, with h added to the number called `moved`."""

    def number(name, data):
        return data + h if name == moved else data

    x1, x2 = number("x1", 2.0), number("x2", 0.0)
    w1, w2 = number("w1", -3.0), number("w2", 1.0)
    b = number("b", 6.8813735870195432)
    x1w1 = number("x1w1", x1 * w1)
    x2w2 = number("x2w2", x2 * w2)
    s = number("s", x1w1 + x2w2)
    n = number("n", s + b)
    return number("o", math.tanh(n))


def slope(name, h=1e-4):
    """How fast the output moves with this number: one step up, one step down."""
    return (output(name, h) - output(name, -h)) / (2 * h)


names = ["x1", "x2", "w1", "w2", "b", "x1w1", "x2w2", "s", "n", "o"]
measured = {name: slope(name) for name in names}
for name in names:
    print(f"{name:>5}: {measured[name]: .6f}")
assert abs(measured["o"] - 1.0) < 1e-9
assert abs(measured["w1"] - 1.0) < 1e-6 and abs(measured["w2"]) < 1e-9

# %% [markdown]
# That is ten numbers, and ten gradients. As a picture: a bar to the right means that o goes up
# with the number, a bar to the left that it goes down.

# %%
fig, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
for place, name in enumerate(names):
    up = measured[name] >= 0
    ax.barh(place, measured[name], color="#0072b2" if up else "#d55e00", hatch="" if up else "//")
    ax.text(max(measured[name], 0) + 0.05, place, f"{measured[name]:.2f}", va="center")
ax.set_yticks(range(len(names)), names)
ax.invert_yaxis()
ax.axvline(0, color="black", linewidth=0.8)
ax.set_xlim(-1.75, 1.5)
ax.set_xlabel("gradient: how far o moves for each step of this number")
assert min(names, key=measured.get) == "x1"

# %% [markdown]
# Read off three of them.
#
# - o itself has 1. A number moves exactly as far as itself.
# - w2 has 0. Its input x2 is 0, so w2 * x2 stays 0 whatever you do to w2.
# - x1 has -1.5. A larger x1 makes this neuron's output smaller, because its weight w1 is negative.
#
# Why want all this? In chapter 5 the last number of the graph will be a loss L, which says how
# wrong a network is. Then the gradient of each weight says which way to turn it, and how much that
# helps.
#
# Nudging has a price. Each number of the graph needs the whole computation two times more. For ten
# numbers that is nothing; for the millions of weights of a real network it would be hopeless. The
# rest of this chapter finds the same ten gradients in *one* walk through the graph, and keeps
# nudging as the referee.
#
# ## By hand, from the output back
#
# We now work the gradients out, node by node, and put each into `grad` of the graph above. We
# begin at the end, with o, and go back against the arrows. At each operation there is just one
# small question: how do the *inputs of this one operation* move its result? The answer is called
# the **local derivative**. "Local" says that we look at nothing but this operation.
#
# A picture will follow us. It is the graph from above, drawn narrower, with the gradients found so
# far; those of the newest stage have a thick frame, and in them stands where they come from.
# (You need not read how it is drawn.)


# %%
columns = [0, 0, 0, 0, 2, 1, 1, 2, 3, 4]
rows = [3, 1, 2, 0, 0.4, 2.5, 0.5, 1.9, 1.2, 1.2]
PLACES = dict(zip(names, zip(columns, rows, strict=True), strict=True))


def picture(value, new):
    """Draw the neuron's graph up to `value`; new: names found in this stage, and how."""
    _, ax = plt.subplots(figsize=(5.4, 3.9), layout="constrained")
    waiting = [value]
    while waiting:
        number = waiting.pop()
        name = number.label
        lines = [f"{name} ({number._op})" if number._op else name, f"data {number.data:.4f}"]
        found = name in new or number.grad != 0
        lines.append(f"grad {number.grad:.4f}" if found else "grad ?")
        lines += ["= " + new[name]] if name in new else []
        frame = {"boxstyle": "round", "facecolor": "white", "edgecolor": "#888888"}
        if name in new:
            frame.update(facecolor="#fdf1dc", edgecolor="#d55e00", linewidth=2)
        ax.text(*PLACES[name], "\n".join(lines), ha="center", va="center", fontsize=8, bbox=frame)
        for x in number._prev:
            (x0, y0), (x1, y1) = PLACES[x.label], PLACES[name]
            ax.plot([x0, x1], [y0, y1], color="#888888", zorder=0)
            middle = x0 + 0.55 * (x1 - x0), y0 + 0.55 * (y1 - y0)
            arrow = {"arrowstyle": "-|>", "color": "#888888", "shrinkA": 0, "shrinkB": 0}
            ax.annotate("", xy=middle, xytext=(x0, y0), arrowprops=arrow)
            waiting.append(x)
    ax.set(xlim=(-0.45, 4.45), ylim=(-0.5, 3.5))
    ax.axis("off")


# %% [markdown]
# **Stage 1: the output.** o moves as far as o: its gradient is 1.

# %%
x1, x2, w1, w2, b, x1w1, x2w2, s, n, o = neuron()
o.grad = 1.0
picture(o, {"o": "1"})

# %% [markdown]
# **Stage 2: through tanh.** How fast does o = tanh(n) move when n moves? Here is tanh, and the
# straight line that touches it where our neuron stands. Its slope is the local derivative.

# %%
xs = [i / 20 for i in range(-60, 61)]
local = 1 - o.data**2
fig, ax = plt.subplots(figsize=(6.5, 3.4), layout="constrained")
ax.plot(xs, [math.tanh(x) for x in xs], color="#0072b2", label="o = tanh(n)")
line = [o.data - local, o.data + local]
ax.plot([n.data - 1, n.data + 1], line, "--", color="#d55e00", label=f"slope {local:.4f} there")
here = f"our neuron: n = {n.data:.4f}, o = {o.data:.4f}"
ax.plot(n.data, o.data, "o", color="#d55e00", label=here)
ax.set(xlabel="n", ylabel="o", ylim=(-1.25, 1.6))
ax.legend(loc="upper left")
assert abs(measured["n"] - local) < 1e-6

# %% [markdown]
# For each step to the right the line rises half a step. For tanh there is a formula for this slope:
#
# > the local derivative of tanh is 1 - o², where o is the *result* of tanh.
#
# Do not take it on trust; nudge at a few other places. (Chapter 4 builds tanh from `exp`, and there
# the formula comes out by itself.)

# %%
print("     n         o    1 - o²   by nudging")
for place in (-2.0, -0.5, 0.0, 1.0, 2.5):
    result = math.tanh(place)
    nudged = (math.tanh(place + 0.001) - math.tanh(place - 0.001)) / 0.002
    print(f"{place:6.1f} {result:9.6f} {1 - result**2:9.6f}   {nudged:10.6f}")
    assert abs((1 - result**2) - nudged) < 1e-6

# %% [markdown]
# Our o is 0.7071, its square is 0.5, and 1 - 0.5 = 0.5, which is what nudging n gave above. (The
# strange bias 6.8813735870195432 was chosen so that this comes out round.) So n.grad is 0.5, but
# for rounding.

# %%
n.grad = (1 - o.data**2) * o.grad
print("n.grad =", n.grad, "  by nudging:", round(measured["n"], 6))
picture(o, {"n": f"{1 - o.data**2:.1f} × {o.grad:.1f}"})
assert abs(n.grad - 0.5) < 1e-12

# %% [markdown]
# **Stage 3: through the two additions.** n = s + b. If s grows by 0.001, n grows by 0.001; the
# same for b. The local derivative of `+` is 1, for both inputs. So a nudge of b moves n just as
# far, and from there o half as far: b.grad = 1 * 0.5.
#
# The second addition, s = x1w1 + x2w2, is no different. **An addition hands its gradient on
# unchanged.**

# %%
s.grad = 1.0 * n.grad
b.grad = 1.0 * n.grad
x1w1.grad = 1.0 * s.grad
x2w2.grad = 1.0 * s.grad
picture(o, dict.fromkeys(["s", "b", "x1w1", "x2w2"], f"1.0 × {n.grad:.1f}"))
assert abs(b.grad - measured["b"]) < 1e-6 and abs(x2w2.grad - measured["x2w2"]) < 1e-6

# %% [markdown]
# **Stage 4: through the two products.** x1w1 = x1 * w1 = 2 * (-3). If w1 grows by 0.001, the
# product grows by 2 * 0.001, since x1 is 2: two times as far. The local derivative with respect to
# w1 is x1, and that with respect to x1 is w1. **In a product, the local derivative is the other
# number.**
#
# From there on the product moves o 0.5 times as far, so w1.grad is 2 * 0.5 = 1, and x1.grad is
# (-3) * 0.5 = -1.5.

# %%
x1.grad = w1.data * x1w1.grad
w1.grad = x1.data * x1w1.grad
x2.grad = w2.data * x2w2.grad
w2.grad = x2.data * x2w2.grad
pairs = {"x1": w1, "w1": x1, "x2": w2, "w2": x2}
picture(o, {name: f"{other.data:.1f} × {s.grad:.1f}" for name, other in pairs.items()})
for value in (x1, x2, w1, w2, b, x1w1, x2w2, s, n, o):
    assert abs(value.grad - measured[value.label]) < 1e-6

# %% [markdown]
# All ten gradients are there. Now the referee. `check` puts each leaf's gradient beside a slope
# that it measures by nudging. It takes your own class, and as long as that has no `backward()`, it
# takes the gradients that you wrote down.

# %%
assert check(o).ok
check(o)

# %% [markdown]
# `numerical` is the slope by nudging. `error` is the difference between it and `grad`, divided by
# the larger of the two.
#
# The same once more, forward and backward, one operation at a time: press *Next*, or use the arrow
# keys. The page shows each local derivative, what it is multiplied with, and where the product
# goes.

# %%
step_through(o)

# %% [markdown]
# **Exercise 3.1. Local derivatives.** For x + y, x - y, x * y and x / y: how fast does the result
# move with x, and how fast with y? Return the two as a pair. `op` is one of the texts `"+"`,
# `"-"`, `"*"`, `"/"`. If you are not sure of one, nudge: compute `(x / (y + 0.001) - x / y) /
# 0.001` for numbers of your own, and look for the formula behind it.


# %%
@exercise("3.1")
def local_derivatives(op, x, y):
    return ...


# %% [markdown]
# ## The chain rule
#
# Three gear wheels. The first turns once a second. The second is driven by it and turns 2 times as
# fast as the first. The third turns 0.5 times as fast as the second. How fast does the third turn,
# compared with the first? 2 times 0.5 is 1: just as fast. **Rates multiply along a chain.**
#
# Our graph is such a chain. If w1 moves by h, then x1w1 moves 2 times as far. s and n move as far
# as x1w1. And if n moves by some distance, o moves 0.5 times as far. So o moves by 2 * 1 * 1 * 0.5
# = 1 times h. Here is that journey with h = 0.01, computed once without it and once with it.


# %%
def journey(w1):
    """The numbers on the way from w1 to o, with the others as they are."""
    x1w1 = 2.0 * w1
    s = x1w1 + 0.0 * 1.0
    n = s + 6.8813735870195432
    return {"w1": w1, "x1w1": x1w1, "s": s, "n": n, "o": math.tanh(n)}


h = 0.01
before, after = journey(-3.0), journey(-3.0 + h)
moves = {name: after[name] - before[name] for name in before}
fig, ax = plt.subplots(figsize=(6.5, 3.2), layout="constrained")
ax.bar(list(moves), list(moves.values()), color=["#009e73", *["#0072b2"] * 3, "#d55e00"], width=0.5)
for place, move in enumerate(moves.values()):
    ax.text(place, move + 0.0005, f"{move:.5f}", ha="center")
for place, rate in enumerate(["× 2", "× 1", "× 1", "× 0.5"]):
    ax.text(place + 0.5, 0.0245, rate, ha="center", color="#555555")
ax.set(ylabel="moves by", ylim=(0, 0.027), xlabel="from w1 to o: how far each number moves")
assert abs(moves["o"] / moves["w1"] - 1.0) < 0.02

# %% [markdown]
# The last bar is a little short of 0.01: tanh is curved, and 0.01 is not a very small nudge. For
# smaller ones the ratio comes as near to 1 as you like.
#
# Mathematics writes d for "a very small move of", and a stroke for the ratio of two moves:
#
#     do/dw1 = do/dn * dn/ds * ds/d(x1w1) * d(x1w1)/dw1
#            =  0.5  *   1   *     1      *      2
#
# When we went backward, we never wrote down such a long product. When we came to x1w1, its `grad`
# already was the product of all rates from there to o. One more factor was enough. That is the
# whole method, and it is the sentence to remember:
#
# > **gradient of an input = local derivative × gradient of the result (the "upstream" gradient)**
#
# *Upstream* is what has come down to the result of this operation from the end of the graph.
#
# One factor near 0 makes the whole product small. Move the slider: the bias changes n, and with it
# the slope of tanh. Where tanh is flat, the local derivative is almost 0, and since rates multiply,
# hardly any gradient gets through to *any* number that n was made from. Such a neuron is called
# **saturated**.

# %%
from matplotlib.figure import Figure

frames, through = {}, {}
for bias in (4.0, 5.0, 6.0, 6.8813735870195432, 8.0, 9.0):
    at = -6.0 + bias
    out = math.tanh(at)
    rate = through[bias] = 1 - out**2
    frame = Figure(figsize=(6.5, 3.0), dpi=80, layout="constrained")
    ax = frame.subplots()
    ax.plot(xs, [math.tanh(x) for x in xs], color="#0072b2")
    ax.plot([at - 0.8, at + 0.8], [out - 0.8 * rate, out + 0.8 * rate], "--", color="#d55e00")
    ax.plot(at, out, "o", color="#d55e00")
    ax.set(xlabel="n", ylabel="o = tanh(n)", ylim=(-1.3, 1.3), xlim=(-3.2, 3.9))
    ax.set_title(f"n = {at:.2f}, o = {out:.3f}, 1 - o² = {rate:.3f}, w1.grad = {2 * rate:.3f}")
    frames[f"b = {bias:.2f}"] = frame
assert through[9.0] < 0.01 < 0.49 < through[6.8813735870195432]
slider("bias", frames, start=3)

# %% [markdown]
# **Exercise 3.2. The gradients of a neuron.** Do for any neuron what we did for ours: o = tanh(n)
# with n = x1 * w1 + x2 * w2 + b, all plain numbers. Return the gradients of o as a list, in the
# order `[x1, x2, w1, w2, b]`.


# %%
@exercise("3.2")
def neuron_gradients(x1, x2, w1, w2, b):
    return ...


# %% [markdown]
# ## Each operation knows its local derivatives
#
# By hand we needed only one rule for each kind of operation, and used it again and again. So each
# operation can bring its rule along. When `tanh` makes a result, it also makes a small function
# `_backward`, to be called later, that hands the gradient of the result on to the input.
#
# For this you need one thing of Python. A function that is defined inside another function may use
# the outer one's names. It keeps them, even when the outer function has long returned. A function
# together with the names that it has kept is called a **closure**.


# %%
def times(factor):
    def inner(x):
        return factor * x  # factor is kept

    return inner


double, triple = times(2), times(3)
print(double(10), triple(10))
assert (double(10), triple(10)) == (20, 30)

# %% [markdown]
# Now `tanh` with its `_backward`. The inner function keeps `self`, the input, and `out`, the
# result. It reads `out.grad` when it is *called*; at the time when it is made, no gradient is
# there yet.
#
# The last line puts the new method into the class in place of the old one. From now on every Value
# has it.


# %%
def tanh(self):
    out = Value(math.tanh(self.data), (self,), "tanh")

    def _backward():
        self.grad = (1 - out.data**2) * out.grad  # local derivative × upstream

    out._backward = _backward  # the function itself, not called: no brackets
    return out


Value.tanh = tanh

# %% [markdown]
# `+` and `*` in the same way: two inputs, two lines.


# %%
def add(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad = 1.0 * out.grad
        other.grad = 1.0 * out.grad

    out._backward = _backward
    return out


def multiply_values(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad = other.data * out.grad
        other.grad = self.data * out.grad

    out._backward = _backward
    return out


Value.__add__, Value.__mul__ = add, multiply_values

# %% [markdown]
# A fresh neuron. You set the gradient of the output to 1, and call the five `_backward` yourself,
# from the end to the beginning. Leaves have none: they have no inputs to hand anything to.

# %%
x1, x2, w1, w2, b, x1w1, x2w2, s, n, o = neuron()
o.grad = 1.0
o._backward()
n._backward()
s._backward()
x1w1._backward()
x2w2._backward()
for leaf in (x1, x2, w1, w2, b):
    print(f"{leaf.label}.grad = {leaf.grad:.4f}")
for value in (x1, x2, w1, w2, b, x1w1, x2w2, s, n, o):
    assert abs(value.grad - measured[value.label]) < 1e-6

# %% [markdown]
# The same numbers as by hand and by nudging, and this time we only had to call.
#
# ## The first bug: a number used twice
#
# In the neuron, every number is used once. Here is the smallest program in which one is used
# twice.

# %%
a = Value(3.0, label="a")
b = a + a
b.label = "b"
b.grad = 1.0
b._backward()
print("a.grad =", a.grad)
h = 0.0001
print("nudged: ", (((3 + h) + (3 + h)) - (3 + 3)) / h)
assert a.grad == 1.0 and not check(b).ok
check(b)

# %% [markdown]
# b is 2 * a, so it moves twice as far as a. Nudging says 2, and `_backward` says 1. No error, no
# warning: just half of what it should be. Look at the graph before you read on. How many arrows go
# from a to b?

# %%
draw(b)

# %% [markdown]
# Two arrows leave a, and a nudge travels along both. Here is what `_backward` did, with `self` and
# `other` both being a:
#
# 1. `self.grad = 1.0 * out.grad` writes 1 into a.grad.
# 2. `other.grad = 1.0 * out.grad` writes 1 into a.grad **again**, over the first one.
#
# But both paths count. If a number reaches the result along several paths, **the contributions of
# all paths are added up**. So each `_backward` has to *add* its part to what is there: `+=` in
# place of `=`. That is why `grad` starts at 0.

# %% [markdown]
# **Exercise 3.3. A multiplication that goes backward.** Return the product of two Values, a new
# Value with its own `_backward`, which adds to `grad` (`+=`). It will also be asked for a * a. You
# need no test for plain numbers here: `a` and `b` are Values.


# %%
@exercise("3.3")
def multiply(a, b):
    return ...


# %% [markdown]
# Here are ours, `+` and `*`. In each line of `_backward` one character is new.


# %%
def add(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data + other.data, (self, other), "+")

    def _backward():
        self.grad += 1.0 * out.grad
        other.grad += 1.0 * out.grad

    out._backward = _backward
    return out


def multiply_values(self, other):
    other = other if isinstance(other, Value) else Value(other)
    out = Value(self.data * other.data, (self, other), "*")

    def _backward():
        self.grad += other.data * out.grad
        other.grad += self.data * out.grad

    out._backward = _backward
    return out


Value.__add__, Value.__mul__ = add, multiply_values

side = Value(3.0, label="side")
square = side * side
square.grad = 1.0
square._backward()
assert side.grad == 6.0  # the slope of a square at 3: twice 3

a = Value(3.0, label="a")
b = a + a
b.grad = 1.0
b._backward()
assert a.grad == 2.0 and check(b).ok
check(b)

# %% [markdown]
# **Exercise 3.4. A power that goes backward.** The same for `a**exponent`, where `a` is a Value
# and `exponent` a plain number. The local derivative of `a**k` is `k * a**(k - 1)`: at 3, a cube
# moves 3 * 3² = 27 times as far as its input. The symbol holds the exponent, as in chapter 2:
# `f"**{exponent}"`.


# %%
@exercise("3.4")
def power(a, exponent):
    return ...


# %% [markdown]
# Here are ours for the two operations that are left. e to the power of x is its own derivative, so
# `exp` multiplies upstream by its own result.


# %%
def power_of(self, exponent):
    out = Value(self.data**exponent, (self,), f"**{exponent}")

    def _backward():
        self.grad += exponent * self.data ** (exponent - 1) * out.grad

    out._backward = _backward
    return out


def exp(self):
    out = Value(math.exp(self.data), (self,), "exp")

    def _backward():
        self.grad += out.data * out.grad

    out._backward = _backward
    return out


Value.__pow__, Value.exp = power_of, exp

a = Value(3.0)
cube = a**3
cube.grad = 1.0
cube._backward()
assert a.grad == 27.0

# %% [markdown]
# ## The order matters
#
# You called the five `_backward` of the neuron yourself, and in a good order. Who finds that order
# for any graph? The first idea of almost everybody is plain recursion: a node hands on its
# gradient, and then its inputs do the same, and their inputs, and so on. It is short. It fails on
# two lines of arithmetic.


# %%
def recursion(node):
    """The nodes in the order in which plain recursion comes to them."""
    order = [node]
    for x in node._prev:
        order += recursion(x)
    return order


def two_lines():
    a = Value(3.0, label="a")
    b = a + a
    c = b + b
    b.label, c.label = "b", "c"
    return a, b, c


a, b, c = two_lines()
c.grad = 1.0
for node in recursion(c):
    if node._prev:  # a leaf has nothing to hand on
        node._backward()
print("recursion comes to:", *[node.label for node in recursion(c)])
print("a.grad =", a.grad, "and c is", c.data / a.data, "times a")
assert a.grad == 8.0 and c.data == 4.0 * a.data

# %% [markdown]
# c is 4 * a, so the gradient of a is 4. Plain recursion says 8. Here are the two orders side by
# side, the right one and that of recursion. Step through them and watch b. (The headings leave out
# the leaves, which hand nothing on.)

# %%
a, b, c = two_lines()
step_through(c, order=recursion(c))

# %% [markdown]
# Two arrows lead from b to c, so recursion comes to b twice. The first time, b hands on all of its
# gradient, which is 2, along both arrows to a. The second time it does so once more, though
# nothing new has arrived. So a gets 4 and another 4.
#
# So let us remember who has been there, and not come twice. That mends these two lines. It does
# not mend the next three, where b goes into c directly *and* by way of e.


# %%
def each_once(node, seen):
    """As recursion, but a node that has been seen is left alone."""
    if node in seen:
        return []
    seen.add(node)
    order = [node]
    for x in node._prev:
        order += each_once(x, seen)
    return order


def three_lines():
    a = Value(3.0, label="a")
    b = a + a
    e = b + b
    c = b + e
    b.label, e.label, c.label = "b", "e", "c"
    return a, b, e, c


a, b, e, c = three_lines()
c.grad = 1.0
for node in each_once(c, set()):
    if node._prev:
        node._backward()
print("the order:", *[node.label for node in each_once(c, set())])
print("a.grad =", a.grad, "and c is", c.data / a.data, "times a")
assert a.grad == 2.0 and c.data == 6.0 * a.data

# %%
a, b, e, c = three_lines()
step_through(c, order=each_once(c, set()))

# %% [markdown]
# Now b hands on too *early*. When it has its turn, only the 1 from c has arrived. The 2 from e
# comes later, and never gets to a.
#
# b may hand on once, and only when all that it will ever get has arrived. So b has its turn after
# **all** nodes that were made from b. An order in which this holds for every node is called a
# **topological order**. There may be several; each of them will do.
#
# It is easiest to find from the other end, as a list in which inputs come *before* what is made
# from them: first put all inputs of a node into the list, and only then the node itself. The
# result comes last. For the backward pass, go through the list from its end.


# %%
def topological_order(root):
    """All nodes that root was made from, inputs before results, root last."""
    order, seen = [], set()

    def place(node):
        if node in seen:
            return
        seen.add(node)
        for x in node._prev:
            place(x)
        order.append(node)  # after all its inputs

    place(root)
    return order


a, b, e, c = three_lines()
order = topological_order(c)
print("inputs first:", *[node.label for node in order])
c.grad = 1.0
for node in reversed(order):
    if node._prev:
        node._backward()
print("a.grad =", a.grad)
assert a.grad == 6.0
for node in order:  # every input stands before its result
    assert all(order.index(x) < order.index(node) for x in node._prev)

# %% [markdown]
# `place` is a recursion too, and it also remembers who has been there. The difference is one line:
# a node goes into the list *after* its inputs, and so, read from the end, before them and after
# everything that uses it.
#
# ## `backward()`
#
# That is all we need: the right order, a 1 at the end, and each node once.


# %%
def backward(self):
    """Find the gradient of every number that this one was made from."""
    self.grad = 1.0
    for node in reversed(topological_order(self)):
        if node._prev:
            node._backward()


Value.backward = backward

x1, x2, w1, w2, b, x1w1, x2w2, s, n, o = neuron()
o.backward()
for value in (x1, x2, w1, w2, b, x1w1, x2w2, s, n, o):
    assert abs(value.grad - measured[value.label]) < 1e-6
draw(o)

# %% [markdown]
# One line, and all ten gradients are there: the same as by hand. It works for any expression of
# our operations, with plain numbers on either side, and in one walk, however many numbers there
# are. This walk is called the **backward pass**, and the whole method **backpropagation**.

# %%
a, b = Value(2.0, label="a"), Value(-3.0, label="b")
c = 2 / a + a * b**2 - (b - 1) * a.exp()
assert check(c, [a, b]).ok
check(c, [a, b])

# %% [markdown]
# From here on `check` calls your `backward()` by itself, so it judges your class, and it did not
# need to know how you wrote it. What it cannot know is which number you meant: if `2 - a` is
# computed as `a - 2`, the gradients of `a - 2` are right, and it is content.
#
# One weakness shows already. `place` calls itself for each step down the graph, and Python allows
# only so many calls inside each other. A sum of 5,000 numbers is already too deep for it.

# %%
import sys

leaf = Value(1.0, label="leaf")
total = Value(0.0)
for _ in range(5000):
    total = total + leaf

print("calls inside each other that Python allows here:", sys.getrecursionlimit())
try:
    total.backward()
    stopped = False
except RecursionError as error:
    stopped = True
    print("RecursionError:", error)
assert stopped

# %% [markdown]
# The cure is to keep the nodes that wait in a list of your own, called a **stack**: put things on
# its end, take them off its end. A list may be as long as memory allows.

# %% [markdown]
# **Exercise 3.5. Topological order without recursion.** Return the list of all nodes that `root`
# was made from, each once, inputs before results, `root` last. The nodes have `_prev`. It will be
# tried on a graph that is 5,000 operations deep. This one is harder than the others; the hints go
# step by step.


# %%
@exercise("3.5")
def nodes_in_order(root):
    return ...


# %% [markdown]
# Here is ours. A node comes off the stack twice: the first time it puts its inputs on top of
# itself, and the second time they are all done and it may go into the list.


# %%
def topological_order(root):
    """All nodes that root was made from, inputs before results, root last."""
    order, seen = [], set()
    stack = [(root, False)]
    while stack:
        node, inputs_are_placed = stack.pop()
        if inputs_are_placed:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(x, False) for x in node._prev]
    return order


leaf.grad = 0.0
total.backward()
print("leaf.grad =", leaf.grad)
assert leaf.grad == 5000.0

# %% [markdown]
# `backward` itself has not changed: it looks the function `topological_order` up when it runs, and
# finds the new one.
#
# ## The second bug: one operation is left behind
#
# When we mended `+` and `*`, did you notice what we left as it was? Let the referee say it. Every
# operation, each with its input used once more beside it:

# %%
a = Value(0.5, label="a")
programs = {
    "a + a": a + a,
    "a * a + a": a * a + a,
    "a**3 + a": a**3 + a,
    "a.exp() + a": a.exp() + a,
    "a.tanh() + a": a.tanh() + a,
}
for program, value in programs.items():
    print(f"{program:>12}  {'ok' if check(value).ok else 'WRONG'}")
assert not check(programs["a.tanh() + a"]).ok
check(programs["a.tanh() + a"])

# %% [markdown]
# `tanh` still has the `=` of its first version. The addition gives a its 1; then tanh has its
# turn, and writes its own 0.7864 over it. The right sum is 1.7864.
#
# Why did nobody see it before? In the neuron, n is used by tanh alone, so there was nothing to
# overwrite. Every number was right, and a network of such neurons would have learnt. The mistake
# shows only when the input of tanh is used a second time. That is the test to remember: **f(a) +
# a, for each operation f**. In the classes that learners publish, this is a typical wrong
# gradient: `+=` in `+` and `*`, where the lesson says it, and `=` in the operations written
# afterwards.
#
# The mended one:


# %%
def tanh(self):
    out = Value(math.tanh(self.data), (self,), "tanh")

    def _backward():
        self.grad += (1 - out.data**2) * out.grad

    out._backward = _backward
    return out


Value.tanh = tanh

a = Value(0.5, label="a")
assert check(a.tanh() + a).ok
check(a.tanh() + a)

# %% [markdown]
# `check` has a second form. `check(value)` computes your graph again from the symbols in `_op`, so
# it knows what `"tanh"` ought to be, and also refuses a result that is not the tanh of its input.
# `check(function, inputs)` just calls your function again with nudged inputs. So it also takes
# operations whose symbol it does not know, and it says whether your derivative is that of *your*
# function. The function below is given as `lambda x: ...`, which is a function without a name, in
# one line: `x` goes in, and what stands after the colon comes out.


# %%
def softsign(x):
    """x / (1 + |x|), as one operation of its own."""
    out = Value(x.data / (1 + abs(x.data)), (x,), "softsign")

    def _backward():
        x.grad += 1 / (1 + abs(x.data)) * out.grad  # is that right?

    out._backward = _backward
    return out


x = Value(0.5, label="x")
assert not check(lambda x: softsign(x) * 3, [x]).ok
check(lambda x: softsign(x) * 3, [x])

# %% [markdown]
# 2 in place of 1.3333: the derivative of x / (1 + |x|) is 1 / (1 + |x|)², and the square was
# forgotten. The factor between the two numbers, 1.5, is 1 + |x|, which is a good hint at where to
# look.
#
# **Exercise 3.6. The mended tanh.** This function is from somebody's notebook. Its `_backward` has
# two mistakes. Write it as it should be.
#
# ```python
# def somebodys_tanh(x):
#     t = math.tanh(x.data)
#     out = Value(t, (x,), "tanh")
#
#     def _backward():
#         x.grad = 1 - t**2 * out.grad
#
#     out._backward = _backward
#     return out
# ```


# %%
@exercise("3.6")
def mended_tanh(x):
    return ...


# %% [markdown]
# ## The third bug: backward twice
#
# Call `backward()` on the neuron, set the gradients of the leaves back to 0, and call it again.
# Nothing has changed in between. So the second answer should be the first.

# %%
x1, x2, w1, w2, b, x1w1, x2w2, s, n, o = neuron()
seen = []
for call in (1, 2, 3):
    for leaf in (x1, x2, w1, w2, b):
        leaf.grad = 0.0
    o.backward()
    seen.append(w1.grad)
    numbers = ", ".join(f"{x.label}.grad {x.grad:.1f}" for x in (n, s, x1w1, w1))
    print(f"call {call}: {numbers}")
assert all(abs(x - y) < 1e-9 for x, y in zip(seen, [1.0, 4.0, 10.0], strict=True))

# %% [markdown]
# w1.grad should be 1 each time. It is 1, then 4, then 10.

# %%
fig, ax = plt.subplots(figsize=(6.5, 2.8), layout="constrained")
ax.bar(["call 1", "call 2", "call 3"], seen, color="#d55e00", width=0.5, label="w1.grad as it is")
for place, number in enumerate(seen):
    ax.text(place, number + 0.2, f"{number:.0f}", ha="center")
ax.axhline(measured["w1"], color="#009e73", linestyle="--", label="by nudging")
ax.set(ylabel="w1.grad", ylim=(0, 11.5))
ax.legend(loc="upper left")
assert seen[1] > 3 * measured["w1"]

# %% [markdown]
# The leaves were cleaned, the results in between were not. n.grad still has its 0.5 from the first
# call, and `+=` adds another 0.5: it is 1, twice as much as it should be, when n hands it on. At s
# the same happens again: the old 0.5 and a new 1 make 1.5. At x1w1 it is 0.5 and 1.5, which is 2,
# and w1 gets 2 * 2 = 4. The deeper the graph, the worse.
#
# The gradients of results in between are notes of *one* walk, so the walk has to start with clean
# notes. Leaves are another matter: weights are leaves, and it is useful that their gradients add
# up over several calls, for instance over several examples. So:
#
# - **results in between start at 0 in each call**, and `backward()` sees to it;
# - **leaves add up**, until *you* set them to 0. To forget this is a mistake of its own, and
#   chapter 5 shows what it does to training.
#
# PyTorch, the library that most networks are built with, has the same rule: leaves add up over
# calls. It does not keep gradients of results in between at all, unless asked (`retain_grad()`).
# And after one backward pass it throws away what it had stored for it, so a second call on the
# same graph mostly stops with an error, unless you say `retain_graph=True`.
#
# **Exercise 3.7. Backward as a function.** Write `backward` with this rule. The nodes have `data`,
# `grad`, `_prev` and, if they are not leaves, a right `_backward`. You may use `topological_order`
# from above. It returns nothing; it changes the grads.


# %%
@exercise("3.7")
def backward_from(root):
    return ...


# %% [markdown]
# Here is ours. New are the lines that set results in between to 0.


# %%
def backward(self):
    """Find the gradient of every number that this one was made from."""
    order = topological_order(self)
    for node in order:
        if node._prev:
            node.grad = 0.0
    self.grad = 1.0
    for node in reversed(order):
        if node._prev:
            node._backward()


Value.backward = backward

x1, x2, w1, w2, b, x1w1, x2w2, s, n, o = neuron()
for call in (1, 2, 3):
    for leaf in (x1, x2, w1, w2, b):
        leaf.grad = 0.0
    o.backward()
    print(f"call {call}: w1.grad = {w1.grad:.4f}")
    assert abs(w1.grad - 1.0) < 1e-9
o.backward()  # this time without cleaning the leaves: they add up
assert abs(w1.grad - 2.0) < 1e-9

# %% [markdown]
# ## The same with glassgrad
#
# `glassgrad.Value` is the same class, with more operations, and each of them tested. It takes the
# same program and finds the same gradients.

# %%
import glassgrad

theirs = {
    name: glassgrad.Value(value.data, label=name)
    for name, value in {"x1": x1, "x2": x2, "w1": w1, "w2": w2, "b": b}.items()
}
their_n = theirs["x1"] * theirs["w1"] + theirs["x2"] * theirs["w2"] + theirs["b"]
their_o = their_n.tanh()
their_o.backward()

for leaf in (x1, x2, w1, w2, b):
    leaf.grad = 0.0
o.backward()
for leaf in (x1, x2, w1, w2, b):
    print(f"{leaf.label:>2}.grad: ours {leaf.grad}, glassgrad's {theirs[leaf.label].grad}")
    assert leaf.grad == theirs[leaf.label].grad

# %% [markdown]
# Equal to the last digit. Inside it does without closures. Look back at our five operations: the
# outer part of each `_backward` is always the same, `x.grad += ... * out.grad`. Only the local
# derivatives differ. So glassgrad keeps the local derivatives in a **table**, one record for each
# operation, and has the `+=` in one single place. A mistake of the kind `=` in tanh alone cannot
# be made there. The record of tanh in `glassgrad/ops.py` begins like this:
#
# ```python
# tanh = Op("tanh", "tanh", math.tanh, lambda x, out: (1.0 - out * out,), ...)
# ```
#
# Name, symbol, value, and the local derivatives, one for each input. They are called `partials`: a
# derivative with respect to one of several inputs is a *partial* derivative.

# %%
print(glassgrad.ops.tanh.partials(n.data, o.data))
print(glassgrad.ops.multiply.partials(2.0, -3.0, -6.0))
assert glassgrad.ops.tanh.partials(n.data, o.data) == (1 - o.data**2,)
assert glassgrad.ops.multiply.partials(2.0, -3.0, -6.0) == (-3.0, 2.0)

# %% [markdown]
# Your own graph has all that this needs, since each node knows its inputs and its symbol. Here is
# the backward pass once more with a table, on your class, and no `_backward` is called. (`**` is
# left out, since its symbol holds the exponent.)

# %%
table = {
    "+": lambda x, y, out: (1.0, 1.0),
    "*": lambda x, y, out: (y, x),
    "exp": lambda x, out: (out,),
    "tanh": lambda x, out: (1 - out * out,),
}


def backward_by_table(root):
    order = topological_order(root)
    for node in order:
        if node._prev:
            node.grad = 0.0
    root.grad = 1.0
    for node in reversed(order):
        if node._prev:
            locals_ = table[node._op](*[x.data for x in node._prev], node.data)
            for x, local in zip(node._prev, locals_, strict=True):
                x.grad += local * node.grad  # the only += there is


x1, x2, w1, w2, b, x1w1, x2w2, s, n, o = neuron()
backward_by_table(o)
assert [leaf.grad for leaf in (x1, x2, w1, w2, b)] == [value.grad for value in theirs.values()]
print("the same gradients, from a table of", len(table), "operations")

# %% [markdown]
# ## All of it in one class
#
# **Exercise 3.8. A class with backward.** Put it all together in one class, `Number`: `+ - * /`
# with plain numbers on both sides, `**` with a plain exponent, `exp`, `tanh` and `backward()`. You
# may begin with your `Number` of chapter 2, and take everything from this chapter; or bring a class
# of your own from elsewhere, under the name that it has. It will be tried on numbers of either
# sign, on numbers used twice, in several orders, on tanh of 400, on a second `backward()` after the
# grads of the leaves were set to 0, and on a graph 5,000 operations deep. The rule of exercise 3.7
# holds: leaves add up, and results in between keep their grad until the next call. Each result has
# its symbol in `_op`; without it, `check` and `draw` cannot read your graph. The verdict names the
# operation. Inside the class, write `Number` where the chapter says `Value`.


# %%
@exercise("3.8")
class Number:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op

    def __repr__(self):
        return f"Number(data={self.data})"

    def __add__(self, other):
        return ...

    def __mul__(self, other):
        return ...

    # The other methods of chapter 2 belong here.

    def backward(self):
        return ...


# %% [markdown]
# ## Questions
#
# 1. The gradient of a number in a graph is -2. What happens to the result if the number grows by
#    0.001?
# 2. What does an addition hand on to its inputs in the backward pass, and what does a
#    multiplication?
# 3. Why does `_backward` use `+=` and not `=`, and in which program do you see the difference?
# 4. Plain recursion gives a.grad = 8 for b = a + a, c = b + b. Where do the four too many come
#    from?
# 5. You call `backward()` twice and set the gradients of the leaves to 0 in between. What else has
#    to be set to 0, and who should do it?
#
# <details>
# <summary>Answers</summary>
#
# **1.** It goes down by about 0.002: a gradient is how far the result moves for each step of the
# number.
#
# **2.** An addition hands on its own gradient, unchanged, to both. A multiplication hands to each
# input its gradient times the data of the *other* input.
#
# **3.** A number that is used several times gets a contribution from each use, and they add up.
# You see it in b = a + a, and for an operation f in f(a) + a.
#
# **4.** Recursion comes to b along both arrows. b hands on its 2 to each of two arrows to a, which
# makes 4, and then does so a second time.
#
# **5.** The gradients of all results in between; `backward()` itself should do it, because they
# are notes of one walk.
#
# </details>
#
# ## Summary
#
# - A **gradient** says how far the result moves for each step of a number: what a nudge would do.
#   Every number of a graph has one.
# - The **chain rule**: rates multiply along a path. In code, gradient of an input = **local
#   derivative × upstream** gradient.
# - `+` hands on 1 times upstream, `*` the other number times upstream, tanh (1 - o²) times
#   upstream, exp its result times upstream, and `a**k` hands on `k * a**(k - 1)` times upstream.
# - Contributions of several paths **add up**: `+=`, in every operation. Test it with f(a) + a.
# - A node hands on once, after everything made from it has handed on: **topological order**, from
#   the end.
# - `backward()` sets results in between to 0, the last one to 1, and then goes through the order.
#   Leaves add up until you set them to 0.
# - `check` is the referee: it measures by nudging, on your own class as well.
#
# Next, [chapter 4](chapter_4_neuron_layer_network.ipynb): neurons and layers made of these
# numbers, a whole network with every number in sight, and the same digits in PyTorch.
