"""The report: its numbers against numbers computed here by hand, its page as a page."""

from __future__ import annotations

import base64
import re
import shlex
import sys
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from math import exp, log, sqrt, tanh
from pathlib import Path

import pytest

from glassgrad import MLP
from glassgrad.cli import main
from glassgrad.data import Dataset, Encoder, Table, iris, penguins, prepare
from glassgrad.history import History
from glassgrad.losses import cross_entropy, squared_error
from glassgrad.report import write_report
from glassgrad.report.example import walk
from glassgrad.report.facts import Facts, blind_loss, gather
from glassgrad.report.page import percent
from glassgrad.report.pictures import boundary_image, neuron_value
from glassgrad.report.scores import ClassScores, ValueScores, decimals, wilson
from glassgrad.storage import save
from glassgrad.value import topological_order

# Training rows whose mean is 0 and whose deviation is 1: encoded cells are the cells themselves.
TRAIN = Table("pairs", {"x": [-1.0, 1.0, 1.0, -1.0], "side": ["left", "right", "right", "right"]})
TEST = Table("pairs", {"x": [1.0, 0.5, -2.0, 1.0], "side": ["right", "left", "left", "right"]})
RATE = 0.5


def history(loss: str, **changes: object) -> History:
    epochs = [
        {
            "epoch": number, "learning_rate": RATE, "train_loss": 1 / number, "train_metric": 0.5,
            "validation_loss": valid, "validation_metric": 0.25,
        }
        for number, valid in ((1, 0.9), (2, 0.4), (3, 0.6))
    ]  # fmt: skip
    return replace(History(loss, "accuracy", 7, epochs, seconds=1.5), **changes)


def sides() -> tuple[MLP, Encoder]:
    """Logits of left and right: -x and x."""
    model = MLP(1, [2], seed=0)
    for neuron, weight in zip(model.layers[0].neurons, (-1.0, 1.0), strict=True):
        neuron.weights[0].data, neuron.bias.data = weight, 0.0
    return model, Encoder.learn(TRAIN, "side")


def facts_of(
    model: MLP, encoder: Encoder, train: Table, test: Table, loss: str = "cross_entropy"
) -> Facts:
    return gather(
        model=model, encoder=encoder, table_name="pairs", train=encoder.encode(train),
        validation=None, test=encoder.encode(test), test_rows=test, history=history(loss),
        metrics={}, command="glassgrad train pairs",
    )  # fmt: skip


def report_on(
    path: Path, table: Table, target: str, sizes: list[int], **changes: object
) -> tuple[str, MLP]:
    """The page about a network that nobody has trained."""
    ready = prepare(table, target, validation=0.1, seed=3)
    model = MLP(len(ready.train.feature_names), sizes, seed=3)
    loss = "cross_entropy" if ready.encoder.classes else "squared_error"
    if sizes[-1] == 1 and ready.encoder.classes:
        loss = "logistic"
    arguments = {
        "model": model, "encoder": ready.encoder, "table_name": table.name,
        "train": ready.train, "validation": ready.validation, "test": ready.test,
        "test_rows": table.rows(ready.split.test), "history": history(loss), "metrics": {},
        "command": f"glassgrad train {table.name} --seed 3", **changes,
    }  # fmt: skip
    write_report(path, **arguments)
    return path.read_text(encoding="utf-8"), model


class Page(HTMLParser):
    """Reads a page, and fails where an element is not closed."""

    VOID = frozenset(["meta", "img", "br", "link", "input"])

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "desc", "title"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


# Scores.


def test_right_and_wrong_answers_are_counted() -> None:
    scores = facts_of(*sides(), TRAIN, TEST).scores
    assert isinstance(scores, ClassScores)
    assert (scores.rows, scores.right, scores.mistakes, scores.accuracy) == (4, 3, 1, 0.75)
    assert scores.confusion == [[1, 1], [0, 2]]
    left, right = scores.classes
    assert (left.rows, left.precision, left.recall) == (2, 1.0, 0.5)
    assert (right.rows, right.precision, right.recall) == (2, pytest.approx(2 / 3), 1.0)


def test_the_yardstick_is_the_class_that_training_had_most_often() -> None:
    scores = facts_of(*sides(), TRAIN, TEST).scores
    assert isinstance(scores, ClassScores)
    assert (scores.usual, scores.usual_share) == ("right", 0.5)


def test_a_mistake_is_shown_with_its_probabilities_and_its_cells() -> None:
    scores = facts_of(*sides(), TRAIN, TEST).scores
    [mistake] = scores.shown
    assert (mistake.true, mistake.predicted) == ("left", "right")
    assert mistake.row.cells == {"x": "0.5"}
    assert mistake.probabilities["left"] == pytest.approx(sigmoid(-1))
    assert mistake.loss == pytest.approx(log(1 + exp(1)))


def test_without_mistakes_the_least_certain_answers_are_shown() -> None:
    test = TEST.rows([0, 2])
    scores = facts_of(*sides(), TRAIN, test).scores
    assert isinstance(scores, ClassScores)
    assert scores.mistakes == 0
    assert [answer.row.cells["x"] for answer in scores.shown] == ["1", "-2"]


def test_a_class_that_is_never_named_has_no_precision() -> None:
    scores = facts_of(*sides(), TRAIN, TEST.rows([0])).scores
    assert isinstance(scores, ClassScores)
    assert (scores.classes[0].precision, scores.classes[0].recall) == (None, None)


def test_errors_of_a_regression_are_in_the_targets_own_units() -> None:
    train = Table("line", {"x": [-1.0, 1.0], "y": [10.0, 30.0]})  # mean 20, deviation 10
    test = Table("line", {"x": [1.0, 0.0, -1.0], "y": [25.0, 20.0, 0.0]})
    model = MLP(1, [1], seed=0)
    neuron = model.layers[0].neurons[0]
    neuron.weights[0].data, neuron.bias.data = 1.0, 0.0  # predicts 30, 20, 10
    facts = facts_of(model, Encoder.learn(train, "y"), train, test, "squared_error")
    scores = facts.scores
    assert isinstance(scores, ValueScores)
    assert [answer.predicted for answer in scores.answers] == pytest.approx([30, 20, 10])
    assert scores.error == pytest.approx((5 + 0 + 10) / 3)
    assert (scores.usual, scores.usual_error) == (20, pytest.approx((5 + 0 + 20) / 3))
    assert scores.r2 == pytest.approx(1 - (25 + 0 + 100) / (100 + 25 + 225))
    assert [answer.true for answer in scores.shown] == pytest.approx([0, 25, 20])
    assert scores.digits == 1


def test_without_variance_there_is_no_r2() -> None:
    train = Table("line", {"x": [-1.0, 1.0], "y": [10.0, 30.0]})
    test = Table("line", {"x": [1.0, 0.0], "y": [20.0, 20.0]})
    encoder = Encoder.learn(train, "y")
    scores = facts_of(MLP(1, [1], seed=0), encoder, train, test, "squared_error").scores
    assert isinstance(scores, ValueScores)
    assert scores.r2 is None


@pytest.mark.parametrize(("hits", "n"), [(9, 10), (68, 69), (1, 40), (5, 5), (0, 3)])
def test_wilson_solves_the_equation_that_defines_it(hits: int, n: int) -> None:
    """|share - p| is 1.96 standard deviations of the share of n draws with probability p."""
    for p in wilson(hits, n):
        if 0 < p < 1:
            assert abs(hits / n - p) == pytest.approx(1.96 * sqrt(p * (1 - p) / n))
        else:
            assert p == hits / n


# The course of training.


def test_the_blind_answer_has_the_entropy_the_variance_or_the_distance_from_the_median() -> None:
    classes = Dataset([[0.0]] * 4, [0, 1, 1, 1], ["x"], ["left", "right"])
    expected = -(0.25 * log(0.25) + 0.75 * log(0.75))
    assert blind_loss(classes, "cross_entropy") == pytest.approx(expected)
    values = Dataset([[0.0]] * 3, [1.0, 2.0, 6.0], ["x"], [])
    assert blind_loss(values, "squared_error") == pytest.approx((4 + 1 + 9) / 3)
    assert blind_loss(values, "absolute_error") == pytest.approx((1 + 0 + 4) / 3)
    assert blind_loss(classes, "hinge") is None


def test_the_lowest_validation_loss_is_found() -> None:
    learning = facts_of(*sides(), TRAIN, TEST).learning
    assert (learning.lowest_epoch, learning.lowest_loss) == (2, 0.4)


def test_a_loss_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no loss is called 'mine'"):
        facts_of(*sides(), TRAIN, TEST, "mine")


# One row, forward and back.


def test_the_step_of_a_single_layer_is_as_on_paper() -> None:
    """Row 1: x = 0.5, truth left, logits -0.5 and 0.5."""
    model, encoder = sides()
    example = walk(model, cross_entropy, encoder.encode(TEST), 1, RATE)
    slope = sigmoid(-1) - 1  # of the loss by the logit of left; that of right is its opposite
    assert [unit.data for unit in example.stages[0].units] == [0.5]
    assert [unit.data for unit in example.stages[1].units] == [-0.5, 0.5]
    assert [unit.name for unit in example.stages[1].units] == ["left", "right"]
    grads = [unit.grad for unit in example.stages[1].units]
    assert grads == pytest.approx([slope, -slope])
    shares = [unit.probability for unit in example.stages[1].units]
    assert shares == pytest.approx([sigmoid(-1), sigmoid(1)])
    assert example.stages[0].units[0].grad == pytest.approx(-slope + -slope)
    assert example.loss == pytest.approx(log(1 + exp(1)))
    squares = 2 * slope**2 + 2 * (0.5 * slope) ** 2  # two biases, two weights
    assert example.step.expected_loss == pytest.approx(example.loss - RATE * squares)
    left = 0.5 * (-1 - RATE * 0.5 * slope) - RATE * slope
    right = 0.5 * (1 + RATE * 0.5 * slope) + RATE * slope
    assert example.step.new_loss == pytest.approx(log(1 + exp(right - left)))
    assert example.step.new_probabilities[0] == pytest.approx(sigmoid(left - right))
    assert example.step.parameters == 4
    changes = {change.path: change for change in example.step.changes}
    bias = changes["layers.0.neurons.0.bias"]
    assert (bias.layer, bias.neuron, bias.source, bias.before) == (1, "left", "", 0.0)
    assert (bias.grad, bias.after) == pytest.approx((slope, -RATE * slope))
    weight = changes["layers.0.neurons.1.weights.0"]
    assert (weight.neuron, weight.source) == ("right", "x")
    assert weight.grad == pytest.approx(-0.5 * slope)


def deep() -> tuple[MLP, Dataset]:
    row = [0.3, -1.2, 0.8]
    data = Dataset([row], [0.7], ["a", "b", "c"], [], "y")
    return MLP(3, [4, 3, 1], seed=5), data


def by_hand(model: MLP, inputs: list[float], target: float) -> tuple[list[list[float]], float]:
    """The outputs of each layer and the squared error, on plain numbers."""
    outputs = [inputs]
    for layer in model.layers:
        sums = [
            n.bias.data + sum(w.data * x for w, x in zip(n.weights, outputs[-1], strict=True))
            for n in layer.neurons
        ]
        outputs.append(sums if layer is model.layers[-1] else [tanh(s) for s in sums])
    return outputs, (outputs[-1][0] - target) ** 2


def test_a_deep_network_forward_is_as_by_hand() -> None:
    model, data = deep()
    example = walk(model, squared_error, data, 0, 0.01)
    outputs, loss = by_hand(model, data.inputs[0], 0.7)
    for stage, expected in zip(example.stages, outputs, strict=True):
        assert [unit.data for unit in stage.units] == pytest.approx(expected)
    assert example.loss == pytest.approx(loss)
    neuron = example.neuron
    assert neuron.output == pytest.approx(outputs[1][int(neuron.name) - 1])
    assert neuron.output == pytest.approx(tanh(neuron.total))
    parts = neuron.bias + neuron.rest + sum(term.product for term in neuron.terms)
    assert neuron.total == pytest.approx(parts)


def test_gradients_are_those_of_finite_differences() -> None:
    model, data = deep()
    example = walk(model, squared_error, data, 0, 0.01)
    h = 1e-6
    for i, unit in enumerate(example.stages[0].units):
        losses = []
        for nudge in (h, -h):
            row = list(data.inputs[0])
            row[i] += nudge
            losses.append(by_hand(model, row, 0.7)[1])
        assert unit.grad == pytest.approx((losses[0] - losses[1]) / (2 * h), abs=1e-6)
    parameters = dict(model.named_parameters())
    for change in example.step.changes:
        parameter, before = parameters[change.path], parameters[change.path].data
        losses = []
        for nudge in (h, -h):
            parameter.data = before + nudge
            losses.append(by_hand(model, data.inputs[0], 0.7)[1])
        parameter.data = before
        slope = (losses[0] - losses[1]) / (2 * h)
        assert change.grad == pytest.approx(slope, abs=1e-6)
        assert change.nudged == pytest.approx(slope, abs=1e-5)
        assert change.after == pytest.approx(before - 0.01 * slope, abs=1e-7)


def test_the_largest_gradients_come_first() -> None:
    model, data = deep()
    sizes = [abs(change.grad) for change in walk(model, squared_error, data, 0, 0.01).step.changes]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == 8


def test_the_network_stays_as_it_was() -> None:
    model, data = deep()
    for parameter in model.parameters():
        parameter.grad = 9.0
    before = model.state_dict()
    walk(model, squared_error, data, 0, 0.01)
    assert model.state_dict() == before
    assert {parameter.grad for parameter in model.parameters()} == {9.0}


def test_of_a_wide_layer_the_strongest_neurons_are_shown() -> None:
    data = Dataset([[0.5] * 40], [1.0], [f"x{i}" for i in range(40)], [], "y")
    example = walk(MLP(40, [30, 1], seed=1), squared_error, data, 0, 0.01)
    assert [len(stage.units) for stage in example.stages] == [16, 16, 1]
    assert [stage.more for stage in example.stages] == [24, 14, 0]
    assert (len(example.neuron.terms), example.neuron.n_rest) == (16, 24)


def test_the_drawn_neuron_has_the_gradients_of_the_loss() -> None:
    model, data = deep()
    neuron = walk(model, squared_error, data, 0, 0.01).neuron
    output = neuron_value(neuron)
    assert output.data == pytest.approx(neuron.output)
    nodes = {node.label: node for node in topological_order(output)}
    term = neuron.terms[0]
    assert nodes["weight"].grad == pytest.approx(neuron.total_grad * term.data)
    assert nodes[term.source].grad == pytest.approx(neuron.total_grad * term.weight)
    assert nodes["bias and other terms"].grad == pytest.approx(neuron.total_grad)
    assert neuron.total_grad == pytest.approx(neuron.grad * (1 - tanh(neuron.total) ** 2))


# The page.

CASES = {
    "three classes": (penguins, "species", [4, 3]),
    "two classes": (penguins, "sex", [4, 2]),
    "two classes, one output": (penguins, "sex", [4, 1]),
    "a regression": (penguins, "body_mass_g", [4, 1]),
    "no hidden layer": (iris, "species", [3]),
    "two columns": (
        lambda: iris().drop("sepal_length_cm", "sepal_width_cm"), "species", [5, 3],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_page_is_whole_and_needs_nothing_else(case: str, tmp_path: Path) -> None:
    load, target, sizes = CASES[case]
    text, _ = report_on(tmp_path / "report.html", load(), target, sizes)
    page = Page(text)
    assert len(text) < 1_500_000
    assert not page.all("script", "link", "iframe", "object", "embed")
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert all(len(image["alt"]) > 20 for image in page.all("img"))
    style = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    assert not re.search(r"@import|url\(", style)
    for attributes in page.all("a"):
        assert attributes["href"][1:] in re.findall(r'id="([^"]+)"', text)
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tables = re.findall(r"<table.*?</table>", text, flags=re.DOTALL)
    assert all("scope=" in table for table in tables)


def test_the_numbers_of_the_page_are_those_of_the_run(tmp_path: Path) -> None:
    table = penguins()
    text, model = report_on(tmp_path / "report.html", table, "species", [4, 3])
    ready = prepare(table, "species", validation=0.1, seed=3)
    right = 0
    for row, target in ready.test:
        logits = [output.data for output in model(row)]
        right += logits.index(max(logits)) == target
    words = Page(text).text
    assert f"right species for {right} of them" in words
    assert f"{ready.test.targets.count(0) / 69:.1%}" in words  # always Adelie
    assert f"{len(ready.train)} for training" in words
    assert "sex: 11 missing" in words
    assert "1.50 seconds" in words
    assert "glassgrad train penguins --seed 3" in words


def test_the_step_by_step_part_shows_the_numbers_from_paper(tmp_path: Path) -> None:
    model, encoder = sides()
    path = write_report(
        tmp_path / "report.html", model=model, encoder=encoder, table_name="pairs",
        train=encoder.encode(TRAIN), test=encoder.encode(TEST), test_rows=TEST,
        history=history("cross_entropy"), metrics={"test_accuracy": 0.75}, command="train",
    )  # fmt: skip
    words = Page(path.read_text(encoding="utf-8")).text
    forward, backward = words.split("Backward: what each number did")
    assert "Inputs, scaled x 0.5000 Output layer left -0.5000 right 0.5000" in forward
    assert "left got the probability 0.2689 . The loss is minus its logarithm: 1.3133" in forward
    assert "Output layer left -0.7311 right 0.7311 Inputs x 1.4621" in backward
    assert "output layer, left: bias 0.0000 -0.7311 -0.7311 0.3655" in backward
    assert "test_accuracy 0.75" in backward


@pytest.mark.parametrize(
    ("target", "sizes", "answer"),
    [("species", [4, 3], r"\{'Adelie': 0\.\d+, "), ("body_mass_g", [4, 1], r"\d{4}\.\d+")],
)
def test_the_programs_on_the_page_run(
    target: str, sizes: list[int], answer: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    pytest.importorskip("safetensors")
    table = penguins()
    text, model = report_on(tmp_path / "DIR" / "report.html", table, target, sizes)
    encoder = prepare(table, target, validation=0.1, seed=3).encoder
    save(tmp_path / "DIR" / "model.safetensors", model, encoder)
    names = [name for name in table.columns if name != target]
    cells = [",".join(str(table.columns[name][0]) for name in names)]
    (tmp_path / "new.csv").write_text("\n".join([",".join(names), *cells]), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    _, command, program = map(
        unescape, re.findall(r"<pre[^>]*><code>(.*?)</code>", text, re.DOTALL)
    )
    exec(program, {})
    assert re.match(answer, capsys.readouterr().out)
    assert main(shlex.split(command)[1:]) == 0
    assert f"predicted_{target}" in capsys.readouterr().out


@pytest.mark.parametrize("target", ["species", "body_mass_g"])
def test_minus_is_one_sign_in_words_tables_and_pictures(target: str, tmp_path: Path) -> None:
    table = penguins()
    text, _ = report_on(tmp_path / "report.html", table, target, [4, 3 if target[0] == "s" else 1])
    images = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", text)
    drawn = [base64.b64decode(image).decode() for image in images]
    assert drawn
    assert "-0." in Page(text).text
    assert not [part for part in [text, *drawn] if "\N{MINUS SIGN}" in part]


@pytest.mark.parametrize("case", CASES)
def test_the_network_has_the_names_of_what_it_takes_and_gives(case: str, tmp_path: Path) -> None:
    load, target, sizes = CASES[case]
    text, _ = report_on(tmp_path / "report.html", load(), target, sizes)
    network = text.split('aria-label="Picture of the network"')[1].split("</svg>")[0]
    encoder = prepare(load(), target, validation=0.1, seed=3).encoder
    outputs = encoder.classes[-sizes[-1] :] or [target]
    labels = re.findall(r"<text[^>]*>([^<]*)</text>", network)
    assert labels.count(outputs[-1]) == 1
    assert set(labels) >= {*outputs, *encoder.feature_names[:3]}


def test_a_name_cannot_break_the_page(tmp_path: Path) -> None:
    evil = "<img src=x onerror='a()'> & \"$x_$\""
    rows = penguins()
    table = Table(
        f"{evil} table",
        {f"{evil} x": rows.columns["bill_length_mm"], f"{evil} y": rows.columns["body_mass_g"],
         f"{evil} z": [f"{evil} {word}" for word in rows.columns["species"]]},
        source=f"{evil} source",
    )  # fmt: skip
    text, _ = report_on(
        tmp_path / "report.html", table, f"{evil} z", [4, 3], command=f"train '{evil}'"
    )
    page = Page(text)
    assert not [image for image in page.all("img") if image["src"] == "x"]
    assert not [name for _, attributes in page.elements for name in attributes if name == "onerror"]
    assert f"{evil} x" in page.text
    assert f"{evil} Gentoo" in page.text


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    table = iris().drop("sepal_length_cm", "sepal_width_cm")
    first, _ = report_on(tmp_path / "one.html", table, "species", [4, 3])
    second, _ = report_on(tmp_path / "two.html", table, "species", [4, 3])
    assert first == second


def test_a_missing_cell_is_called_missing(tmp_path: Path) -> None:
    table = penguins()
    rows = table.rows(prepare(table, "species", validation=0.1, seed=3).split.test)
    holes = replace(rows, columns=rows.columns | {"sex": [None] * len(rows)})
    text, _ = report_on(tmp_path / "report.html", table, "species", [4, 3], test_rows=holes)
    assert "<dd>missing</dd>" in text


def test_a_training_without_validation_or_metric(tmp_path: Path) -> None:
    run = history("cross_entropy")
    run.metric_name = None
    for row in run.epochs:
        row.update(validation_loss=None, validation_metric=None, train_metric=None)
    text, _ = report_on(
        tmp_path / "report.html", iris(), "species", [4, 3], history=run, validation=None
    )
    words = Page(text).text
    assert "validation" not in words
    assert "None" not in words


def test_a_training_that_was_interrupted_at_once(tmp_path: Path) -> None:
    run = History("cross_entropy", "accuracy", 3, interrupted=True)
    text, _ = report_on(tmp_path / "report.html", iris(), "species", [4, 3], history=run)
    assert "interrupted before its first epoch was over" in Page(text).text


def test_many_classes_and_columns(tmp_path: Path) -> None:
    columns = {f"column {i}": [float((i * k) % 17) for k in range(200)] for i in range(1, 31)}
    labels = [f"class {k % 15}" for k in range(200)]
    table = Table("wide", {**columns, "label": labels})
    text, _ = report_on(tmp_path / "report.html", table, "label", [40, 15])
    assert "18 more columns" in Page(text).text
    assert len(text) < 1_500_000


def test_a_long_run_on_many_rows_still_fits(tmp_path: Path) -> None:
    n = 6000
    columns = {"x": [k % 97 / 7 for k in range(n)], "y": [k % 89 / 5 for k in range(n)]}
    table = Table("long", {**columns, "z": [(k * k) % 1009 / 3 for k in range(n)]})
    run = history("squared_error")
    run.epochs = [{**run.epochs[0], "epoch": number} for number in range(1, 1002)]
    text, _ = report_on(tmp_path / "report.html", table, "z", [2, 1], history=run)
    assert len(text) < 1_500_000
    assert "data:image/png;base64," in text
    listed = re.findall(r'<tr><td class="r">(\d+)</td>', text)
    assert listed[:2] + listed[-2:] == ["6", "12", "996", "1001"]


def test_the_plane_is_drawn_for_two_numbers_only() -> None:
    two = iris().drop("sepal_length_cm", "sepal_width_cm")
    ready = prepare(two, "species")
    image = boundary_image(MLP(2, [3], seed=0), ready.encoder, ready.test)
    assert image is not None
    kind, _, data = image.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b"petal_width_cm" in base64.b64decode(data)
    words = Table("words", {"w": ["a", "b"] * 10, "side": ["l", "r", "r", "l"] * 5})
    ready = prepare(words, "side")
    assert len(ready.train.feature_names) == 2
    assert boundary_image(MLP(2, [2], seed=0), ready.encoder, ready.test) is None


def test_without_jinja2_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ImportError, match=r'pip install "glassgrad\[all\]"'):
        report_on(tmp_path / "report.html", iris(), "species", [3])
    assert not (tmp_path / "report.html").exists()


def test_numbers_are_written_with_as_many_digits_as_they_are_worth() -> None:
    assert [decimals(x) for x in (12345.0, 801.9, 10.0, 1.0, 0.02)] == [0, 0, 1, 2, 4]
    assert [percent(x) for x in (0.0, 0.0001, 0.5, 0.99999, 1.0)] == [
        "0.0%", "<0.1%", "50.0%", ">99.9%", "100.0%",
    ]  # fmt: skip
