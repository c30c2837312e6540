# %% [markdown]
# # 1. What a neural network is
#
# **What you will be able to do**

# %% [markdown]
# ## A neuron

# %%
from glassgrad.course import exercise

print(1)
assert 1 == 1

# %% [markdown]
# **Exercise 1.1.** The weighted sum.


# %%
@exercise("1.1")
def weighted_sum(inputs, weights, bias):
    return ...


# %%
from glassgrad import Value, draw, step_through
from glassgrad.course.slider import slider

slider("x", {f"x = {x}": draw(Value(x) * 2) for x in (1.0, 2.0)})

# %%
step_through(Value(2.0) * 3)
