"""Every program and every command in the documents runs, and prints what it is said to print.

README.md and LIFTING.md are gone through from top to bottom, in a folder of their own. A `python`
block is run, all in one namespace, and a `text` block after it is what it prints. In a `console`
block each line with `$` is a command, and what follows is its output. As in a doctest, `...` stands
for anything.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
from pathlib import Path

import pytest

from glassgrad import Neuron, Value, check, grad, ops
from glassgrad.cli import main

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(name: str) -> list[tuple[str, str]]:
    """The fenced blocks of a document: (language, text)."""
    return BLOCK.findall((ROOT / name).read_text(encoding="utf-8"))


def assert_same(expected: str, printed: str) -> None:
    """The errors that `check` measures, such as 5.9e-13, are rounding, and differ by machine."""
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    shown, found = (re.sub(r"\d\.\de[-+]\d\d", "#", text) for text in (expected, printed))
    same = doctest.OutputChecker().check_output(shown, found, flags)
    assert same, f"expected:\n{expected}\nprinted:\n{printed}"


def run(program: str, namespace: dict[str, object]) -> str:
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(program, "README.md", "exec"), namespace)
    return output.getvalue()


def command(line: str) -> str:
    program, *arguments = shlex.split(line, comments=True)
    if program == "make":
        return ""  # it installs, and runs this test
    assert program == "glassgrad", line
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        assert main(arguments) == 0, line
    return output.getvalue()


def test_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "readme"}
    printed, languages = "", []
    for language, text in blocks("README.md"):
        languages.append(language)
        if language == "python":
            assert not printed, f"nothing shows what the program before this one prints:\n{text}"
            printed = run(text, namespace)
        elif language == "text":
            assert_same(text, printed)
            printed = ""
        elif language == "console":
            for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
                line, _, expected = part.partition("\n")
                found = command(line)
                if expected.strip():
                    assert_same(expected, found)
    assert {"python", "text", "console"} <= set(languages)
    assert not printed
    shown = re.findall(r"!\[.*?\]\((docs/.*?)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(path.as_posix() for path in Path("docs").iterdir())
    for picture in map(Path, shown):
        if picture.suffix == ".svg":
            assert picture.read_text(encoding="utf-8") == (ROOT / picture).read_text("utf-8")
        else:  # matplotlib's pixels differ a little between its versions
            from matplotlib.testing.compare import compare_images

            problem = compare_images(str(ROOT / picture), str(picture), tol=10)
            assert problem is None, problem


def test_the_guide_to_lifting() -> None:
    namespace: dict[str, object] = {"__name__": "guide"}
    printed = ""
    for language, text in blocks("LIFTING.md"):
        if language == "python":
            assert not printed, text
            printed = run(text, namespace)
        else:
            assert_same(text, printed)
            printed = ""
    assert not printed


def test_an_operation_is_added_in_one_place() -> None:
    """The record that CONTRIBUTING.md shows, put into the table, is all that it takes."""
    (program,) = [text for language, text in blocks("CONTRIBUTING.md") if language == "python"]
    namespace = dict(vars(ops))
    exec(compile(program, "CONTRIBUTING.md", "exec"), namespace)
    softsign = namespace["softsign"]
    assert isinstance(softsign, ops.Op)
    x = Value(2.0)
    y = softsign(x)
    assert y.data == pytest.approx(2 / 3)
    assert check(y)
    slope = grad(y, x)
    assert slope.data == pytest.approx(1 / 9)
    assert grad(slope, x).data == pytest.approx(-2 / 27)
    ops.OPS["softsign"] = softsign
    try:
        assert Neuron(2, activation="softsign", seed=0)([1.0, 2.0]).data < 1
    finally:
        del ops.OPS["softsign"]
