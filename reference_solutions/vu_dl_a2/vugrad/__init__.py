"""A small reverse-mode automatic differentiation package on numpy arrays, made to be read."""

from __future__ import annotations

from .core import Op, OpNode, TensorNode
from .data import Samples, load_synth
from .functions import celoss, logsoftmax, sigmoid
from .modules import MLP, Linear, Module
from .ops import Add, Exp, Expand, LogSoftmax, MatrixMultiply, Multiply, Select, Sigmoid, Subtract, Sum

__all__ = [
    "MLP",
    "Add",
    "Exp",
    "Expand",
    "Linear",
    "LogSoftmax",
    "MatrixMultiply",
    "Module",
    "Multiply",
    "Op",
    "OpNode",
    "Samples",
    "Select",
    "Sigmoid",
    "Subtract",
    "Sum",
    "TensorNode",
    "celoss",
    "load_synth",
    "logsoftmax",
    "sigmoid",
]
