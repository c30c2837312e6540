"""`exercise`, `hint` and `progress`: what a reader of the course uses.

What the exercises are is in `chapter_1.py` and so on, and how answers are compared in
`checking.py`.
"""

from __future__ import annotations

import ast
import contextlib
import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

from glassgrad.course import record
from glassgrad.course.checking import NotWritten, Wrong
from glassgrad.course.time_limit import OutOfTime, time_limit
from glassgrad.errors import explain
from glassgrad.ops import OPS

CHAPTERS = (1, 2, 3, 4, 5, 6, 7)
SECONDS = 10.0  # for a check
SOLUTIONS = Path("solutions")  # beside the notebooks; without it, answers are not shown

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Exercise:
    """One exercise of the course.

    number: chapter and place, such as "2.3". check: takes the reader's answer and raises `Wrong`.
    hints: three, from a nudge to nearly the answer.
    """

    number: str
    title: str
    check: Callable[[Any], None]
    hints: tuple[str, str, str]


@dataclass(frozen=True)
class Verdict:
    """What a check found: true if the answer is right; prints as it is told to the reader."""

    right: bool
    text: str

    def __bool__(self) -> bool:
        return self.right

    def __repr__(self) -> str:
        return self.text


def exercise(number: str) -> Callable[[Answer], Answer]:
    """Check the function or class that follows, print the verdict, and leave the answer as it is.

    Raises ValueError where no exercise has this number.

    >>> @exercise("1.1")
    ... def weighted_sum(inputs, weights, bias):
    ...     return ...
    Exercise 1.1, the weighted sum: not written yet.
    Put your code in place of the three dots; hint("1.1") helps.
    """
    find(number)

    def check(answer: Answer) -> Answer:
        _give_its_name(answer)
        verdict = check_exercise(number, answer)
        print(verdict)
        if verdict:
            progress()
        return answer

    return check


def _give_its_name(answer: Any) -> None:
    """Let an answer find itself by its name, as it will when its cell has run.

    Python binds the name after the decorator; till then a function that calls itself, or a class
    whose methods use it, would meet the answer of before, or none.
    """
    name = getattr(answer, "__name__", "")
    caller = sys._getframe(2)
    if name.isidentifier() and caller.f_locals is caller.f_globals:
        caller.f_globals[name] = answer


def check_exercise(number: str, answer: Any) -> Verdict:
    """What there is to say about an answer; a right one is noted in the reader's record.

    No error of the answer's gets out of here, and after ten seconds it is ended.
    Raises ValueError where no exercise has this number.

    >>> check_exercise("1.1", lambda inputs, weights, bias: 0.0).right
    False
    """
    task = find(number)
    name = f"Exercise {number}, {task.title}"
    printed = _Printed()
    what, why = "", ""
    try:
        with contextlib.redirect_stdout(printed), time_limit(SECONDS):
            task.check(answer)
    except NotWritten:
        dots = f'Put your code in place of the three dots; hint("{number}") helps.'
        return Verdict(False, f"{name}: not written yet.\n{dots}")
    except Wrong as wrong:
        what, why = wrong.what, wrong.why
    except OutOfTime:
        what = f"It had not ended after {SECONDS:.0f} seconds"
        why = "most often a loop has no end: nothing in it changes what it waits for"
    except (Exception, SystemExit) as error:
        what = f"It stopped with {type(error).__name__}: {error}".removesuffix(": ")
        why = "the answer is something else than the exercise asks for"
    if not what:
        _note_solved(number)
        return Verdict(True, f"Exercise {number}, {task.title}: right.")
    lines = [f"{name}: not yet.", _sentence(what), _sentence(why)]
    if printed.lines:
        lines.append(f"Your code printed:\n{printed.beginning()}")
    lines.append(f'hint("{number}") shows a hint.')
    return Verdict(False, "\n".join(lines))


def hint(number: str) -> None:
    """Print the next of three hints, and after them the answer.

    Raises ValueError where no exercise has this number.
    """
    number = str(number)
    task = find(number)
    notes = record.read()
    seen = notes.hints.get(number, 0)
    if seen < len(task.hints):
        print(f"Hint {seen + 1} of {len(task.hints)}: {task.hints[seen]}")
    else:
        print(_solution(number))
    notes.hints[number] = min(seen + 1, len(task.hints))
    _save(notes)


def progress() -> None:
    """Print a line of chapters with a dot for each exercise, filled where it is solved."""
    solved = set(record.read().solved)
    parts = []
    for chapter in CHAPTERS:
        dots = "".join("●" if task.number in solved else "○" for task in exercises(chapter))
        parts.append(f"{chapter} {dots}")
    print("   ".join(parts))


def exercises(chapter: int) -> list[Exercise]:
    """All exercises of a chapter, in order."""
    found: list[Exercise] = import_module(f"glassgrad.course.chapter_{chapter}").EXERCISES
    return found


def find(number: str) -> Exercise:
    """The exercise of this number."""
    number = str(number)
    chapter = number.partition(".")[0]
    tasks = exercises(int(chapter)) if chapter in map(str, CHAPTERS) else []
    for task in tasks:
        if task.number == number:
            return task
    listed = [task.number for task in tasks] or [f"{chapter}.1, ..." for chapter in CHAPTERS]
    raise ValueError(
        explain(
            f"there is no exercise {number!r}; there are {', '.join(listed)}",
            f"@exercise({number!r})\ndef answer(x):\n    return x",
            "an exercise goes by its chapter and its place in it, as text",
            f'@exercise("{(tasks or exercises(1))[0].number}")\ndef answer(x):\n    return x',
        )
    )


def _solution(number: str) -> str:
    """Our answer: the function or class that stands under the exercise's number in its file."""
    path = SOLUTIONS / f"chapter_{number.partition('.')[0]}.py"
    if not path.exists():
        return f"There are no more hints. Our answer is in {path} of the course, not here."
    source = path.read_text(encoding="utf-8")
    try:
        parts = ast.parse(source).body
    except SyntaxError as error:
        return f"There are no more hints, and {path} is no Python any more: {error}."
    for part in parts:
        if isinstance(part, (ast.FunctionDef, ast.ClassDef)):
            marks = [ast.unparse(decorator) for decorator in part.decorator_list]
            if f"exercise('{number}')" in marks:
                code = "\n".join(source.splitlines()[part.lineno - 1 : part.end_lineno])
                return f"There are no more hints. Our answer:\n\n{code}"
    return f"There are no more hints, and {path} has no answer."


def _note_solved(number: str) -> None:
    notes = record.read()
    if number not in notes.solved:
        notes.solved.append(number)
        _save(notes)


def _save(notes: record.Record) -> None:
    try:
        notes.save()
    except OSError as error:
        print(f"(the record of your progress could not be written: {error})")


def _sentence(text: str) -> str:
    """With a capital, unless it begins with the name of something, and a full stop."""
    word, _, rest = text.partition(" ")
    is_name = not word.isalpha() or word in OPS or (len(word) == 1 and not rest[:1].isalpha())
    if not is_name and word not in ("b", "c", "e", "f", "n", "o", "x", "y"):
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


class _Printed(io.StringIO):
    """Keeps the first lines of what an answer prints, and counts the others."""

    lines = 0

    def write(self, text: str) -> int:
        """Take a piece of text, as `print` does."""
        self.lines += text.count("\n")
        if self.lines <= 20 and self.tell() < 2000:
            super().write(text[:2000])
        return len(text)

    def beginning(self, most: int = 10) -> str:
        """The first lines, and how many more there were."""
        shown = self.getvalue().splitlines()[:most]
        more = [f"... and {self.lines - most} lines more"] if self.lines > most else []
        return "\n".join(f"    {line}" for line in shown + more)
