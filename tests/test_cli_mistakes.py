"""What the command says of mistakes: one sentence each, with a way out, and never a traceback."""

import os
import re
import shlex
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from glassgrad import MLP, Embedding, commands, save
from glassgrad.cli import main
from glassgrad.data import Encoder, penguins

PENGUINS = Path(str(files("glassgrad.data"))) / "files" / "penguins.csv"


@pytest.fixture
def mistake(tmp_path, monkeypatch, capsys):
    """What the command says of a mistake: one sentence, status 2, and no file is touched."""
    monkeypatch.chdir(tmp_path)

    def sentence(*arguments):
        before = sorted(tmp_path.rglob("*"))
        try:
            status = main(list(arguments))
        except SystemExit as end:
            status = end.code
        printed, complaint = capsys.readouterr()
        assert (status, printed, complaint.count("\n")) == (2, "", 1)
        assert complaint.startswith("glassgrad: ")
        assert sorted(tmp_path.rglob("*")) == before
        return complaint.removeprefix("glassgrad: ").rstrip("\n")

    return sentence


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "arguments are required: COMMAND (see glassgrad --help)"),
        ("trian iris", "invalid choice: 'trian' (choose from"),
        ("train", "arguments are required: DATA (see glassgrad train --help)"),
        ("train iris --epoch 3", "nothing is called --epoch here (see glassgrad train --help)"),
        ("predict DIR", "required: FILE.csv (see glassgrad predict --help)"),
        ("train pengins", "no file or data set 'pengins'; did you mean 'penguins'?"),
        ("train hoses.csv --target x", "there is no file hoses.csv; did you mean houses.csv?"),
        ("train nowhere/x.csv --target x", "there is no file nowhere/x.csv"),
        ("train . --target x", "is a folder, not a CSV file"),
        ("train houses.csv", "--target COLUMN, one of area, price"),
        ("train houses.csv --target prize", "its columns are area, price; did you mean 'price'?"),
        ("train houses.csv --target price --ignore x", "has no column 'x'"),
        ("train houses.csv --target price --words x", "has no column 'x'"),
        ("train houses.csv --target price --ignore price", "'price' cannot be both"),
        ("train houses.csv --target price --ignore area", "no column to predict 'price' from"),
        ("train houses.csv --target price --validation 0.9", "too few to train; see --test"),
        ("train names", "names is a list of words"),
        ("train iris --words species", "are for a CSV file of your own"),
        ("train iris --kind regression", "holds words, such as 'setosa' (line 2); see --kind"),
        ("train iris --optimizer adm", "'adm' (choose from"),
        ("train iris --activation rleu", "'rleu' (choose from"),
        ("train iris --epochs 0", "argument --epochs: a whole number from 1 is needed, not '0'"),
        ("train iris --batch-size 1.5", "a whole number from 1 is needed, not '1.5'"),
        ("train iris --seed -3", "a whole number from 0 is needed, not '-3'"),
        ("train iris --learning-rate nan", "a number above 0 is needed, not 'nan'"),
        ("train iris --learning-rate 0", "a number above 0 is needed, not '0'"),
        ("train iris --hidden 8,", "a number of neurons is needed, such as 16 or 16,8, not '8,'"),
        ("train iris --hidden 8 0", "--hidden takes 0 only alone"),
        ("train iris --hidden 100000 100000", "10,000,900,003 parameters does not fit"),
        ("train iris --test 1", "a share between 0 and 1 is needed, not '1'"),
        ("train iris --test 0", "leaves no rows to measure the network on"),
        ("train iris --patience 3", "add --validation 0.2"),
        ("train iris --delimiter :", "one of , ; | or tab is needed, not ':'"),
        ("train iris --decimal x", "'x' (choose from '.', ',')"),
        ("train iris --encoding utf-9", "no encoding is called 'utf-9'; try latin-1"),
        ("train iris --out houses.csv", "houses.csv is a file, not a folder"),
        ("train iris --out houses.csv/new --force", "houses.csv is a file, not a folder"),
        ("train iris --out birds", "already exists; --force writes over it, --out DIR chooses"),
        ("predict nowhere houses.csv", "does not exist; glassgrad train ... --out nowhere makes"),
        ("predict houses.csv houses.csv", "houses.csv is damaged, or is no safetensors file"),
        ("predict birds houses.csv", "lacks the columns island, bill_length_mm, bill_depth_mm, f"),
        ("predict birds nothing.csv", "there is no file nothing.csv"),
        ("predict birds birds.csv --words body_mass_g", "'body_mass_g': '3750' is no number"),
        ("predict birds birds.csv --out houses.csv", "already exists; --force writes over it"),
        ("predict birds birds.csv --out folder.svg --force", "folder.svg is a folder; --out"),
        ("predict birds birds.csv --out houses.csv/x", "houses.csv is a file, not a folder"),
        ("predict birds twice.csv", "already has a column 'predicted_species'"),
        ("predict own.safetensors birds.csv", "holds the parameters of a Embedding"),
        ("predict plain.safetensors birds.csv", "was saved without the encoder"),
        ("draw nowhere", "nowhere does not exist"),
        ("draw birds --out a.pdf", "a picture is saved as .svg, .html, .txt, .json, not as"),
        ("draw birds --out old.svg", "old.svg already exists; --force writes over it"),
        ("draw birds --out folder.svg --force", "folder.svg is a folder"),
    ],
)  # fmt: skip
def test_a_mistake_is_answered_in_one_sentence(mistake, line, words):
    rows = "".join(f"{k}.5,{2 * k}.5\n" for k in range(9))
    Path("houses.csv").write_text(f"area,price\n{rows}", encoding="utf-8")
    Path("birds.csv").write_bytes(PENGUINS.read_bytes())
    Path("twice.csv").write_bytes(PENGUINS.read_bytes().replace(b"year", b"predicted_species"))
    save("birds/model.safetensors", MLP(9, [3]), Encoder.learn(penguins(), "species"))
    save("plain.safetensors", MLP(9, [3]))
    save("own.safetensors", Embedding(2, 2))
    Path("old.svg").write_text("old", encoding="utf-8")
    Path("folder.svg").mkdir()
    assert words in mistake(*shlex.split(line)).replace("\\", "/")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "t.csv is empty"),
        (b"x,y\n", "t.csv has a header, but no rows"),
        (b"x,y\n1,a\n2\n", "t.csv, line 3: 1 cells, but the header has 2 columns"),
        (b"x,y\n1,a\n2,b,c\n", "t.csv, line 3: 3 cells"),
        (
            b'x,y\n1,a\n2,"b\n3,c\n',
            "t.csv, line 3, column 'y': the quote that opens this cell is n",
        ),
        (b"x,y\n1,a\n2,b\n?,a\noops,b\n3,a\n", "line 5, column 'x': 'oops' is not a finite number"),
        (b'x,y\n"1,5",a\n"2,5",b\n', "line 2, column 'x': '1,5' is a number only if ','"),
        (b"x,y\n1,a\n2,\xfc\n", "t.csv, line 3: byte 10 (0xfc) is not utf-8; see --encoding"),
        (b"x,y\n1,a\n2,\0\n", "t.csv, line 3: a zero byte"),
        (b"x,y,y\n1,a,b\n", "t.csv, line 1: columns 2 and 3 are both named 'y'"),
        (b"PK\x03\x04\x14\0", "t.csv is a spreadsheet or a packed file, not CSV"),
        (b"x,y\n1,a\n2,a\n", "the target 'y' has only one value, 'a', in 2 rows"),
    ],
)
def test_a_broken_file_is_answered_with_the_place(mistake, content, words):
    Path("t.csv").write_bytes(content)
    assert words in mistake("train", "t.csv", "--target", "y")


@pytest.mark.parametrize("library", ["jinja2", "matplotlib", "numpy"])
def test_a_missing_library_is_told_before_training(monkeypatch, capsys, library):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setattr(commands, "fit", None)  # calling it would fail
    assert main(["train", "iris", "--quiet"]) == 2
    wanted = rf'glassgrad: .* needs? {library}: pip install "glassgrad\[all\]"\n'
    assert re.fullmatch(wanted, capsys.readouterr().err)


linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
NOT_TEXT = os.fsdecode(b"b\xfcrds")


@linux
def test_a_name_that_is_not_text_is_refused(mistake):
    Path(NOT_TEXT).write_bytes(PENGUINS.read_bytes())
    assert "is not UTF-8; rename" in mistake("train", NOT_TEXT, "--target", "species")


@linux
def test_a_folder_whose_name_is_not_text_can_be_worked_in(mistake, monkeypatch):
    Path(NOT_TEXT, "run", "old").mkdir(parents=True)
    monkeypatch.chdir(NOT_TEXT)
    assert r"b\udcfcrds/run already exists" in mistake("train", "iris", "--out", "run")


def test_a_defect_of_ours_is_not_hidden(monkeypatch):
    monkeypatch.setattr(commands, "version", lambda options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        main(["version"])
