"""`glassgrad learn`: the course in a folder of the reader's."""

from __future__ import annotations

from pathlib import Path

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
    assert "jupyter lab mine" in capsys.readouterr().out


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


def test_jupyterlab_opens_the_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    called = []
    monkeypatch.setattr(commands, "jupyter", lambda: ["jupyter-lab"])
    monkeypatch.setattr(commands.subprocess, "call", lambda words: called.append(words) or 0)
    assert main(["learn", "mine"]) == 0
    assert called == [["jupyter-lab", "mine"]]


def test_a_file_in_the_way_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine").write_text("", encoding="utf-8")
    assert main(["learn", "mine"]) == 2
    assert "mine is a file" in capsys.readouterr().err
