"""The exercises of chapter 2."""

from __future__ import annotations

from glassgrad.course.exercise import Exercise

EXERCISES: list[Exercise] = []
