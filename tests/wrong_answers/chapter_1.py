"""Typical wrong answers to chapter 1: the exercise, the program, what the verdict says."""

WRONG = [
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    return sum(x * w for x, w in zip(inputs, weights))
""",
        r"The bias is missing",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    total = 0
    for x, w in zip(inputs, weights):
        total += x * w + bias
    return total
""",
        r"added once for each input",
    ),
    (
        "1.1",
        """
def weighted_sum(inputs, weights, bias):
    total = bias
    for x, w in zip(inputs, weights):
        total += x * w
""",
        r"a function without `return` gives None",
    ),
]
