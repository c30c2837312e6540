"""Steps as one page that needs nothing else, and the same page as the output of a notebook cell.

The page, its looks and its script are `page.html`, `page.css` and `page.js` beside this file. A
notebook gets the page in a frame of its own, so that neither disturbs the other, and below it, for
where scripts do not run, the last step as an image and all steps in words.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from glassgrad.draw.html import fill
from glassgrad.step.scene import at_rest, picture, states
from glassgrad.step.text import to_text
from glassgrad.step.trace import Trace
from glassgrad.step.words import Card, Words, describe, name_of, rest

HERE = Path(__file__).parent


def to_html(traces: Sequence[Trace]) -> str:
    """The page; `<` is escaped in the data too, so no label can end a script."""
    data = [_told(traces, trace) for trace in traces]
    parts = {
        "title": escape(title(traces)),
        "css": (HERE / "page.css").read_text(encoding="utf-8"),
        "js": (HERE / "page.js").read_text(encoding="utf-8"),
        "json": json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        "tracks": "\n".join(_track(traces, trace) for trace in traces),
        "panels": "\n".join(map(_panel, traces)),
        "kind": "two" if len(traces) > 1 else "one",
        "notes": "".join(f'<p class="note">{escape(note)}</p>' for note in traces[0].notes),
        "text": escape(to_text(traces)),
    }
    return fill(HERE / "page.html", parts)


def _told(traces: Sequence[Trace], trace: Trace) -> list[dict[str, Any]]:
    """The steps of one trace for the script; where another has more, it rests before its end."""
    *steps, end = [
        state | _said(describe(trace, step))
        for step, state in zip(trace.steps, states(trace), strict=True)
    ]
    longest = max((other.steps for other in traces), key=len)
    rests = [at_rest() | _said(rest(trace, step.node)) for step in longest[len(steps) : -1]]
    return [*steps, *rests, end]


def _said(words: Words) -> dict[str, str]:
    return {"title": words.title, "sign": words.sign, "html": panel(words)}


def is_page(path: Path) -> bool:
    """Whether a file is one of these pages, which may be written over."""
    with path.open("rb") as file:
        return b'<meta name="generator" content="glassgrad step">' in file.read(300)


def to_notebook(page: str, traces: Sequence[Trace]) -> str:
    """What a notebook keeps of a cell: a still picture with words, and the script that opens it."""
    parts = {
        "id": sha256(page.encode()).hexdigest()[:12],
        "title": escape(title(traces)),
        "images": "\n".join(_image(traces, trace) for trace in traces),
        "text": escape(to_text(traces)),
        "page": json.dumps(page).replace("<", "\\u003c"),
    }
    return fill(HERE / "notebook.html", parts)


def title(traces: Sequence[Trace]) -> str:
    """What the page is called."""
    name = name_of(traces[0], traces[0].root)
    if len(traces) > 1:
        return f"{name} backward, in two orders"
    return f"{name}, step by step"


def panel(words: Words) -> str:
    """A step in words, as HTML."""
    parts = [f"<h3>{escape(words.title)}</h3>"]
    parts += [f'<p class="line">{escape(line)}</p>' for line in words.lines]
    parts += [f'<p class="warning">{escape(warning)}</p>' for warning in words.warnings]
    if words.cards:
        parts.append(f'<div class="cards">{"".join(map(_card, words.cards))}</div>')
    if words.table:
        head, *rows = words.table
        cells = [f"<tr>{''.join(f'<th>{escape(cell)}</th>' for cell in head)}</tr>"]
        for name, *numbers in rows:
            row = "".join(_cell(number) for number in numbers)
            cells.append(f'<tr><th scope="row">{escape(name)}</th>{row}</tr>')
        parts.append(f'<div class="scroll"><table>{"".join(cells)}</table></div>')
    return "".join(parts)


def _cell(number: str) -> str:
    return f"<td{' class=wrong' if '≠' in number else ''}>{escape(number)}</td>"


def _card(card: Card) -> str:
    lines = "".join(
        f"<dt>{escape(what)}</dt><dd>{_equation(how_much)}</dd>" for what, how_much in card.lines
    )
    remarks = "".join(f'<p class="warning">{escape(remark)}</p>' for remark in card.remarks)
    return f"<section><h4>{escape(card.title)}</h4><dl>{lines}</dl>{remarks}</section>"


def _equation(text: str) -> str:
    """A line breaks before an equals sign first."""
    first, *rest = escape(text).split(" = ")
    return "".join([first, *(f" <span>= {part}</span>" for part in rest)])


def _track(traces: Sequence[Trace], trace: Trace) -> str:
    """The graph of one trace, below its heading."""
    name = escape(trace.title or title(traces))
    head = f'<h2>{name} <span class="sign" hidden></span></h2>' if trace.title else ""
    view = (
        f'<div class="view" role="region" aria-label="graph: {name}">{picture(traces, trace)}</div>'
    )
    return f'<section class="track">{head}{view}</section>'


def _image(traces: Sequence[Trace], trace: Trace) -> str:
    """The graph of one trace as it is in the end, to stand where scripts do not run."""
    data = b64encode(picture(traces, trace).encode()).decode()
    head = f"<p>{escape(trace.title)}</p>" if trace.title else ""
    about = "the graph after the last step; the steps follow in words"
    source = f"data:image/svg+xml;base64,{data}"
    image = f'<img alt="{about}" src="{source}" style="max-width: none">'
    return f'{head}<div style="overflow-x: auto">{image}</div>'


def _panel(trace: Trace) -> str:
    """Where the steps of one trace are told."""
    head = f"<h2>{escape(trace.title)}</h2>" if trace.title else ""
    return f'<section>{head}<div class="panel"></div></section>'
