"""What a picture is written as: SVG, a page, JSON, files."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from glassgrad import MLP, Value
from glassgrad.draw import Picture, draw
from glassgrad.draw.format import short

SVG = "{http://www.w3.org/2000/svg}"
NASTY = '</script><b>"重み" & θ₁\x00\ud800\n'


def some_pictures() -> dict[str, Picture]:
    model = MLP(3, [4, 1], seed=0)
    out = model([1.0, 2.0, 3.0])
    a, b = Value(float("inf"), label=NASTY), Value(float("nan"), label="b")
    return {
        "graph": draw(out, title=f"A title {NASTY}"),
        "model": draw(out, model=model),
        "folded": draw(out, max_nodes=5),
        "network": draw(model, input_names=[NASTY]),
        "not finite": draw(a * b - 1e9),
    }


@pytest.mark.parametrize("name", some_pictures())
def test_the_svg_is_xml_that_stands_alone(name: str) -> None:
    svg = some_pictures()[name].svg
    root = ET.fromstring(svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"
    assert root[0].text
    assert root[1].text
    assert root[2].tag == f"{SVG}rect"  # a background of its own, for dark notebooks
    used = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert used <= {"svg", "title", "desc", "rect", "g", "path", "text", "ellipse", "circle"}
    assert "url(" not in svg
    assert len(re.findall("https?:", svg)) == 1  # the name of the SVG language


def test_text_in_the_picture_is_what_the_label_says() -> None:
    x = Value(2.0, label='<b> & "x"')
    texts = [element.text for element in ET.fromstring(draw(x).svg).iter(f"{SVG}text")]
    assert texts[:3] == ['<b> & "x"', "data 2.0000", "grad 0.0000"]


def test_a_long_label_is_cut_in_the_box_and_whole_in_the_tooltip() -> None:
    label = "the mean of all the squared differences"
    root = ET.fromstring(draw(Value(1.0, label=label)).svg)
    assert next(e.text for e in root.iter(f"{SVG}text")) == "the mean of all the squared…"
    assert any((e.text or "").startswith(label) for e in root.iter(f"{SVG}title"))


def test_all_is_inside_the_frame() -> None:
    for picture in some_pictures().values():
        root = ET.fromstring(picture.svg)
        for rect in root.iter(f"{SVG}rect"):
            if rect.get("x"):
                assert 0 <= float(rect.get("x", "")) <= float(root.get("width", ""))
                assert 0 <= float(rect.get("y", "")) <= float(root.get("height", ""))


@pytest.mark.parametrize("name", some_pictures())
def test_json_is_strict_and_complete(name: str) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    picture = some_pictures()[name]
    drawing = json.loads(picture.json, parse_constant=refuse)
    assert [node["id"] for node in drawing["nodes"]] == [n.id for n in picture.drawing.nodes]
    for written, node in zip(drawing["nodes"], picture.drawing.nodes, strict=True):
        for number, original in ((written["data"], node.data), (written["grad"], node.grad)):
            if original is None:
                assert number is None
            elif math.isnan(original):
                assert number == "nan"
            else:
                assert float(number) == original


@pytest.mark.parametrize("name", some_pictures())
def test_the_page_needs_nothing_else_and_holds_the_whole_drawing(name: str) -> None:
    picture = some_pictures()[name]
    page = picture.html
    assert "{{" not in page
    assert page.count("<script") == page.count("</script>") == 2
    assert not re.search(r"<link|<img|@import|src=|https?:(?!//www\.w3\.org/2000/svg)", page)
    data = page.split('id="drawing">')[1].split("</script>")[0]
    assert json.loads(data) == json.loads(picture.json)
    assert 'name="viewport"' in page
    assert "<pre>" in page


def test_each_box_of_the_page_is_found_by_its_id() -> None:
    for picture in some_pictures().values():
        root = ET.fromstring(picture.svg)
        ids = {element.get("data-id") for element in root.iter() if element.get("data-id")}
        assert ids == {node.id for node in picture.drawing.nodes}


def test_saving_by_the_ending(tmp_path: Path) -> None:
    picture = some_pictures()["model"]
    for ending, form in [("svg", "svg"), ("html", "html"), ("txt", "text"), ("json", "json")]:
        path = picture.save(tmp_path / "new" / f"picture.{ending}")
        assert path.read_text(encoding="utf-8") == getattr(picture, form)
    assert len(list((tmp_path / "new").iterdir())) == 4


def test_an_unknown_ending_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"(?s)not as 'graph.png'.*save\('graph.svg'\)"):
        some_pictures()["graph"].save(tmp_path / "graph.png")
    assert not list(tmp_path.iterdir())


def test_every_picture_can_be_saved_whatever_its_labels(tmp_path: Path) -> None:
    for picture in some_pictures().values():
        for ending in ("svg", "html", "txt", "json"):
            picture.save(tmp_path / f"picture.{ending}")


def test_it_shows_itself_in_a_notebook_and_in_a_terminal() -> None:
    picture = some_pictures()["graph"]
    assert picture._repr_svg_() == picture.svg
    assert repr(picture) == picture.text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0.0000"),
        (-0.0, "0.0000"),
        (1 / 3, "0.3333"),
        (-12.0, "-12.0000"),
        (0.00004, "4.000e-05"),
        (123456789.0, "1.235e+08"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (7, "7.0000"),
    ],
)
def test_numbers_keep_four_digits_that_mean_something(number: float, text: str) -> None:
    assert short(number) == text


def test_pictures_need_only_the_standard_library() -> None:
    program = (
        "import sys; from glassgrad import Value; from glassgrad.draw import draw; "
        "draw(Value(1.0) + 2).html; "
        "print([m for m in ('numpy', 'matplotlib', 'graphviz', 'rich') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"
