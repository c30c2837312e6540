"""Every example in a docstring runs and prints what it says, on the compiled core too.

The examples are read from the sources: doctest itself sees no functions in a compiled module.
"""

import ast
import doctest
from importlib import import_module
from pathlib import Path

import pytest

import glassgrad

HOME = Path(glassgrad.__file__).parent
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def examples():
    """Each docstring with an example: its module, its place, and its text."""
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME.parent).with_suffix("").parts
        module = ".".join(part for part in parts if part != "__init__")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            text = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
            if text and ">>>" in text:
                name = getattr(node, "name", "the module")
                yield pytest.param(module, path, node, text, id=f"{module}: {name}")


@pytest.mark.parametrize(("module", "path", "node", "text"), list(examples()))
def test_example(module, path, node, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where an example may write
    names = vars(import_module(module)) | {"__name__": "__main__"}  # as a user would run it
    line = node.body[0].lineno - 1
    example = doctest.DocTestParser().get_doctest(text, names, module, str(path), line)
    report = []
    doctest.DocTestRunner().run(example, out=report.append)
    assert not report, "".join(report)


def test_the_examples_are_found():
    named = [parameter.id for parameter in examples()]
    assert "glassgrad.value: Value" in named
    assert "glassgrad.nn: MLP" in named
