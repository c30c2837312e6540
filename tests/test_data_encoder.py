"""`Encoder`, `target_kind` and `prepare`: numbers worked out by hand, rules, and messages."""

import json
from math import sqrt

import pytest

from glassgrad.data import Encoder, Table, iris, penguins, prepare, target_kind

BIRDS = Table(
    "birds",
    {
        "mass": [1.0, 3.0, None, 5.0, 100.0],
        "island": ["Dream", "Biscoe", "Dream", None, "Elsewhere"],
        "flat": [0.1, 0.1, 0.1, 0.1, 7.0],
        "species": ["b", "a", "b", "a", "a"],
    },
    lines=[2, 3, 4, 5, 6],
)
TRAIN = [0, 1, 2, 3]
STEP = 2 / sqrt(8 / 3)  # mass in training is 1, 3, 5: mean 3, variance 8/3


def learn(**columns):
    return Encoder.learn(Table("t", columns), "y")


def test_numbers_by_hand_from_the_training_rows_alone():
    encoder = Encoder.learn(BIRDS, "species", TRAIN)
    data = encoder.encode(BIRDS.rows(TRAIN))
    assert data.feature_names == ["mass", "island=Biscoe", "island=Dream", "flat"]
    assert data.inputs == [
        [pytest.approx(-STEP), 0.0, 1.0, 0.0],
        [0.0, 1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0, 0.0],
        [pytest.approx(STEP), 0.0, 0.0, 0.0],
    ]
    assert (data.targets, data.classes) == ([1, 0, 1, 0], ["a", "b"])
    assert (data.target_name, data.name) == ("species", "birds")
    # The row outside training: its own scale, its unknown island and its flat 7 change nothing.
    assert encoder.encode(BIRDS.rows([4])).inputs == [
        [pytest.approx(97 / sqrt(8 / 3)), 0.0, 0.0, 0.0]
    ]


def test_notes_tell_what_was_done():
    assert Encoder.learn(BIRDS, "species", TRAIN).notes == [
        "mass: 1 missing, taken as the training mean 3",
        "island: 1 missing, no category set",
        "island: 1 not known from training (Elsewhere), no category set",
        "flat: always 0.1 in training, scaled to 0",
    ]


def test_standardised_training_part_has_mean_0_and_std_1():
    ready = prepare(iris(), "species", test=0.3, seed=4)
    for column in zip(*ready.train.inputs, strict=True):
        centre = sum(column) / len(column)
        assert centre == pytest.approx(0, abs=1e-12)
        assert sum(x * x for x in column) / len(column) == pytest.approx(1)


def test_same_scale_as_scikit_learn():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    table = iris().drop("species")
    rows = list(zip(*table.columns.values(), strict=True))
    expected = preprocessing.StandardScaler().fit_transform(rows)
    ready = Encoder.learn(iris(), "species").encode(iris())
    for mine, theirs in zip(ready.inputs, expected, strict=True):
        assert mine == pytest.approx(list(theirs), abs=1e-12)


def test_json_round_trip_is_exact():
    for encoder in (
        prepare(penguins(), "species").encoder,
        prepare(penguins(), "body_mass_g").encoder,
    ):
        again = Encoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
        assert again == encoder
        assert again.encode(penguins()) == encoder.encode(penguins())


@pytest.mark.parametrize("saved", [{}, {"features": None}, {"features": {}, "colour": 1}])
def test_another_dict_is_no_encoder(saved):
    with pytest.raises(ValueError, match="this is no saved encoder"):
        Encoder.from_dict(saved)


def test_regression_targets_are_standardised_and_decoded():
    encoder = learn(x=[1.0, 2.0, 3.0], y=[1.5, 3.5, 5.5])
    data = encoder.encode(Table("t", {"x": [1.0, 2.0, 3.0], "y": [1.5, 3.5, 5.5]}))
    assert not data.is_classification
    assert (encoder.target_mean, encoder.target_std) == (3.5, pytest.approx(sqrt(8 / 3)))
    assert data.targets == pytest.approx([-STEP, 0, STEP])
    assert [encoder.decode_target(t) for t in data.targets] == pytest.approx([1.5, 3.5, 5.5])


def test_classes_have_no_units_to_decode():
    with pytest.raises(ValueError, match="the target 'species' has classes, no units"):
        Encoder.learn(BIRDS, "species").decode_target(1.0)


def test_rows_without_a_target_are_left_out_and_counted():
    table = Table("t", {"x": [1.0, 2.0, 3.0, 4.0], "y": ["a", None, "b", None]})
    encoder = Encoder.learn(table, "y")
    assert encoder.notes == ["y: none in 2 of 4 rows, left out"]
    assert encoder.features["x"].mean == 2.0
    data = encoder.encode(table)
    assert (data.targets, data.notes) == ([0, 1], ["y: none in 2 of 4 rows, left out"])


def test_prediction_needs_no_target_and_takes_any_column_order():
    encoder = Encoder.learn(BIRDS, "species", TRAIN)
    new = Table("new", {"extra": ["?"], "flat": [0.1], "island": [None], "mass": [5.0]})
    data = encoder.encode(new, require_target=False)
    assert (data.inputs, data.targets) == ([[pytest.approx(STEP), 0.0, 0.0, 0.0]], [])
    with pytest.raises(ValueError, match="new has no column 'species'"):
        encoder.encode(new)
    with pytest.raises(ValueError, match="new lacks the columns mass; it has extra, flat, island"):
        encoder.encode(new.drop("mass"), require_target=False)


def test_prediction_with_a_word_where_a_number_was():
    encoder = Encoder.learn(BIRDS, "species", TRAIN)
    wrong = Table("new", {"mass": [2.0, "heavy"], "island": ["Dream"] * 2, "flat": [0.1] * 2})
    with pytest.raises(ValueError, match="new, row 1, column 'mass': 'heavy' is no number"):
        encoder.encode(wrong, require_target=False)


def test_categories_that_look_like_numbers(tmp_path):
    encoder = learn(grade=["1", "2", "13A", "1"], y=["a", "b", "a", "b"])
    assert encoder.word_columns == ["grade"]
    as_numbers = Table("new", {"grade": [1.0, 2.0]})
    assert encoder.encode(as_numbers, require_target=False).inputs == [
        [1.0, 0.0, 0.0],
        [0.0, 0.0, 1.0],
    ]
    path = tmp_path / "new.csv"
    path.write_text("grade\n1\n2\n13A\n", encoding="utf-8")
    table = Table.from_csv(path, words=encoder.word_columns)
    assert encoder.encode(table, require_target=False).inputs[2] == [0.0, 1.0, 0.0]
    path.write_text("other\n1\n", encoding="utf-8")  # what is lacking, `encode` says
    table = Table.from_csv(path, words=encoder.word_columns)
    with pytest.raises(ValueError, match="new lacks the columns grade; it has other"):
        encoder.encode(table, require_target=False)


def test_a_class_that_training_did_not_have():
    encoder = Encoder.learn(BIRDS, "species", TRAIN)
    columns = {name: cells[:1] for name, cells in BIRDS.columns.items()}
    other = Table("other", {**columns, "species": ["z"]}, lines=[2])
    with pytest.raises(ValueError, match="other, line 2: 'z' is no class that training had"):
        encoder.encode(other)


def test_number_classes_are_ordered_by_size_and_shown_short():
    encoder = learn(x=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], y=[10.0, 9.0, 10.0, 9.0, 10.0, 9.0])
    assert encoder.classes == ["9", "10"]
    assert encoder.notes == ["y: 2 whole numbers, taken as classes"]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["a", "b"], "classification"),
        ([0.0, 1.0], "regression"),  # two different numbers in two rows
        ([0.0, 1.0, 1.0, 0.0], "classification"),
        ([0.0, 1.5] * 10, "regression"),
        ([float(i % 10) for i in range(20)], "classification"),
        ([float(i % 10) for i in range(19)], "regression"),
        ([float(i % 11) for i in range(100)], "regression"),
    ],
)
def test_kind_of_target(values, kind):
    assert target_kind(Table("t", {"y": values}), "y") == kind


def test_kind_can_be_said():
    table = Table("t", {"x": [1.0, 2.0, 3.0, 4.0], "y": [0.0, 1.0, 1.0, 0.0]})
    assert prepare(table, "y", test=0.25, kind="regression").train.classes == []
    assert Encoder.learn(table, "x", kind="classification").classes == ["1", "2", "3", "4"]
    with pytest.raises(ValueError, match="kind='guess' is neither"):
        target_kind(table, "y", "guess")
    with pytest.raises(ValueError, match=r"'species' holds words, such as 'b' \(line 2\)"):
        Encoder.learn(BIRDS, "species", kind="regression")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a"] * 3, "target 'y' has only one value, 'a', in 3 rows"),
        ([7.0] * 3, "target 'y' has only one value, '7', in 3 rows"),
        ([None] * 3, "target 'y' has no value in 3 rows"),
    ],
)
def test_a_target_with_nothing_to_learn(values, message):
    with pytest.raises(ValueError, match=message):
        learn(x=[1.0, 2.0, 3.0], y=values)


def test_why_nothing_can_be_learned_of_an_empty_target():
    with pytest.raises(ValueError) as caught:
        learn(x=[1.0, 2.0], y=[None, None])
    assert "Why: there is no answer to learn from where every cell is empty" in str(caught.value)


def test_one_class_in_the_training_rows():
    with pytest.raises(ValueError, match="only one value, 'b', in 2 rows"):
        Encoder.learn(BIRDS, "species", [0, 2])


def test_an_identifier_as_target_is_refused_unless_meant():
    table = Table("t", {"x": [float(i) for i in range(30)], "y": [f"n{i}" for i in range(30)]})
    with pytest.raises(ValueError, match="'y' has 30 different words in 30 rows"):
        Encoder.learn(table, "y")
    assert len(Encoder.learn(table, "y", kind="classification").classes) == 30


def test_columns_that_are_left_out():
    n = 50
    encoder = learn(
        x=[float(i) for i in range(n)],
        id=[f"bird {i}" for i in range(n)],
        town=[f"town {i % 25}" for i in range(n)],
        day=["2007-11-11", "2008-01-02"] * 25,
        none=[None] * n,
        y=["a", "b"] * 25,
    )
    assert encoder.notes == [
        "id: 50 different words in 50 rows, left out",
        "day: dates, left out; a number made of them would do",
        "none: empty in the training rows, left out",
    ]
    assert len(encoder.feature_names) == 1 + 25


def test_a_column_that_is_empty_only_in_training():
    table = Table("t", {"x": [1.0, 2.0, 3.0], "z": [None, None, 5.0], "y": ["a", "b", "a"]})
    encoder = Encoder.learn(table, "y", rows=[0, 1])
    assert list(encoder.features) == ["x"]
    assert encoder.notes == ["z: empty in the training rows, left out"]


def test_no_column_left():
    with pytest.raises(ValueError, match="no column to predict 'y' from: 'y' is the only column"):
        learn(y=["a", "b"])
    with pytest.raises(ValueError, match="from: z: empty in the training rows, left out"):
        learn(z=[None, None], y=["a", "b"])


def test_wrong_target_name():
    with pytest.raises(ValueError, match=r"no column 'specie'; its columns are mass") as caught:
        prepare(BIRDS, "specie")
    assert "did you mean 'species'?" in str(caught.value)


def test_prepare_learns_from_training_rows_and_gathers_notes():
    ready = prepare(penguins(), "species", test=0.2, validation=0.1, seed=3)
    assert [len(part) for part in (ready.train, ready.validation, ready.test)] == [241, 34, 69]
    assert ready.encoder == Encoder.learn(penguins(), "species", ready.split.train)
    assert ready.test == ready.encoder.encode(penguins().rows(ready.split.test))
    missing = [note.split(", ")[0] for note in ready.notes]
    assert missing == [
        "bill_length_mm: 2 missing",
        "bill_depth_mm: 2 missing",
        "flipper_length_mm: 2 missing",
        "body_mass_g: 2 missing",
        "sex: 11 missing",
    ]


def test_rows_without_the_target_are_told_how_to_be_encoded():
    pets = Table("pets", {"legs": [4.0, 2.0], "kind": ["cat", "bird"]})
    encoder = Encoder.learn(pets, target="kind")
    with pytest.raises(ValueError, match=r"(?s)new has no column 'kind'.*require_target=False"):
        encoder.encode(Table("new", {"legs": [3.0]}))
