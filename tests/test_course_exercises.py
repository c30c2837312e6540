"""The exercises of the course: our answers are right, and typical wrong ones are told why."""

from __future__ import annotations

import itertools
import re
import runpy
from collections import Counter
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any

import pytest

from glassgrad.course import check_exercise, learn
from glassgrad.course.exercise import CHAPTERS, exercises

SOLUTIONS = Path(__file__).parent.parent / "course" / "solutions"
TASKS = [task for chapter in CHAPTERS for task in exercises(chapter)]


def wrong_answers(chapter: int) -> list[tuple[str, str, str]]:
    """(exercise, program, what the verdict says) for a chapter."""
    found: list[tuple[str, str, str]] = import_module(f"wrong_answers.chapter_{chapter}").WRONG
    return found


WRONG = [answer for chapter in CHAPTERS for answer in wrong_answers(chapter)]


def last_defined(program: str) -> Any:
    """What a program defines last: the function or class that is the answer."""
    namespace: dict[str, Any] = {"__name__": "answer"}
    exec("import math\nfrom glassgrad import *", namespace)
    before = set(namespace)
    exec(compile(program, "answer.py", "exec"), namespace)
    return namespace[[name for name in namespace if name not in before][-1]]


@pytest.fixture(autouse=True)
def the_same_numbers_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader meets other numbers each time; a test must not fail once in a hundred runs."""
    seeds = itertools.count()

    def random(*seed: Any) -> Random:
        return Random(*(seed or (next(seeds),)))

    for path in learn.HOME.glob("*.py"):
        module = import_module(f"glassgrad.course.{path.stem}")
        if hasattr(module, "Random"):
            monkeypatch.setattr(module, "Random", random)


@pytest.fixture(autouse=True)
def record_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_our_answers_are_right(chapter: int, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(SOLUTIONS / f"chapter_{chapter}.py"))
    printed = capsys.readouterr().out
    verdicts = re.findall(r"^Exercise (\S+), .*: (.*?)\.", printed, re.MULTILINE)
    assert verdicts == [(task.number, "right") for task in exercises(chapter)], printed


@pytest.mark.parametrize(("number", "program", "says"), WRONG)
def test_a_wrong_answer_is_told_why(number: str, program: str, says: str) -> None:
    verdict = check_exercise(number, last_defined(program))
    assert not verdict
    assert re.search(says, verdict.text, re.IGNORECASE), verdict.text
    assert "Traceback" not in verdict.text
    assert re.search(rf"^hint\({number!r}\)".replace("'", '"'), verdict.text, re.MULTILINE)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.number)
def test_an_exercise_has_hints_and_three_wrong_answers(task: Any) -> None:
    assert len(set(task.hints)) == 3
    assert all(hint.endswith((".", "?", "!", ":", "`")) for hint in task.hints)
    assert Counter(number for number, _, _ in WRONG)[task.number] >= 3


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.number)
def test_printed_numbers_do_not_pass(task: Any) -> None:
    """An answer that always gives the same, whatever it is asked, is wrong everywhere."""
    for constant in (0.0, 1.0, [0.0], True, "right"):
        assert not check_exercise(task.number, lambda *_, **__: constant)  # noqa: B023


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.number)
def test_the_empty_answer_is_not_written_yet(task: Any) -> None:
    assert "not written yet" in check_exercise(task.number, lambda *_, **__: ...).text


def test_an_answer_finds_itself_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    """A function that calls itself is checked before Python has bound its name."""
    before = "def weighted_sum(inputs, weights, bias):\n    return ...\n"
    program = """
from glassgrad.course import exercise

@exercise("1.1")
def weighted_sum(inputs, weights, bias):
    if not inputs:
        return bias
    return inputs[0] * weights[0] + weighted_sum(inputs[1:], weights[1:], bias)
"""
    exec(before + program, {"__name__": "__main__"})
    assert "Exercise 1.1, the weighted sum: right." in capsys.readouterr().out
