"""The course: every chapter runs, has what a chapter has, and its notebook is the same text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest

from glassgrad.course.exercise import CHAPTERS, exercises

COURSE = Path(__file__).parent.parent / "course"
SCRIPTS = sorted(COURSE.glob("chapter_*.py"))
CELL = re.compile(r"^# %%(.*)$", re.MULTILINE)


def cells(script: Path) -> list[tuple[str, str]]:
    """The cells of a percent script: ("markdown" or "code", text)."""
    _, *parts = CELL.split(script.read_text(encoding="utf-8"))
    marks, texts = parts[::2], parts[1::2]
    found = []
    for mark, text in zip(marks, texts, strict=True):
        kind = "markdown" if "[markdown]" in mark else "code"
        if kind == "markdown":
            text = re.sub(r"^# ?", "", text, flags=re.MULTILINE)
        found.append((kind, text.strip()))
    return found


def sections(script: Path) -> dict[str, str]:
    """The code of each section, by its heading, without the exercises."""
    found: dict[str, str] = {}
    heading = ""
    for kind, text in cells(script):
        if kind == "markdown":
            for line in text.splitlines():
                if line.startswith("## "):
                    heading = line.removeprefix("## ")
        elif "@exercise" not in text:
            found[heading] = found.get(heading, "") + text + "\n"
    return found


by_chapter = pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)


def test_all_chapters_are_there() -> None:
    assert [int(path.stem.split("_")[1]) for path in SCRIPTS] == list(CHAPTERS)


@by_chapter
def test_a_chapter_runs_from_top_to_bottom(
    script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with np.printoptions():  # what a chapter sets is for the chapter
        exec(compile(script.read_text("utf-8"), script.name, "exec"), {"__name__": "__main__"})
    plt.close("all")  # a notebook closes what it has shown; here all chapters share a process


@by_chapter
def test_each_section_with_code_asserts_something(script: Path) -> None:
    for heading, code in sections(script).items():
        assert "assert " in code, f"section {heading!r}"


@by_chapter
def test_each_exercise_stands_in_its_chapter_once(script: Path) -> None:
    chapter = int(script.stem.split("_")[1])
    there = re.findall(r'^@exercise\("(.*?)"\)', script.read_text("utf-8"), re.MULTILINE)
    assert there == [task.number for task in exercises(chapter)]
    assert len(there) >= 6


@by_chapter
def test_a_chapter_says_what_it_gives_and_ends_with_five_questions(script: Path) -> None:
    text = "\n\n".join(text for kind, text in cells(script) if kind == "markdown")
    assert "What you will be able to do" in text
    questions = text[text.index("## Questions") :]
    assert len(re.findall(r"^\d\. ", questions, re.MULTILINE)) == 5
    assert questions.count("<details>") >= 1
    assert "## Summary" in text


@by_chapter
def test_the_notebook_is_the_script_with_its_outputs(script: Path) -> None:
    text = script.with_suffix(".ipynb").read_text(encoding="utf-8")
    notebook: dict[str, Any] = json.loads(text)
    found = [(cell["cell_type"], "".join(cell["source"]).strip()) for cell in notebook["cells"]]
    assert found == cells(script)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["execution_count"] is not None
            for output in cell["outputs"]:
                assert output["output_type"] != "error"
                assert output.get("name") != "stderr", "".join(output["text"])
    assert "widgets" not in notebook["metadata"]
    assert len(text) < 4_000_000
