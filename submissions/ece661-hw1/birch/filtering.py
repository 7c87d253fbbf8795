"""Problem 4: correlation with zero padding, by shifting the image."""
import numpy as np


def conv_same(image, kernel):
    rows, cols = kernel.shape
    up, left = rows // 2, cols // 2
    padded = np.pad(image, ((up, up), (left, left)))
    total = np.zeros(image.shape)
    for i in range(rows):
        for j in range(cols):
            total += kernel[i, j] * padded[i : i + image.shape[0], j : j + image.shape[1]]
    return total


diamond = np.array([[0, 0, 1, 0], [0, 1, 1, 1], [1, 1, 1, 1], [0, 1, 1, 1], [0, 0, 1, 0]])
picture = np.zeros((5, 9))
picture[:, :4] = -diamond
picture[:, 5:] = diamond[:, ::-1]
conv_result = conv_same(picture, np.array([[0, -0.5, 0], [-0.5, 1, -0.5], [0, -0.5, 0]]))
