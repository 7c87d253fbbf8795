"""Problem 2: Adalines and one Madaline."""
import itertools

import numpy as np

PAIRS = np.array(list(itertools.product((-1, 1), repeat=2)))
TRIPLES = np.array(list(itertools.product((-1, 1), repeat=3)))


def with_bias(inputs):
    return np.c_[np.ones(len(inputs)), inputs]


# 2.1
s_2_1 = with_bias(PAIRS) @ [0.5, -2.0, 1.0]
y_2_1 = np.where(s_2_1 >= 0, 1, -1)

# 2.2: NAND
w_nand = np.array([1.0, -1.0, -1.0])
s_nand = with_bias(PAIRS) @ w_nand

# 2.3: majority
w_majority = np.array([0.0, 1.0, 1.0, 1.0])
s_majority = with_bias(TRIPLES) @ w_majority

# 2.4: XOR
LAYER_ONE = np.array([[0.5, -1.0, 1.0], [0.5, 1.0, -1.0]])
hidden = np.where(with_bias(PAIRS) @ LAYER_ONE.T >= 0, 1, -1)
w_xor = np.array([1.0, -1.0, -1.0])
s_xor = with_bias(hidden) @ w_xor
