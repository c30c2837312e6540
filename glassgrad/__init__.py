"""glassgrad: neural networks you can see through.

`from glassgrad import *` gives what the first lessons need and shadows no builtin. Everything
else is in the modules: `glassgrad.data`, `glassgrad.draw`, `glassgrad.losses`, ...
"""

from glassgrad.pure import core_kind, prefer_sources_if_asked

prefer_sources_if_asked()

# ruff: noqa: E402
from glassgrad.anomaly import detect_anomaly
from glassgrad.check import check
from glassgrad.nn import MLP, Embedding, Layer, Module, Neuron, softmax
from glassgrad.value import Value, grad, maximum, minimum, no_grad, topological_order

__version__ = "0.1.0"

__all__ = [
    "MLP",
    "Embedding",
    "Layer",
    "Module",
    "Neuron",
    "Value",
    "check",
    "core_kind",
    "detect_anomaly",
    "grad",
    "maximum",
    "minimum",
    "no_grad",
    "softmax",
    "topological_order",
]
