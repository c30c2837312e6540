"""The small files around the core: error texts, safe writing, the choice of the core, imports."""

import ast
import os
import re
import shutil
import stat
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from textwrap import dedent

import numpy as np
import pytest

import glassgrad
from glassgrad import MLP, Embedding, Neuron, Value, check, detect_anomaly, errors, grad
from glassgrad.errors import explain
from glassgrad.files import write_atomically

HOME = Path(glassgrad.__file__).parent

# Error texts.


def test_explain_lays_out_four_parts():
    text = explain("what", "    one\n    two\n", "why", "right")
    assert text == (
        "what\n\nThis does it:\n    one\n    two\n\nWhy: why\n\nWrite instead:\n    right"
    )


def hand_written():
    x = Value(2.0)
    out = Value(4.0, (x,), "double")
    out._backward = lambda: None
    grad(out, x)


def stale():
    x = Value(2.0)
    y = x * x
    x.data = 3.0
    check(y)


class Number:
    """A class along the lecture; its `backward` recurses through the graph."""

    def __init__(self, data, children=(), op=""):
        self.data, self.grad, self._prev, self._op = data, 0.0, children, op

    def __add__(self, other):
        return Number(self.data + other.data, (self, other), "+")

    def _backward(self):
        for x in self._prev:
            x.grad += self.grad

    def backward(self):
        for x in self._prev:
            x.backward()


def recursing():
    x = total = Number(1.0)
    for _ in range(2000):
        total = total + x
    check(total)


def state_of_another():
    MLP(2, [4, 1]).load_state_dict(MLP(2, [8, 1]).state_dict())


def anomaly():
    with detect_anomaly():
        Value(0.0).log()


# For each function of errors.py: programs that raise its error, and the names that the text uses.
ERRORS = {
    "not_a_number": [
        (lambda: Value(Value(2.0)), {}),
        (lambda: Value("2"), {}),
        (lambda: Value(1 + 2j), {"z": 1 + 2j}),
        (lambda: Value(None), {}),
        (lambda: Value([1.0, 2.0]), {"numbers": [1.0, 2.0]}),
        (lambda: Value(np.ones(2)), {"array": np.array, "numbers": np.ones(2)}),
        (lambda: Value(Decimal("0.5")), {"Decimal": Decimal, "x": Decimal("0.5")}),
    ],
    "refuse_hand_written": [(hand_written, {"x": Value(2.0), "fn": lambda: None})],
    "cannot_check": [(lambda: check(3.0), {})],
    "cannot_check_result": [
        (lambda: check(lambda x: 2.0, [1.0]), {}),
        (lambda: check(lambda x: None, [1.0]), {}),
    ],
    "check_needs_inputs": [(lambda: check(lambda x: x), {})],
    "unknown_operation": [
        (lambda: check(Value(9.0, (Value(3.0),), "my own")), {}),
        (lambda: check(Value(9.0, (Value(3.0),), "**")), {}),
    ],
    "not_the_result": [(stale, {})],
    "too_deep_to_recurse": [(recursing, {"Number": Number})],
    "check_inputs": [(lambda: Neuron(2)([1.0]), {}), (lambda: MLP(1, [1])(2.0), {})],
    "check_sizes": [(lambda: MLP(2, [0, 1]), {}), (lambda: Neuron(-2), {})],
    "check_list": [(lambda: MLP(3, 4), {})],
    "check_index": [
        (lambda: Embedding(2, 2)(5), {}),
        (lambda: Embedding(2, 2)(-1), {}),
        (lambda: Embedding(2, 2)(1.0), {}),
        (lambda: Embedding(2, 2)(Value(1.0)), {}),
    ],
    "wrong_activation": [(lambda: Neuron(2, activation="tahn"), {})],
    "wrong_activations": [(lambda: MLP(2, [4, 1], activation=["tanh"]), {})],
    "wrong_init": [(lambda: MLP(2, [4, 1], init="zeros"), {})],
    "wrong_names": [(state_of_another, {})],
}


def test_each_error_of_the_core_is_tried():
    """A new function in errors.py needs its line in ERRORS."""
    ours = {
        name for name, x in vars(errors).items() if getattr(x, "__module__", "") == errors.__name__
    }
    assert {name for name in ours if not name.startswith("_")} == ERRORS.keys() | {"explain"}


@pytest.mark.parametrize(
    ("make", "names"), [case for cases in ERRORS.values() for case in cases] + [(anomaly, {})]
)
def test_the_programs_in_an_error_do_what_it_says(make, names):
    """With `from glassgrad import *` the first raises the same error and the second runs."""
    kinds = (TypeError, ValueError, IndexError, FloatingPointError, RecursionError)
    with pytest.raises(kinds) as error:
        make()
    form = r"\A(.+?)\n\nThis does it:\n(.+)\n\nWhy: .+\n\nWrite instead:\n(.+)\Z"
    what, wrong, right = re.search(form, str(error.value), re.DOTALL).groups()

    def run(program):
        namespace = dict(names)
        exec("from glassgrad import *", namespace)
        with detect_anomaly():
            exec(dedent(program), namespace)

    with pytest.raises(error.type, match=re.escape(what[:12])):
        run(wrong)
    run(right)


def test_a_value_of_a_subclass_is_a_value_too():
    class Weight(Value):
        pass

    with pytest.raises(TypeError, match="its gradient would be lost"):
        Value(Weight(2.0))


def test_long_data_is_not_printed_in_full():
    with pytest.raises(TypeError) as error:
        Value(list(range(1000)))
    assert len(str(error.value)) < 400


# Safe writing.


def test_text_and_bytes_are_written(tmp_path):
    path = tmp_path / "new" / "folder" / "a.txt"
    assert write_atomically(path, "grüße\n") == path
    assert path.read_bytes() == "grüße\n".encode()
    write_atomically(str(path), b"\x00\xff\r\n")
    assert path.read_bytes() == b"\x00\xff\r\n"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_an_error_while_writing_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def full(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_an_interrupt_while_writing_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(path, "new")
    assert path.read_text(encoding="utf-8") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_text_that_cannot_be_encoded_touches_nothing(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(UnicodeEncodeError):
        write_atomically(path, "\ud800")
    assert path.read_text(encoding="utf-8") == "old"


posix = pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")


@posix
def test_permissions_are_those_of_an_ordinary_file(tmp_path):
    ordinary, ours = tmp_path / "ordinary", tmp_path / "ours"
    ordinary.write_text("", encoding="utf-8")
    write_atomically(ours, "")
    assert stat.S_IMODE(ours.stat().st_mode) == stat.S_IMODE(ordinary.stat().st_mode)


@posix
def test_a_private_file_stays_private(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o600)
    write_atomically(path, "new")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@posix
def test_a_link_stays_a_link(tmp_path):
    path, link = tmp_path / "a.txt", tmp_path / "link.txt"
    path.write_text("old", encoding="utf-8")
    link.symlink_to(path)
    write_atomically(link, "new")
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == "new"


# The choice of the core, and what an import costs.


def python(code, **environment):
    """What a fresh Python prints."""
    here = {name: x for name, x in os.environ.items() if not name.startswith("GLASSGRAD")}
    run = [sys.executable, "-c", dedent(code)]
    done = subprocess.run(run, env=here | environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_pure_python_when_asked():
    """Every module of the core is then read from its source."""
    code = """
        import sys, glassgrad, glassgrad.backends.scalars, glassgrad.lift.walk
        from glassgrad.pure import COMPILED
        print(glassgrad.core_kind())
        print(all(sys.modules[f"glassgrad.{m}"].__file__.endswith(".py") for m in COMPILED))
    """
    assert python(code, GLASSGRAD_PURE="1").split("\n") == ["pure Python", "True"]


def test_both_lists_of_compiled_modules_agree():
    """setup.py compiles what `pure` knows how to replace."""
    setup = HOME.parent / "setup.py"
    if not setup.exists():
        pytest.skip("installed without its sources")
    listed = re.search(r"^COMPILED = (\[.*?\])", setup.read_text(encoding="utf-8"), re.M | re.S)
    assert set(ast.literal_eval(listed[1])) == set(glassgrad.pure.COMPILED)


@pytest.mark.parametrize("pure", ["0", "1"])
def test_help_and_source_are_there_on_both_cores(pure):
    """The compiler drops docstrings, and leaves no way back to the file."""
    code = """
        import inspect
        from glassgrad import Value, ops
        print(Value.__doc__.startswith("A number, its gradient"))
        print(ops.Op.__doc__.startswith("One primitive operation"))
        print("class Value:" in inspect.getsource(Value))
        print(inspect.getsource(inspect.getmodule(Value)).startswith('\"\"\"Value: a number'))
    """
    assert python(code, GLASSGRAD_PURE=pure).split() == ["True"] * 4


def has_compiler():
    import sysconfig

    header = Path(sysconfig.get_path("include")) / "Python.h"
    return any(map(shutil.which, ("cc", "gcc", "clang"))) and header.exists()


@pytest.mark.skipif(not has_compiler(), reason="needs a C compiler and Python's headers")
def test_a_checkout_is_compiled_where_it_can_be():
    """A core that silently stays pure would look right and be slow."""
    if not (HOME.parent / "setup.py").exists():
        pytest.skip("installed without its sources")
    code = "import glassgrad; print(glassgrad.core_kind())"
    assert python(code, GLASSGRAD_PURE="0") == "compiled"


def test_pure_python_needs_no_mypy_extensions():
    code = """
        import sys
        sys.modules["mypy_extensions"] = None
        from glassgrad import Value
        print(Value(2.0) * 3)
    """
    assert python(code, GLASSGRAD_PURE="1") == "Value(data=6.0)"


HEAVY = ["numpy", "matplotlib", "rich", "tqdm", "jinja2", "safetensors", "pandas", "polars"]


@pytest.mark.parametrize("pure", ["0", "1"])
def test_an_import_loads_nothing_heavy(pure):
    code = f"import sys, glassgrad; print([m for m in {HEAVY} if m in sys.modules])"
    assert python(code, GLASSGRAD_PURE=pure) == "[]"


def test_what_is_loaded_later_is_there_all_the_same():
    """In `dir`, in `import *`, and by itself; anything else is an AttributeError."""
    code = """
        import glassgrad
        print({"fit", "load"} <= set(dir(glassgrad)), "train" in vars(glassgrad))
        from glassgrad import *
        print(fit is glassgrad.train.fit, save is glassgrad.storage.save)
        print(hasattr(glassgrad, "fti"))
    """
    assert python(code).split() == ["True", "False", "True", "True", "False"]


# What a file may import when it is itself imported.


def imported_at_once(path):
    """The modules that a file imports at its top, outside of any `try` and of TYPE_CHECKING."""
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            yield statement.module or ""
            if statement.module == "glassgrad":
                yield from (f"glassgrad.{alias.name}" for alias in statement.names)


FILES = sorted(HOME.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(HOME).as_posix())
def test_a_file_needs_only_the_standard_library(path):
    """Libraries are imported by the function that needs them; plots are all matplotlib."""
    if path.relative_to(HOME).as_posix() == "draw/plots.py":
        pytest.skip("made of matplotlib")
    allowed = {"glassgrad", "__future__", *sys.stdlib_module_names}
    if (
        path.relative_to(HOME).parts[0] in ("lift", "backends")
        and path != HOME / "lift" / "__init__.py"
    ):
        allowed.add("numpy")  # `lift` imports them when it is called
    assert {name.split(".")[0] for name in imported_at_once(path)} <= allowed


# Nothing imports upwards: each of these may import those before it.
ORDER = [
    *("errors", "floats", "files", "ops", "copying", "value", "lecture", "anomaly"),
    *("choose", "nn", "losses", "optim", "check"),
]


@pytest.mark.parametrize("module", ORDER)
def test_imports_go_one_way(module):
    modules = {f"glassgrad.{path.stem}" for path in FILES}
    before = {f"glassgrad.{name}" for name in ORDER[: ORDER.index(module)]}
    assert modules & set(imported_at_once(HOME / f"{module}.py")) <= before
