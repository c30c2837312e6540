"""What all tests share: Hypothesis is repeatable, and no test leaves a mark on the next one."""

import os

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")  # draw into files, never into a window

from glassgrad import ops, value

# The same examples every time, so that a red build can be repeated; no deadline, because a busy
# machine is no defect.
settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=100)
settings.load_profile("repeatable")


@pytest.fixture(autouse=True)
def process_wide_state_is_left_as_found():
    """`no_grad`, `detect_anomaly` and operations added to the table hold for the whole process."""
    table = dict(ops.OPS)
    yield
    mode = value.mode
    found = mode.paused, mode.on_node, mode.on_gradient
    mode.paused, mode.on_node, mode.on_gradient = 0, None, None
    ops.OPS.clear()
    ops.OPS.update(table)
    assert found == (0, None, None)
