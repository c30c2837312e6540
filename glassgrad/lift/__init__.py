"""Lifting: from a graph of single numbers to a program of a few array operations."""
