"""`glassgrad learn`: the course in a folder of the reader's."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import Any

import pytest

from glassgrad import commands
from glassgrad.cli import main
from glassgrad.course import learn

COURSE = Path(__file__).parent.parent / "course"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_notebooks_and_solutions_are_copied(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "mine", "--no-open"]) == 0
    expected = {path.name for path in COURSE.glob("*.ipynb")} | {"README.md", "solutions"}
    assert {path.name for path in Path("mine").iterdir()} == expected
    for path in (path for path in Path("mine").rglob("*") if path.is_file()):
        assert path.read_bytes() == (COURSE / path.relative_to("mine")).read_bytes()
    assert re.search(r"Open it  .*jupyter.* mine\n", capsys.readouterr().out)


def test_what_a_reader_has_written_stays(capsys: pytest.CaptureFixture[str]) -> None:
    main(["learn", "mine", "--no-open"])
    notebook = sorted(Path("mine").glob("*.ipynb"))[0]
    notebook.write_text("my work", encoding="utf-8")
    missing = sorted(Path("mine").glob("*.ipynb"))[1]
    missing.unlink()
    capsys.readouterr()
    assert main(["learn", "mine", "--no-open"]) == 0
    assert notebook.read_text(encoding="utf-8") == "my work"
    assert missing.exists()
    assert "1 files copied" in capsys.readouterr().out


def test_without_jupyterlab_it_says_how(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(learn, "find_spec", lambda name: None)
    assert main(["learn"]) == 0
    assert Path("glassgrad-course", "README.md").exists()
    assert 'pip install "glassgrad[course]"' in capsys.readouterr().out


def test_jupyterlab_opens_the_folder_and_decides_itself_about_ctrl_c(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    called = []

    def call(words: list[str]) -> int:
        signal.raise_signal(signal.SIGINT)
        called.append(words)
        return 0

    before = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(commands, "jupyter", lambda: ["jupyter-lab"])
    monkeypatch.setattr(commands.subprocess, "call", call)
    assert main(["learn", "mine"]) == 0
    assert called == [["jupyter-lab", "mine"]]
    assert signal.getsignal(signal.SIGINT) is before


def test_copied_notebooks_are_signed_and_the_readers_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("nbformat", reason="Jupyter is not installed")
    import nbformat
    from nbformat.sign import NotebookNotary

    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    main(["learn", "mine", "--no-open"])
    first, second = sorted(Path("mine").glob("*.ipynb"))[:2]
    changed: Any = nbformat.read(first, as_version=4)
    changed.cells[0].source = "mine"
    nbformat.write(changed, first)
    main(["learn", "mine", "--no-open"])
    notary = NotebookNotary()
    assert notary.check_signature(nbformat.read(second, as_version=4))
    assert not notary.check_signature(nbformat.read(first, as_version=4))
    notary.store.close()


def test_a_file_in_the_way_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine").write_text("", encoding="utf-8")
    assert main(["learn", "mine"]) == 2
    assert "mine is no folder" in capsys.readouterr().err
    assert main(["learn", "mine/below"]) == 2
    assert "mine/below is no folder" in capsys.readouterr().err
