"""`glassgrad lift FILE.py`: what it lifts and prints, and what it says of mistakes."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from glassgrad import MLP, commands
from glassgrad.cli import main

NEURON = """\
from glassgrad import Value
x, w = Value(2.0), Value(-3.0)
loss = x * w
half = loss * 0.5
third = 3.0
"""
NETWORK = """\
from glassgrad import MLP, squared_error
network = MLP(2, [3, 1], seed=0)
points = [[0.5, 1.0], [2.0, -1.0], [0.0, 3.0]]
loss = squared_error([network(x) for x in points], [1.0, 2.0, 3.0])
"""
FUNCTION = """\
from glassgrad import MLP, lift
network = MLP(2, [3, 1], seed=0)
other = lift(network)
@lift(wrt=network)
def loss(x, y):
    return (network(x) - y) ** 2
print(loss(None, [[0.5, 1.0]], [1.0]))
rest = network([0.5, 1.0])
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(text: str) -> str:
    Path("neuron.py").write_text(text, encoding="utf-8")
    return "neuron.py"


def said(capsys: pytest.CaptureFixture[str], *options: str, program: str) -> str:
    assert main(["lift", write(program), *options]) == 0
    return capsys.readouterr().out


def test_the_last_result_with_numbers_named_after_variables(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = said(capsys, program=NEURON)
    summary, _, source = text.partition("\n\nimport numpy as np\n")
    assert summary.splitlines()[:2] == [
        "half: 5 scalar nodes -> 1 array operation",
        "takes   theta[2]",
    ]
    names: dict[str, object] = {"np": np}
    exec(source, names)
    assert names["forward"](np.array([2.0, -3.0])) == -3.0  # type: ignore[operator]
    assert "x = theta[0]" in source
    assert "value_and_grad" not in source


def test_a_result_that_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "--value", "loss", program=NEURON).startswith("loss: 3 scalar nodes")


def test_the_parameters_are_those_of_the_network(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "--source", program=NETWORK)
    assert text.startswith("import numpy as np\n")
    assert "W1 = theta" in text
    names: dict[str, object] = {}
    exec(text, names)
    network = MLP(2, [3, 1], seed=0)
    points, targets = [[0.5, 1.0], [2.0, -1.0], [0.0, 3.0]], [1.0, 2.0, 3.0]
    loss = sum((network(x) - y) ** 2 for x, y in zip(points, targets, strict=True)) / 3
    loss.backward()
    theta = np.array([p.data for p in network.parameters()])
    value, slope = names["value_and_grad"](theta)  # type: ignore[operator]
    assert value == pytest.approx(loss.data, rel=1e-12)
    assert slope == pytest.approx([p.grad for p in network.parameters()], rel=1e-12)


def test_several_networks_and_numbers_in_lists(capsys: pytest.CaptureFixture[str]) -> None:
    two = "from glassgrad import *\na, b = Layer(2, 2), Layer(2, 1)\ny = b(a([1.0, 2.0]))\n"
    assert "takes   theta[9]\n" in said(capsys, program=two)
    lists = (
        "from glassgrad import Value\nw = [[Value(1.0)], {'b': Value(2.0)}]\nx = Value(5.0)\n"
        "unused = Value(7.0)\ny = w[0][0] * x + w[1]['b'] + Value(3.0)\n"
    )
    assert "takes   theta[3]\n" in said(capsys, program=lists)
    nowhere = "from glassgrad import Value\ny = Value(1.0) * Value(2.0)\n"
    assert "takes   theta[2]\n" in said(capsys, program=nowhere)


def test_a_lifted_function_that_was_called(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, program=FUNCTION)
    assert text.splitlines()[1].startswith("loss: ")
    assert "takes   theta[13], x[batch, 2], y[batch]" in text
    text = said(capsys, "--value", "rest", program=FUNCTION)
    assert text.splitlines()[1].startswith("rest: ")


DATA = """\
import random
from glassgrad import Value
random.seed(0)
w = [Value(random.uniform(-1, 1), label=f"w{i}") for i in range(3)]
xs = [[random.gauss(0, 1) for _ in range(3)] for _ in range(ROWS)]
loss = sum((sum(a * b for a, b in zip(w, x)).tanh() - 0.5) ** 2 for x in xs)
print("the loss is", loss.data)
"""


@pytest.mark.parametrize("rows", [4, 50])
@pytest.mark.parametrize("saved", [False, True])
def test_the_module_runs_as_it_stands(
    rows: int, saved: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also with more data than a text should show, and with what the program prints."""
    program = DATA.replace("ROWS", str(rows))
    module = tmp_path / "elsewhere" / "arrays.py"
    module.parent.mkdir()
    if saved:
        text = said(capsys, "--out", str(module), program=program)
        assert text.startswith("the loss is ")
        beside = f" and {module.parent / 'arrays_constants.npz'}" if rows == 50 else ""
        assert text.endswith(f"The source of loss is in {module}{beside}\n")
        assert main(["lift", "neuron.py", "--out", str(module)]) == 2
        assert "already exists; --force writes over it" in capsys.readouterr().err
        assert main(["lift", "neuron.py", "--out", str(module), "--force"]) == 0
    else:
        module.write_text(said(capsys, "--source", program=program), encoding="utf-8")
    names = runpy.run_path(str(module))
    scope = runpy.run_path("neuron.py")
    loss, w = scope["loss"], scope["w"]
    loss.backward()
    value, slope = names["value_and_grad"](np.array([x.data for x in w]))
    assert value == pytest.approx(loss.data, rel=1e-12)
    assert slope == pytest.approx([x.grad for x in w], rel=1e-12)


OWN = """\
class Number:
    def __init__(self, data, children=()):
        self.data, self._prev, self._op, self.grad, self.label = data, children, "+", 0.0, ""
a = Number(1.0)
b = Number(2.0, (a, a))
"""


ONLY_LIFTED = "from glassgrad import lift\nsquare = lift(lambda x: x * x, wrt=[])\n"
WAITING = "is lifted when it is first called:"


@pytest.mark.parametrize(
    ("program", "options", "sentence"),
    [
        ("x = 2.0\n", [], "neuron.py leaves no Value that an operation made, such as loss = a * b"),
        (OWN, [], "neuron.py leaves no Value that an operation made, such as loss = a * b"),
        (NEURON, ["--value", "los"], "neuron.py has no variable los; its results are loss, half"),
        (FUNCTION, ["--value", "other"], f"other {WAITING} other(None, ...)"),
        (ONLY_LIFTED, [], f"square {WAITING} square(None, ...)"),
        (NEURON, ["--value", "third"], "third is no Value that an operation made; loss, half are"),
    ],
)
def test_mistakes(
    program: str, options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lift", write(program), *options]) == 2
    sentence += ", with an array for each argument" * (WAITING in sentence)
    assert capsys.readouterr().err == f"glassgrad: {sentence}\n"


def test_programs_that_fail_or_are_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lift", "none.py"]) == 2
    assert "none.py is no file; glassgrad lift takes a Python program" in capsys.readouterr().err
    assert main(["lift", write("1 / 0\n")]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_without_numpy(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "find_spec", lambda name: None)
    assert main(["lift", write(NEURON)]) == 2
    assert capsys.readouterr().err == (
        'glassgrad: lifting needs NumPy: pip install "glassgrad[all]"\n'
    )
