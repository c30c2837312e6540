"""The wording of the errors that lifting and its programs can cause."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from glassgrad.errors import explain

if TYPE_CHECKING:  # it needs NumPy, and one of these says that there is none
    from glassgrad.lift.arguments import Place

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


def numpy_is_missing() -> ImportError:
    """The error for lifting without NumPy."""
    return ImportError(
        explain(
            "lifting needs NumPy, which is not installed",
            "lift(MLP(2, [3, 1]))",
            "a lifted program is made of operations on arrays, and NumPy carries them out",
            '# in a terminal: pip install "glassgrad[all]"\nlift(MLP(2, [3, 1]))',
        )
    )


def cannot_lift(thing: Any) -> TypeError:
    """The error for lifting what is neither Values nor a function."""
    return TypeError(
        explain(
            f"lift takes a Value, a list of them, or a function, and not {type(thing).__name__}",
            "x = Value(2.0)\nlift((x * x).data)",
            "a plain number does not remember how it was computed",
            "x = Value(2.0)\nlift(x * x)",
        )
    )


def inputs_of_a_function() -> TypeError:
    """The error for `inputs` with a function."""
    return TypeError(
        explain(
            "a function's inputs are its arguments",
            "x = Value(2.0)\nlift(lambda x: x * x, wrt=[], inputs=[x])",
            "`inputs` says which leaves of a graph stand for data; a function gets new ones",
            "lift(lambda x: x * x, wrt=[])",
        )
    )


def function_without_parameters() -> TypeError:
    """The error for a function of which nobody knows the parameters."""
    return TypeError(
        explain(
            "which numbers are the parameters of this function?",
            MODEL + "@lift\ndef loss(x, y):\n    return squared_error(model(x), y)",
            "those in `wrt` may change from run to run, and have gradients; all others that a "
            "function uses are constants; `wrt=[]` stands for none",
            MODEL + "@lift(wrt=model)\ndef loss(x, y):\n    return squared_error(model(x), y)",
        )
    )


def wrong_wrt(wrt: Any) -> TypeError:
    """The error for parameters that hold no Values."""
    return TypeError(
        explain(
            f"wrt holds no Values: {repr(wrt)[:60]}",
            "x = Value(2.0, label='x')\nlift(x * x, wrt='x')",
            "it says which numbers are parameters: a Value, a module, or a list or dict of them",
            "x = Value(2.0, label='x')\nlift(x * x, wrt=[x])",
        )
    )


def unordered(argument: str) -> TypeError:
    """The error for parameters or inputs in a set."""
    return TypeError(
        explain(
            f"{argument} is a set, which has no order",
            f"a, b = Value(2.0), Value(3.0)\nlift(a * b, {argument}={{a, b}})",
            "their numbers come one after another in an array",
            f"a, b = Value(2.0), Value(3.0)\nlift(a * b, {argument}=[a, b])",
        )
    )


def parameter_twice(value: Any) -> ValueError:
    """The error for a Value that a list of parameters names again."""
    return ValueError(
        explain(
            f"{value.label or value} is among the parameters twice",
            "a, b = Value(2.0), Value(3.0)\nlift(a * b, wrt=[a, b, a])",
            "theta and the gradient hold a single number for each parameter",
            "a, b = Value(2.0), Value(3.0)\nlift(a * b, wrt=[a, b])",
        )
    )


def not_for_numpy() -> TypeError:
    """The error for a function of NumPy that got a Value."""
    return TypeError(
        explain(
            "a function of NumPy got a Value",
            "import numpy as np\n\nlift(lambda x: np.exp(x), wrt=[])(None, [2.0])",
            "it computes with plain numbers, and knows no graph; the function is written for one "
            "example, and its program calls NumPy by itself",
            "lift(lambda x: x.exp(), wrt=[])(None, [2.0])",
        )
    )


def not_whole() -> TypeError:
    """The error for `int(x)` of a Value."""
    return TypeError(
        explain(
            "a Value is no whole number",
            "lift(lambda x, n: x * int(n), wrt=[])(None, [0.5], [2.0])",
            "it stands for the number of any example, and no gradient goes through rounding; in an "
            "array, whole numbers have a dtype of whole numbers, such as int",
            "lift(lambda x, n: x * n, wrt=[])(None, [0.5], [2])",
        )
    )


def not_a_leaf(value: Any) -> ValueError:
    """The error for a parameter that is computed from others."""
    return ValueError(
        explain(
            f"a parameter is a leaf, and {value} was made by {value._op or 'an operation'}",
            "x = Value(2.0)\ny = x * x\nlift(y.exp(), wrt=[y])",
            "the program computes it anew each time, so nobody can set it",
            "y = Value(4.0)\nlift(y.exp(), wrt=[y])",
        )
    )


def wrong_leaves() -> ValueError:
    """The error for inputs that are not different leaves of their own."""
    return ValueError(
        explain(
            "the inputs of a graph are different leaves, none of which is a parameter",
            "x, w = Value(2.0), Value(3.0)\nlift(x * w, wrt=[x, w], inputs=[x])",
            "a number comes with each example, or it is a parameter, or an operation makes it",
            "x, w = Value(2.0), Value(3.0)\nlift(x * w, wrt=[w], inputs=[x])",
        )
    )


def wrong_theta(shape: tuple[int, ...], kind: str, count: int) -> ValueError:
    """The error for parameters of the wrong number or kind."""
    came = f"an array of {kind}" if kind else f"an array of shape {shape}"
    return ValueError(
        explain(
            f"theta has {count} numbers in a row, and {came} came",
            LIFTED + "program([0.5, 0.5], [[1.0, 2.0]])",
            "it holds a number for each of `program.parameters`, in their order; None stands for "
            "those that they have now",
            LIFTED + "theta = program.theta()\nprogram(0.9 * theta, [[1.0, 2.0]])\n"
            "program(None, [[1.0, 2.0]])",
        )
    )


def wrong_array(name: str, kind: Any) -> TypeError:
    """The error for an argument that is no array of numbers."""
    return TypeError(
        explain(
            f"{name} is no array of real numbers, but of {kind}",
            LIFTED + "program(None, [[1.0, 2.0], [3.0]])",
            "lists become an array if they are equally long and hold numbers",
            LIFTED + "program(None, [[1.0, 2.0], [3.0, 4.0]])",
        )
    )


def no_batch(name: str) -> ValueError:
    """The error for a number where a batch of numbers belongs."""
    return ValueError(
        explain(
            f"{name} is a single number, not one for each example",
            "square = lift(lambda x: x * x, wrt=[])\nsquare(None, 2.0)",
            "each argument is an array with one example after another along its first axis",
            "square = lift(lambda x: x * x, wrt=[])\nsquare(None, [2.0])",
        )
    )


def different_batches(lengths: dict[str, int]) -> ValueError:
    """The error for arrays of different numbers of examples."""
    found = ", ".join(f"{count} in {name}" for name, count in lengths.items())
    return ValueError(
        explain(
            f"the arrays have different numbers of examples: {found}",
            "both = lift(lambda x, y: x * y, wrt=[])\nboth(None, [1.0, 2.0], [3.0])",
            "the first of each belong together, and so on",
            "both = lift(lambda x, y: x * y, wrt=[])\nboth(None, [1.0, 2.0], [3.0, 4.0])",
        )
    )


def wrong_inputs(expected: int, count: int) -> TypeError:
    """The error for a lifted graph that gets another number of arrays."""
    why = "numbers that are not among `inputs` are constants of the program, or parameters"
    if expected:
        why = "there is a number in it for each of the leaves that were given as `inputs`"
    return TypeError(
        explain(
            f"this program takes {expected or 'no'} {'array' if expected == 1 else 'arrays'} "
            f"after theta, and {count} came",
            "x, w = Value(2.0), Value(3.0)\nlift(x * w, wrt=[w])(None, [[5.0]])",
            why,
            "x, w = Value(2.0), Value(3.0)\nlift(x * w, wrt=[w], inputs=[x])(None, [[5.0]])",
        )
    )


def wrong_input_shape(shape: tuple[int, ...], count: int) -> ValueError:
    """The error for inputs of a graph that are too few, too many, or no rows."""
    return ValueError(
        explain(
            f"an example of this program is {count} numbers, and an array of shape {shape} came",
            "x, y = Value(2.0), Value(3.0)\nlift(x * y, wrt=[], inputs=[x, y])(None, [5.0])",
            "it is a number for each of `inputs`, or a row of them for each example",
            "x, y = Value(2.0), Value(3.0)\nprogram = lift(x * y, wrt=[], inputs=[x, y])\n"
            "program(None, [5.0, 6.0])\nprogram(None, [[5.0, 6.0], [7.0, 8.0]])",
        )
    )


def index_out_of_range(name: str, numbers: Any, limit: Any) -> IndexError:
    """The error for whole numbers that choose what is not there."""
    wrong = (numbers < 0) | (numbers >= limit.astype(int))
    worst = int(numbers[wrong][0])
    count = int((limit.astype(int) + 0 * numbers)[wrong][0])
    start = "letters = Embedding(3, 2)\nprogram = lift(letters)\nprogram(None, [0])\n"
    return IndexError(
        explain(
            f"{name} has {worst}, and there are {count} to choose from: 0 to {count - 1}",
            start + "program(None, [0, 3])",
            "whole numbers that choose from a table count from 0",
            start + "program(None, [0, 2])",
        )
    )


def not_traced(title: str) -> RuntimeError:
    """The error for looking into a program that does not exist yet."""
    return RuntimeError(
        explain(
            f"{title} has not been traced yet",
            LIFTED + "print(len(program))",
            "a function becomes a program when it is first called: the arrays show the shapes",
            LIFTED + "program(None, [[1.0, 2.0]])\nprint(len(program))",
        )
    )


def not_run() -> RuntimeError:
    """The error for reading numbers before there are any."""
    return RuntimeError(
        explain(
            "there are no numbers yet",
            "x = Value(2.0, label='x')\nprogram = lift(x * x)\nprogram.data('x')",
            "they are those of the last run",
            "x = Value(2.0, label='x')\nprogram = lift(x * x)\nprogram(None)\nprogram.data('x')",
        )
    )


def no_such_buffer(name: str, known: Sequence[str]) -> KeyError:
    """The error for a name that no array of the program has."""
    return Missing(
        explain(
            f"no array of this program is called {name!r}; there are {', '.join(known)}",
            "x = Value(2.0, label='x')\nprogram = lift(x * x)\nprogram(None)\nprogram['y']",
            "arrays are called as in `program.source()`; numbers with a label are in "
            "`program.data(label)`",
            "x = Value(2.0, label='x')\nprogram = lift(x * x)\nprogram(None)\nprogram['theta']",
        )
    )


def wrong_label(label: str, count: int, known: Sequence[str]) -> KeyError:
    """The error for a label that no Value has, or several."""
    shown = ", ".join(known[:20]) + ", ..." * (len(known) > 20)
    how_many = f"{count} Values are" if count else "no Value is"
    return Missing(
        explain(
            f"{how_many} called {label!r} here; the labels are {shown}",
            "x = Value(2.0, label='x')\nlift(x * x).where('y')",
            "a label leads to a number if a single Value has it",
            "x = Value(2.0, label='x')\nlift(x * x).where('x')",
        )
    )


def not_there(value: Any, place: Place | None) -> KeyError:
    """The error for a number that the program does not compute by itself."""
    if place is None:
        why = "it does not depend on parameters or inputs, or no result depends on it"
    else:
        why = f"it is a part of the formula of {place.name}, which the program computes at once"
    return Missing(
        explain(
            f"{value} is in no array of this program",
            "x = Value(2.0, label='x')\ny = x * x\nprogram = lift((y + 1).exp())\n"
            "program(None)\nprogram.data(y)",
            why,
            "x = Value(2.0, label='x')\ny = x * x\nprogram = lift([(y + 1).exp(), y])\n"
            "program(None)\nprogram.data(y)",
        )
    )


def shared_gradient(value: Any, count: int) -> KeyError:
    """The error for the gradient of a number that several Values share."""
    start = "x = Value(2.0, label='x')\na, b = x.exp(), x.exp()\n"
    rest = "program = lift(a * 3 + b * 5)\nprogram.value_and_grad(None)\nprogram.grad(a)"
    return Missing(
        explain(
            f"{value} is one of {count} Values that are equal, and has no gradient of its own",
            start + rest,
            "what is computed several times in the graph is computed once in the program, and its "
            "gradient is that of all of them together; with a label a Value stays by itself",
            start + "a.label = 'a'\n" + rest,
        )
    )


def no_gradient(value: Any, went_back: bool) -> KeyError:
    """The error for a gradient that was not computed."""
    start = "x = Value(2.0, label='x')\nprogram = lift(x * x)\n"
    if went_back:
        return Missing(
            explain(
                f"{value} has no gradient here",
                "x, w = Value(2.0, label='x'), Value(3.0)\n"
                "program = lift(x * w, wrt=[w], inputs=[x])\n"
                "program.value_and_grad(None, [2.0])\nprogram.grad('x')",
                "only what lies between the parameters and the results gets one",
                "x, w = Value(2.0, label='x'), Value(3.0)\n"
                "program = lift(x * w, wrt=[w, x])\n"
                "program.value_and_grad(None)\nprogram.grad('x')",
            )
        )
    return Missing(
        explain(
            "the last run did not go backward",
            start + "program(None)\nprogram.grad('x')",
            "gradients are there after `value_and_grad`",
            start + "program.value_and_grad(None)\nprogram.grad('x')",
        )
    )


class Missing(KeyError):
    """A KeyError that shows its text as it is, in several lines."""

    def __str__(self) -> str:
        return str(self.args[0])
