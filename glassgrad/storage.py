"""`save` and `load`: networks in files of the safetensors format, to the last bit.

The tensors of an MLP are called and shaped as in PyTorch's Linear, so other programs can read them.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from glassgrad.data import Encoder
from glassgrad.errors import explain
from glassgrad.files import write_atomically
from glassgrad.nn import MLP, Module

FORMAT = "1"  # of the metadata


class Saved(NamedTuple):
    """What `load` found: `model, encoder, metadata = load(path)`, or `load(path).model`."""

    model: Any
    encoder: Encoder | None
    metadata: dict[str, Any]


def save(
    path: str | os.PathLike[str],
    model: Module,
    encoder: Encoder | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> Path:
    """Write a network to a safetensors file, and with it what prepares its inputs.

    The weights of an MLP become the float64 tensors `layers.0.weight`, of shape (outputs, inputs),
    and `layers.0.bias`, of shape (outputs,), and so on; those of any other module one tensor
    without axes each, by the names of `named_parameters`.
    encoder: goes along, so that rows as they come can be predicted for. metadata: what else to
    remember, anything that JSON can hold.
    An old file is replaced only when the new one is complete. Raises OSError if it cannot be
    written, and ImportError without NumPy and safetensors.

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = save(Path(folder, "model.safetensors"), MLP(2, [4, 1]))
    ...     print(load(path).model)
    MLP(2 -> 4 tanh -> 1 linear, 17 parameters)
    """
    np = _library("numpy")
    tensors = {name: np.array(x, dtype="<f8") for name, x in _tensors(model).items()}
    about = {
        "format": FORMAT,
        "class": type(model).__name__,
        "activations": _activations(model),
        "encoder": None if encoder is None else encoder.to_dict(),
        "metadata": dict(metadata or {}),
    }
    about = json.loads(json.dumps(about))  # as it will be read: lists for tuples
    about["sha256"] = _checksum(tensors, about)
    # In one piece: safetensors writes several in any order, and the same bits are wanted each time.
    texts = {"glassgrad": json.dumps(about)}
    return write_atomically(path, _library("safetensors.numpy").save(tensors, texts))


def load(path: str | os.PathLike[str], into: Module | None = None) -> Saved:
    """Read what `save` wrote: an MLP is built anew, and any other module is given as `into`.

    into: a module of the same shape as the one that was saved, whose parameters are set.
    Raises FileNotFoundError; ValueError if the file is damaged or was not written by `save`, or
    if `into` is of another shape or lacks; and ImportError without NumPy and safetensors.

    >>> from tempfile import TemporaryDirectory
    >>> from glassgrad import Embedding
    >>> letters = Embedding(26, 2, seed=0)
    >>> with TemporaryDirectory() as folder:
    ...     path = save(Path(folder, "letters.safetensors"), letters)
    ...     load(path, into=Embedding(26, 2)).model.state_dict() == letters.state_dict()
    True
    """
    file = Path(path)
    tensors, about = _read(file)
    try:
        saved, activations = about["encoder"], about["activations"]
        encoder = None if saved is None else Encoder.from_dict(saved)
        model = None if activations is None else _mlp(tensors, activations)
        numbers = _numbers(tensors) if model is None else model.state_dict()
        result = Saved(model, encoder, about["metadata"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        first_line = str(error).partition("\n")[0]
        raise _damaged(file, f"{type(error).__name__}: {first_line}") from error
    if into is not None:
        into.load_state_dict(numbers)
        return result._replace(model=into)
    if model is None:
        raise _needs_into(file, about["class"])
    return result


def _activations(model: Module) -> list[str] | None:
    """Those of the layers of an MLP; None if it is not as MLP made it, and so cannot be rebuilt.

    Somebody may have given the neurons of one layer different ones, or shared or added parameters.
    """
    if type(model) is not MLP:
        return None
    layers = model.layers
    fresh = MLP(layers[0].n_inputs, [len(layer.neurons) for layer in layers], seed=0)
    found = [{neuron.activation for neuron in layer.neurons} for layer in layers]
    if fresh.state_dict().keys() != model.state_dict().keys() or any(len(x) != 1 for x in found):
        return None
    return [names.pop() for names in found]


def _tensors(model: Module) -> dict[str, Any]:
    if not isinstance(model, MLP) or _activations(model) is None:
        return dict(model.state_dict())
    tensors: dict[str, Any] = {}
    for i, layer in enumerate(model.layers):
        weights = [[weight.data for weight in neuron.weights] for neuron in layer.neurons]
        tensors[f"layers.{i}.weight"] = weights
        tensors[f"layers.{i}.bias"] = [neuron.bias.data for neuron in layer.neurons]
    return tensors


def _mlp(tensors: Mapping[str, Any], activations: list[str]) -> MLP:
    """The network that `_tensors` was made from; raises KeyError or ValueError if it was none."""
    weights = [tensors[f"layers.{i}.weight"] for i in range(len(activations))]
    biases = [tensors[f"layers.{i}.bias"] for i in range(len(activations))]
    sizes = [len(bias) for bias in biases]
    model = MLP(weights[0].shape[1], sizes, activations, seed=0)
    for layer, weight, bias in zip(model.layers, weights, biases, strict=True):
        for neuron, row, b in zip(layer.neurons, weight.tolist(), bias.tolist(), strict=True):
            neuron.bias.data = b
            for parameter, number in zip(neuron.weights, row, strict=True):
                parameter.data = number
    return model


def _numbers(tensors: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(tensor) for name, tensor in tensors.items()}


def _checksum(tensors: Mapping[str, Any], about: Mapping[str, Any]) -> str:
    """Of everything in the file: safetensors notices a cut file, not a changed one."""
    digest = hashlib.sha256(json.dumps(dict(about), sort_keys=True).encode())
    for name in sorted(tensors):
        digest.update(f"{name} {tensors[name].shape}".encode())
        digest.update(tensors[name].tobytes())
    return digest.hexdigest()


def _read(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tensors of a file that `save` wrote, and what it says about them."""
    if not file.is_file():
        raise _no_file(file)
    safetensors = _library("safetensors")
    try:
        with safetensors.safe_open(file, framework="numpy") as opened:
            texts, names = opened.metadata() or {}, list(opened.keys())
            known = "glassgrad" in texts
            about = dict(json.loads(texts["glassgrad"])) if known else {}
            tensors = {name: opened.get_tensor(name) for name in names if known}
    except (safetensors.SafetensorError, TypeError, ValueError) as error:
        raise _damaged(file, str(error)) from error
    if not known:
        raise _foreign(file, names)
    if about.get("format") != FORMAT:
        raise _other_format(file, about.get("format"))
    checksum = about.pop("sha256", None)  # whoever changes a file on purpose leaves it out
    if checksum is not None and checksum != _checksum(tensors, about):
        raise _damaged(file, "its content does not match its checksum")
    return tensors, about


def _library(name: str) -> ModuleType | Any:
    """A library that only saving and loading need."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            explain(
                f'saving and loading need {error.name}: pip install "glassgrad[all]"',
                'save("model.safetensors", model)',
                "networks are kept in the format of safetensors, which also needs NumPy",
                'pip install "glassgrad[all]"',
            )
        ) from error


def _no_file(file: Path) -> OSError:
    kind = IsADirectoryError if file.is_dir() else FileNotFoundError
    return kind(
        explain(
            f"{file} is a folder, not a file" if file.is_dir() else f"there is no file {file}",
            f"load({str(file)!r})",
            f"a network is read from the file that `save` wrote; paths start from {Path.cwd()}",
            'save("model.safetensors", model)\nload("model.safetensors")',
        )
    )


def _damaged(file: Path, detail: str) -> ValueError:
    return ValueError(
        explain(
            f"{file.name} is damaged, or is no safetensors file ({detail})",
            f"load({file.name!r})",
            "it was cut off or changed on the way, or another program wrote it",
            f"load({file.name!r})   # after copying it anew from where it was saved",
        )
    )


def _foreign(file: Path, names: list[str]) -> ValueError:
    return ValueError(
        explain(
            f"{file.name} was not written by glassgrad; it holds {', '.join(names[:3])}, ...",
            f"load({file.name!r})",
            "tensors alone do not say which activations join them",
            "model = MLP(2, [4, 1])\nfor neuron, row in zip(model.layers[0].neurons, weight):\n"
            "    for parameter, number in zip(neuron.weights, row):\n"
            "        parameter.data = float(number)\n"
            'save("model.safetensors", model)',
        )
    )


def _other_format(file: Path, version: Any) -> ValueError:
    return ValueError(
        explain(
            f"{file.name} is of format {version}; this version of glassgrad knows {FORMAT}",
            f"load({file.name!r})",
            "a later version of glassgrad wrote it",
            "pip install --upgrade glassgrad",
        )
    )


def _needs_into(file: Path, name: str) -> ValueError:
    return ValueError(
        explain(
            f"{file.name} holds the parameters of a {name}, and only you know how to make one",
            f"load({file.name!r})",
            "the file has numbers by name; the code of a class of your own is not in it",
            f"load({file.name!r}, into={name}(...))",
        )
    )
