"""Saving and loading: every bit comes back, and no file that is not whole is taken for one."""

import errno
import json
import math
import os
import struct
import sys

import numpy as np
import pytest
from safetensors.numpy import save_file

from glassgrad import MLP, Embedding, Layer, Value, load, save
from glassgrad.data import Encoder, Table
from glassgrad.nn import Module

ODD = [-0.0, 5e-324, 0.1 + 0.2, -1.7976931348623157e308, math.inf, -math.inf, math.nan]


def bits(model):
    """All parameters by name, as bytes: they tell -0.0 from 0.0, and know that nan is nan."""
    return {name: struct.pack("<d", x) for name, x in model.state_dict().items()}


def opened(path):
    """A safetensors file, read by what its specification says: its header, and the bytes after."""
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    return json.loads(data[8 : 8 + length]), data[8 + length :]


@pytest.fixture
def file(tmp_path):
    """A small network in a file."""
    return save(tmp_path / "model.safetensors", MLP(2, [3, 1], seed=0), metadata={"why": "test"})


def tensor(about, data):
    """One tensor of a file that `opened` has read."""
    return np.frombuffer(data[slice(*about["data_offsets"])], "<f8").reshape(about["shape"])


def changed(file, other_tensors=(), **changes):
    """Write the file anew as somebody who edits it on purpose does: without its checksum."""
    header, data = opened(file)
    about = json.loads(header.pop("__metadata__")["glassgrad"]) | changes
    del about["sha256"]
    tensors = {name: tensor(x, data) for name, x in header.items()}
    save_file(tensors | dict(other_tensors), file, {"glassgrad": json.dumps(about)})
    return file


# An MLP.


@pytest.mark.parametrize(
    ("n_inputs", "sizes", "activation"),
    [
        (2, [4, 3], "tanh"),
        (1, [1], "tanh"),
        (3, [2, 2, 1], "relu"),
        (2, [3, 2], ["gelu", "sigmoid"]),
    ],
)
def test_an_mlp_comes_back_to_the_last_bit(tmp_path, n_inputs, sizes, activation):
    model = MLP(n_inputs, sizes, activation, seed=7)
    for parameter, number in zip(model.parameters(), ODD, strict=False):
        parameter.data = number
    found, encoder, metadata = load(save(tmp_path / "model.safetensors", model))
    assert type(found) is MLP
    assert repr(found) == repr(model)
    assert bits(found) == bits(model)
    assert (encoder, metadata) == (None, {})


def test_tensors_are_called_and_shaped_as_in_pytorch(tmp_path):
    """Linear(3, 2) and Linear(2, 1): rows are outputs, columns inputs."""
    model = MLP(3, [2, 1], seed=0)
    for i, parameter in enumerate(model.parameters()):
        parameter.data = i / 8
    header, data = opened(save(tmp_path / "model.safetensors", model))
    del header["__metadata__"]
    assert {name: (x["dtype"], x["shape"]) for name, x in header.items()} == {
        "layers.0.weight": ("F64", [2, 3]),
        "layers.0.bias": ("F64", [2]),
        "layers.1.weight": ("F64", [1, 2]),
        "layers.1.bias": ("F64", [1]),
    }
    (w0, b0), (w1, b1) = (
        [tensor(header[f"layers.{i}.{name}"], data) for name in ("weight", "bias")] for i in (0, 1)
    )
    x = np.array([0.5, -1.0, 2.0])
    assert model(x.tolist()).data == pytest.approx((w1 @ np.tanh(w0 @ x + b0) + b1).item())


def test_the_same_network_gives_the_same_file(tmp_path):
    encoder = Encoder.learn(Table("t", {"x": [1.0, 2.0, 3.0], "y": ["a", "b", "a"]}), "y")
    for name in ("one", "two"):
        save(tmp_path / name, MLP(1, [4, 2], seed=3), encoder, {"seed": 3, "loss": 0.1})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_encoder_and_other_things_to_remember_come_along(tmp_path):
    table = Table("pets", {"legs": [4.0, 2.0, None], "colour": ["ä", "b", "ä"], "age": [1.0, 2, 3]})
    encoder = Encoder.learn(table, "age", kind="regression")
    about = {"a tuple": (1, 2.5), "none": None, "ünïcode": "\N{SNOWMAN}", "deep": {"x": [True]}}
    path = save(tmp_path / "model.safetensors", MLP(3, [1], seed=0), encoder, about)
    found = load(path)
    assert found.encoder == encoder
    assert found.encoder.encode(table) == encoder.encode(table)
    assert found.metadata == about | {"a tuple": [1, 2.5]}


def test_paths_are_text_or_path_and_folders_are_made(tmp_path):
    path = tmp_path / "new" / "ein Ordner" / "größe 1.safetensors"
    assert save(str(path), MLP(1, [1], seed=1)) == path
    assert bits(load(str(path)).model) == bits(load(path).model) == bits(MLP(1, [1], seed=1))


# Modules of one's own, which are loaded into one that is there already.


class Own(Module):
    """Parameters in a list, a dict and a module, one of them twice."""

    def __init__(self, seed):
        shared = Value(0.5 + seed)
        self.several = [shared, Value(float(seed))]
        self.named = {"a": Value(1.0 / (seed + 3)), "b": shared}
        self.layer = Layer(2, 1, seed=seed)


class Deeper(MLP):
    """It may compute something else, so it cannot be built again as an MLP."""


def mixed(seed):
    model = MLP(2, [3, 1], seed=seed)
    model.layers[0].neurons[1].activation = "relu"
    return model


def tied(seed):
    """Two neurons with the same weights: as two tensors they would fall apart."""
    model = MLP(2, [2, 1], seed=seed)
    model.layers[0].neurons[1].weights = model.layers[0].neurons[0].weights
    return model


def extended(seed):
    model = MLP(2, [2, 1], seed=seed)
    model.scale = Value(float(seed))
    return model


MODULES = [
    Own,
    mixed,
    tied,
    extended,
    lambda seed: Deeper(2, [3, 1], seed=seed),
    lambda seed: Embedding(3, 2, seed=seed),
    lambda seed: Layer(2, 2, seed=seed),
]


@pytest.mark.parametrize("make", MODULES)
def test_a_module_of_ones_own_is_loaded_into_another_of_its_shape(tmp_path, make):
    model, other = make(1), make(2)
    assert bits(model) != bits(other)
    path = save(tmp_path / "own.safetensors", model, metadata={"n": 1})
    parameters = other.parameters()
    found = load(path, into=other)
    assert found.model is other
    assert other.parameters() == parameters  # the same Values: an optimiser still has them
    assert bits(other) == bits(model)
    assert found.metadata == {"n": 1}
    with pytest.raises(ValueError, match=f"parameters of a {type(model).__name__}, and only you"):
        load(path)


def test_an_mlp_is_loaded_into_another_too(file):
    model = MLP(2, [3, 1], seed=5)
    assert load(file, into=model).model is model
    assert bits(model) == bits(MLP(2, [3, 1], seed=0))


@pytest.mark.parametrize(
    "into", [MLP(2, [4, 1], seed=1), MLP(2, [3, 3, 1], seed=1), Layer(2, 3, seed=1), Own(1)]
)
def test_a_module_of_another_shape_is_refused_and_left_as_it_was(file, into):
    before = bits(into)
    with pytest.raises(ValueError, match="not the parameters of this module"):
        load(file, into=into)
    assert bits(into) == before


# Files that are not what they should be.


def test_a_file_cut_short_anywhere_is_noticed(file):
    whole = file.read_bytes()
    for length in range(len(whole)):
        file.write_bytes(whole[:length])
        with pytest.raises(ValueError, match=r"\Amodel\.safetensors is damaged"):
            load(file)


def test_no_changed_bit_changes_what_is_loaded(file):
    """Only the name of the checksum may change: then there is none, and all else is as it was."""
    whole, unnoticed = file.read_bytes(), []
    expected = bits(load(file).model)
    for at in range(len(whole)):
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 7]) + whole[at + 1 :])
        try:
            found = load(file)
        except ValueError:
            continue
        unnoticed.append(at)
        assert (bits(found.model), found.metadata) == (expected, {"why": "test"})
    name = whole.index(b"sha256")
    assert set(unnoticed) <= set(range(name, name + len("sha256")))


@pytest.mark.parametrize(
    ("changes", "detail"),
    [
        ({"activations": ["tanh", "swish"]}, "ValueError: no activation is called 'swish'"),
        ({"activations": ["tanh"] * 3}, "KeyError: 'layers.2.weight'"),
        ({"activations": []}, "IndexError: "),
        ({"activations": None}, "TypeError: "),  # then each tensor would be a single number
        ({"activations": 3}, "TypeError: "),
        ({"encoder": {"target": "y"}}, "ValueError: this is no saved encoder"),
        ({"encoder": "y"}, "ValueError: this is no saved encoder"),
    ],
)
def test_a_description_that_does_not_fit_is_refused(file, changes, detail):
    with pytest.raises(ValueError) as error:
        load(changed(file, **changes))
    what = str(error.value).split("\n")[0]
    assert what.startswith(f"model.safetensors is damaged, or is no safetensors file ({detail}")
    assert what.endswith(")")


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("layers.0.bias", 4),
        ("layers.0.bias", ()),
        ("layers.0.weight", 3),
        ("layers.1.weight", (1, 2)),
    ],
)
def test_weights_that_do_not_fit_together_are_refused(file, name, shape):
    with pytest.raises(ValueError, match="is damaged"):
        load(changed(file, {name: np.zeros(shape)}))


def test_whoever_changes_a_file_on_purpose_leaves_the_checksum_out(file):
    halves = np.full((1, 3), 0.5, np.float32)
    found = load(changed(file, {"layers.1.weight": halves}, activations=["relu", "linear"])).model
    assert repr(found) == "MLP(2 -> 3 relu -> 1 linear, 13 parameters)"
    assert (
        found.layers[1].neurons[0].bias.data == MLP(2, [3, 1], seed=0).layers[1].neurons[0].b.data
    )
    assert [weight.data for weight in found.layers[1].neurons[0].weights] == [0.5, 0.5, 0.5]


def test_a_file_of_a_later_version_says_so(file):
    with pytest.raises(ValueError, match="is of format 2; this version of glassgrad knows 1"):
        load(changed(file, format="2"))


def test_a_file_of_another_program_says_what_it_holds(tmp_path):
    path = tmp_path / "torch.safetensors"
    save_file({"fc.weight": np.ones((2, 2)), "fc.bias": np.ones(2)}, path)
    with pytest.raises(ValueError, match="not written by glassgrad") as error:
        load(path)
    what = str(error.value).split("\n")[0]
    assert "fc.weight" in what
    assert "fc.bias" in what


@pytest.mark.parametrize("content", [b"", b"hello", b"{}" * 100, bytes(range(256)) * 8])
def test_what_is_no_safetensors_file_is_refused(tmp_path, content):
    (tmp_path / "x").write_bytes(content)
    with pytest.raises(ValueError, match="x is damaged, or is no safetensors file"):
        load(tmp_path / "x")


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"there is no file .*nothing\.safetensors"):
        load(tmp_path / "nothing.safetensors")
    with pytest.raises(IsADirectoryError, match="is a folder, not a file"):
        load(tmp_path)


# When saving fails.


def test_a_full_disk_keeps_the_old_file(file, monkeypatch):
    before = file.read_bytes()

    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left on device"):
        save(file, MLP(2, [3, 1], seed=9))
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_what_json_cannot_hold_keeps_the_old_file(file):
    before = file.read_bytes()
    with pytest.raises(TypeError, match="not JSON serializable"):
        save(file, MLP(2, [3, 1], seed=9), metadata={"model": object()})
    assert file.read_bytes() == before


@pytest.mark.parametrize("library", ["numpy", "safetensors.numpy"])
def test_without_its_libraries_saving_says_what_to_install(file, monkeypatch, library):
    before = file.read_bytes()
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ImportError, match=r'saving and loading need .*: pip install "glassgrad\[a'):
        save(file, MLP(2, [3, 1], seed=9))
    assert file.read_bytes() == before


def test_without_safetensors_loading_says_what_to_install(file, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    with pytest.raises(ImportError, match=r"saving and loading need safetensors: pip install"):
        load(file)
