"""`Table` itself, and tables from pandas and polars DataFrames."""

import datetime

import pytest

from glassgrad.data import Table, prepare

PETS = Table("pets", {"legs": [4.0, 2.0, None], "kind": ["cat", "bird", "cat"]})


def test_rows_drop_and_place():
    table = Table("pets", PETS.columns, lines=[2, 3, 5])
    part = table.rows([2, 0])
    assert part.columns == {"legs": [None, 4.0], "kind": ["cat", "cat"]}
    assert [part.place(0), part.place(1)] == ["line 5", "line 2"]
    assert PETS.place(1) == "row 1"
    assert list(PETS.drop("legs").columns) == ["kind"]
    assert len(PETS.rows([])) == 0


@pytest.mark.parametrize("use", [PETS.column, PETS.kind, PETS.drop])
def test_a_wrong_name_lists_the_columns_and_the_near_ones(use):
    with pytest.raises(ValueError, match=r"no column 'Leg'; its columns are legs, kind") as caught:
        use("Leg")
    assert "did you mean 'legs'?" in str(caught.value)


def test_repr_describes_each_column():
    table = Table("t", {**PETS.columns, "nothing": [None] * 3, "many": ["a", "b", "c"]})
    assert repr(table).split("\n") == [
        "Table 't': 3 rows",
        "  legs     numbers  2 to 4, 1 missing",
        "  kind     words    bird, cat",
        "  nothing  empty, 3 missing",
        "  many     words    a, b, c",
    ]


def test_pandas():
    pandas = pytest.importorskip("pandas")
    day = pandas.Timestamp("2007-11-11")
    frame = pandas.DataFrame(
        {
            "mass": [3.5, float("nan"), 4.0],
            "count": pandas.array([1, None, 3], dtype="Int64"),
            "sex": ["f", None, "m"],
            "grade": pandas.Categorical([2, None, 1]),
            "ringed": [True, False, True],
            "maybe": pandas.array([True, None, False], dtype="boolean"),
            "day": [day, pandas.NaT, day],
            "mixed": pandas.Series([1, None, 2.5], dtype=object, index=[10, 20, 30]),
            7: [1, 2, 3],
        },
        index=[10, 20, 30],
    )
    table = Table.from_frame(frame, "birds")
    assert table.columns == {
        "mass": [3.5, None, 4.0],
        "count": [1.0, None, 3.0],
        "sex": ["f", None, "m"],
        "grade": ["2", None, "1"],
        "ringed": ["True", "False", "True"],
        "maybe": ["True", None, "False"],
        "day": ["2007-11-11 00:00:00", None, "2007-11-11 00:00:00"],
        "mixed": [1.0, None, 2.5],
        "7": [1.0, 2.0, 3.0],
    }
    assert (table.name, table.source) == ("birds", "pandas DataFrame")


def test_polars():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame(
        {
            "mass": [3.5, None, float("nan")],
            "sex": ["f", None, "m"],
            "ringed": [True, None, False],
            "day": [datetime.date(2007, 11, 11), None, None],
            "grade": polars.Series(["2", None, "1"], dtype=polars.Categorical),
            "size": polars.Series(["3", "4", "3"], dtype=polars.Enum(["3", "4"])),
            "count": [1, 2, None],
        }
    )
    table = Table.from_frame(frame)
    assert table.columns == {
        "mass": [3.5, None, None],
        "sex": ["f", None, "m"],
        "ringed": ["True", None, "False"],
        "day": ["2007-11-11", None, None],
        "grade": ["2", None, "1"],
        "size": ["3", "4", "3"],
        "count": [1.0, 2.0, None],
    }
    with pytest.raises(TypeError, match="LazyFrame holds a plan, not the rows"):
        Table.from_frame(frame.lazy())


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_frames_prepare_like_files(library, tmp_path):
    frames = pytest.importorskip(library)
    path = tmp_path / "data.csv"
    lines = [f"{i * 0.37},{'uvw'[i % 3]},{'xy'[i % 2]}" for i in range(20)]
    path.write_text("\n".join(["a,b,c", *lines]), encoding="utf-8")
    from_file = prepare(Table.from_csv(path), "c")
    from_frame = prepare(Table.from_frame(frames.read_csv(path)), "c")
    assert from_frame.encoder == from_file.encoder
    assert from_frame.train == from_file.train


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_broken_frames(library):
    make = pytest.importorskip(library).DataFrame
    with pytest.raises(ValueError, match="data: the DataFrame has no rows"):
        Table.from_frame(make({"a": []}))
    with pytest.raises(TypeError, match="DataFrame is no DataFrame with named columns"):
        Table.from_frame(make())
    with pytest.raises(ValueError, match="data, row 1, column 'a': 'inf' is not a finite number"):
        Table.from_frame(make({"a": [1.0, float("inf")]}))
    with pytest.raises(ValueError, match="data, row 0, column 'a': '3,5' is a number only if"):
        Table.from_frame(make({"a": ["3,5", "4"]}))
    with pytest.raises(ValueError, match="row 2, column 'a': 'x' is not a finite number"):
        Table.from_frame(make({"a": ["1", "2", "x"]}))
    assert Table.from_frame(make({"a": ["1", "2", "x"]}), words=["a"]).kind("a") == "categorical"


def test_two_columns_of_one_name_in_pandas():
    pandas = pytest.importorskip("pandas")
    with pytest.raises(ValueError, match="two columns are named 'a'"):
        Table.from_frame(pandas.DataFrame([[1, 2]], columns=["a", "a"]))


@pytest.mark.parametrize("thing", [[[1.0, 2.0]], {"a": [1]}, None])
def test_what_is_no_frame(thing):
    with pytest.raises(TypeError, match="is no DataFrame with named columns"):
        Table.from_frame(thing)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_misspelt_column_of_words_is_refused(library):
    frame = pytest.importorskip(library).DataFrame({"legs": [4, 2], "kind": ["cat", "bird"]})
    with pytest.raises(
        ValueError, match="pets has no column 'lgs'; its columns are legs"
    ) as caught:
        Table.from_frame(frame, "pets", words=["lgs"])
    assert str(caught.value).endswith("    Table.from_frame(frame, words=['legs'])")
