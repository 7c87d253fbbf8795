"""Problem 3: the same chain rule for both activations."""
import numpy as np
from scipy.special import expit


def _backward(x1, W1, b1, W2, b2, t, activation):
    pre = W1 @ x1 + b1
    if activation == "sigmoid":
        hidden = expit(pre)
        slope = hidden * (1 - hidden)
    else:
        hidden = np.clip(pre, 0, None)
        slope = (pre > 0).astype(float)
    residual = W2 @ hidden + b2 - t
    back = W2.T @ residual * slope
    return {
        "loss": 0.5 * float(np.sum(residual**2)),
        "W1": np.outer(back, x1),
        "b1": back,
        "W2": np.outer(residual, hidden),
        "b2": residual,
    }


def grad_W1(*args):
    return _backward(*args, "sigmoid")["W1"]


def grad_W2(*args):
    return _backward(*args, "sigmoid")["W2"]


def grad_b1(*args):
    return _backward(*args, "sigmoid")["b1"]


def grad_b2(*args):
    return _backward(*args, "sigmoid")["b2"]


def relu_grad_W1(*args):
    return _backward(*args, "relu")["W1"]


_given = [
    np.array([[0, 1, 2]]).T,
    np.array([[3, -1, 1], [-5, 2, -1]]),
    np.array([[1, 2]]).T,
    np.array([[1, -2], [-3, 1]]),
    np.array([[1, 1]]).T,
    np.array([[1, 2]]).T,
]
_relu = _backward(*_given, "relu")
L, dW1, dW2, db1, db2 = (_relu[key] for key in ("loss", "W1", "W2", "b1", "b2"))
L_sigmoid = _backward(*_given, "sigmoid")["loss"]

if __name__ == "__main__":
    print(L, dW1, dW2, db1, db2, L_sigmoid, sep="\n")
