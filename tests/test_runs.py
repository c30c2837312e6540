"""The folder of a run: it comes whole or not at all, and nothing that is there gets lost."""

import errno
import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from glassgrad import commands, fit, load, runs
from glassgrad.cli import main
from glassgrad.report import write_report

FOUR = {"model.safetensors", "history.json", "metrics.json", "report.html"}
TRAIN = ["train", "iris", "--out", "run", "--epochs", "1", "--quiet"]


def contents(folder):
    """Everything in a folder, by name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def fill(folder, *names, text="new"):
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text(text, encoding="utf-8")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def old(here):
    """What is there already: a run that has been drawn too, and a note of the user's in it."""
    fill(here / "run", *runs.FILES, text="old")
    fill(here / "run", "notes.txt", text="mine")
    return contents(here)


# The draft, and moving it to its place.


def test_a_draft_is_beside_the_folder_and_gone_at_the_end(here):
    folder = here / "some" / "where" / "run"
    with runs.draft(folder) as new:
        assert list(new.iterdir()) == []
        assert folder.parent in new.parents
        fill(new, "metrics.json")
    assert contents(here) == {"some": None, "some/where": None}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_draft_that_fails_leaves_nothing(here, error):
    with pytest.raises(error), runs.draft(here / "run") as new:
        fill(new, "metrics.json")
        raise error
    assert contents(here) == {}


def test_two_drafts_of_one_folder_do_not_meet(here):
    with runs.draft(here / "run") as one, runs.draft(here / "run") as two:
        fill(one, "metrics.json")
        assert contents(two) == {}


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_a_new_run_is_as_readable_as_any_folder(here):
    (here / "ordinary").mkdir()
    with runs.draft(here / "run") as new:
        runs.publish(new, here / "run")
    modes = [stat.S_IMODE((here / name).stat().st_mode) for name in ("run", "ordinary")]
    assert modes[0] == modes[1]


def test_a_new_run_replaces_the_files_of_the_old_one_and_no_others(here, old):
    """The old run's drawing goes too: it shows another network."""
    with runs.draft(here / "run") as new:
        fill(new, "model.safetensors", "metrics.json")
        runs.publish(new, here / "run")
    assert contents(here / "run") == {
        "metrics.json": b"new",
        "model.safetensors": b"new",
        "notes.txt": b"mine",
    }


@pytest.mark.parametrize("moved", range(4))
def test_a_move_that_fails_brings_all_old_files_back(here, old, monkeypatch, moved):
    move, moves = Path.replace, []

    def fail_once(path, target):
        moves.append(path.name)
        if len(moves) == moved + 1:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return move(path, target)

    with pytest.raises(OSError, match="Input/output"), runs.draft(here / "run") as new:
        fill(new, *FOUR)
        monkeypatch.setattr(Path, "replace", fail_once)
        runs.publish(new, here / "run")
    assert contents(here) == old


def test_what_is_taken_and_which_name_is_free(here):
    folder = here / "run"
    assert not runs.is_taken(folder)
    folder.mkdir()
    assert not runs.is_taken(folder)  # empty: nothing to lose
    fill(folder, "notes.txt")
    assert runs.is_taken(folder)
    assert runs.is_taken(folder / "notes.txt")
    for name in ("run.interrupted", "run.interrupted1", "run.interrupted2"):
        assert runs.free_name(folder) == here / name
        fill(here / name, "metrics.json")


# The command: an older run stays until the new one is complete.


def test_a_new_run_has_four_files(here, capsys):
    assert main(TRAIN) == 0
    assert contents(here).keys() == {"run", *(f"run/{name}" for name in FOUR)}
    assert capsys.readouterr() == ("", "")


def test_an_existing_folder_is_refused_before_any_work(here, old, monkeypatch, capsys):
    monkeypatch.setattr(commands, "fit", None)  # calling it would fail
    assert main(TRAIN) == 2
    assert "already exists; --force writes over it" in capsys.readouterr().err
    assert contents(here) == old


def test_force_writes_over_a_run_and_keeps_what_is_not_of_it(here, old):
    assert main([*TRAIN, "--force"]) == 0
    assert contents(here / "run").keys() == FOUR | {"notes.txt"}
    assert (here / "run" / "notes.txt").read_bytes() == old["run/notes.txt"]
    assert json.loads((here / "run" / "metrics.json").read_bytes())["epochs"] == 1


@pytest.mark.parametrize("written", [1, 2, 5])
def test_a_full_disk_keeps_the_old_run(here, old, monkeypatch, capsys, written):
    """Full at the first file, before training; at the second, after it; or at the report."""
    files, sync = [], os.fsync

    def fill_up(handle):
        files.append(handle)
        if len(files) == written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        sync(handle)

    monkeypatch.setattr(os, "fsync", fill_up)
    assert main([*TRAIN, "--force"]) == 1
    assert capsys.readouterr().err == "glassgrad: No space left on device\n"
    assert len(files) == written
    assert contents(here) == old


def test_a_training_that_fails_keeps_the_old_run(here, old, capsys):
    wild = ["--optimizer", "sgd", "--learning-rate", "1e6", "--activation", "relu", "--force"]
    assert main([*TRAIN, "--target", "petal_width_cm", *wild]) == 2
    (found,) = capsys.readouterr().err.splitlines()
    assert found.startswith("glassgrad: the loss became ")
    assert found.endswith("with learning rate 1e+06; see --learning-rate")
    assert contents(here) == old


# Ctrl-C.


@pytest.mark.skipif(os.name == "nt", reason="sends a signal to another process")
def test_ctrl_c_keeps_what_was_learnt(here):
    """In a process of its own, as from a terminal. It says when the first epoch is over."""
    program = """
import functools, signal, sys
from glassgrad import commands
from glassgrad.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where it was ignored
ready = lambda model, history: print("ready", file=sys.stderr, flush=True)
commands.fit = functools.partial(commands.fit, callbacks=[ready])
sys.exit(main(["train", "iris", "--out", "run", "--epochs", "1000000"]))
"""
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert child.stderr.readline() == "ready\n"
        child.send_signal(signal.SIGINT)
        printed, complaint = child.communicate(timeout=60)
    finally:
        child.kill()
    assert child.returncode == 130
    assert complaint.replace("ready\n", "") == (
        f"glassgrad: interrupted; what was learnt so far is in {here / 'run'}\n"
    )
    assert "glassgrad predict run FILE.csv" in printed
    assert contents(here).keys() == {"run", *(f"run/{name}" for name in FOUR)}
    history, metrics = (
        json.loads((here / "run" / name).read_bytes()) for name in ("history.json", "metrics.json")
    )
    assert history["interrupted"] is metrics["interrupted"] is True
    assert 1 <= len(history["epochs"]) == metrics["epochs"] < 1_000_000
    assert load(here / "run" / "model.safetensors").encoder.target == "species"


def press(*_):
    signal.raise_signal(signal.SIGINT)


@pytest.fixture
def interrupted(monkeypatch):
    """Training in which somebody presses Ctrl-C after the first epoch."""

    def fit_until_pressed(*arguments, **options):
        return fit(*arguments, **options, callbacks=[press])

    monkeypatch.setattr(commands, "fit", fit_until_pressed)


def test_ctrl_c_does_not_cost_an_older_run(here, old, interrupted, capsys):
    assert main([*TRAIN, "--epochs", "50", "--force"]) == 130
    place = here / "run.interrupted"
    assert capsys.readouterr().err.endswith(f"what was learnt so far is in {place}\n")
    assert contents(place).keys() == FOUR
    found = contents(here)
    assert {name: found[name] for name in old} == old
    assert found.keys() == old.keys() | {place.name, *(f"{place.name}/{name}" for name in FOUR)}


def test_ctrl_c_fills_an_empty_folder(here, interrupted):
    (here / "run").mkdir()
    assert main([*TRAIN, "--epochs", "50"]) == 130
    assert contents(here).keys() == {"run", *(f"run/{name}" for name in FOUR)}


def test_ctrl_c_while_files_are_written_costs_nothing(here, interrupted, monkeypatch):
    """Who presses twice, because the report takes its time, keeps the network too."""

    def write_and_press(*arguments, **options):
        press()
        return write_report(*arguments, **options)

    monkeypatch.setattr(commands, "write_report", write_and_press)
    assert main([*TRAIN, "--epochs", "50"]) == 130
    assert contents(here / "run").keys() == FOUR


@pytest.mark.parametrize("part", ["fit", "write_report"])
def test_ctrl_c_twice_ends_at_once_and_keeps_the_old_run(here, old, monkeypatch, capsys, part):
    def press_twice(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, part, press_twice)
    assert main([*TRAIN, "--force"]) == 130
    assert capsys.readouterr().err == "glassgrad: interrupted\n"
    assert contents(here) == old
