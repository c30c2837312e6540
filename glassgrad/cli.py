"""The command `glassgrad`: its options, and what becomes of errors. The work is in commands.py.

Exit status: 0 all is well, 1 the machine fails (disk full, no permission), 2 the user's mistake,
130 Ctrl-C. Every failure is one sentence on stderr; a traceback would be a defect of ours.
"""

from __future__ import annotations

import codecs
import io
import os
import re
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Sequence
from math import isfinite
from typing import NoReturn

from glassgrad import commands, ops
from glassgrad.data.csv_text import DELIMITERS
from glassgrad.optim import OPTIMIZERS

EXAMPLES = """\
examples:
  glassgrad train penguins                    learn to tell three species apart
  glassgrad train prices.csv --target price   learn from a table of your own
  glassgrad predict runs/prices new.csv       predict for rows that it has not seen
  glassgrad step neuron.py                    go through a backward pass step by step
  glassgrad lift neuron.py                    see it as a few array operations
  glassgrad learn                             take the course
"""
TRAIN_EXAMPLES = f"""\
DIR gets model.safetensors, history.json, metrics.json and report.html. If a run is there already,
--force is needed, and the old files stay until the new ones are complete. Ctrl-C ends training
and keeps what was learnt: in DIR, or beside an older run in DIR.interrupted.

Without --epochs the rows are gone through until {commands.STEPS} steps are made, at least
{commands.FEWEST_EPOCHS} times.

examples:
  glassgrad train penguins --seed 0 --out runs/penguins
  glassgrad train prices.csv --target price --hidden 32 16 --activation relu
  glassgrad train prices.csv --target price --epochs 200 --validation 0.2 --patience 10
  glassgrad train exams.csv --target passed --ignore name date --delimiter ";" --decimal ,
"""
PREDICT_EXAMPLES = """\
All columns of FILE.csv stay as they are. After them come predicted_COLUMN and, for classes,
probability_CLASS for each. FILE.csv needs the columns that the network was trained with, in any
order, but not the one that it predicts. What is written is UTF-8 with commas between the cells.

examples:
  glassgrad predict runs/penguins new.csv
  glassgrad predict runs/penguins new.csv --out answers.csv
"""
DRAW_EXAMPLES = """\
examples:
  glassgrad draw runs/penguins
  glassgrad draw runs/penguins --out network.html
"""
LEARN_EXAMPLES = """\
The notebooks of the course are copied to DIR, with our answers to their exercises in DIR/solutions.
A file that is there already is yours and stays as it is. JupyterLab is opened if there is one:
pip install "glassgrad[course]".

examples:
  glassgrad learn
  glassgrad learn my-course --no-open
"""
DATA_EXAMPLES = """\
examples:
  glassgrad data
  glassgrad train iris      learn from one of them
"""
VERSION_EXAMPLES = """\
examples:
  glassgrad version
"""
STEP_EXAMPLES = """\
FILE.py runs as it would with python. Then comes the last variable that an operation made and that
no other is made from, or the one that --value names. A page of steps is written anew each time; any
other file is left alone.

examples:
  glassgrad step neuron.py
  glassgrad step neuron.py --value loss --out steps.html
"""
LIFT_EXAMPLES = """\
FILE.py runs as it would with python. If it has called a lifted function, that is shown. Else it is
the last variable that an operation made and that no other is made from; its parameters are those
of the networks that it was made from, or all numbers in variables.

examples:
  glassgrad lift neuron.py
  glassgrad lift neuron.py --value loss
  glassgrad lift neuron.py --source          a module to run, with all of its numbers
  glassgrad lift neuron.py --out arrays.py   the same, with many numbers in a file beside it
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status; --help and unknown options end the program.

    >>> main(["version"])  # doctest: +ELLIPSIS
    glassgrad ...
    core: ...
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # any column's name fits, also into a pipe
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    for name in given:
        if name.encode("utf-8", "replace").decode() != name:  # no file of ours could hold it
            return _fail(f"the name {name!a} is not UTF-8; rename what is called so", 2)
    options, unknown = _parser().parse_known_args(given)
    if unknown:
        help_of = f"glassgrad {options.command} --help"
        return _fail(f"nothing is called {unknown[0]} here (see {help_of})", 2)
    options.arguments = given
    try:
        status: int = options.run_command(options)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _fail("interrupted", commands.INTERRUPTED)
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except commands.UserError as mistake:
        return _fail(str(mistake), 2)
    except Exception as error:
        what, _, explanation = str(error).partition("\n\n")
        why, explained, right = explanation.partition("Write instead:")
        if explained:
            return _fail(what + _hint(why, right), 2)
        if isinstance(error, OSError):
            where = f": {error.filename}" if error.filename else ""
            return _fail(f"{error.strerror or error}{where}", 1)
        raise
    return status


def _hint(why: str, right: str) -> str:
    """What an explanation for programs has to say to somebody who types commands, if anything."""
    meant = re.search(r"did you mean .*?\?", why)
    option = re.search(r"\b(decimal|encoding|kind|learning_rate|test|words)=", right)
    if meant:
        return f"; {meant[0]}"
    return f"; see --{option[1].replace('_', '-')}" if option else ""


def _fail(sentence: str, status: int) -> int:
    print(f"glassgrad: {sentence}", file=sys.stderr)
    return status


class Parser(ArgumentParser):
    """Says a mistake in one sentence."""

    def error(self, message: str) -> NoReturn:
        """End with status 2."""
        self.exit(2, f"glassgrad: {message} (see {self.prog} --help)\n")


def _parser() -> ArgumentParser:
    """All commands with their options."""
    parser = Parser(
        prog="glassgrad",
        description="Learn how neural networks work, train small ones, and see how they do it.",
        epilog=EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    adder = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def command(name: str, about: str, takes: str, epilog: str) -> ArgumentParser:
        return adder.add_parser(
            name,
            usage=f"glassgrad {name} {takes}".strip(),
            help=about,
            description=f"{about[0].upper()}{about[1:]}.",
            epilog=epilog,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    about = "train on a part of a table, test on the rest"
    train = command("train", about, "DATA [--target COLUMN] [--out DIR] [...]", TRAIN_EXAMPLES)
    train.set_defaults(run_command=commands.train)
    _add_training(train)
    _add_rows(train)
    _add_reading(train)

    about = "add predictions to the rows of a CSV file"
    predict = command("predict", about, "DIR FILE.csv [--out FILE] [...]", PREDICT_EXAMPLES)
    predict.set_defaults(run_command=commands.predict_rows)
    predict.add_argument("run", metavar="DIR", help="what `glassgrad train` made")
    predict.add_argument("data", metavar="FILE.csv", help="rows to predict for")
    predict.add_argument("--out", metavar="FILE", help="where to write (default: to stdout)")
    predict.add_argument("--force", action="store_true", help="write over an existing FILE")
    _add_reading(predict)

    draw = command("draw", "draw the network of a run", "DIR [--out FILE]", DRAW_EXAMPLES)
    draw.set_defaults(run_command=commands.draw)
    draw.add_argument("run", metavar="DIR", help="what `glassgrad train` made")
    kinds = ".svg, .html, .txt or .json (default: DIR/network.svg)"
    draw.add_argument("--out", metavar="FILE", help=kinds)
    draw.add_argument("--force", action="store_true", help="write over an existing FILE")

    about = "run a program, and step through a Value that it makes, forward and backward"
    step = command("step", about, "FILE.py [--value NAME] [--out FILE] [...]", STEP_EXAMPLES)
    step.set_defaults(run_command=commands.step)
    step.add_argument("program", metavar="FILE.py", help="a program that makes a Value")
    step.add_argument("--value", metavar="NAME", help="the variable (default: the last result)")
    step.add_argument("--out", metavar="FILE", help="the page (default: FILE.step.html)")
    step.add_argument("--force", action="store_true", help="write over an existing FILE")
    step.add_argument("--no-open", action="store_true", help="do not open it in a browser")

    about = "run a program, and show what it is as a few array operations"
    lift = command("lift", about, "FILE.py [--value NAME] [--source] [...]", LIFT_EXAMPLES)
    lift.set_defaults(run_command=commands.lift)
    lift.add_argument("program", metavar="FILE.py", help="a program that makes a Value")
    lift.add_argument("--value", metavar="NAME", help="the variable (default: the last result)")
    whole = "print nothing but the source, with the gradient"
    lift.add_argument("--source", action="store_true", help=whole)
    lift.add_argument("--out", metavar="MODULE.py", help="write the source with the gradient there")
    lift.add_argument("--force", action="store_true", help="write over an existing MODULE.py")

    about = "copy the course to a folder of your own, and open it"
    learn = command("learn", about, "[DIR] [--no-open]", LEARN_EXAMPLES)
    learn.set_defaults(run_command=commands.learn)
    default = "the folder (default: glassgrad-course)"
    learn.add_argument("folder", metavar="DIR", nargs="?", default="glassgrad-course", help=default)
    learn.add_argument("--no-open", action="store_true", help="only copy")

    data = command("data", "list the data sets that ship with it", "", DATA_EXAMPLES)
    data.set_defaults(run_command=commands.data)
    about = "print the versions, and whether the core is compiled"
    version = command("version", about, "", VERSION_EXAMPLES)
    version.set_defaults(run_command=commands.version)
    return parser


def _add_training(parser: ArgumentParser) -> None:
    add = parser.add_argument
    add("data", metavar="DATA", help="a CSV file, or a name that `glassgrad data` lists")
    add("--target", metavar="COLUMN", help="the column to predict")
    add("--out", metavar="DIR", help="the folder to fill (default: runs/NAME)")
    add("--force", action="store_true", help="write over the run that is in DIR")
    add("--quiet", action="store_true", help="print nothing but errors")
    add("--seed", type=_seed, default=0, metavar="N", help="of all that is random (default: 0)")

    add = parser.add_argument_group("network").add_argument
    sizes = "neurons of each hidden layer, as 16 16 or 16,16; 0 for none (default: 16)"
    add("--hidden", type=_sizes, nargs="+", default=[[16]], metavar="N", help=sizes)
    names = ["linear", *(op.name for op in ops.OPS.values() if op.arity == 1)]
    about = "of the hidden layers: tanh, relu, sigmoid, gelu, ... (default: tanh)"
    add("--activation", choices=names, default="tanh", metavar="NAME", help=about)

    add = parser.add_argument_group("training").add_argument
    add("--epochs", type=_count, metavar="N", help="times through the rows (default: see below)")
    add("--batch-size", type=_count, default=16, metavar="N", help="rows a step (default: 16)")
    add("--optimizer", choices=list(OPTIMIZERS), default="adam", help="default: adam")
    add("--learning-rate", type=_positive, metavar="X", help="default: 0.01, for sgd 0.1")
    part = "share of the rows to watch training on (default: 0)"
    add("--validation", type=_share, default=0.0, metavar="X", help=part)
    waits = "stop after N epochs without a lower validation loss, and keep the best weights"
    add("--patience", type=_count, metavar="N", help=waits)
    how = "auto, numpy (arrays, faster) or eager (the graph of each batch); default: auto"
    add("--backend", choices=["auto", "numpy", "eager"], default="auto", metavar="NAME", help=how)


def _add_rows(parser: ArgumentParser) -> None:
    add = parser.add_argument_group("rows and columns").add_argument
    part = "share of the rows to test on (default: 0.2)"
    add("--test", type=_share, default=0.2, metavar="X", help=part)
    kinds = ["classification", "regression"]
    add("--kind", choices=kinds, help="of prediction (default: by what is in the column)")
    add("--ignore", nargs="+", default=[], metavar="COLUMN", help="columns to leave out")


def _add_reading(parser: ArgumentParser) -> None:
    add = parser.add_argument_group("reading CSV").add_argument
    marks = "one of , ; | or tab (default: found out)"
    add("--delimiter", type=_delimiter, metavar="C", help=marks)
    add("--decimal", choices=[".", ","], default=".", metavar="C", help=". or , (default: .)")
    add("--encoding", type=_encoding, default="utf-8", metavar="NAME", help="default: utf-8")
    about = "columns to read as words even if they look like numbers"
    add("--words", nargs="+", default=[], metavar="COLUMN", help=about)


def _sizes(text: str) -> list[int]:
    """The numbers in "16" or "16,8"."""
    try:
        sizes = [int(size) for size in text.split(",")]
    except ValueError:
        sizes = [-1]
    if min(sizes) < 0:
        raise ArgumentTypeError(f"a number of neurons is needed, such as 16 or 16,8, not {text!r}")
    return sizes


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"a whole number from 1 is needed, not {text!r}")
    return int(text)


def _seed(text: str) -> int:
    if not text.isdecimal():  # Python's generator takes -3 for 3
        raise ArgumentTypeError(f"a whole number from 0 is needed, not {text!r}")
    return int(text)


def _positive(text: str) -> float:
    number = _number(text)
    if not number > 0:
        raise ArgumentTypeError(f"a number above 0 is needed, not {text!r}")
    return number


def _share(text: str) -> float:
    number = _number(text)
    if not 0 <= number < 1:
        raise ArgumentTypeError(f"a share between 0 and 1 is needed, not {text!r}")
    return number


def _number(text: str) -> float:
    """A finite number, or -1 where there is none."""
    try:
        number = float(text)
    except ValueError:
        return -1.0
    return number if isfinite(number) else -1.0


def _delimiter(text: str) -> str:
    mark = "\t" if text in ("tab", "\\t") else text
    if mark not in tuple(DELIMITERS):
        raise ArgumentTypeError(f"one of , ; | or tab is needed, not {text!r}")
    return mark


def _encoding(text: str) -> str:
    try:
        return codecs.lookup(text).name
    except LookupError:
        raise ArgumentTypeError(f"no encoding is called {text!r}; try latin-1") from None
