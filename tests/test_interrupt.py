"""`CtrlC`: the first Ctrl-C waits, the second does not, and afterwards all is as before."""

import signal
import threading

import pytest

from glassgrad.interrupt import CtrlC


def press_ctrl_c():
    signal.raise_signal(signal.SIGINT)


@pytest.fixture(autouse=True)
def pythons_own_handler():
    """As in a terminal: a shell starts programs in the background with Ctrl-C ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_first_only_sets_pressed():
    with CtrlC() as ctrl_c:
        assert not ctrl_c.pressed
        press_ctrl_c()
        assert ctrl_c.pressed
    assert ctrl_c.pressed
    with pytest.raises(KeyboardInterrupt):  # outside it does what it always does
        press_ctrl_c()


def test_the_second_raises_at_once():
    reached = []
    with pytest.raises(KeyboardInterrupt), CtrlC():
        press_ctrl_c()
        reached.append("after the first")
        press_ctrl_c()
        reached.append("after the second")
    assert reached == ["after the first"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_each_use_counts_from_the_start():
    for _ in range(2):
        with CtrlC() as ctrl_c:
            press_ctrl_c()
        assert ctrl_c.pressed


def test_an_error_inside_puts_the_handler_back():
    with pytest.raises(ZeroDivisionError), CtrlC():
        print(1 / 0)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_ones_own_waits_outside():
    calls = []
    signal.signal(signal.SIGINT, lambda *_: calls.append("mine"))
    with CtrlC() as ctrl_c:
        press_ctrl_c()
    assert ctrl_c.pressed
    assert calls == []
    press_ctrl_c()
    assert calls == ["mine"]


def test_one_inside_another():
    """Each is told only of what happens while it is the innermost."""
    with CtrlC() as outer:
        with CtrlC() as inner:
            press_ctrl_c()
        assert (outer.pressed, inner.pressed) == (False, True)
        press_ctrl_c()
        assert outer.pressed


@pytest.mark.parametrize("handling", [signal.SIG_IGN, signal.SIG_DFL])
def test_a_process_that_handles_it_without_python_keeps_its_way(handling):
    signal.signal(signal.SIGINT, handling)
    with CtrlC() as ctrl_c:
        assert signal.getsignal(signal.SIGINT) is handling
        if handling is signal.SIG_IGN:
            press_ctrl_c()
        assert not ctrl_c.pressed
    assert signal.getsignal(signal.SIGINT) is handling


def test_another_thread_leaves_it_alone():
    inside, errors = [], []

    def work():
        try:
            with CtrlC():
                inside.append(signal.getsignal(signal.SIGINT))
        except ValueError as error:  # Python sets handlers in the main thread alone
            errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert errors == []
    assert inside == [signal.default_int_handler]
