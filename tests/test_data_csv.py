"""Reading CSV files: what is read, and what is said of each way in which a file can be broken."""

import csv
import io
import random
import re

import pytest

from glassgrad.data import Table


@pytest.fixture
def read(tmp_path):
    """Write a file and read it as a table."""

    def write_and_read(content, **options):
        path = tmp_path / "birds.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Table.from_csv(path, **options)

    return write_and_read


@pytest.fixture
def fails(read):
    """The text of the error that reading a file gives; it has all four parts."""

    def text(content, **options):
        with pytest.raises(ValueError) as caught:
            read(content, **options)
        message = str(caught.value)
        assert re.search(r"\n\nThis does it:\n.*\n\nWhy: .*\n\nWrite instead:\n", message, re.S)
        return message

    return text


def test_columns_kinds_holes_and_lines(read):
    table = read("name,mass,ringed\nAda, 1.5e3 ,True\n\nBen,NA,False\n'',-.5,?\n")
    assert table.columns == {
        "name": ["Ada", "Ben", "''"],
        "mass": [1500.0, None, -0.5],
        "ringed": ["True", "False", None],
    }
    assert [table.kind(column) for column in table.columns] == [
        "categorical",
        "numeric",
        "categorical",
    ]
    assert (table.name, table.source, len(table)) == ("birds", "birds.csv", 3)
    assert [table.place(row) for row in range(3)] == ["line 2", "line 4", "line 5"]


@pytest.mark.parametrize("hole", ["", " ", "NA", "n/a", "NaN", "null", "None", "NONE", "?", "-"])
def test_what_counts_as_missing(read, hole):
    assert read(f"a,b\n1,x\n{hole},{hole}\n").columns == {"a": [1.0, None], "b": ["x", None]}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_are_found(read, delimiter, line_end):
    text = line_end.join(["a|b".replace("|", delimiter), "1|x".replace("|", delimiter), ""])
    assert read(text).columns == {"a": [1.0], "b": ["x"]}


def test_the_delimiter_that_fits_both_lines_wins(read):
    assert read("name;weight, in kg\nAda;3\n").columns == {"name": ["Ada"], "weight, in kg": [3.0]}


def test_quotes_hold_delimiters_line_ends_and_quotes(read):
    table = read('name,note\nAda,"one, two\nthree ""four"""\nBen, "x" \nCyd,5" pipe\n')
    assert table.columns["note"] == ['one, two\nthree "four"', "x", '5" pipe']
    assert table.lines == [2, 4, 5]


def test_same_cells_as_the_csv_module_writes(read):
    rng = random.Random(0)
    for _ in range(200):
        cells = ["x" + "".join(rng.choices('ab", \n;|', k=rng.randrange(5))) for _ in range(4)]
        text = io.StringIO()
        writer = csv.writer(text, quoting=rng.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
        writer.writerows([["p", "q"], cells[:2], cells[2:]])
        table = read(text.getvalue(), delimiter=",", words=["p", "q"])
        expected = [cell.strip() for cell in cells]
        assert [*table.columns["p"], *table.columns["q"]] == [expected[i] for i in (0, 2, 1, 3)]


def test_byte_order_mark_and_encodings(read):
    assert list(read("\ufeffa,b\n1,2\n").columns) == ["a", "b"]
    assert read("a\nMüller\n".encode("latin-1"), encoding="latin-1").columns == {"a": ["Müller"]}
    assert read("a\nMüller\n".encode("utf-16"), encoding="utf-16").columns == {"a": ["Müller"]}


def test_long_files_and_long_cells(read):
    table = read("a,b\n" + f"1,{'x' * 100}\n" * 20_000)
    assert len(table) == 20_000
    assert read('a\n"' + "x" * 300_000 + '"\n').columns["a"] == ["x" * 300_000]


def test_decimal_commas_are_read_when_asked_for(read, fails):
    text = "a;b\n3,5;x\n-1;y\n"
    assert read(text, decimal=",").columns["a"] == [3.5, -1.0]
    message = fails(text)
    assert message.startswith("birds.csv, line 2, column 'a': '3,5' is a number only if ','")
    assert "Table.from_csv('birds.csv', decimal=',')" in message
    assert "'3.5' is a number only if '.'" in fails("a;b\n3.5;x\n4;y\n", decimal=",")


def test_words_reads_numbers_as_words(read):
    table = read("house,x\n012,1\n14A,2\n13,3\n", words=["house"])
    assert table.columns["house"] == ["012", "14A", "13"]


def test_half_numbers_are_words_with_a_note(read):
    table = read("ticket\n12\n13\nA 5\nB 7\n")
    assert table.kind("ticket") == "categorical"
    assert table.notes == [
        "ticket: read as words, for 2 of its 4 cells are not numbers, "
        "the first being 'A 5' (line 4)"
    ]


def test_up_to_a_tenth_of_strays_is_a_slip_and_more_are_words(read, fails):
    tenth, more = "1\n" * 18 + "x\ny\n", "1\n" * 17 + "x\ny\n"
    assert "18 of 20 cells of the column are finite numbers" in fails("a\n" + tenth)
    assert read("a\n" + more).kind("a") == "categorical"


def test_a_file_without_header_is_noted(read):
    assert "lack its header line" in read("5.1,setosa\n4.9,setosa\n").notes[0]


@pytest.mark.parametrize("content", ["", "\n\n", " \n", b"\xef\xbb\xbf"])
def test_empty(fails, content):
    assert fails(content).startswith("birds.csv is empty\n")


@pytest.mark.parametrize(
    ("content", "start"),
    [
        ("a,b\n", "birds.csv has a header, but no rows"),
        ("a,b,a\n1,2,3\n", "birds.csv, line 1: columns 1 and 3 are both named 'a'"),
        ("\na,,c\n1,2,3\n", "birds.csv, line 2: column 2 has no name"),
        (
            "a,b,c\n1,2,3\n\n1,2\n",
            "birds.csv, line 4: 2 cells, but the header has 3 columns; the first without",
        ),
        (
            "a,b\n1,2\nx,y,z\n",
            "birds.csv, line 3: 3 cells, but the header has 2 columns; 'z' belongs to no column",
        ),
        (
            'a,b\n1,"x\n2,y\n',
            "birds.csv, line 2, column 'b': the quote that opens this cell is never closed",
        ),
        (
            'a,b\n1,x\n2,"y\n3,"z"\n',
            "birds.csv, line 3, column 'b': the quote that opens this cell is closed on line 4",
        ),
        ('"a,b\n1,2\n', "birds.csv, line 1, column 1: the quote that opens this cell is never"),
        ("a,b\n1,\0\n", "birds.csv, line 2: a zero byte"),
        ("a\nMüller\n".encode("latin-1"), "birds.csv, line 2: byte 3 (0xfc) is not utf-8"),
        ("a\n1\n".encode("utf-16"), "birds.csv, line 1: byte 0 (0xff) is not utf-8"),
        (b"PK\x03\x04...", "birds.csv is a spreadsheet or a packed file, not CSV"),
        (
            "a,b\n" + "1,2\n" * 9 + "oops,3\n",
            "birds.csv, line 11, column 'a': 'oops' is not a finite number",
        ),
        ("a\n1\n2\nx\n", "birds.csv, line 4, column 'a': 'x' is not a finite number"),
        ("a\n1\ninf\n-Infinity\n", "birds.csv, line 3, column 'a': 'inf' is not a finite"),
        ("a\n1\n2\n1e999\n", "birds.csv, line 4, column 'a': '1e999' is not a finite"),
        ("a\n1\n2\n1_000\n", "birds.csv, line 4, column 'a': '1_000' is not a finite"),
        ('a,b\n"1,234",x\n"5",y\n', "birds.csv, line 2, column 'a': '1,234' is a number only if"),
    ],
)
def test_broken_files_are_placed(fails, content, start):
    assert fails(content).startswith(start)


def test_the_line_counts_line_ends_inside_quotes(fails):
    assert fails('a,b\n"x\ny",1\n3\n').startswith("birds.csv, line 4: 1 cells")


def test_encodings_are_suggested(fails):
    assert "encoding='latin-1'" in fails("a\nMüller\n".encode("latin-1"))
    assert "encoding='utf-16'" in fails("a\n1\n".encode("utf-16"))
    assert "encoding='utf-16'" in fails("a\n1\n".encode("utf-16-le"))


def test_unknown_delimiters_and_decimals_are_refused(fails):
    assert fails("a:b\n1:2\n", delimiter=":").startswith("delimiter=':'")
    assert fails("a\n1\n", decimal="'").startswith('delimiter=None, decimal="\'"')


def test_no_file_and_folder(tmp_path):
    (tmp_path / "penguins.csv").write_text("a\n1\n", encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"did you mean penguins\.csv"):
        Table.from_csv(tmp_path / "pengins.csv")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        Table.from_csv(tmp_path / "nowhere" / "x.csv")
    with pytest.raises(IsADirectoryError, match="is a folder, not a CSV file"):
        Table.from_csv(tmp_path)


def test_a_misspelt_column_of_words_is_refused(fails):
    message = fails("house,street\n012,x\n", words=["street", "huose"])
    assert message.startswith("birds.csv has no column 'huose'; its columns are house, street\n")
    assert "did you mean 'house'?" in message
    assert message.endswith("    Table.from_csv('birds.csv', words=['house'])")


@pytest.mark.parametrize("text", ["x\n1,5\n2,5", "x\n1,5\n"])
def test_a_decimal_comma_is_no_delimiter_of_a_single_column(read, text):
    assert read(text, decimal=",").columns["x"][0] == 1.5


def test_with_decimal_commas_any_other_delimiter_comes_first(read):
    text = "height, in m, about;mass\n1,5,2;3,5\n"  # twice a comma, once a semicolon, in both
    assert read(text, decimal=",").columns == {"height, in m, about": ["1,5,2"], "mass": [3.5]}
    assert read('a,b\n"1,5",x\n', decimal=",").columns == {"a": [1.5], "b": ["x"]}
