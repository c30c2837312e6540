# %% [markdown]
# # 2. A number that remembers
#
# A network learns by changing its weights so that the loss falls. For that it has to know, for
# each weight: does the loss rise or fall when this weight goes up a little, and how fast? The
# answer is a **slope**. In the first half of this chapter you measure slopes by trying. In the
# second half you build numbers that remember how they were made, because with them chapter 3
# finds all slopes of a network at once.
#
# One example runs through the chapter. You throw a ball straight up for your dog, and ask how
# high it is.
#
# **What you will be able to do**
#
# - measure the slope of a curve at any point, and say how far to nudge and why not less;
# - measure how a result depends on each of several inputs, and say why nobody does this for a
#   million weights;
# - write a class of numbers, `Value`, with `+ - * / **`, and with plain numbers on either side;
# - read the picture of everything that a result was made from;
# - say what a gradient is before anybody has computed one for you.
#
# Of chapter 1 you need the words: weight, loss, forward pass, activation, and what sigmoid and
# tanh are. You need to have seen a class in Python once: `__init__`, `self`, a method.
#
# *Reading time: about 45 minutes, and nearly an hour for the eight exercises: the last one is
# twelve methods.* An exercise works as before: put your code in place of `...` and run the cell;
# `hint("2.1")`, in a cell of its own, helps.

# %% [markdown]
# ## A curve and its slope
#
# The ball leaves your hand at a height of 1.5 metres, with a speed of 8 metres per second. After
# `t` seconds its height in metres is
#
#     1.5 + 8 * t - 5 * t**2
#
# The first part is where it starts, the second is how far the throw has carried it, and the third
# is how far the earth has pulled it back. (The 5 is half of 10, the pull of the earth, which is
# really about 9.81. We round it so that you can work along in your head.)

# %%
import math
import sys

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from glassgrad.course import exercise, hint
from glassgrad.course.slider import slider

BLUE, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#009e73", "#666666"


def height(t):
    return 1.5 + 8 * t - 5 * t**2


for t in (0.0, 0.4, 0.8, 1.2, 1.6):
    print(f"after {t} s: {height(t):.2f} m")

assert math.isclose(height(0.8), 4.7)  # 1.5 + 6.4 - 3.2, by hand

# %% [markdown]
# The next picture shows the height from the throw to the ground, with three moments marked. Look
# how steep the curve is at each of them.

# %%
times = [i / 100 for i in range(178)]
moments = {0.2: ("o", "rises"), 0.8: ("s", "at the top"), 1.4: ("^", "falls")}

fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
ax.plot(times, [height(t) for t in times], color=BLUE)
for t, (marker, word) in moments.items():
    ax.plot(t, height(t), marker, color=ORANGE, markersize=8)
    ax.annotate(word, (t, height(t)), (10, -4 if t < 0.8 else 6), textcoords="offset points")
ax.set(xlabel="time t in seconds", ylabel="height in metres", ylim=(0, 5.6))
ax.grid(alpha=0.3)

assert height(0.2) < height(0.8) > height(1.4)
assert height(1.76) > 0 > height(1.78)  # the ball comes down between these

# %% [markdown]
# At 0.2 s the curve goes up steeply: the ball is fast. At 0.8 s it is level: for a moment the
# ball neither rises nor falls. At 1.4 s it goes down.
#
# How fast does the ball rise at 0.5 s, in metres per second? You can find out without any new
# mathematics. **Nudge** the time: let it go on a little, by `h`, and look how much the height has
# changed. The change in height divided by the change in time is the slope.

# %%
t, h = 0.5, 0.1
before = height(t)
after = height(t + h)
rise = after - before

print(f"height before: {before:.3f} m")
print(f"height after:  {after:.3f} m")
print(f"it has risen by {rise:.3f} m in {h} s")
print(f"slope: {rise:.3f} / {h} = {rise / h:.3f} m/s")

assert math.isclose(rise / h, 2.5)

# %% [markdown]
# So it is 2.5 metres per second? Not quite. Within that tenth of a second the ball has become
# slower, and 2.5 is its mean speed over the whole step. Take a smaller step.

# %%
for h in (0.1, 0.01, 0.001, 0.0001):
    print(f"h = {h:<6}  slope = {(height(0.5 + h) - height(0.5)) / h:.4f}")

assert math.isclose((height(0.5 + 0.001) - height(0.5)) / 0.001, 2.995)

# %% [markdown]
# The numbers come closer and closer to 3. That is the slope at 0.5 s, and it is the speed of the
# ball at this moment. Mathematicians call the slope at a point the **derivative**; it is the same
# thing.
#
# Move the slider and see the same in a picture. The orange line goes through the point at 0.5 s
# and the point at 0.5 s + h. As h becomes smaller it turns into the dashed line, which only
# touches the curve. This is the **tangent**, the line through the point with the slope of the
# curve there.


# %%
def secant(h):
    """The curve, the line through two of its points, and the tangent."""
    figure = Figure(figsize=(6, 3.4), dpi=80, layout="constrained")
    ax = figure.subplots()
    slope = (height(0.5 + h) - height(0.5)) / h
    ends = [0.1, 1.3]
    ax.plot(times, [height(t) for t in times], color=BLUE, label="height")
    ax.plot(ends, [4.25 + 3 * (t - 0.5) for t in ends], "--", color=GREY, label="tangent, slope 3")
    line = [4.25 + slope * (t - 0.5) for t in ends]
    ax.plot(ends, line, color=ORANGE, label=f"through both points, slope {slope:.2f}")
    ax.plot([0.5, 0.5 + h], [height(0.5), height(0.5 + h)], "o", color=ORANGE)
    ax.set(xlabel="time t in seconds", ylabel="height in metres", ylim=(0, 7))
    ax.legend(loc="lower center")
    return figure


assert height(0.5) == 4.25  # where all the lines meet
slider("step", {f"h = {h} s": secant(h) for h in (0.8, 0.6, 0.4, 0.2, 0.1, 0.01)})

# %% [markdown]
# For this curve you can also find the slope with pencil and paper. Write the height at `t + h`,
# take away the height at `t`, and divide by `h`. The square in it, multiplied out, is
# `5 * (t + h)**2 = 5 * t**2 + 10 * t * h + 5 * h**2`.
#
#     height(t + h) - height(t)
#         =  8 * h - 10 * t * h - 5 * h**2
#     divided by h
#         =  8 - 10 * t - 5 * h
#
# Two things are in the last line. As h goes to 0, the slope is `8 - 10 * t`, which is 3 at 0.5 s.
# And it says how wrong a step of h is: by `5 * h`. With h = 0.1 we were wrong by 0.5, and so it
# was: 2.5 in place of 3.
#
# Here are the three moments again, each with its tangent.

# %%
fig, ax = plt.subplots(figsize=(6, 3.4), layout="constrained")
ax.plot(times, [height(t) for t in times], color=BLUE)
for t, (marker, _) in moments.items():
    slope_here = 8 - 10 * t
    ends = [t - 0.25, t + 0.25]
    ax.plot(ends, [height(t) + slope_here * (end - t) for end in ends], "--", color=GREY)
    ax.plot(t, height(t), marker, color=ORANGE, markersize=8)
    ax.annotate(f"slope {slope_here:.0f}", (t, height(t)), (10, 4), textcoords="offset points")
ax.set(xlabel="time t in seconds", ylabel="height in metres", ylim=(0, 5.6))
ax.grid(alpha=0.3)

for t in moments:
    nudged = (height(t + 1e-6) - height(t)) / 1e-6
    print(f"t = {t}: by hand {8 - 10 * t:5.2f}, by nudging {nudged:9.6f}")
    assert math.isclose(nudged, 8 - 10 * t, abs_tol=1e-4)

# %% [markdown]
# Read the sign first. A **positive** slope: the result goes up as the input goes up. A
# **negative** one: it goes down. A slope of 0: level, which is what the top of a hill and the
# bottom of a valley have in common. The size says how fast: at a slope of 6, a nudge of 0.01
# changes the result by about 0.06.
#
# **Exercise 2.1. A slope.** Write the nudging once and for all. `f` is a function of one number,
# such as `height`. Return its slope at `x`, from a nudge upwards by `h`.


# %%
@exercise("2.1")
def slope(f, x, h):
    return ...


# %% [markdown]
# ## What too small a nudge does
#
# Smaller was better so far. How far does that go? To see it we need a curve whose slope is known
# to many digits. The function e^x has one: its slope is e^x itself. (That is what makes the
# number e = 2.71828... special.) So at x = 1 the slope is e. Here is what nudging gives, from
# h = 0.1 down to h = 0.00000000000000001, which Python writes as `1e-17`.


# %%
def one_sided(f, x, h):
    return (f(x + h) - f(x)) / h


print(f"{'h':>5}   {'slope':17}   wrong by")
errors = {}
for power in range(1, 18):
    h = 10.0**-power
    found = one_sided(math.exp, 1.0, h)
    errors[h] = abs(found - math.e)
    print(f"{h:.0e}   {found:.15f}   {errors[h]:.1e}")

assert errors[1e-8] < errors[1e-4] < errors[1e-1]  # smaller is better at first
assert errors[1e-8] < errors[1e-12] < errors[1e-15]  # and then worse
assert one_sided(math.exp, 1.0, 1e-17) == 0.0

# %% [markdown]
# The error falls, is smallest at 1e-8, and rises again. At the end the slope is 0, which is
# plainly wrong. Why?
#
# A decimal number in Python (a *float*) has about 16 digits. Look at the two numbers that are
# subtracted:

# %%
for h in (1e-4, 1e-8, 1e-12, 1e-17):
    before, after = math.exp(1.0), math.exp(1.0 + h)
    print(f"h = {h:.0e}")
    print(f"    e^(1 + h) = {after:.15f}")
    print(f"    e^1       = {before:.15f}")
    print(f"    change    = {after - before:.15f}\n")

assert 1.0 + 1e-17 == 1.0  # the nudge is lost before the function sees it

# %% [markdown]
# At h = 1e-4 the change has some 12 digits that mean something. At 1e-12 the two numbers agree in
# their first 11 digits, and only about 4 digits of the change are left, the last one rounded.
# Dividing by a tiny h makes this little rounding large. At 1e-17 there is nothing left at all:
# `1.0 + 1e-17` is `1.0`, to the last digit, so the function is asked the same twice.
#
# So there are two errors, and they pull in opposite directions:
#
# - the **truncation error**: the curve bends between x and x + h. It becomes smaller with h.
# - the **rounding error**: numbers have about 16 digits. It grows as h becomes smaller.
#
# There is a better way to nudge. Nudge to both sides, and divide by the whole width:
#
#     (f(x + h) - f(x - h)) / (2 * h)
#
# This is called the **symmetric difference** (or central difference). On a curve that bends, one
# of the two steps is too steep by about as much as the other is too flat, and the two mistakes
# cancel. The next picture has both. Its axes are logarithmic: from one grid line to the next,
# the number becomes a hundred times as large or as small.


# %%
def symmetric(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


steps = [10.0**-power for power in range(1, 18)]
curves = {
    "one-sided": ([abs(one_sided(math.exp, 1.0, h) - math.e) for h in steps], "o", ORANGE),
    "symmetric": ([abs(symmetric(math.exp, 1.0, h) - math.e) for h in steps], "s", BLUE),
}
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for name, (wrong_by, marker, colour) in curves.items():
    ax.loglog(steps, wrong_by, marker=marker, color=colour, label=name)
ax.annotate("the curve bends:\ntruncation", (1e-3, 3e-3), (1e-5, 2e-1), color=GREY)
ax.annotate("digits run out:\nrounding", (1e-12, 1e-4), (3e-12, 3e-8), color=GREY)
ax.set(xlabel="h, smaller to the right", ylabel="error of the slope")
ax.invert_xaxis()
ax.grid(alpha=0.3)
ax.legend()

for name, (wrong_by, _, _) in curves.items():
    smallest = min(wrong_by)
    print(f"{name}: best at h = {steps[wrong_by.index(smallest)]:.0e}, wrong by {smallest:.0e}")
assert min(curves["symmetric"][0]) < min(curves["one-sided"][0]) / 100
assert curves["one-sided"][0][-1] == curves["symmetric"][0][-1] == math.e  # slope 0, wrong by e

# %% [markdown]
# Both curves go down, reach a lowest point, and go up again. The one-sided one is best near
# h = 1e-8. The symmetric one falls twice as steeply, is best near 1e-5, and there it is more than
# a hundred times as exact. The flat end on the right is the slope of 0: both are then wrong by e.
#
# What to keep: nudge to both sides, by about 1e-5 for numbers around 1. Smaller is not better.

# %% [markdown]
# ## Several inputs, one nudged at a time
#
# The height depends on more than the time: also on where your hand is, and on how hard you throw.
# Let us make these inputs too. We keep them by name, in a dictionary; `throw(**inputs)` hands its
# entries over as arguments.


# %%
def throw(start, speed, t):
    return start + speed * t - 5 * t**2


inputs = {"start": 1.5, "speed": 8.0, "t": 0.5}
print(f"height: {throw(**inputs)} m")  # throw(start=1.5, speed=8.0, t=0.5)

slopes = {}
for name in inputs:
    up, down = dict(inputs), dict(inputs)
    up[name] += 1e-5
    down[name] -= 1e-5
    slopes[name] = (throw(**up) - throw(**down)) / 2e-5
    print(f"nudge {name:5} alone: slope {slopes[name]:.6f}")

assert math.isclose(slopes["start"], 1.0, rel_tol=1e-9)
assert math.isclose(slopes["speed"], 0.5, rel_tol=1e-9)  # it is t
assert math.isclose(slopes["t"], 3.0, rel_tol=1e-9)  # 8 - 10 * t

# %% [markdown]
# Each slope says something about the ball:
#
# - `start`: 1. If your hand is one metre higher, so is the ball.
# - `speed`: 0.5. Each metre per second more is half a metre more, because half a second has
#   passed.
# - `t`: 3. It rises at 3 metres per second at this moment; that is the number from before.
#
# The list of all these slopes, one for each input, is called the **gradient**: here [1, 0.5, 3].
# Each number in it is the gradient of the height with respect to one input. (Books also say
# *partial derivative* for one of them: all other inputs stay where they are.)
#
# The picture shows the height three times: each panel lets one input vary and keeps the other
# two as they are. The dashed tangents have the three slopes that we have measured.

# %%
fig, axes = plt.subplots(1, 3, figsize=(7, 2.8), layout="constrained", sharey=True)
around = [i / 50 - 1 for i in range(101)]  # from -1 to 1
for ax, name in zip(axes, inputs, strict=True):
    reach = {"start": 1.0, "speed": 3.0, "t": 0.45}[name]
    xs = [inputs[name] + reach * a for a in around]
    heights = [throw(**{**inputs, name: x}) for x in xs]  # this input replaced, the others kept
    ax.plot(xs, heights, color=BLUE)
    ends = [xs[0], xs[-1]]
    ax.plot(ends, [4.25 + slopes[name] * (x - inputs[name]) for x in ends], "--", color=GREY)
    ax.plot(inputs[name], 4.25, "o", color=ORANGE)
    ax.set(xlabel=name, title=f"slope {slopes[name]:.1f}")
    ax.grid(alpha=0.3)
axes[0].set_ylabel("height in metres")

assert throw(**inputs) == 4.25

# %% [markdown]
# In `start` and `speed` the height is a straight line, so the tangent lies on it. In `t` it bends.
#
# A gradient is worth having, because it says where to go. Suppose that the ball should be higher.
# Move each input a little in the direction of its own slope: up where the slope is positive, down
# where it is negative, and further where it is larger.

# %%
step = 0.01
moved = {name: inputs[name] + step * slopes[name] for name in inputs}
print("inputs moved to", {name: round(x, 4) for name, x in moved.items()})
print(f"height before {throw(**inputs):.4f}, after {throw(**moved):.4f}")

assert throw(**moved) > throw(**inputs)

# %% [markdown]
# The ball is higher. Learning is the same with two changes: the inputs are the weights of a
# network, and the result is its loss, which should go down. So each weight moves *against* its
# slope. That is chapter 5.
#
# **Exercise 2.2. A slope for each input.** `f` takes as many numbers as there are in the list
# `xs`; it is called as `f(*xs)`. Return a list with the slope of `f` for each of them. Nudge by
# `h`, one input at a time; one-sided or symmetric, as you like.


# %%
@exercise("2.2")
def gradient(f, xs, h):
    return ...


# %% [markdown]
# ## Why not nudge a million weights?
#
# If nudging gives every slope, why go on? Because of the work. Take the smallest thing that
# looks like a network: one weighted sum. With n weights it takes n multiplications. The next cell
# counts them, for one forward pass and for the slopes of all weights by one-sided nudging.


# %%
class Counter:
    multiplications = 0


def weighted_sum(weights, xs):
    total = 0.0
    for w, x in zip(weights, xs, strict=True):
        total += w * x
        Counter.multiplications += 1
    return total


counted = {}
print("weights   one forward pass   all slopes by nudging")
for n in (10, 100, 1000):
    weights, xs = [0.5] * n, [2.0] * n
    Counter.multiplications = 0
    start = weighted_sum(weights, xs)
    once = Counter.multiplications
    for i in range(n):
        nudged = list(weights)
        nudged[i] += 1e-5
        found = (weighted_sum(nudged, xs) - start) / 1e-5
        assert math.isclose(found, 2.0, rel_tol=1e-4)  # the slope for a weight is its input
    counted[n] = Counter.multiplications
    print(f"{n:7,} {once:18,} {counted[n]:23,}")

assert counted[1000] == 1000 * 1001  # n + 1 forward passes, of n multiplications each

million = 1_000_000 * 1_000_001
print(f"1,000,000 {1_000_000:16,} {million:23,}")
print(f"a million weights, a billion products a second: {million / 6e10:.0f} minutes")
assert round(million / 6e10) == 17

# %% [markdown]
# (The last row is computed, not run.) Ten times as many weights are a hundred times the work. A
# million weights, which is a small network today, take 17 minutes on a machine that makes a
# billion multiplications a second. That is for *one* step of learning, and there are thousands.
#
# Nudging throws something away. To nudge one weight it computes everything again, although nearly
# all numbers on the way are the same as before. Would it not be better to look, once, at how the
# result was made? If a number remembered which numbers it was made from, and by which operation,
# one could go back from the result to the weights, and pick up every slope on the way. This is
# what chapter 3 does, for about the work of a few forward passes. What it needs is a number with
# a memory. So we build one.

# %% [markdown]
# ## A number of your own
#
# A class describes a kind of thing: what such things hold, and what they can do. We start with
# almost nothing: a `Value` holds a number, under the name `data`.


# %%
class Value:
    def __init__(self, data):
        self.data = float(data)


start = Value(1.5)
print(start.data)

try:
    print(start + Value(4.0))
except TypeError as error:
    print("TypeError:", error)
    told = str(error)

assert start.data == 1.5
assert "unsupported operand type(s) for +" in told

# %% [markdown]
# It holds 1.5, but Python does not know what `+` means for such a thing. (`float(data)` makes a
# decimal number of whatever comes in, so that `Value(2)` and `Value(2.0)` are the same.)
#
# For `a + b` Python looks into the class of `a` for a method with the name `__add__`, and calls
# `a.__add__(b)`. An operator is a method. Plain numbers have such methods too:

# %%
print((1.5).__add__(4.0))

assert (1.5).__add__(4.0) == 1.5 + 4.0

# %% [markdown]
# So give the class an `__add__`. It takes `self`, which is the thing on the left of the plus, and
# `other`, the one on the right. It returns a new `Value` and leaves the two as they are.
#
# And give it a `__repr__`. Python calls that when it has to show the thing as text. Without it you
# would see something like `<__main__.Value object at 0x7f3c...>`.


# %%
class Value:
    def __init__(self, data):
        self.data = float(data)

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data)


start, rise = Value(1.5), Value(4.0)
up = start + rise
print(start, "+", rise, "=", up)

assert repr(up) == "Value(data=5.5)"

# %% [markdown]
# ## The memory
#
# `up` is 5.5, but it has forgotten where that comes from. Two more attributes change this:
#
# - `_prev`: the values that it was made from. Empty for a number that you wrote yourself.
# - `_op`: the symbol of the operation that made it, such as `"+"`.
#
# The underscore in front is a habit of Python programmers. It says: for use inside, not for
# everybody.
#
# Two further attributes are empty for now. `label` is a name, for pictures. And `grad` is a place
# for a slope, the gradient. It starts at 0.0, and nothing in this chapter fills it but your own
# hands: chapter 3 will.


# %%
class Value:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op

    def __repr__(self):
        return f"Value(data={self.data})"

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), "+")


start, rise = Value(1.5), Value(4.0)
up = start + rise
print(up, "was made by", up._op, "from", up._prev)
print(start, "was made by nothing:", start._prev)

assert up._prev == (start, rise)
assert up._prev[0] is start  # not a copy: the very same object
assert up._op == "+" and start._prev == () and start._op == ""

# %% [markdown]
# The only new thing in `__add__` is what it hands to `Value`: the two inputs, and the symbol.
# (The parameter that fills `_prev` is called `_children`, as in Andrej Karpathy's lecture on
# such a class; it holds the inputs.)
#
# We keep the inputs in a tuple, in their order. Some people use a set for it. A set holds each
# thing only once, and has no order: after `a + a` it has a single `a` in it, and has forgotten
# that there were two. A tuple has both:

# %%
a = Value(3.0)
b = a + a
print(b, "from", b._prev, "as a tuple; a set would have", len(set(b._prev)))

assert len(b._prev) == 2 and len(set(b._prev)) == 1

# %% [markdown]
# ## Multiplication
#
# From here on the class grows, one method at a time. Python lets you add a method to a class
# that is there already. Write a function, and put it into the class under the name that Python
# looks for:
#
#     Value.__mul__ = multiply
#
# It is the same as if it had stood in the class from the start; and the values that you have made
# learn it as well.
#
# **Exercise 2.3. Multiplication.** For `a * b` Python calls `a.__mul__(b)`. Write it: the right
# number, and the right memory, with the inputs in their order. Both `self` and `other` are
# Values.


# %%
@exercise("2.3")
def multiply(self, other):
    return ...


# %% [markdown]
# Here is ours. (If yours is right, write `Value.__mul__ = multiply` under it, and do not run the
# next cell. Nothing that follows will notice.)


# %%
def multiply(self, other):
    return Value(self.data * other.data, (self, other), "*")


Value.__mul__ = multiply

# %%
speed, t = Value(8.0), Value(0.5)
rise = speed * t
up = start + rise
print(rise, up)

assert rise.data == 4.0 and rise._op == "*"
assert up._prev == (start, rise) and rise._prev == (speed, t)

# %% [markdown]
# Follow the memory backwards: `up` was made from `start` and `rise`, and `rise` was made from
# `speed` and `t`. Nobody has written this down anywhere as a whole. Each value knows only its own
# inputs, and that is enough.

# %% [markdown]
# ## Labels and the picture
#
# Such a thing, values that point to the values they were made from, is called a **graph**. Each
# value in it is a **node**. A node without inputs is a **leaf**. Let us look at ours. `draw`
# draws every node as a box and every operation as a small circle. It reads `data`, `grad`,
# `_prev`, `_op` and `label` of *your* objects; it knows nothing else about them. (Where a
# picture is wider than your window, scroll it sideways. `draw(up).save("up.html")` makes a page
# of it that you can zoom.)

# %%
from glassgrad import draw

start.label, speed.label, t.label = "start", "speed", "t"
rise.label, up.label = "rise", "up"

assert [node.label for node in up._prev] == ["start", "rise"]
draw(up)

# %% [markdown]
# Read it from left to right, as the numbers flow. `speed` and `t` go into a `*`, and out comes
# `rise`. `start` and `rise` go into a `+`, and out comes `up`, in the bold box. A label is only a
# name for the reader; `rise.label = "rise"` had to be said, since an object does not know which
# variable it is in.
#
# Each box has a grad of 0, and the line under the picture says why: nobody has looked for
# gradients yet. (It speaks of *backward*, the method of chapter 3 that does so.)
#
# And here is `a + a`. One box, since there is only one `a`, and two lines from it.

# %%
a.label, b.label = "a", "b"

assert b.data == 6.0
draw(b)

# %% [markdown]
# ## Plain numbers on the right
#
# `up + 1` should be allowed: one metre more. It is not.

# %%
try:
    print(up + 1)
except AttributeError as error:
    print("AttributeError:", error)
    told = str(error)

assert told == "'int' object has no attribute 'data'"

# %% [markdown]
# You will see this message again. It means: a plain number has come where a `Value` was
# expected. Here, `other` is the number 1, and `__add__` asks it for its data.
#
# The cure is one line. If `other` is not a `Value`, make one of it. `isinstance(other, Value)`
# asks whether `other` is of this class.


# %%
def add(self, other):
    other = other if isinstance(other, Value) else Value(other)
    return Value(self.data + other.data, (self, other), "+")


def multiply(self, other):
    other = other if isinstance(other, Value) else Value(other)
    return Value(self.data * other.data, (self, other), "*")


Value.__add__ = add
Value.__mul__ = multiply

print(up + 1, up * 2)

assert (up + 1).data == 6.5 and (up * 2).data == 11.0
assert (up + 1)._prev[1].data == 1.0  # the plain number has become a leaf of the graph

# %% [markdown]
# ## Plain numbers on the left
#
# `up + 1` works now. And `1 + up`, which is the same sum?

# %%
try:
    print(1 + up)
except TypeError as error:
    print("TypeError:", error)
    told = str(error)

assert told == "unsupported operand type(s) for +: 'int' and 'Value'"

# %% [markdown]
# > **What Python does for `1 + up`**
# >
# > 1. The left side comes first: Python calls `(1).__add__(up)`. The class of whole numbers has
# >    never heard of your class. It does not raise an error; it returns a special answer,
# >    `NotImplemented`, which means: I cannot, ask somebody else.
# > 2. So Python asks the right side, for a method of another name: `up.__radd__(1)`. The r stands
# >    for *reflected* (or for right). Mind the order: `self` is what stands on the **right** of
# >    the plus, and `other` is the number on the left.
# > 3. If there is no such method, it is the TypeError that you have just seen.
# >
# > Each operator has such a second name: `__radd__`, `__rmul__`, `__rsub__`, `__rtruediv__`.

# %%
print((1).__add__(up))

assert (1).__add__(up) is NotImplemented

# %% [markdown]
# In a sum the order does not matter, so the reflected method can turn it round and use `__add__`.
# But it has to turn it round. Look at the next version, which seems to say the same: `other +
# self`. We try it in a class of its own, so that nothing is spoilt, and let it tell us when it is
# called.


# %%
class Broken(Value):
    calls = 0

    def __radd__(self, other):
        Broken.calls += 1
        if Broken.calls <= 3:
            print(f"__radd__ is asked for {other} + {self}")
        return other + self


try:
    print(1 + Broken(5.5))
except RecursionError as error:
    told = str(error)
    print("... and so on\nRecursionError:", told)

assert told.startswith("maximum recursion depth exceeded") and Broken.calls > 100

# %% [markdown]
# `other + self` is `1 + up`: exactly the question that Python came with. So it asks `__radd__`
# again, which asks again, and so on until Python gives up. The right way is `self + other`, with
# the Value on the left. Then Python calls `__add__`, and that one knows what to do.


# %%
def reflected_add(self, other):
    return self + other


def reflected_multiply(self, other):
    return self * other


Value.__radd__ = reflected_add
Value.__rmul__ = reflected_multiply

print(1 + up, 2 * up)
print(sum([start, rise]))

assert (1 + up).data == 6.5 and (2 * up).data == 11.0
assert sum([start, rise]).data == 5.5

# %% [markdown]
# The last line works thanks to `__radd__` as well: `sum` begins with the plain number 0, so the
# first thing that it computes is `0 + start`.

# %% [markdown]
# ## Minus
#
# We could write a subtraction that makes a node of its own, with the symbol `"-"`. But there is
# no need. `-a` is `a * -1`, and `a - b` is `a + (-b)`. Such a thing, made of operations that are
# there already, is a **composition**. It spares work later: chapter 3 has to say for each
# operation what its slopes are. For a composition there is nothing to say, because its parts know.


# %%
def negative(self):
    return self * -1


def subtract(self, other):
    return self + (-other)


Value.__neg__ = negative
Value.__sub__ = subtract

print(-up, up - rise, up - 1)

assert (-up).data == -5.5
assert (up - rise).data == start.data and (up - 1).data == 4.5
assert (up - rise)._op == "+"  # it really is a sum

# %% [markdown]
# And with the plain number on the left: `10 - v`? Here the order matters, and this is where signs
# get lost. Python calls `v.__rsub__(10)`. `self` is `v`, the one on the right, which is taken
# away.
#
# **Exercise 2.4. A number minus a Value.** Write `__rsub__`: what `10 - v` asks of `v`. `other`
# is the plain number on the left. Make it a composition, of what is there already.


# %%
@exercise("2.4")
def subtract_from(self, other):
    return ...


# %% [markdown]
# Ours takes the negative, and adds:


# %%
def subtract_from(self, other):
    return -self + other


Value.__rsub__ = subtract_from

v = Value(3.0)
print(10 - v, v - 10)

assert (10 - v).data == 7.0 and (v - 10).data == -7.0

# %% [markdown]
# ## Powers and division
#
# The height has a `t**2` in it. For `a ** 2` Python calls `a.__pow__(2)`. We allow plain numbers
# as exponents, nothing else. The exponent is then a constant: it belongs to the operation, not to
# the inputs. So it stands in the symbol, `"**2"`, and the memory has one input only. A tuple of
# one thing is written with a comma: `(self,)`.
#
# **Exercise 2.5. Powers.** Write `__pow__`. The exponent may be any plain number: 3, -1, 0.5.


# %%
@exercise("2.5")
def power(self, exponent):
    return ...


# %% [markdown]
# Here is ours. With it, we have all that the height of the ball needs.


# %%
def power(self, exponent):
    return Value(self.data**exponent, (self,), f"**{exponent}")


Value.__pow__ = power

ball = start + speed * t - 5 * t**2
ball.label = "ball"
print(ball)
print(t**2, (t**2)._op, (t**2)._prev)

assert ball.data == height(0.5) == 4.25
assert (t**2)._op == "**2" and (t**2)._prev == (t,)

# %% [markdown]
# The whole height, written just as the formula, and computed by our own numbers: 4.25 m, as
# before. Here is everything that it was made from.

# %%
assert ball._prev[0].data == 5.5  # start + speed * t
draw(ball)

# %% [markdown]
# The boxes without a name are the numbers on the way, and the plain numbers of the formula: 5 has
# become a box, and so has the -1 that the minus brought in. Find `t`: two lines leave it. It is
# used twice, once for the throw and once for the pull of the earth. Keep that in mind, it will be
# important.
#
# Now division. A division by 4 is a multiplication by 0.25, and 0.25 is `4**-1`. So `a / b` is a
# composition too.
#
# **Exercise 2.6. Division.** For `a / b` Python calls `a.__truediv__(b)`. Write it with what is
# there, `*` and `** -1`. `other` is a Value or a plain number.


# %%
@exercise("2.6")
def divide(self, other):
    return ...


# %% [markdown]
# Ours, and its reflected sister for `2 / v`:


# %%
def divide(self, other):
    return self * other**-1


def divide_into(self, other):
    return self**-1 * other


Value.__truediv__ = divide
Value.__rtruediv__ = divide_into

v = Value(4.0)
print(v / Value(8.0), v / 2, 2 / v)

assert (v / Value(8.0)).data == 0.5 and (v / 2).data == 2.0 and (2 / v).data == 0.5

try:
    print(v / Value(0.0))
except ZeroDivisionError as error:
    told = str(error)
    print("ZeroDivisionError:", told)

assert "negative power" in told  # 0.0 ** -1

# %% [markdown]
# Dividing by zero is an error, as with plain numbers; Python's words for it tell you that our
# division is a power.

# %% [markdown]
# ## One more function
#
# Not everything is an operator. e^x is a function, and functions become plain methods, called as
# `v.exp()`. A method of this kind takes the number out, gives it to `math`, and wraps the result
# with its memory.


# %%
def exp(self):
    return Value(math.exp(self.data), (self,), "exp")


Value.exp = exp

one = Value(1.0, label="one")
print(one.exp())
sigmoid = 1 / (1 + (-one).exp())
print(sigmoid)

assert math.isclose(one.exp().data, math.e)
assert math.isclose(sigmoid.data, 0.7310585786300049)  # 1 / (1 + e^(-1))

# %% [markdown]
# The second line is the sigmoid of chapter 1, put together from what we have: a minus, an `exp`,
# a sum with a number on the left, a division with a number on the left. Four methods at once,
# and its picture has them all (the minus as `*` with -1, the division as `**-1` and `*`).

# %%
assert sigmoid._op == "*"
draw(sigmoid)

# %% [markdown]
# Another activation of chapter 1 is tanh. Its formula is
#
#     tanh(x) = (e^x - e^(-x)) / (e^x + e^(-x))
#
# Multiply above and below by e^x, and it takes one exponential less:
#
#     tanh(x) = (e^(2x) - 1) / (e^(2x) + 1)
#
# Many people write it like this, and it is right, on paper. See what it does with a large number.


# %%
def tanh_on_paper(x):
    e = math.exp(2 * x)
    return (e - 1) / (e + 1)


print(tanh_on_paper(1.0), math.tanh(1.0))
try:
    print(tanh_on_paper(400.0))
except OverflowError as error:
    told = str(error)
    print("OverflowError:", told)

assert math.isclose(tanh_on_paper(1.0), math.tanh(1.0))
assert "range" in told
largest = sys.float_info.max
print(f"the largest decimal number in Python: {largest:.2e}, about e^{math.log(largest):.2f}")
assert math.exp(709) < largest and math.exp(-800) == 0.0

# %% [markdown]
# tanh(400) is 1, to all digits that there are. But on the way to it stands e^800, and that is
# larger than any decimal number that Python can hold. This is an **overflow**. The way out: take
# the exponential of *negative* numbers only. e^(-800) becomes 0, and that does no harm.
#
# For x of 0 or more, multiply above and below by e^(-x) instead:
#
#     tanh(x) = (1 - e^(-2x)) / (1 + e^(-2x))
#
# And for a negative x, use the symmetry tanh(-x) = -tanh(x).
#
# **Exercise 2.7. tanh without overflow.** Write the method `tanh`: one operation with the symbol
# `"tanh"` and one input, which gives the right number for every x, also for 400 and -1000.
# (Python has `math.tanh`, and an answer with it counts as right. Build yours from `math.exp`
# this once.)


# %%
@exercise("2.7")
def tanh(self):
    return ...


# %% [markdown]
# Ours, compared with Python's own:


# %%
def tanh(self):
    e = math.exp(-2 * abs(self.data))  # between 0 and 1, however large the number is
    t = (1 - e) / (1 + e)
    if self.data < 0:
        t = -t
    return Value(t, (self,), "tanh")


Value.tanh = tanh

print(Value(1.0).tanh(), Value(-1.0).tanh(), Value(400.0).tanh(), Value(-1000.0).tanh())

for x in (-1000.0, -1.0, 0.0, 1.0, 400.0):
    assert math.isclose(Value(x).tanh().data, math.tanh(x), rel_tol=1e-12)

# %% [markdown]
# ## The whole class
#
# You have seen every method. Now put them together, in a class of your own from the first line to
# the last. Do it from memory as far as you can; it is the best way to find out what has stayed.
#
# **Exercise 2.8. The whole class.** Write `Number`, which can do all that `Value` can.
# `__init__` and `__repr__` are there. Inside the class, write `Number` where the chapter says
# `Value`, so that results are of your class. As in the chapter, five methods make nodes, and the
# other seven are compositions of them. It is tried with many little programs: reuse such as
# `a + a`, numbers on both sides, `sum`, `tanh` of 400, and a sum of 5,000 numbers.


# %%
@exercise("2.8")
class Number:
    def __init__(self, data, _children=(), _op="", label=""):
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self._prev = tuple(_children)
        self._op = _op

    def __repr__(self):
        return f"Number(data={self.data})"

    # These make new nodes.

    def __add__(self, other):
        return ...

    def __mul__(self, other):
        return ...

    def __pow__(self, exponent):
        return ...

    def exp(self):
        return ...

    def tanh(self):
        return ...

    # These are made of the ones above.

    def __neg__(self):
        return ...

    def __sub__(self, other):
        return ...

    def __truediv__(self, other):
        return ...

    def __radd__(self, other):
        return ...

    def __rmul__(self, other):
        return ...

    def __rsub__(self, other):
        return ...

    def __rtruediv__(self, other):
        return ...


# %% [markdown]
# Our `Value` has the same twelve. Five of them make nodes; the other seven are one line each.

# %%
makers = ["__add__", "__mul__", "__pow__", "exp", "tanh"]
compositions = [
    "__neg__",
    "__sub__",
    "__truediv__",
    "__radd__",
    "__rmul__",
    "__rsub__",
    "__rtruediv__",
]
assert all(name in vars(Value) for name in makers + compositions)
print(len(makers), "make nodes,", len(compositions), "are made of them")

total = Value(0.0)
for _ in range(5000):
    total = total + 1
print(total, "remembers 5,000 additions")

assert total.data == 5000.0

# %% [markdown]
# ## The same numbers from glassgrad
#
# The package that comes with this course has a `Value` as well, which can do a little more. Run
# the same programs with both, and print what they give. The text has to be the same, digit for
# digit. (We import it under another name, so that ours stays.)

# %%
from glassgrad import Value as TheirValue

PROGRAMS = [
    "a + b * c",
    "1 - a",
    "2 / b - a / 3",
    "(a - b) * (a + b) + c**3",
    "5 * c**2 - 0.5 * c**0.5",
    "sum([a, b, c]) / 3",
    "(a * 400).tanh() * c",
    "1 / (1 + (-c).exp())",
    "(a * 400).tanh() + (b * 400).tanh()",
]

for program in PROGRAMS:
    printed = []
    for kind in (Value, TheirValue):
        numbers = {"a": kind(1.5), "b": kind(-8.0), "c": kind(0.5)}
        printed.append(repr(eval(program, numbers)))  # compute what the text says
    print(f"{program:36} {printed[0]}")
    assert printed[0] == printed[1]

# %% [markdown]
# Each line was computed twice, and was the same twice. So you may think of theirs as of your own:
# it is the same idea, made fast and safe. (Only their `tanh` calls `math.tanh`. Its last digit
# may differ from ours, because it rounds at other places.)

# %% [markdown]
# ## What the gradients will have to be
#
# One thing is left empty: `grad`. For each node of a graph it is meant to hold a slope: how fast
# the **last** number changes when this one changes. Not only for the inputs; for every number on
# the way as well. You can find them all by nudging, right now.
#
# To do so, we build the height once more, with a name for each node. After a node is made,
# `keep` may nudge it: then everything that comes after is computed with the nudged number.


# %%
def build(nudged="", h=0.0):
    """All nodes of the height by their names; one of them may be nudged by h."""
    nodes = {}

    def keep(label, value):
        value.label = label
        if label == nudged:
            value.data += h
        nodes[label] = value
        return value

    start = keep("start", Value(1.5))
    speed = keep("speed", Value(8.0))
    t = keep("t", Value(0.5))
    pull = keep("pull", Value(-5.0))
    rise = keep("rise", speed * t)
    up = keep("up", start + rise)
    square = keep("square", t**2)
    fall = keep("fall", pull * square)
    keep("height", up + fall)
    return nodes


nodes = build()
for name, node in nodes.items():
    above = build(name, 1e-5)["height"].data
    below = build(name, -1e-5)["height"].data
    node.grad = round((above - below) / 2e-5, 8)  # the last digits are rounding
    print(f"{name:6}  data {node.data:5.2f}   grad {node.grad:5.2f}")

assert nodes["height"].grad == 1.0  # it changes exactly as much as itself
assert nodes["t"].grad == 3.0  # the speed of the ball, as in the beginning

# %% [markdown]
# And this is what it looks like. Compare it with the pictures before: the grads are there.

# %%
assert nodes["height"].data == 4.25
draw(nodes["height"])

# %% [markdown]
# Scroll to the right end and read back this time, from the height to the inputs, and see what
# you notice.
#
# - `height` has a grad of 1. That is so for every last node.
# - A `+` hands the grad on unchanged: `up` and `fall` have 1 as well, and so have `start` and
#   `rise`.
# - At a `*`, each input has the grad of the result times the *other* input: `speed` has 1 * 0.5,
#   and `pull` has 1 * 0.25.
# - `t` has 3, and two lines leave it. Through `rise` it gets 1 * 8, through `square` it gets
#   -5 * 1 (the slope of t**2 at 0.5 is 1). Together: 8 - 5 = 3. They are **added**.
#
# We can write that down, and check it:

# %%
grad = {name: node.grad for name, node in nodes.items()}
data = {name: node.data for name, node in nodes.items()}

assert grad["up"] == grad["fall"] == grad["start"] == grad["rise"] == grad["height"]
assert grad["speed"] == grad["rise"] * data["t"]
assert grad["pull"] == grad["fall"] * data["square"]
assert grad["square"] == grad["fall"] * data["pull"]
through_rise = grad["rise"] * data["speed"]
through_square = grad["square"] * 2 * data["t"]  # the slope of t**2 is 2 * t
print(f"t: {through_rise} by way of rise, {through_square} by way of square")
assert grad["t"] == through_rise + through_square

# %% [markdown]
# So the grads follow a few simple rules, going backwards, and nothing needs to be nudged. Each
# node has what it takes for them: its data, its inputs, and its operation. That is why our
# numbers remember. In chapter 3 you write these rules into the class, and one call of
# `backward()` fills in the whole picture.

# %% [markdown]
# ## Questions
#
# 1. The slope of a curve is -2 at x = 3. About how much does the result change if x goes from 3 to
#    3.01?
# 2. Why does nudging e^x at x = 1 by 1e-17 give a slope of 0?
# 3. Why is the symmetric difference better than the one-sided one?
# 4. What does Python do, step by step, for `2 * v`, where `v` is a Value?
# 5. `_prev` of a result holds its inputs. What do you find if you go from `ball` to its inputs, to
#    their inputs, and so on, until there are none?
#
# <details>
# <summary>Answers</summary>
#
# **1.** By about -2 * 0.01 = -0.02: it becomes smaller by 0.02.
#
# **2.** Numbers have about 16 digits, so `1.0 + 1e-17` is `1.0` again. The function gets the
# same number twice, and the difference is 0.
#
# **3.** On a bending curve the step up and the step down are wrong in opposite directions, by
# nearly the same amount. In the symmetric difference these errors cancel, so a larger h is good
# enough, and with a larger h rounding does less harm.
#
# **4.** It calls `(2).__mul__(v)`, which returns `NotImplemented`. Then it calls
# `v.__rmul__(2)`. That one computes `v * 2`, by `v.__mul__(2)`, which makes a Value of the 2 and
# returns a new Value.
#
# **5.** All that it was made from, every number on the way, and at the ends the leaves: `start`,
# `speed`, `t` (twice), and the plain numbers 5 and -1 that became Values.
#
# </details>

# %% [markdown]
# ## Summary
#
# - The **slope** of a function at a point says how fast the result changes with the input. Nudge
#   the input by h, and divide the change by h.
# - Too large an h suffers from the bend of the curve, too small an h from rounding. The
#   **symmetric difference** with h near 1e-5 is good for numbers around 1.
# - With several inputs, nudge one at a time. The list of slopes is the **gradient**. For n weights
#   that takes n + 1 forward passes, which is too much for a network.
# - An operator is a method: `a + b` calls `a.__add__(b)`. With a plain number on the left, Python
#   turns to the **reflected** method of the right side, `__radd__`, with `self` on the right.
# - A `Value` holds `data`, and remembers its inputs (`_prev`) and its operation (`_op`). Such
#   values form a **graph**, and `draw` shows it.
# - Minus and division are **compositions**. Only `+`, `*`, `**`, `exp` and `tanh` make nodes.
# - `grad` is the place for the slope of the last node with respect to this one. Chapter 3 fills it
#   in, for all nodes at once, by going backwards through the memory.
