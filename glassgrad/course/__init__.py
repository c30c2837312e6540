"""Exercises that check themselves, for the notebooks of the course (folder `course/`).

A reader writes a function or a class under `@exercise("1.1")`; running the cell checks it on random
inputs and says what is wrong and why. `hint("1.1")` helps, `progress()` shows what has been solved.
The exercises of chapter 1 are in `chapter_1.py`, and so on; what they are checked with is in
`checking.py`.
"""

from glassgrad.course.exercise import check_exercise, exercise, hint, progress

__all__ = ["check_exercise", "exercise", "hint", "progress"]
