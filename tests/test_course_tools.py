"""What the exercises of the course are made of: verdicts, hints, the record, the time limit."""

from __future__ import annotations

import json
import math
import re
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from glassgrad import Value, draw
from glassgrad.course import check_exercise, exercise, hint, progress
from glassgrad.course import exercise as _decorator
from glassgrad.course.checking import NotWritten, Wrong, call, check_program, compare, same, show
from glassgrad.course.exercise import _sentence
from glassgrad.course.slider import slider
from glassgrad.course.time_limit import OutOfTime, time_limit

RECORD = Path("glassgrad-progress.json")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def weighted_sum(inputs: list[float], weights: list[float], bias: float) -> float:
    return sum(x * w for x, w in zip(inputs, weights, strict=True)) + bias


# What a reader sees.


def test_a_right_answer_is_noted_and_left_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert exercise("1.1")(weighted_sum) is weighted_sum
    printed = capsys.readouterr().out
    assert re.match(r"Exercise 1\.1, .*: right\.\n1 ●", printed)
    assert json.loads(RECORD.read_text("utf-8"))["solved"] == ["1.1"]


def test_a_right_answer_counts_once() -> None:
    for _ in range(2):
        assert check_exercise("1.1", weighted_sum)
    assert json.loads(RECORD.read_text("utf-8"))["solved"] == ["1.1"]


def test_a_wrong_answer_leaves_no_record() -> None:
    assert not check_exercise("1.1", lambda inputs, weights, bias: 0.0)
    assert not RECORD.exists()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda inputs, weights, bias: 1 / 0, "stopped with ZeroDivisionError"),
        (lambda inputs: 0.0, r"stopped with TypeError.*\n.*exercise says which"),
        (lambda inputs, weights, bias: None, "gave None"),
        (lambda inputs, weights, bias: exit(), "SystemExit"),
        (3.0, "stopped with TypeError"),
        (lambda inputs, weights, bias: "x" * 10_000, r"gave 'xxx.*\.\.\., and"),
    ],
)
def test_whatever_an_answer_does_it_is_told_in_words(answer: Any, says: str) -> None:
    verdict = check_exercise("1.1", answer)
    assert not verdict
    assert re.search(says, verdict.text), verdict.text
    assert "Traceback" not in verdict.text
    assert len(verdict.text) < 1500


def test_what_an_answer_prints_is_shown_only_with_a_verdict_that_is_not_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def loud(inputs: Any, weights: Any, bias: Any) -> float:
        print(*["here"] * 30, sep="\n")
        return 0.0

    text = check_exercise("1.1", loud).text
    assert "Your code printed:\n    here\n" in text
    assert "lines more" in text
    assert capsys.readouterr().out == ""


def test_hints_come_one_after_another_and_then_the_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("solutions").mkdir()
    code = '@exercise("1.1")\ndef weighted_sum(inputs, weights, bias):\n    return "ours"\n'
    Path("solutions/chapter_1.py").write_text(code, encoding="utf-8")
    for n in (1, 2, 3):
        hint("1.1")
        assert capsys.readouterr().out.startswith(f"Hint {n} of 3: ")
    for _ in range(2):
        hint("1.1")
        assert 'return "ours"' in capsys.readouterr().out


def test_without_the_folder_of_solutions_no_answer_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(4):
        hint("1.1")
    assert "solutions" in capsys.readouterr().out.splitlines()[-1]


def test_progress_has_a_dot_for_each_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    check_exercise("1.1", weighted_sum)
    progress()
    first = capsys.readouterr().out.split("   ")[0]
    assert re.fullmatch(r"1 ●○*", first)


@pytest.mark.parametrize("number", ["1.99", "9.1", "", "one"])
def test_an_unknown_exercise_is_an_error_in_four_parts(number: str) -> None:
    with pytest.raises(ValueError, match=r"(?s)there is no exercise.*This does it.*Write instead"):
        _decorator(number)


@pytest.mark.parametrize("damaged", ["", "[]", '{"solved": 3, "hints": {}}', "{"])
def test_a_damaged_record_is_kept_under_another_name(
    damaged: str, capsys: pytest.CaptureFixture[str]
) -> None:
    RECORD.write_text(damaged, encoding="utf-8")
    assert check_exercise("1.1", weighted_sum)
    assert json.loads(RECORD.read_text("utf-8"))["solved"] == ["1.1"]
    assert Path("glassgrad-progress.damaged.json").read_text(encoding="utf-8") == damaged
    assert "it is kept as glassgrad-progress.damaged.json" in capsys.readouterr().out


def test_a_folder_in_place_of_the_record_stops_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    RECORD.mkdir()
    assert check_exercise("1.1", weighted_sum)
    assert "could not be written" in capsys.readouterr().out


def test_a_number_in_place_of_text_will_do(capsys: pytest.CaptureFixture[str]) -> None:
    hint(1.1)  # type: ignore[arg-type]
    assert capsys.readouterr().out.startswith("Hint 1 of 3")


def test_solutions_that_are_no_python_are_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    Path("solutions").mkdir()
    Path("solutions/chapter_1.py").write_text("def", encoding="utf-8")
    for _ in range(4):
        hint("1.1")
    assert "is no Python any more" in capsys.readouterr().out


def test_a_record_that_cannot_be_written_stops_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("glassgrad.course.record.write_atomically", full)
    assert check_exercise("1.1", weighted_sum)
    assert "could not be written" in capsys.readouterr().out


# The time limit.


def forever() -> None:
    while True:
        pass


def forever_in_one_line() -> None:
    exec("while True: pass")


def forever_and_deaf() -> None:
    while True:
        try:
            forever()
        except Exception:  # what an answer may well do
            continue


@pytest.mark.parametrize("loop", [forever, forever_in_one_line, forever_and_deaf])
def test_an_endless_loop_ends(loop: Any) -> None:
    with pytest.raises(OutOfTime), time_limit(0.05):
        loop()


def test_it_ends_in_a_thread_of_its_own_too() -> None:
    found = []

    def run() -> None:
        try:
            with time_limit(0.05):
                forever()
        except OutOfTime:
            found.append("ended")

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert found == ["ended"]


def test_what_is_quick_is_left_alone() -> None:
    with time_limit(0.05):
        pass
    end = threading.Event()
    end.wait(0.15)  # the clock of a limit that is over must not ring


@pytest.mark.parametrize("ends", [True, False])
def test_a_debugger_survives_it(ends: bool) -> None:
    with suppress(OutOfTime), time_limit(0.05):
        if not ends:
            forever()
    events: list[Any] = []
    before = sys.gettrace()
    sys.settrace(lambda *event: events.append(event))
    try:
        (lambda: None)()
    finally:
        sys.settrace(before)
    assert events


# Comparing.


@pytest.mark.parametrize(
    ("got", "right", "expected"),
    [
        (1.0, 1, True),
        (np.float64(1.0), 1.0, True),
        (np.array(1.0), 1.0, True),
        (Value(1.0), 1.0, True),
        (1.0 + 1e-12, 1.0, True),
        (1.0 + 1e-6, 1.0, False),
        (math.nan, math.nan, True),
        (math.inf, math.inf, True),
        (-math.inf, math.inf, False),
        ([1.0, (2.0,)], [1, [2]], True),
        ([1.0], [1.0, 2.0], False),
        (1.0, [1.0], False),
        ("a", "a", True),
        (1, True, True),
        ("yes", True, False),
        ({"a": 1.0}, {"a": 1}, True),
        ({"a": 1.0}, {"b": 1}, False),
        (None, 0.0, False),
    ],
)
def test_what_counts_as_the_same(got: Any, right: Any, expected: bool) -> None:
    assert same(got, right) is expected


def test_a_mistake_is_named_only_if_it_explains_every_case() -> None:
    mistakes = [(lambda x: -x, "the sign is turned")]
    with pytest.raises(Wrong) as error:
        compare(lambda x: -x, abs, [(1.0,), (-2.0,)], "a distance", mistakes)
    assert error.value.why == "the sign is turned"
    assert "gave -1, and 1 is right" in error.value.what
    with pytest.raises(Wrong) as error:
        compare(lambda x: x, abs, [(1.0,), (-2.0,)], "a distance", mistakes)
    assert error.value.why == "a distance"


def why(answer: Any, reference: Any, cases: list[tuple[Any, ...]], *mistakes: Any) -> str:
    with pytest.raises(Wrong) as error:
        compare(answer, reference, cases, "the rule", mistakes)
    return str(error.value.why)


def test_an_answer_that_changes_what_it_is_given_is_not_right() -> None:
    def clears(numbers: list[float]) -> float:
        total = sum(numbers)
        numbers.clear()
        return total

    assert "work on a copy" in why(clears, sum, [([1.0, 2.0],), ([3.0, 4.0],)])


@pytest.mark.parametrize(
    ("got", "right", "says"),
    [
        ([1.0], 2.0, "a list; a single number"),
        ((1.0,), 1.0, "a comma at the end has made a tuple"),
        ("1.0", 1.0, "this is text"),
        (True, 2.0, "this is True or False"),
        (1.0, [1.0], "a single number; a list of them"),
        ({1.0}, [1.0], "this is a set; a list"),
        (2.0, True, "True or False is asked for"),
        ((x for x in [1.0]), [1.0], "only promises its items"),
        (math.exp, 1.0, "this is a function, not its result"),
    ],
)
def test_a_result_of_another_kind_is_told_so_first(got: Any, right: Any, says: str) -> None:
    told = why(lambda x: got, lambda x: right, [(1.0,)])
    assert says in told
    assert told.endswith("The rule")


def test_an_answer_that_asks_nobody_is_asked_about_it() -> None:
    told = why(lambda x: 7.0, abs, [(1.0,), (2.0,), (-3.0,)])
    assert told.startswith("the rule. Whatever it is asked")
    assert "does it use its arguments" in told


def test_arrays_that_are_all_the_same_are_no_trouble() -> None:
    assert "does it use" in why(lambda x: np.zeros(2), lambda x: [x, x], [(1.0,), (2.0,), (3.0,)])


def test_the_first_case_that_goes_wrong_is_told_and_not_a_later_stop() -> None:
    def later(x: float) -> float:
        return x / (x - 2.0)

    with pytest.raises(Wrong, match=r"gave -1, and 1 is right"):
        compare(later, abs, [(1.0,), (2.0,)], "the rule")
    assert (
        why(later, abs, [(1.0,), (2.0,)], (lambda x: x / (x - 2.0), "a quotient")) == "a quotient"
    )


def test_a_mistake_that_stops_as_the_answer_does_explains_it() -> None:
    mistake = (lambda x: 1 / x, "turned upside down")
    assert why(lambda x: 1 / x, abs, [(0.0,)], mistake) == "turned upside down"
    assert "divided by 0" in why(lambda x: 1 / x, abs, [(0.0,)])


def test_numbers_that_look_the_same_are_shown_with_more_digits() -> None:
    with pytest.raises(Wrong, match=r"gave 1\.00000001, and 1 is right"):
        compare(lambda x: x + 1e-8, abs, [(1.0,)], "the rule")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("the bias is missing", "The bias is missing."),
        ("a neuron has a bias", "A neuron has a bias."),
        ("b is missing", "b is missing."),
        ("a / b is a * b**-1", "a / b is a * b**-1."),
        ("tanh comes near 1", "tanh comes near 1."),
        ("softmax_of(x) gave 1", "softmax_of(x) gave 1."),
        ("is it right?", "Is it right?"),
    ],
)
def test_sentences_begin_with_a_capital_and_names_stay(text: str, sentence: str) -> None:
    assert _sentence(text) == sentence


def test_endless_printing_is_cut() -> None:
    def loud(inputs: Any, weights: Any, bias: Any) -> float:
        for _ in range(100_000):
            print("x")
        return 0.0

    text = check_exercise("1.1", loud).text
    assert len(text) < 1000
    assert re.search(r"and \d{6,} lines more", text)


def test_the_line_where_an_answer_stops_is_told() -> None:
    def stops(x: float) -> float:
        return x.data  # type: ignore[attr-defined]

    with pytest.raises(Wrong) as error:
        call(stops, 1.0)
    assert "in line" in error.value.what
    assert "return x.data" in error.value.what
    assert "a plain number has come where a Value is expected" in error.value.why


def test_three_dots_are_not_an_answer() -> None:
    with pytest.raises(NotWritten):
        call(lambda: ...)


def test_programs_are_compared_with_ours() -> None:
    class Twice(Value):
        def __mul__(self, other: Any) -> Value:
            out = Value(self.data * other.data, (self, other), "*")

            def backward() -> None:
                self.grad += 2 * other.data * out.grad
                other.grad += self.data * out.grad

            out._backward = backward
            return out

    check_program(Value, "a * b + a", {"a": 2.0, "b": 3.0}, "")
    with pytest.raises(Wrong, match=r"after c\.backward\(\), a\.grad is 6, and 3 is right"):
        check_program(Twice, "a * b", {"a": 2.0, "b": 3.0}, "")


def test_a_mistake_that_cannot_take_an_input_explains_nothing() -> None:
    with pytest.raises(Wrong) as error:
        compare(lambda x: 1.0, abs, [(0.0,), (2.0,)], "a distance", [(lambda x: 1 / x, "turned")])
    assert error.value.why == "a distance"


def test_long_things_are_shown_short() -> None:
    assert show(10**400) == "inf"
    assert len(show(list(range(1000)))) == 200
    assert show(True) == "True"
    assert show((1.0, [2.5, None])) == "(1, [2.5, None])"


# The slider.


def test_a_slider_has_every_picture_and_asks_for_nothing_else() -> None:
    figure = Figure()
    html = slider("x <", {"x = 1": draw(Value(1.0) * 2), "plot": figure})._repr_html_()
    assert html.count("data:image/svg+xml;base64,") == 2  # the first one also stands still
    assert html.count("data:image/png;base64,") == 1
    assert "x &lt;" in html
    assert not re.search(r'(src|href)="https?:', html)
    assert "aria-valuetext" in html


def test_two_sliders_do_not_share_a_name() -> None:
    one, other = (slider("x", {"a": draw(Value(x) * 2)})._repr_html_() for x in (1.0, 2.0))
    name = re.compile(r'data-glassgrad-slider="(\w+)"')
    assert name.findall(one)[0] != name.findall(other)[0]


def test_something_that_shows_itself_as_nothing_is_refused() -> None:
    with pytest.raises(TypeError, match="shows itself neither as SVG nor as PNG"):
        slider("x", {"a": 3.0})
