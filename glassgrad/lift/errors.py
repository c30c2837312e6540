"""The wording of the errors that lifting and its programs can cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from glassgrad.errors import explain

MODEL = "model = MLP(2, [3, 1])\n"
LIFTED = MODEL + "program = lift(model)\n"


def wrong_count(taken: Sequence[str], count: int) -> TypeError:
    """The error for more or fewer arrays than the function has arguments."""
    return TypeError(
        explain(
            f"the function takes ({', '.join(taken)}), and {count} "
            f"{'array' if count == 1 else 'arrays'} came",
            LIFTED + "program(None, [[1.0, 2.0]], [1.0])",
            "after the parameters comes one array for each argument of the function, with one "
            "example after another",
            LIFTED + "program(None, [[1.0, 2.0]])",
        )
    )


def wrong_result(name: str, result: Any) -> TypeError:
    """The error for a function that gives neither a Value nor a list."""
    if result is None:
        return TypeError(
            explain(
                f"{name} gave None: is `return` missing?",
                "@lift(wrt=[])\ndef square(x):\n    x * x\n\nsquare(None, [2.0])",
                "a function without `return` gives None, whatever it has computed",
                "@lift(wrt=[])\ndef square(x):\n    return x * x\n\nsquare(None, [2.0])",
            )
        )
    return TypeError(
        explain(
            f"{name} gave {type(result).__name__}, and not a Value or a list of Values",
            "@lift(wrt=[])\ndef both(x):\n    return {'once': x, 'twice': 2 * x}\n\n"
            "both(None, [2.0])",
            "results become the rows of an array",
            "@lift(wrt=[])\ndef both(x):\n    return [x, 2 * x]\n\nboth(None, [2.0])",
        )
    )


def ragged_result(name: str) -> ValueError:
    """The error for results that make no array."""
    return ValueError(
        explain(
            f"the lists that {name} gave are empty or have different lengths",
            "@lift(wrt=[])\ndef both(x):\n    return x, [2 * x]\n\nboth(None, [2.0])",
            "results become an array, whose rows are equally long",
            "@lift(wrt=[])\ndef both(x):\n    return [x, 2 * x]\n\nboth(None, [2.0])",
        )
    )
