"""Two-dimensional convolution as neural networks mean it: the kernel slides over the image and is not flipped."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def slide(image: Floats, kernel: Floats) -> Floats:
    """The products of `kernel` with every window that lies wholly inside `image`, summed; stride 1, no padding."""
    windows = np.lib.stride_tricks.sliding_window_view(image, kernel.shape)
    return np.einsum("hwij,ij->hw", windows, kernel)


def conv2d_same(image: Floats, kernel: Floats) -> Floats:
    """The convolution with zeros around, of the shape of `image`; the kernel's sides are odd."""
    height, width = kernel.shape
    return slide(np.pad(image, ((height // 2,), (width // 2,))), kernel)
