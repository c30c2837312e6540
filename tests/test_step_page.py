"""What steps are shown as: a page that needs nothing else, a notebook's cell, a file."""

from __future__ import annotations

import html
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from glassgrad import MLP, Value, step_through
from glassgrad.step import Steps
from glassgrad.step.words import rest

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '</script><b>"重み" & {{json}} θ₁\x00\ud800\n'
VOID = {"meta", "input", "img", "br"}


def some_steps() -> dict[str, Steps]:
    a, b = Value(3.0, label="a"), Value(2.0, label=NASTY)
    c = a + a
    d = c * b
    d.label = "d"
    return {
        "small": step_through(d),
        "two orders": step_through(d, order=[d, c, c]),
        "network": step_through(MLP(2, [3, 1], seed=0)([1.0, -2.0])),
        "not finite": step_through(Value(0.0, label="zero").log() * 2),
        "leaf": step_through(Value(2.0)),
    }


class Reader(HTMLParser):
    """Checks that every element is closed in turn, and collects names, ids and attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.ids += [value or "" for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def data_of(page: str) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = json.loads(
        page.split('id="steps">')[1].split("</script>")[0]
    )
    return found


@pytest.mark.parametrize("name", some_steps())
def test_the_page_is_well_formed_and_needs_nothing_else(name: str) -> None:
    page = some_steps()[name].html
    assert "{{" not in page.replace(html.escape("{{json}}"), "").replace("{{json}}", "")
    assert page.count("<script") == page.count("</script>") == 2
    reader = Reader(page)
    assert len(set(reader.ids)) == len(reader.ids)
    assert not [x for x in reader.attributes if x[0] in ("src", "href", "srcset", "action")]
    assert not re.search(r"<link|@import|url\(|https?:(?!//www\.w3\.org/2000/svg)", page)
    assert 'name="viewport"' in page
    assert "prefers-reduced-motion" in page
    assert 'aria-live="polite"' in page


@pytest.mark.parametrize("name", some_steps())
def test_the_page_holds_every_step_in_words(name: str) -> None:
    steps = some_steps()[name]
    assert html.escape(steps.text) in steps.html
    for told, trace in zip(data_of(steps.html), steps.traces, strict=True):
        assert len(told) == max(len(other.steps) for other in steps.traces)
        said = [step for step in told if not step["title"].startswith("Done")]
        assert len(said) == len(trace.steps)
        for step in told:
            assert f"<h3>{html.escape(step['title'])}</h3>" in step["html"]
            Reader(step["html"])


def test_numbers_appear_in_the_step_that_makes_them_and_not_before() -> None:
    (told,) = data_of(some_steps()["small"].html)
    assert [step["data"] for step in told] == [
        {"0": "3.0000", "2": "2.0000"}, {"1": "6.0000"}, {"3": "12.0000"}, {}, {}, {}, {},
    ]  # fmt: skip
    assert [step["grads"] for step in told] == [
        {}, {}, {}, {"3": "1.0000"}, {"1": "2.0000", "2": "6.0000"}, {"0": "4.0000"}, {},
    ]  # fmt: skip
    assert [step["way"] for step in told] == ["", "forward", "forward", "", *["backward"] * 2, ""]
    assert [step["node"] for step in told] == [-1, 1, 3, -1, 3, 1, -1]
    assert told[5]["adds"] == ["+2.0", "+2.0"]


def test_an_order_that_is_done_rests_until_the_other_one_is() -> None:
    """d = b #1 with #1 = a + a, which comes twice: the right order has then nothing left."""
    right, wrong = data_of(some_steps()["two orders"].html)
    assert len(right) == len(wrong) == 5
    resting = right[3]
    assert resting["title"] == "Done: #1 has handed on once"
    assert (resting["way"], resting["node"], resting["adds"]) == ("", -1, [])
    assert (resting["grads"], resting["data"], resting["sign"]) == ({}, {}, "")
    assert wrong[3]["adds"] == ["+2.0", "+2.0"]
    assert right[4]["title"] == "All gradients are there"


def test_an_order_that_leaves_nodes_out_rests_too() -> None:
    a = Value(3.0, label="a")
    c = a + a
    c.label = "c"
    d = c * 2
    for order, title in (([d], "c has not handed on"), ([c, c], "c has handed on twice")):
        traces = step_through(d, order=order).traces
        assert rest(traces[1], 1).title == f"Done: {title}"


def test_a_word_beside_the_graph_says_what_is_wrong_with_an_order() -> None:
    """c gets 7, hands that on, and gets 6 twice by way of d: a, b, c and the 1 differ."""
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    c = a * b
    d = c + 1
    e = d * c
    page = step_through(e, order=[e, c, d, d]).html
    right, wrong = data_of(page)
    assert [step["sign"] for step in right] == [""] * 6
    signs = ["", "", "too early", "too late", "again, too late", "4 gradients differ"]
    assert [step["sign"] for step in wrong] == signs
    assert page.count('<span class="sign" hidden></span></h2>') == 2


def test_two_orders_have_a_graph_and_a_panel_each_and_mark_what_is_wrong() -> None:
    page = some_steps()["two orders"].html
    assert page.count('class="view"') == page.count('class="panel"') == 2
    right, wrong = data_of(page)
    assert (right[-1]["wrong"], wrong[-1]["wrong"]) == ([], [0])
    assert wrong[0]["data"] == {"0": "3.0000", "1": "6.0000", "2": "2.0000", "3": "12.0000"}


@pytest.mark.parametrize("name", some_steps())
def test_the_graph_shows_the_last_step_before_any_script_runs(name: str) -> None:
    steps = some_steps()[name]
    svg = re.search(r"<svg .*?</svg>", steps.html, re.DOTALL)
    assert svg is not None
    root = ET.fromstring(svg[0])
    shown = {
        group.get("data-id"): [text.text for text in group.iter(f"{SVG}text")][-2:]
        for group in root.iter(f"{SVG}g")
        if (group.get("data-id") or "").startswith("v")
    }
    (trace, *_) = steps.traces
    assert len(shown) == len(trace.data)
    for i, data in enumerate(trace.data):
        (_, number), (_, grad) = (str(text).split() for text in shown[f"v{i}"])
        assert float(number) == pytest.approx(data, rel=1e-3, abs=1e-4)
        expected = pytest.approx(trace.grads[i], rel=1e-3, abs=1e-4, nan_ok=True)
        assert float(grad) == expected


def test_an_unknown_gradient_is_a_question_mark() -> None:
    x = Value(2.0, label="x")
    out = Value(4.0, (x,), "double")
    steps = step_through(out)
    assert "grad ?" in steps.html
    assert data_of(steps.html)[0][-2]["adds"] == ["?"]


def test_a_notebook_gets_a_still_picture_words_and_the_page_in_a_frame() -> None:
    steps = some_steps()["two orders"]
    cell = steps._repr_html_()
    still, script = cell.split("<script>")
    images = re.findall(r'src="data:image/svg\+xml;base64,(.*?)"', still)
    assert len(images) == 2
    for image in images:
        assert ET.fromstring(b64decode(image)).tag == f"{SVG}svg"
    assert html.escape(steps.text) in still
    assert "To go through all of them" in still
    page = re.search(r"const page = (.*);", script)
    assert page is not None
    assert json.loads(page[1]) == steps.html
    assert "<" not in page[1]  # nothing in the page can end the script around it


def test_cells_of_a_notebook_have_names_of_their_own_that_stay_the_same() -> None:
    names = [
        re.findall(r'data-glassgrad-step="(\w+)"', steps._repr_html_())[0]
        for steps in (*some_steps().values(), *some_steps().values())
    ]
    assert len(set(names)) == len(some_steps())
    assert names[:5] == names[5:]


def test_it_is_its_text_in_a_terminal() -> None:
    steps = some_steps()["small"]
    assert repr(steps) == steps.text


def test_saving(tmp_path: Path) -> None:
    steps = some_steps()["small"]
    path = steps.save(tmp_path / "new" / "steps.html")
    assert path.read_text(encoding="utf-8") == steps.html
    with pytest.raises(ValueError, match=r"(?s)not as 'steps.svg'.*save\('steps.html'\)"):
        steps.save(tmp_path / "steps.svg")
    assert [path.name for path in tmp_path.rglob("*.*")] == ["steps.html"]


def test_steps_need_only_the_standard_library_and_load_when_used() -> None:
    program = (
        "import sys; from glassgrad import Value, step_through; "
        "print('glassgrad.step.steps' in sys.modules); step_through(Value(1.0) + 2)._repr_html_(); "
        "print([m for m in ('numpy', 'matplotlib', 'jinja2') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.split("\n")[:2] == ["False", "[]"]
