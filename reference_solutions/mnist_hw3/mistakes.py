"""Known wrong answers, each computed as a student who makes the mistake computes it."""

from __future__ import annotations

import gzip
import math
from pathlib import Path

import numpy as np
import torch
from autoencoder import descent, with_gradient
from classifier import Classifier, multiplications, parameters
from given import CLASSES, CONFIDENT, HIDDEN, LABEL, PIXELS, PROBABILITIES, SIDE, TEST_IMAGES, TEST_LABELS
from idx import load_idx
from numpy.typing import ArrayLike, NDArray
from relations import has_range, is_scaled, share_right
from torch import Tensor, nn

# 1A

_right = PROBABILITIES[LABEL]
ce_common_logarithm = -math.log10(_right)
ce_common_logarithm_without_sign = math.log10(_right)
ce_without_sign = math.log(_right)
ce_binary_logarithm = -math.log2(_right)
ce_mean = -math.log(_right) / CLASSES
_outputs = torch.tensor([PROBABILITIES], dtype=torch.float64)
ce_softmax_again = nn.functional.cross_entropy(_outputs, torch.tensor([LABEL])).item()
"""`nn.CrossEntropyLoss` takes logits: given probabilities, it applies the softmax to them."""
_others = [p for i, p in enumerate(PROBABILITIES) if i != LABEL]
ce_binary = -math.log(_right) - sum(math.log(1 - p) for p in _others)
"""Binary cross-entropy, summed over the classes."""

# 1B

dmse_reversed = 2 * (1 - CONFIDENT)
dce_without_sign = 1 / CONFIDENT
dce_by_logit = CONFIDENT - 1
dce_value = -math.log(CONFIDENT)
mse_value = (1 - CONFIDENT) ** 2

# 2A


def cross_entropy(x_hat: Tensor, x: Tensor) -> Tensor:
    """The rows taken for logits and probabilities of classes."""
    return -(x * (x_hat - x_hat.logsumexp(dim=1, keepdim=True))).sum(dim=1).mean()


def evaluating() -> list[int]:
    return [0, 0, 0]


def not_flattened(images: Tensor) -> Tensor:
    return images


def all_in_one_row(images: Tensor) -> Tensor:
    return images.reshape(-1)


def with_itself(x_hat: Tensor, x: Tensor) -> list[Tensor]:
    """The reconstruction, or the input, on both sides: nothing to learn."""
    return with_gradient(lambda left, _: (left - left).sum(), x_hat, x)


def accumulated(inputs: Tensor, encoder: Tensor, decoder: Tensor) -> list[list[Tensor]]:
    """The gradients are never set to zero."""
    return list(descent(inputs, encoder, decoder, momentum=1.0))


def never_moved(inputs: Tensor, encoder: Tensor, decoder: Tensor) -> list[list[Tensor]]:
    """No step, no gradients, or gradients set to zero before the step."""
    return [[encoder, decoder] for _ in descent(inputs, encoder, decoder)]


# 4A


def _plain(path: str) -> bytes:
    data = Path(path).read_bytes()
    return gzip.decompress(data) if path.endswith(".gz") else data


def flat_pictures(path: str) -> NDArray[np.uint8]:
    return load_idx(path).reshape(-1, PIXELS)


def signed_bytes(path: str) -> NDArray[np.int8]:
    return load_idx(path).astype(np.int8)


def scaled(path: str) -> NDArray[np.float64]:
    return load_idx(path) / 255.0


def transposed(path: str) -> NDArray[np.uint8]:
    return load_idx(path).swapaxes(1, 2)


def header_kept(path: str) -> NDArray[np.uint8]:
    """The labels with the eight bytes before them."""
    return np.frombuffer(_plain(path), np.uint8)


def long_header(path: str) -> NDArray[np.uint8]:
    """The labels without their first eight: a header as long as that of pictures is skipped."""
    return np.frombuffer(_plain(path), np.uint8, offset=16)


# 4B


def are_bytes(pictures: ArrayLike) -> bool:
    return is_scaled(pictures, load_idx(TEST_IMAGES)) and float(np.ptp(np.asarray(pictures))) == 255


def are_transposed(pictures: ArrayLike) -> bool:
    return is_scaled(pictures, load_idx(TEST_IMAGES).swapaxes(1, 2)) and has_range(pictures)


# 4C


class OutputSoftmax(Classifier):
    """The softmax, which the loss applies, is in the network too."""

    def __init__(self) -> None:
        super().__init__()
        self.layers.append(nn.Softmax(dim=1))


class OutputReLU(Classifier):
    """The logits pass a ReLU: none can be below zero."""

    def __init__(self) -> None:
        super().__init__()
        self.layers.append(nn.ReLU())


class WithoutReLU(nn.Module):
    """Two linear layers with nothing between them."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(PIXELS, HIDDEN), nn.Linear(HIDDEN, CLASSES))

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(images)


_model = Classifier()
parameters_without_biases = multiplications(_model)
parameters_of_a_line = parameters(nn.Linear(SIDE, HIDDEN)) + parameters(nn.Linear(HIDDEN, CLASSES))
macs_with_biases = parameters(_model)
macs_doubled = 2 * multiplications(_model)


# 4E


def number_right(predictions: ArrayLike) -> float:
    return share_right(predictions) * len(load_idx(TEST_LABELS))


def share_wrong(predictions: ArrayLike) -> float:
    return 1 - share_right(predictions)
