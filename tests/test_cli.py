"""The command: its numbers computed once more by NumPy, its options, its output.

What it says of mistakes is in test_cli_mistakes.py, what is left where it fails in test_runs.py.
"""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from safetensors import safe_open

from glassgrad import MLP, commands, core_kind
from glassgrad.cli import main
from glassgrad.data import DATASETS, Table, iris, penguins, split

PENGUINS = Path(str(files("glassgrad.data"))) / "files" / "penguins.csv"
IRIS = PENGUINS.with_name("iris.csv")
SPECIES = ["Adelie", "Chinstrap", "Gentoo"]
FLOWERS = ["setosa", "versicolor", "virginica"]
QUICK = ["--epochs", "1", "--quiet"]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(capsys):
    """Give the command; its exit status, what it printed, and what it complained of."""

    def give(*arguments):
        try:
            status = main([str(x) for x in arguments])
        except SystemExit as end:
            status = end.code
        return status, *capsys.readouterr()

    return give


@pytest.fixture(scope="module")
def birds(tmp_path_factory):
    """A run that has learnt the three species a little."""
    folder = tmp_path_factory.mktemp("runs") / "birds"
    assert main(["train", "penguins", "--out", str(folder), "--epochs", "5", "--quiet"]) == 0
    return folder


@pytest.fixture(scope="module")
def houses(tmp_path_factory):
    """A user's file with amounts to predict, and the run that learnt from it."""
    folder = tmp_path_factory.mktemp("häuser und höfe")
    rows = []
    for k in range(50):
        area, garden = 40 + (k * 37) % 101, k % 3 > 0
        price = 1_000_000 + 20 * area**2 + 20_000 * garden
        rows.append(f"{area};{'yes' if garden else 'no'};{price}")
    file = folder / "alle häuser.csv"
    file.write_text("\n".join(["Fläche;garden;price", *rows]), encoding="utf-8")
    run = folder / "erster lauf"
    options = ["--target", "price", "--out", str(run), "--hidden", "0", "--quiet"]
    assert main(["train", str(file), *options]) == 0
    return file, run


def rows_of(file, delimiter=","):
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8")), delimiter=delimiter))


def metrics_of(run):
    return json.loads((run / "metrics.json").read_bytes())


def opened(run):
    """The tensors of a run's network in the order of its layers, and what is said of them."""
    with safe_open(run / "model.safetensors", framework="numpy") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        about = json.loads(file.metadata()["glassgrad"])
    layers = [
        (tensors[f"layers.{i}.weight"], tensors[f"layers.{i}.bias"])
        for i in range(len(tensors) // 2)
    ]
    return layers, about


def by_numpy(run, rows):
    """The outputs for rows of text: standardised, through matrices, tanh between them."""
    layers, about = opened(run)
    columns = []
    for name, feature in about["encoder"]["features"].items():
        cells = [row[name] for row in rows]
        if "mean" in feature:
            numbers = [feature["mean"] if cell in ("", "NA") else float(cell) for cell in cells]
            columns.append((np.array(numbers) - feature["mean"]) / feature["std"])
        else:
            columns += [np.array(cells) == word for word in feature["categories"]]
    outputs = np.array(columns, float).T
    for i, (weight, bias) in enumerate(layers):
        outputs = (np.tanh(outputs) if i else outputs) @ weight.T + bias
    return outputs


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


# The numbers of a run.


def test_predicted_probabilities_are_those_that_numpy_computes_from_the_tensors(birds, command):
    status, printed, complaint = command("predict", birds, PENGUINS)
    assert status == 0
    assert "note: sex: 11 missing" in complaint
    before, after = rows_of(PENGUINS), list(csv.DictReader(io.StringIO(printed)))
    new = ["predicted_species", *(f"probability_{name}" for name in SPECIES)]
    assert list(after[0]) == [*before[0], *new]
    assert [{name: row[name] for name in before[0]} for row in after] == before
    expected = softmax(by_numpy(birds, before))
    found = np.array([[float(row[name]) for name in new[1:]] for row in after])
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert [row[new[0]] for row in after] == [SPECIES[k] for k in expected.argmax(axis=1)]


def test_the_metrics_are_those_of_the_predictions_for_the_test_rows(birds, command):
    _, printed, _ = command("predict", birds, PENGUINS)
    after = list(csv.DictReader(io.StringIO(printed)))
    parts = split(penguins(), test=0.2, seed=0, target="species")
    shares, metrics = softmax(by_numpy(birds, rows_of(PENGUINS))), metrics_of(birds)
    for part, lines in (("train", parts.train), ("test", parts.test)):
        right = [after[i]["predicted_species"] == after[i]["species"] for i in lines]
        classes = [SPECIES.index(after[i]["species"]) for i in lines]
        assert metrics[f"{part}_accuracy"] == np.mean(right)
        assert metrics[f"{part}_loss"] == pytest.approx(-np.log(shares[lines, classes]).mean())
    assert metrics["test_accuracy"] > 0.9  # always Adelie, the most frequent: 152 / 344 = 0.44
    assert (metrics["n_train"], metrics["n_test"]) == (275, 69)  # of 344: 80 % and 20 %
    assert (metrics["seed"], metrics["epochs"], metrics["interrupted"]) == (0, 5, False)
    assert 0 < metrics["seconds"] < 600
    assert shlex.split(metrics["command"])[:3] == ["glassgrad", "train", "penguins"]


def test_a_regression_on_a_users_file(houses, command):
    file, run = houses
    assert command("predict", run, file, "--out", "found.csv")[0] == 0
    after = rows_of(Path("found.csv"))
    lines = split(Table.from_csv(file), test=0.2, seed=0, target="price").test
    assert len(lines) == 10
    _, about = opened(run)
    mean, std = about["encoder"]["target_mean"], about["encoder"]["target_std"]
    expected = by_numpy(run, rows_of(file, ";"))[:, 0] * std + mean
    found = np.array([float(row["predicted_price"]) for row in after])
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    true = np.array([float(row["price"]) for row in after])[lines]
    missed, metrics = true - expected[lines], metrics_of(run)
    spread = ((true - true.mean()) ** 2).sum()
    assert metrics["test_r2"] == pytest.approx(1 - (missed**2).sum() / spread)
    assert metrics["test_loss"] == pytest.approx((missed**2).mean() / std**2)
    assert metrics["test_r2"] > 0.9  # nearly linear in what is known of the houses


def test_one_step_is_the_one_that_numpy_makes(command):
    """Softmax regression by hand: one step of gradient descent on all training rows at once."""
    options = ["--hidden", "0", "--optimizer", "sgd", "--learning-rate", "0.5", "--seed", "4"]
    assert command("train", "iris", *options, "--batch-size", "1000", *QUICK)[0] == 0
    lines = split(iris(), test=0.2, seed=4, target="species").train
    rows = rows_of(IRIS)
    x = np.array([[float(cell) for cell in list(rows[i].values())[:4]] for i in lines])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    y = np.array([[rows[i]["species"] == name for name in FLOWERS] for i in lines])
    neurons = MLP(4, [3], init="xavier", seed=4).layers[0].neurons
    weight = np.array([[w.data for w in neuron.weights] for neuron in neurons])
    slope = softmax(x @ weight.T) - y
    ((found, bias),), _ = opened(Path("runs/iris"))
    np.testing.assert_allclose(found, weight - 0.5 * slope.T @ x / len(x), rtol=1e-9)
    np.testing.assert_allclose(bias, -0.5 * slope.mean(axis=0), rtol=1e-9, atol=1e-15)


def test_the_same_seed_gives_the_same_bits_of_the_model_and_another_one_others(here, command):
    """In another process with the other core, at another time, and into another folder, too."""
    for seed, run in (("3", "one"), ("4", "three")):
        assert command("train", "iris", "--seed", seed, "--out", run, *QUICK)[0] == 0
    other = {"GLASSGRAD_PURE": "1" if core_kind() == "compiled" else "0", "PYTHONHASHSEED": "7"}
    again = ["train", "iris", "--seed", "3", "--out", "two", *QUICK]
    subprocess.run([sys.executable, "-m", "glassgrad", *again], env=os.environ | other, check=True)
    one, two, three = (
        Path(run, "model.safetensors").read_bytes() for run in ("one", "two", "three")
    )
    assert one == two
    assert one != three


def test_the_history_and_the_report_are_those_of_the_run(birds):
    history, metrics = json.loads((birds / "history.json").read_bytes()), metrics_of(birds)
    assert [row["epoch"] for row in history["epochs"]] == [1, 2, 3, 4, 5]
    last = history["epochs"][-1]
    assert (last["train_loss"], last["train_metric"]) == pytest.approx(
        (metrics["train_loss"], metrics["train_accuracy"])
    )
    page = (birds / "report.html").read_text(encoding="utf-8")
    assert metrics["command"] in page
    loaded = re.findall(r'(?:src|href)="(?!data:|#)([^"]*)"|url\((?!#)([^)]*)\)|@import', page)
    assert loaded == []


# Options.


@pytest.mark.parametrize(
    ("options", "widths", "activations"),
    [
        ([], [16, 3], ["tanh", "linear"]),
        (["--hidden", "5", "4", "--activation", "relu"], [5, 4, 3], ["relu", "relu", "linear"]),
        (["--hidden", "5,4", "--activation", "gelu"], [5, 4, 3], ["gelu", "gelu", "linear"]),
        (["--hidden", "0"], [3], ["linear"]),
    ],
)
def test_the_network_is_the_one_that_was_asked_for(command, options, widths, activations):
    assert command("train", "iris", *QUICK, *options)[0] == 0
    layers, about = opened(Path("runs/iris"))
    assert [len(bias) for _, bias in layers] == widths
    assert [weight.shape[1] for weight, _ in layers] == [4, *widths[:-1]]
    assert about["activations"] == activations


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ([], "by adam, learning rate 0.01,"),
        (["--optimizer", "sgd"], "by sgd, learning rate 0.1,"),
        (["--optimizer", "rmsprop"], "by rmsprop, learning rate 0.01,"),
        (["--optimizer", "adamw", "--learning-rate", "0.003"], "by adamw, learning rate 0.003,"),
    ],
)
def test_the_learning_rate_is_the_one_that_was_asked_for(command, options, told):
    status, printed, _ = command("train", "iris", "--epochs", "2", *options)
    assert status == 0
    assert told in printed
    history = json.loads(Path("runs/iris/history.json").read_bytes())
    rate = float(told.split()[-1].rstrip(","))
    assert [row["learning_rate"] for row in history["epochs"]] == [rate, rate]


def test_patience_keeps_the_weights_of_the_best_epoch(command):
    options = ["--validation", "0.2", "--patience", "2", "--learning-rate", "0.3"]
    status, printed, _ = command("train", "iris", *options, "--epochs", "300")
    assert status == 0
    history = json.loads(Path("runs/iris/history.json").read_bytes())
    losses = [row["validation_loss"] for row in history["epochs"]]
    best = 1 + losses.index(min(losses))
    assert history["best_epoch"] == best == len(losses) - 2
    assert f"weights of epoch {best}, the best on validation" in printed
    metrics = metrics_of(Path("runs/iris"))
    assert [metrics[f"n_{part}"] for part in ("train", "validation", "test")] == [90, 30, 30]
    lines = split(iris(), test=0.2, validation=0.2, seed=0, target="species").validation
    rows = [rows_of(IRIS)[i] for i in lines]
    shares = softmax(by_numpy(Path("runs/iris"), rows))
    right = [share[FLOWERS.index(row["species"])] for share, row in zip(shares, rows, strict=True)]
    assert -np.log(right).mean() == pytest.approx(min(losses))


@pytest.mark.parametrize(
    ("options", "classes"),
    [([], ["2", "3", "4"]), (["--kind", "regression"], []), (["--words", "y"], ["2", "3", "4"])],
)
def test_the_kind_of_prediction_and_columns_to_leave_out(command, options, classes):
    rows = [f"{k / 7},{k},{2 + k % 3}" for k in range(30)]
    Path("t.csv").write_text("\n".join(["x,number,y", *rows]), encoding="utf-8")
    given = ["--target", "y", "--ignore", "number", *options]
    assert command("train", "t.csv", *given, *QUICK)[0] == 0
    _, about = opened(Path("runs/t"))
    assert about["encoder"]["classes"] == classes
    assert list(about["encoder"]["features"]) == ["x"]


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "names"])
def test_every_data_set_has_a_usual_target(command, name, monkeypatch):
    monkeypatch.setattr(commands, "write_report", lambda *_, **__: None)  # it takes its time
    assert command("train", name, *QUICK)[0] == 0
    n = DATASETS[name].rows
    assert metrics_of(Path("runs", name))["n_test"] == round(n / 5)


def test_quiet_prints_nothing_and_otherwise_the_result_is_told(birds, command):
    assert command("train", "iris", *QUICK) == (0, "", "")
    status, printed, complaint = command("train", "iris", "--epochs", "1", "--force")
    assert (status, complaint) == (0, "")
    metrics = metrics_of(Path("runs/iris"))
    right, share = re.search(
        r"(\d+) of 30 right, accuracy (\S+) \(after 1 epoch,", printed
    ).groups()
    assert int(right) / 30 == metrics["test_accuracy"] == pytest.approx(float(share), abs=5e-4)
    assert "4 inputs -> 16 tanh -> 3 linear (softmax), 131 parameters" in printed  # 5 * 16 + 17 * 3
    report = re.search(r"Report +(\S+)", printed)[1]
    assert Path(report).is_file()


# Other files to predict for.


def test_columns_go_by_name_and_the_target_is_not_needed(birds, command):
    rows = rows_of(PENGUINS)[:20]
    order = ["sex", "body_mass_g", "note", *(n for n in rows[0] if n.endswith("mm")), "island"]
    with Path("new.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, order, extrasaction="ignore")
        writer.writeheader()
        writer.writerows({**row, "note": f'"007", row {i}'} for i, row in enumerate(rows))
    _, printed, _ = command("predict", birds, "new.csv")
    after = list(csv.DictReader(io.StringIO(printed)))
    expected = softmax(by_numpy(birds, rows))
    found = [[float(x) for x in list(row.values())[-3:]] for row in after]
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert after[3]["note"] == '"007", row 3'


def test_a_word_that_training_did_not_know_is_noted(birds, command):
    text = PENGUINS.read_text(encoding="utf-8").replace("Torgersen", "Elsewhere")
    Path("new.csv").write_text(text, encoding="utf-8")
    status, _, complaint = command("predict", birds, "new.csv", "--out", "found.csv")
    assert status == 0
    assert "note: island: 52 not known from training (Elsewhere), no category set" in complaint
    assert complaint.endswith("344 rows with predictions are in found.csv\n")


def test_what_was_words_in_training_is_words_without_being_asked(command):
    """Numbers of houses, say; read as numbers, none of them would be known."""
    rows = [{"house": ["7", "05", "12"][k % 3], "y": "abba"[k % 4]} for k in range(24)]
    lines = [f"{row['house']},{row['y']}" for row in rows]
    Path("t.csv").write_text("\n".join(["house,y", *lines]), encoding="utf-8")
    assert command("train", "t.csv", "--target", "y", "--words", "house", *QUICK)[0] == 0
    status, printed, complaint = command("predict", "runs/t", "t.csv")
    assert (status, complaint) == (0, "")
    after = list(csv.DictReader(io.StringIO(printed)))
    found = [[float(row["probability_a"]), float(row["probability_b"])] for row in after]
    np.testing.assert_allclose(found, softmax(by_numpy(Path("runs/t"), rows)), rtol=1e-5)


def test_decimal_commas_and_other_encodings(command):
    rows = [f"{k},5;{'groß' if k % 2 else 'klein'}" for k in range(20)]
    Path("de.csv").write_text("\n".join(["länge;art", *rows]), encoding="latin-1")
    reading = ["--decimal", ",", "--encoding", "latin-1", "--delimiter", ";"]
    assert command("train", "de.csv", "--target", "art", *reading, *QUICK)[0] == 0
    status, printed, _ = command("predict", "runs/de", "de.csv", *reading)
    assert status == 0
    after = list(csv.DictReader(io.StringIO(printed)))
    assert [row["länge"] for row in after] == [f"{k},5" for k in range(20)]
    shares = softmax(by_numpy(Path("runs/de"), [{"länge": f"{k}.5"} for k in range(20)]))
    found = [[float(row[f"probability_{name}"]) for name in ("groß", "klein")] for row in after]
    np.testing.assert_allclose(found, shares, rtol=1e-5)


# Pictures, lists, help.


def test_the_network_is_drawn_with_the_names_of_its_inputs(birds, command):
    run = Path("run")
    run.mkdir()
    (run / "model.safetensors").write_bytes((birds / "model.safetensors").read_bytes())
    assert command("draw", run) == (0, f"The network is drawn in {run / 'network.svg'}\n", "")
    words = " ".join(ElementTree.parse(run / "network.svg").getroot().itertext())
    assert "flipper_length_mm" in words
    starts = {"a.html": "<!doctype html", "a.txt": "mlp(9 -> 16 tanh", "a.json": "{"}
    for name, start in starts.items():
        assert command("draw", run, "--out", name)[0] == 0
        assert Path(name).read_text(encoding="utf-8").lower().startswith(start)
    Path("a.txt").write_text("old", encoding="utf-8")
    assert command("draw", run, "--out", "a.txt", "--force")[0] == 0
    assert "211 parameters" in Path("a.txt").read_text(encoding="utf-8")  # 10 * 16 + 17 * 3


def test_data_lists_every_set_with_its_rows_source_and_licence(command):
    status, printed, _ = command("data")
    assert status == 0
    for name, source in DATASETS.items():
        line, following = re.search(rf"^{name} +(.*)\n +(.*)$", printed, re.MULTILINE).groups()
        assert line.startswith(f"{source.rows} rows")
        assert following == f"{source.source}; licence {source.licence}"


def test_version_says_which_core_and_python_run(command):
    status, printed, _ = command("version")
    assert status == 0
    assert re.match(r"glassgrad \d+\.\d+\.\d+\n", printed)
    assert sys.version.split()[0] in printed
    assert f"core: {core_kind()}\n" in printed


COMMANDS = {
    "train": "train",
    "predict": "predict_rows",
    "draw": "draw",
    "step": "step",
    "lift": "lift",
    "learn": "learn",
    "data": "data",
    "version": "version",
}


def test_help_lists_all_commands(command):
    printed = command("--help")[1]
    listed = re.findall(r"^    (\w+) {2,}\w", printed, re.MULTILINE)
    assert listed == list(COMMANDS)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_examples_of_every_help_are_understood(command, monkeypatch, name):
    status, printed, _ = command(*name.split(), "--help")
    assert status == 0
    lines = printed.split("examples:\n")[1].splitlines()
    called = []
    for known, function in COMMANDS.items():
        monkeypatch.setattr(commands, function, lambda _, known=known: called.append(known) or 0)
    for line in lines:
        program, *arguments = shlex.split(re.split(r"   +", line.strip())[0])
        assert program == "glassgrad"
        assert command(*arguments) == (0, "", "")
    assert len(called) == len(lines)
    assert not name or name in called


# In a process of its own.


def child(*arguments, stdout=subprocess.PIPE, encoding="utf-8"):
    given = [sys.executable, "-m", "glassgrad", *map(str, arguments)]
    as_in_a_terminal = os.environ | {"PYTHONUNBUFFERED": "", "PYTHONIOENCODING": encoding}
    return subprocess.run(
        given, stdout=stdout, stderr=subprocess.PIPE, env=as_in_a_terminal, timeout=60, check=False
    )


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
@pytest.mark.parametrize("line", ["data", "predict"])
def test_a_reader_that_goes_away_is_no_error_to_talk_about(birds, line):
    """As in `glassgrad data | head -1`, but the reader is gone before anything is written."""
    reader, writer = os.pipe()
    os.close(reader)
    more = [birds, PENGUINS] if line == "predict" else []
    done = child(line, *more, stdout=writer)
    os.close(writer)
    assert [x for x in done.stderr.splitlines() if not x.startswith(b"note: ")] == []
    assert done.returncode == 1


def test_a_terminal_that_knows_no_umlauts_and_names_with_spaces(houses):
    file, run = houses
    done = child("predict", run, file, encoding="ascii")
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode().splitlines()[0] == "Fläche,garden,price,predicted_price"
    done = child("draw", file.with_name("größer"), encoding="ascii")
    assert done.returncode == 2
    assert "größer' makes it" in done.stderr.decode()  # in quotes, as the folder has spaces


@pytest.mark.parametrize(
    ("given", "backend", "said"),
    [
        ([], "numpy", "Backend   numpy: the graph of one row, lifted to arrays"),
        (
            ["--backend", "numpy"],
            "numpy",
            "Backend   numpy: the graph of one row, lifted to arrays",
        ),
        (["--backend", "eager"], "eager", "Backend   eager: the graph of each batch"),
        (["--epochs", "1"], "eager", "Backend   eager: the graph of each batch"),
    ],
)
def test_the_backend_is_said_and_kept(command, given, backend, said):
    """In what is printed, in all files of the run, and in the report."""
    status, printed, _ = command("train", "iris", "--epochs", "30", *given)
    assert status == 0
    assert said in printed.splitlines()
    for name in ("history", "metrics"):
        found = json.loads(Path("runs", "iris", f"{name}.json").read_text())
        assert (found["backend"], found["backend_note"]) == (backend, "")
    assert said.split("   ")[1] in Path("runs", "iris", "report.html").read_text("utf-8")
    with safe_open(Path("runs", "iris", "model.safetensors"), "np") as file:
        about = json.loads(file.metadata()["glassgrad"])
    assert about["metadata"]["backend"] == backend
