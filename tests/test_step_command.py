"""`glassgrad step FILE.py`: what it runs, takes and writes, and what it says of mistakes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from glassgrad import commands
from glassgrad.cli import main

NEURON = """\
from glassgrad import Value
x, w = Value(2.0), Value(-3.0)
loss = x * w
half = loss * 0.5
def f():
    never = x * 7
"""


@pytest.fixture(autouse=True)
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A folder of its own, and the pages that would have been opened in a browser."""
    monkeypatch.chdir(tmp_path)
    pages: list[str] = []
    monkeypatch.setattr(commands.webbrowser, "open", pages.append)
    return pages


def write(text: str, name: str = "neuron.py") -> str:
    Path(name).write_text(text, encoding="utf-8")
    return name


def test_the_last_root_is_taken_named_and_opened(
    opened: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["step", write(NEURON)]) == 0
    said = capsys.readouterr().out
    assert (
        said
        == "The steps through half are in neuron.step.html; --value takes another of loss, half\n"
    )
    page = Path("neuron.step.html").read_text(encoding="utf-8")
    assert "<title>half, step by step</title>" in page
    assert "loss = x * w" in page  # named after the variables
    assert opened == [Path("neuron.step.html").resolve().as_uri()]


def test_a_variable_that_is_asked_for(opened: list[str]) -> None:
    assert main(["step", write(NEURON), "--value", "loss", "--out", "a/b.html", "--no-open"]) == 0
    assert "<title>loss, step by step</title>" in Path("a/b.html").read_text(encoding="utf-8")
    assert opened == []


def test_the_last_assignment_counts_not_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    text = (
        "from glassgrad import Value\na = Value(1.0)\nb = a * 2\nc = a * 3\nif a:\n    b = a * 4\n"
    )
    assert main(["step", write(text), "--no-open"]) == 0
    assert "through b " in capsys.readouterr().out


def test_a_class_of_ones_own_and_a_module_beside_the_program() -> None:
    write(
        "class Number:\n"
        "    def __init__(self, data, children=(), op=''):\n"
        "        self.data, self._prev, self._op = data, set(children), op\n"
        "        self.grad, self.label = 0.0, ''\n"
        "    def __add__(self, other):\n"
        "        return Number(self.data + other.data, (self, other), '+')\n",
        "numbers_of_mine.py",
    )
    write("from numbers_of_mine import Number\na = Number(3.0)\nb = a + a\n")
    try:
        assert main(["step", "neuron.py", "--no-open"]) == 0
    finally:
        sys.modules.pop("numbers_of_mine", None)
    assert "a.grad: 1.0 + 1.0 = 2.0 (2 of 2)" in Path("neuron.step.html").read_text("utf-8")


def test_it_runs_as_the_main_program(capsys: pytest.CaptureFixture[str]) -> None:
    before = list(sys.argv), list(sys.path)
    main(["step", write(f"import sys\n{NEURON}\nprint(__name__, sys.argv[1:])"), "--no-open"])
    assert capsys.readouterr().out.startswith("__main__ []\n")
    assert (sys.argv, sys.path) == before


def test_an_error_in_the_program_is_shown_as_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    text = "from glassgrad import Value\ndef f(x):\n    return x * 'a'\nf(Value(2.0))\n"
    assert main(["step", write(text)]) == 1
    said = capsys.readouterr().err
    path = Path("neuron.py").resolve()
    frames = [line for line in said.splitlines() if line.startswith("  File ")]
    assert frames == [f'  File "{path}", line 4, in <module>', f'  File "{path}", line 3, in f']
    assert said.startswith("Traceback (most recent call last):\n")
    assert "TypeError: a Value is one real number" in said
    assert not Path("neuron.step.html").exists()


def test_a_program_that_python_cannot_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", write("x = (\n")]) == 1
    said = capsys.readouterr().err
    assert "SyntaxError: '(' was never closed" in said
    assert "runpy" not in said
    assert "commands.py" not in said


def test_a_program_that_ends_itself(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", write("import sys\nsys.exit(3)\n")]) == 1
    assert capsys.readouterr().err == "neuron.py ended itself, with exit(3)\n"


@pytest.mark.parametrize(
    ("program", "options", "sentence"),
    [
        ("x = 2.0\n", [], "neuron.py leaves no Value that an operation made, such as loss = a * b"),
        (NEURON, ["--value", "los"], "neuron.py has no variable los; its results are loss, half"),
        (NEURON, ["--value", "f"], "step_through takes a Value, not function"),
        (NEURON, ["--out", "a.svg"], "steps are written as a page: a.html, not a.svg"),
    ],
)
def test_mistakes(
    program: str, options: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["step", write(program), *options]) == 2
    assert capsys.readouterr().err == f"glassgrad: {sentence}\n"
    assert [path.name for path in Path().iterdir() if path.suffix != ".py"] == []


def test_a_missing_program(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["step", "none.py"]) == 2
    said = capsys.readouterr().err
    assert said == "glassgrad: none.py is no file; glassgrad step takes a Python program\n"


def test_only_its_own_page_is_written_over(capsys: pytest.CaptureFixture[str]) -> None:
    program = ["step", write(NEURON), "--no-open"]
    assert main(program) == main(program) == 0
    out = Path("neuron.step.html")
    out.write_text("<p>mine</p>", encoding="utf-8")
    assert main(program) == 2
    assert "already exists; --force writes over it" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "<p>mine</p>"
    assert main([*program, "--force"]) == 0
    assert "step by step" in out.read_text(encoding="utf-8")
