"""`write_report`: facts and pictures into the template, and the page onto the disk."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from glassgrad.data import Dataset, Encoder, Table
from glassgrad.draw.format import count, short
from glassgrad.errors import explain
from glassgrad.files import write_atomically
from glassgrad.history import History
from glassgrad.nn import MLP
from glassgrad.report.facts import Facts, gather
from glassgrad.report.scores import ValueScores


def write_report(
    path: str | os.PathLike[str],
    *,
    model: MLP,
    encoder: Encoder,
    table_name: str,
    train: Dataset,
    test: Dataset,
    test_rows: Table,
    history: History,
    metrics: Mapping[str, Any],
    command: str,
    validation: Dataset | None = None,
) -> Path:
    """Write the page about one run and return its path.

    test_rows: the rows of `test` as they were read, to show them in their own units.
    metrics: what is in `metrics.json`, to be listed. command: what to type to run it again.
    Raises ValueError where the loss is not one of `glassgrad.losses`, ImportError without jinja2
    or matplotlib, OSError where the file cannot be written.

    >>> import tempfile
    >>> from glassgrad import MLP, fit
    >>> from glassgrad.data import iris, prepare
    >>> table = iris()
    >>> data = prepare(table, "species", seed=0)
    >>> model = MLP(4, [3], seed=0)
    >>> history = fit(model, data.train, epochs=1, seed=0, progress=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_report(
    ...         f"{folder}/report.html", model=model, encoder=data.encoder, table_name="iris",
    ...         train=data.train, test=data.test, test_rows=table.rows(data.split.test),
    ...         history=history, metrics={}, command="glassgrad train iris",
    ...     )
    ...     path.read_text(encoding="utf-8").count("<h2")
    8
    """
    facts = gather(
        model=model,
        encoder=encoder,
        table_name=table_name,
        train=train,
        validation=validation,
        test=test,
        test_rows=test_rows,
        history=history,
        metrics=metrics,
        command=command,
    )
    return write_atomically(path, render(facts, _pictures(facts, model, encoder, test, history)))


def render(facts: Facts, pictures: Mapping[str, str | None]) -> str:
    """The whole page as text; names from the user's table are escaped."""
    environment = _environment()
    environment.filters.update(
        num=short, count=count, percent=percent, cell="{:.6g}".format, fixed=fixed
    )
    return str(
        environment.from_string(_read("template.html.j2")).render(
            facts=facts, pictures=pictures, style=_read("style.css")
        )
    )


def percent(share: float) -> str:
    """A share of 1 in percent, and never 0.0% or 100.0% where it is not quite that.

    >>> percent(0.5), percent(0.0004), percent(0.99999), percent(1)
    ('50.0%', '<0.1%', '>99.9%', '100.0%')
    """
    if 0 < share < 0.0005:
        return "<0.1%"
    if 0.9995 <= share < 1:
        return ">99.9%"
    return f"{share:.1%}"


def fixed(x: float, digits: int) -> str:
    """A number in its own units.

    >>> fixed(4207.05, 0)
    '4,207'
    """
    return f"{x:,.{digits}f}"


def _pictures(
    facts: Facts, model: MLP, encoder: Encoder, test: Dataset, history: History
) -> dict[str, str | None]:
    from glassgrad.report import pictures  # and with it matplotlib

    scores, predictions = facts.scores, None
    if isinstance(scores, ValueScores):
        predictions = pictures.predictions_image(scores, encoder.target)
    return {
        "network": pictures.network_svg(model, encoder),
        "neuron": pictures.neuron_svg(facts.example.neuron),
        "history": pictures.history_image(history) if history.epochs else None,
        "boundary": pictures.boundary_image(model, encoder, test),
        "predictions": predictions,
    }


def _environment() -> Any:
    try:
        from jinja2 import Environment, StrictUndefined
    except ImportError as error:
        raise ImportError(
            explain(
                "a report needs jinja2, which is not installed here",
                "from glassgrad.report import write_report",
                "the page is a template that jinja2 fills in",
                'pip install "glassgrad[all]"',
            )
        ) from error
    return Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


def _read(name: str) -> str:
    return files("glassgrad.report").joinpath(name).read_text(encoding="utf-8")
