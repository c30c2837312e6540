"""glassgrad: neural networks you can see through.

`from glassgrad import *` gives what a lesson needs and shadows no builtin. The rest is in the
modules: `glassgrad.data`, `glassgrad.draw`, `glassgrad.losses`, `glassgrad.optim`, ...
"""

from glassgrad.pure import core_kind, prefer_sources_if_asked, show_sources

prefer_sources_if_asked()

# ruff: noqa: E402
from importlib import import_module
from typing import TYPE_CHECKING, Any

from glassgrad.anomaly import detect_anomaly
from glassgrad.check import check
from glassgrad.choose import greater, take, where
from glassgrad.draw import draw
from glassgrad.lift import lift
from glassgrad.losses import (
    absolute_error,
    cross_entropy,
    hinge,
    l2,
    logistic,
    squared_error,
)
from glassgrad.nn import MLP, Embedding, Layer, Module, Neuron, softmax
from glassgrad.optim import SGD, Adam, AdamW, RMSProp, clip_grad_norm, clip_grad_value
from glassgrad.step import step_through
from glassgrad.value import Value, grad, maximum, minimum, no_grad, topological_order

if TYPE_CHECKING:
    from glassgrad.storage import load, save
    from glassgrad.train import evaluate, fit, predict

if core_kind() == "compiled":
    show_sources()

__version__ = "0.1.0"

# A notebook shows a network as its picture; `nn` itself knows nothing of pictures.
Module._repr_svg_ = lambda network: draw(network).svg  # type: ignore[attr-defined]

__all__ = [
    "MLP",
    "SGD",
    "Adam",
    "AdamW",
    "Embedding",
    "Layer",
    "Module",
    "Neuron",
    "RMSProp",
    "Value",
    "absolute_error",
    "check",
    "clip_grad_norm",
    "clip_grad_value",
    "core_kind",
    "cross_entropy",
    "detect_anomaly",
    "draw",
    "evaluate",
    "fit",
    "grad",
    "greater",
    "hinge",
    "l2",
    "lift",
    "load",
    "logistic",
    "maximum",
    "minimum",
    "no_grad",
    "predict",
    "save",
    "softmax",
    "squared_error",
    "step_through",
    "take",
    "topological_order",
    "where",
]

# Loaded when first used, so that `import glassgrad` stays quick.
_HOMES = {
    "evaluate": "train",
    "fit": "train",
    "predict": "train",
    "load": "storage",
    "save": "storage",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"glassgrad.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
