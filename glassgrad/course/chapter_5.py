"""The exercises of chapter 5."""

from __future__ import annotations

from glassgrad.course.exercise import Exercise

EXERCISES: list[Exercise] = []
