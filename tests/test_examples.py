"""The examples run, learn what they say and leave their pictures; here most of them are shorter."""

import runpy
from math import log
from pathlib import Path

import pytest

pytest.importorskip("numpy")
pytest.importorskip("matplotlib")

from glassgrad.data import names

EXAMPLES = Path(__file__).parent.parent / "examples"


def run(name, folder, **settings):
    found = runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"](pictures=folder, **settings)
    assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    return found


def test_moons(tmp_path, capsys):
    found = run("moons", tmp_path, steps=60)
    assert found["history"][0] == pytest.approx(0.9111576, abs=1e-6)  # as the eager program has it
    assert found["history"][-1] < 0.05
    assert found["accuracy"] == 1
    assert found["operations"] <= 10
    assert "array operations" in capsys.readouterr().out


def test_digits(tmp_path, capsys):
    found = run("digits", tmp_path, epochs=12)
    assert found["history"][-1] < found["history"][0] / 10
    assert found["accuracy"] >= 0.96
    assert "held-out digits right" in capsys.readouterr().out


def test_conv(tmp_path):
    found = run("conv", tmp_path, epochs=8)
    assert found["history"][-1] < found["history"][0] / 5
    assert found["accuracy"] >= 0.93


def test_rnn(tmp_path):
    found = run("rnn", tmp_path, epochs=6, n_waves=400)
    assert found["history"][-1] < found["history"][0] / 5
    assert found["error"] < found["same"] / 2


def test_names(tmp_path):
    found = run("names", tmp_path, epochs=3)
    history = [log(27), *found["history"]]
    assert history == sorted(history, reverse=True)
    assert history[-1] < found["bigram"] - 0.1
    assert 2.3 < found["bigram"] < 2.4
    assert len(found["invented"]) == 20
    assert len(set(found["invented"]) - set(names())) == 20


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("*.py")))
def test_an_example_says_what_it_does(name):
    text = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    assert text.startswith('"""')
    assert 'if __name__ == "__main__":\n    main()\n' in text
