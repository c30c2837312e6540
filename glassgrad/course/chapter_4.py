"""The exercises of chapter 4."""

from __future__ import annotations

from glassgrad.course.exercise import Exercise

EXERCISES: list[Exercise] = []
