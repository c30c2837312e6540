"""What each command does, with options that have been read already (cli.py)."""

from __future__ import annotations

import csv
import io
import json
import platform
import shlex
import signal
import subprocess
import sys
import webbrowser
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext, redirect_stdout
from dataclasses import replace
from difflib import get_close_matches
from importlib.util import find_spec
from math import ceil, isfinite
from pathlib import Path
from typing import Any

import glassgrad
from glassgrad import runs
from glassgrad.course.learn import copy_to, jupyter, trust
from glassgrad.data import DATASETS, Dataset, Encoder, Prepared, Table, prepare
from glassgrad.data.cells import listing
from glassgrad.data.csv_text import cut, decode
from glassgrad.draw import draw as picture_of
from glassgrad.files import write_atomically
from glassgrad.history import History
from glassgrad.interrupt import CtrlC
from glassgrad.nn import MLP
from glassgrad.optim import OPTIMIZERS
from glassgrad.report import write_report
from glassgrad.report.example import output_names
from glassgrad.step import step_through
from glassgrad.step.html import is_page
from glassgrad.step.program import (
    ProgramError,
    last_root,
    name_after_variables,
    run_program,
    values_in,
)
from glassgrad.storage import load, save
from glassgrad.train import evaluate, fit, predict, probabilities
from glassgrad.value import Value

STEPS, FEWEST_EPOCHS = 600, 10  # of training, where nobody says how many epochs
RATES = {"sgd": 0.1}  # else 0.01
MOST_PARAMETERS = 1_000_000  # each is an object, and a step makes many more for each
STEEP = ("relu", "gelu", "softplus")  # activations that "he" initialisation was made for
INTERRUPTED = 130  # the exit status of a program that Ctrl-C ended


class UserError(Exception):
    """A mistake of the user's, in one sentence that says what to do instead."""


def train(options: Namespace) -> int:
    """Train on a part of a table, test on the rest, and fill a folder with what came of it."""
    say: Callable[[str], None] = (lambda _: None) if options.quiet else _say
    _check(options)
    table, target = _table_and_target(options)
    folder = Path(options.out or Path("runs", table.name)).resolve()
    _check_folder(folder, options.force)
    data = prepare(
        table,
        target,
        test=options.test,
        validation=options.validation,
        seed=options.seed,
        kind=options.kind,
    )
    model = _network(data, options)
    rate = options.learning_rate or RATES.get(options.optimizer, 0.01)
    optimizer = OPTIMIZERS[options.optimizer](model, rate)
    epochs = options.epochs or _enough_epochs(len(data.train), options.batch_size)
    say(_summary(table, target, data, model, options, rate, epochs))
    with runs.draft(folder) as new:
        save(new / runs.MODEL, model, data.encoder)  # what cannot work shows now, not at the end
        history = fit(
            model,
            data.train,
            data.validation if len(data.validation) else None,
            optimizer=optimizer,
            epochs=epochs,
            batch_size=options.batch_size,
            seed=options.seed,
            patience=options.patience,
            progress=not options.quiet,
            backend=options.backend,
        )
        with CtrlC():  # pressed once more, it does not cost what was learnt
            metrics = _metrics(options, table, data, model, history)
            _write(new, table, data, model, history, metrics)
            if history.interrupted and runs.is_taken(folder):
                folder = runs.free_name(folder)
            runs.publish(new, folder)
    say(_result(data, metrics, history))
    say(_next_steps(folder))
    if history.interrupted:
        print(f"glassgrad: interrupted; what was learnt so far is in {folder}", file=sys.stderr)
    return INTERRUPTED if history.interrupted else 0


def predict_rows(options: Namespace) -> int:
    """Add columns with the network's predictions to a CSV file."""
    model, encoder = _trained(options.run)
    if options.out is not None:
        _check_file(Path(options.out), options.force)
    path = Path(options.data)
    table = _read(options, encoder.word_columns)
    data = encoder.encode(table, require_target=False)
    header, columns = _predictions(model, encoder, data)
    text = decode(path.read_bytes(), path.name, options.encoding)
    # As they stand in the file, to the letter.
    cells = cut(text, path.name, options.delimiter, options.decimal)
    twice = [name for name in header if name in cells.header]
    if twice:
        raise UserError(f"{path.name} already has a column {twice[0]!r}; rename or remove it")
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*cells.header, *header])
    writer.writerows([*row, *new] for row, new in zip(cells.rows, columns, strict=True))
    for note in [*table.notes, *data.notes]:
        print(f"note: {note}", file=sys.stderr)
    if options.out is None:
        sys.stdout.write(written.getvalue())
        return 0
    write_atomically(options.out, written.getvalue())
    print(f"{len(table)} rows with predictions are in {options.out}", file=sys.stderr)
    return 0


def draw(options: Namespace) -> int:
    """Draw the network of a run."""
    model, encoder = _trained(options.run)
    out = Path(options.out) if options.out else _model_file(options.run).with_name(runs.DRAWING)
    picture = picture_of(
        model,
        input_names=encoder.feature_names,
        output_names=output_names(model, encoder.classes, encoder.target),
        title=str(model),
    )
    _check_file(out, options.force)
    picture.save(out)
    print(f"The network is drawn in {out}")
    return 0


def step(options: Namespace) -> int:
    """Run a program of the user's, and write the steps through a Value that it makes."""
    path = _program(options)
    out = Path(options.out) if options.out else Path(options.program).with_suffix(".step.html")
    if out.suffix != ".html":
        raise UserError(f"steps are written as a page: {out.with_suffix('.html')}, not {out}")
    _check_file(out, options.force or (out.is_file() and is_page(out)))
    try:
        names = run_program(path)
    except ProgramError as error:
        return _failed(error)
    values = values_in(names, path.read_bytes())
    name = _chosen(options, names, values, path)
    name_after_variables(names)
    step_through(names[name]).save(out)
    others = f"; --value takes another of {', '.join(values)}" if len(values) > 1 else ""
    print(f"The steps through {name} are in {out}{'' if options.value else others}")
    if not options.no_open:
        webbrowser.open(out.resolve().as_uri())
    return 0


def lift(options: Namespace) -> int:
    """Run a program of the user's, and show what it is as a program of array operations."""
    path = _program(options)
    if find_spec("numpy") is None:
        raise UserError('lifting needs NumPy: pip install "glassgrad[all]"')
    from glassgrad.lift.program import Program
    from glassgrad.lift.text.module import constants_file, module_text, save_module
    from glassgrad.lift.variables import lift_variable

    out = Path(options.out) if options.out else None
    for file in (out, constants_file(out)) if out else ():
        _check_file(file, options.force)
    try:
        with redirect_stdout(sys.stderr) if options.source and not out else nullcontext():
            names = run_program(path)  # what it prints is no part of the module
    except ProgramError as error:
        return _failed(error)
    programs = {name: thing for name, thing in names.items() if isinstance(thing, Program)}
    lifted = [name for name, program in programs.items() if program.is_lifted]
    waiting = [name for name in programs if name not in lifted]
    if lifted and options.value in (None, *lifted):
        name = options.value or lifted[-1]
        program = programs[name]
    else:
        values = values_in(names, path.read_bytes())
        values = [name for name in values if isinstance(names[name], Value)]
        if options.value in waiting or (waiting and not values):
            name = options.value or waiting[-1]
            call = f"{name}(None, ...), with an array for each argument"
            raise UserError(f"{name} is lifted when it is first called: {call}")
        name = _chosen(options, names, values, path)
        if name not in values:
            found = ", ".join(values)
            raise UserError(f"{name} is no Value that an operation made; {found} are")
        name_after_variables({name: names[name]})
        program = lift_variable(names, name)
    if out:
        files = " and ".join(map(str, save_module(program, out)))
        print(f"{program}\n\nThe source of {name} is in {files}")
    elif options.source:
        print(module_text(program), end="")
    else:
        print(f"{program}\n\n{program.source(gradient=False)}", end="")
    return 0


def _program(options: Namespace) -> Path:
    """The file of the user's program."""
    path = Path(options.program).resolve()
    if not path.is_file():
        takes = f"glassgrad {options.command} takes a Python program"
        raise UserError(f"{options.program} is no file; {takes}")
    return path


def _failed(error: ProgramError) -> int:
    """Show how the user's program failed."""
    sys.stdout.flush()
    print(error, file=sys.stderr)
    return 1


def _chosen(options: Namespace, names: Mapping[str, Any], values: list[str], path: Path) -> str:
    """The variable that is meant: the one that is asked for, or else the last result."""
    if not values:
        raise UserError(f"{path.name} leaves no Value that an operation made, such as loss = a * b")
    if options.value and options.value not in names:
        found = ", ".join(values)
        raise UserError(f"{path.name} has no variable {options.value}; its results are {found}")
    return options.value or last_root(names, values)


def learn(options: Namespace) -> int:
    """Copy the course to a folder of the reader's, and open it."""
    folder = Path(options.folder)
    try:
        copied, kept = copy_to(folder)
    except (NotADirectoryError, FileExistsError):
        raise UserError(f"{folder} is no folder; glassgrad learn takes the name of one") from None
    except PermissionError:
        raise UserError(f"{folder} cannot be written to; choose another folder") from None
    trust(copied)
    stay = f"; {len(kept)} that were there stay as they are" if kept else ""
    print(f"The course is in {folder}: {len(copied)} files copied{stay}")
    program = jupyter()
    if options.no_open or not program:
        print(f"Open it  {shlex.join([*(program or ['jupyter-lab']), str(folder)])}")
        if not program:
            print('         (JupyterLab comes with pip install "glassgrad[course]")')
        return 0
    before = signal.signal(signal.SIGINT, lambda *_: None)  # JupyterLab asks what Ctrl-C means
    try:
        return subprocess.call([*program, str(folder)])
    finally:
        signal.signal(signal.SIGINT, before)


def data(options: Namespace) -> int:
    """List the data sets that ship with the package."""
    for source in DATASETS.values():
        target = f", usually to predict {source.target}" if source.target else ""
        print(f"{source.name:<10}{source.rows:>5} rows  {source.description}{target}")
        print(f"{'':<17}{source.source}; licence {source.licence}")
    return 0


def version(options: Namespace) -> int:
    """Print the versions."""
    print(f"glassgrad {glassgrad.__version__}")
    print(f"{platform.python_implementation()} {platform.python_version()} on {sys.platform}")
    print(f"core: {glassgrad.core_kind()}")
    return 0


def _say(text: str) -> None:
    print(text, flush=True)  # a training takes a while, and the reader may be a pipe


def _check(options: Namespace) -> None:
    """What single options cannot tell."""
    options.hidden = [size for sizes in options.hidden for size in sizes]
    if options.hidden == [0]:
        options.hidden = []
    if 0 in options.hidden:
        raise UserError("--hidden takes 0 only alone, for a network without hidden layers")
    if not options.test:
        raise UserError("--test 0 leaves no rows to measure the network on; 0.2 is usual")
    if options.patience and not options.validation:
        raise UserError("--patience needs rows to watch training on: add --validation 0.2")
    for library in ("jinja2", "matplotlib"):  # before training, not at its end
        if find_spec(library) is None:
            raise UserError(f'the report needs {library}: pip install "glassgrad[all]"')


def _table_and_target(options: Namespace) -> tuple[Table, str]:
    """The table that is asked for, without ignored columns, and the column to predict."""
    source, usual = DATASETS.get(options.data), ""
    if source is None:
        near = get_close_matches(options.data, DATASETS, n=1, cutoff=0.7)
        if near and "." not in options.data and not Path(options.data).exists():
            known = f"no file or data set {options.data!r}"
            raise UserError(f"there is {known}; did you mean {near[0]!r}?")
        table = _read(options)
    else:
        if (options.words, options.delimiter, options.decimal) != ([], None, "."):
            how = "--words, --delimiter and --decimal"
            raise UserError(f"{source.name} comes along; {how} are for a CSV file of your own")
        loaded = source.load()
        if isinstance(loaded, list):
            raise UserError(f"{source.name} is a list of words, with nothing to predict from")
        if isinstance(loaded, Table):
            table, usual = loaded, source.target
        else:
            table, usual = _as_table(loaded), loaded.target_name
        table = replace(table, source=source.source, licence=source.licence)
    target = options.target or usual
    if not target:
        names = listing(table.columns)
        raise UserError(f"say which column to predict: --target COLUMN, one of {names}")
    if target in options.ignore:
        raise UserError(f"{target!r} cannot be both the column to predict and one to ignore")
    return table.drop(*options.ignore), target


def _as_table(made: Dataset) -> Table:
    """A generated set as if it had been read from a file."""
    columns: dict[str, Any] = {
        name: [row[i] for row in made.inputs] for i, name in enumerate(made.feature_names)
    }
    columns[made.target_name] = [
        made.classes[int(target)] if made.classes else target for target in made.targets
    ]
    return Table(made.name, columns)


def _read(options: Namespace, word_columns: Sequence[str] = ()) -> Table:
    """The table in a CSV file."""
    return Table.from_csv(
        options.data,
        words=[*options.words, *word_columns],
        delimiter=options.delimiter,
        decimal=options.decimal,
        encoding=options.encoding,
    )


def _network(data: Prepared, options: Namespace) -> MLP:
    """One output for each class, or a single one for a regression."""
    n_inputs, sizes = len(data.train.feature_names), [*options.hidden, len(data.train.classes) or 1]
    count = sum((n_in + 1) * n for n_in, n in zip([n_inputs, *sizes], sizes, strict=False))
    if count > MOST_PARAMETERS:
        raise UserError(f"a network of {count:,} parameters does not fit; make --hidden smaller")
    init = "he" if options.activation in STEEP else "xavier"
    return MLP(n_inputs, sizes, options.activation, init, options.seed)


def _enough_epochs(examples: int, batch_size: int) -> int:
    """A small file is gone through more often: it is the steps that make a network learn."""
    return max(FEWEST_EPOCHS, ceil(STEPS / ceil(examples / batch_size)))


def _summary(
    table: Table,
    target: str,
    data: Prepared,
    model: MLP,
    options: Namespace,
    rate: float,
    epochs: int,
) -> str:
    """What is about to be done."""
    classes = data.encoder.classes
    kind = f"one of {listing(classes)}" if classes else "a number"
    shapes = [f"{len(layer.neurons)} {layer.activation}" for layer in model.layers]
    shape = " -> ".join([f"{model.layers[0].n_inputs} inputs", *shapes])
    parts = [f"{len(data.train)} to learn from", f"{len(data.test)} to test on"]
    if len(data.validation):
        parts.insert(1, f"{len(data.validation)} to validate on")
    return "\n".join(
        [
            f"Data      {table.name}, {len(table)} rows: {', '.join(parts)}",
            f"Predict   {target}, {kind}",
            *(f"Note      {note}" for note in data.notes),
            f"Network   {shape}{' (softmax)' if classes else ''}, "
            f"{len(model.parameters())} parameters",
            f"Training  up to {_epochs(epochs)} in batches of {options.batch_size} by "
            f"{options.optimizer}, learning rate {rate:g}, seed {options.seed}",
        ]
    )


def _metrics(
    options: Namespace, table: Table, data: Prepared, model: MLP, history: History
) -> dict[str, Any]:
    """The numbers of a run, ready for JSON; None stands for one that is not finite."""
    measured = {
        f"{part}_{name}": number if isfinite(number) else None
        for part, rows in (("train", data.train), ("test", data.test))
        for name, number in evaluate(model, rows, backend=options.backend).items()
    }
    return {
        "command": shlex.join(["glassgrad", *options.arguments]),
        "data": table.name,
        "target": data.encoder.target,
        "seed": options.seed,
        "n_train": len(data.train),
        "n_validation": len(data.validation),
        "n_test": len(data.test),
        "parameters": len(model.parameters()),
        "epochs": len(history.epochs),
        "loss": history.loss_name,
        **measured,
        "seconds": round(history.seconds, 3),
        "interrupted": history.interrupted,
        "backend": history.backend,
        "backend_note": history.backend_note,
        "glassgrad": glassgrad.__version__,
        "core": glassgrad.core_kind(),
        "python": platform.python_version(),
    }


def _write(
    folder: Path,
    table: Table,
    data: Prepared,
    model: MLP,
    history: History,
    metrics: dict[str, Any],
) -> None:
    """All files of a run; the same seed gives the same bits of the model.

    It does so wherever and whenever with the eager backend; with NumPy another processor may add in
    another order.
    """
    passing = ("command", "seconds", "core", "python", "backend_note")
    lasting = {name: x for name, x in metrics.items() if name not in passing}
    save(folder / runs.MODEL, model, data.encoder, lasting)
    for name, content in ((runs.HISTORY, history.to_dict()), (runs.METRICS, metrics)):
        write_atomically(folder / name, json.dumps(content, indent=2, allow_nan=False) + "\n")
    write_report(
        folder / runs.REPORT,
        model=model,
        encoder=data.encoder,
        table_name=table.name,
        train=data.train,
        validation=data.validation if len(data.validation) else None,
        test=data.test,
        test_rows=table.rows(data.split.test),
        history=history,
        metrics=metrics,
        command=metrics["command"],
    )


def _result(data: Prepared, metrics: dict[str, Any], history: History) -> str:
    """How well it went, on the rows that the network has not learned from."""
    n = metrics["n_test"]
    if data.encoder.classes:
        right = round(metrics["test_accuracy"] * n)
        found = f"{right} of {n} right, accuracy {metrics['test_accuracy']:.3f}"
    else:
        r2 = metrics["test_r2"]
        found = "r2 is not defined: all are equal" if r2 is None else f"r2 {r2:.3f} on {n} rows"
    after = f"after {_epochs(metrics['epochs'])}, {metrics['seconds']:.1f} s"
    if history.best_epoch is not None:
        after += f"; weights of epoch {history.best_epoch}, the best on validation"
    return f"Test      {found} ({after})\nBackend   {_backend(history)}"


def _backend(history: History) -> str:
    """How the network was trained, and why so if that is not as usual."""
    if history.backend == "numpy":
        return "numpy: the graph of one row, lifted to arrays"
    because = history.backend_note and f", as {history.backend_note}"
    return f"eager: the graph of each batch{because}"


def _epochs(n: int) -> str:
    return f"{n} epoch{'s' * (n != 1)}"


def _next_steps(folder: Path) -> str:
    shown = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    run = shlex.quote(str(shown))
    return "\n".join(
        [
            f"Report    {shown / runs.REPORT}",
            f"Next      glassgrad predict {run} FILE.csv",
            f"          glassgrad draw {run}",
        ]
    )


def _model_file(run: str) -> Path:
    return Path(run) / runs.MODEL if Path(run).is_dir() else Path(run)


def _trained(run: str) -> tuple[MLP, Encoder]:
    """The network of a run, or of a file that `save` wrote, with what prepares its inputs."""
    file = _model_file(run)
    if not file.exists():
        makes = f"glassgrad train ... --out {shlex.quote(run)}"
        raise UserError(f"{file} does not exist; {makes} makes it")
    model, encoder, _ = load(file)
    if encoder is None:
        raise UserError(f"{file} was saved without the encoder that turns columns into inputs")
    return model, encoder


def _predictions(model: MLP, encoder: Encoder, data: Dataset) -> tuple[list[str], list[list[str]]]:
    """The names of the columns to add, and their cells for each row."""
    name = f"predicted_{encoder.target}"
    if not encoder.classes:
        values = [encoder.decode_target(x) for x in predict(model, data.inputs)]
        return [name], [[f"{value:.10g}"] for value in values]  # 1250000, not 1.25e+06
    rows = []
    for shares in probabilities(model, data.inputs):
        most_likely = encoder.classes[shares.index(max(shares))]
        rows.append([most_likely, *(f"{share:.6g}" for share in shares)])
    return [name, *(f"probability_{label}" for label in encoder.classes)], rows


def _check_file(path: Path, force: bool) -> None:
    """Raise unless a file may be written there."""
    _check_place(path.parent)
    if path.is_dir():
        raise UserError(f"{path} is a folder; --out FILE takes the name of a file")
    if path.exists() and not force:
        raise UserError(f"{path} already exists; --force writes over it, --out FILE elsewhere")


def _check_folder(folder: Path, force: bool) -> None:
    """Raise unless a run may be written there."""
    _check_place(folder)
    if runs.is_taken(folder) and not force:
        raise UserError(
            f"{folder} already exists; --force writes over it, --out DIR chooses another"
        )


def _check_place(folder: Path) -> None:
    """Raise unless this is a folder, or may become one."""
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise UserError(f"{place} is a file, not a folder; --out takes another name")
