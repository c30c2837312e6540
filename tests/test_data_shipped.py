"""The shipped files are whole: counts and means as published elsewhere."""

from importlib.resources import files
from statistics import mean

import pytest

from glassgrad.data import DATASETS, Table, digits, iris, names, penguins


def known(table, column):
    return [cell for cell in table.columns[column] if cell is not None]


def test_penguins_as_published():
    table = penguins()
    assert len(table) == 344
    species = table.columns["species"]
    counts = {name: species.count(name) for name in sorted(set(species))}
    assert counts == {"Adelie": 152, "Chinstrap": 68, "Gentoo": 124}
    # The means that R's summary(penguins) prints.
    assert mean(known(table, "bill_length_mm")) == pytest.approx(43.92, abs=0.005)
    assert mean(known(table, "bill_depth_mm")) == pytest.approx(17.15, abs=0.005)
    assert mean(known(table, "flipper_length_mm")) == pytest.approx(200.9, abs=0.05)
    assert mean(known(table, "body_mass_g")) == pytest.approx(4202, abs=0.5)
    missing = {column: cells.count(None) for column, cells in table.columns.items()}
    assert missing == {
        "species": 0,
        "island": 0,
        "bill_length_mm": 2,
        "bill_depth_mm": 2,
        "flipper_length_mm": 2,
        "body_mass_g": 2,
        "sex": 11,
    }


def test_iris_as_published():
    table = iris()
    assert [table.columns["species"].count(s) for s in ("setosa", "versicolor", "virginica")] == [
        50,
        50,
        50,
    ]
    means = [mean(known(table, column)) for column in list(table.columns)[:4]]
    # Fisher (1936) by way of R's summary(iris).
    assert means == pytest.approx([5.843, 3.057, 3.758, 1.199], abs=0.0005)
    # The two flowers that the UCI repository's copy has wrong.
    assert [table.columns["petal_width_cm"][i] for i in (34, 37)] == [0.2, 0.1]


def test_digits_as_published():
    table = digits()
    assert len(table) == 1797
    labels = table.columns["digit"]
    # The counts of each digit that UCI's optdigits.names gives for its file of tests.
    counts = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert [labels.count(float(k)) for k in range(10)] == counts
    pixels = [table.columns[f"pixel_{i}_{j}"] for i in range(8) for j in range(8)]
    assert list(table.columns)[:64] == [f"pixel_{i}_{j}" for i in range(8) for j in range(8)]
    assert min(map(min, pixels)) == 0
    assert max(map(max, pixels)) == 16
    # The mean that scikit-learn's load_digits().data.mean() has.
    assert mean(map(mean, pixels)) == pytest.approx(4.884165, abs=1e-6)
    first = [[int(table.columns[f"pixel_{i}_{j}"][0]) for j in range(8)] for i in range(8)]
    assert first[0] == [0, 0, 5, 13, 9, 1, 0, 0]  # as in scikit-learn's documentation
    assert first[7] == [0, 0, 6, 13, 10, 0, 0, 0]


def test_names_are_plain_lower_case_and_distinct():
    found = names()
    assert len(found) == len(set(found)) == DATASETS["names"].rows
    assert all(name.isascii() and name.isalpha() and name.islower() for name in found)
    assert {"mary", "patricia", "james", "john"} <= set(found[:20])


def test_files_are_small_and_their_sources_named():
    folder = files("glassgrad.data") / "files"
    sizes = {entry.name: len(entry.read_bytes()) for entry in folder.iterdir()}
    assert sizes.keys() == {
        "README.md",
        "penguins.csv",
        "iris.csv",
        "digits.csv.gz",
        "names.txt",
    }
    assert sizes["names.txt"] <= 30_000
    assert sizes["penguins.csv"] <= 16_000
    assert sizes["digits.csv.gz"] <= 60_000
    readme = (folder / "README.md").read_text(encoding="utf-8")
    assert all(name in readme for name in sizes.keys() - {"README.md"})


def test_datasets_lists_what_is_there():
    for name, about in DATASETS.items():
        assert about.name == name
        assert about.description
        assert about.source
        assert about.licence
        data = about.load()
        assert len(data) == about.rows
        if isinstance(data, Table):
            assert about.target in data.columns
            assert not set(about.ignore) & set(data.columns)
            assert (data.source, data.licence) == (about.source, about.licence)


def test_penguins_file_keeps_the_year_that_the_table_leaves_out():
    header = (files("glassgrad.data") / "files" / "penguins.csv").read_text("utf-8").split("\n")[0]
    assert header.endswith(",year")
    assert DATASETS["penguins"].ignore == ("year",)
