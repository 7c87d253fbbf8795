"""Every value of the reference, computed a second way that shares no code with the first."""

from __future__ import annotations

import os
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from scipy.io import loadmat
from scipy.signal import correlate2d
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tests.reference.conftest import ROOT, Load

FOLDER = ROOT / "reference_solutions" / "ece661_hw1"
NAMES = ("W1", "b1", "W2", "b2")


@pytest.fixture(scope="module")
def ref(load_reference: Load) -> ModuleType:
    return load_reference("ece661_hw1")


# 2. Adalines


def test_the_given_unit_ignores_its_second_input(ref: ModuleType) -> None:
    assert ref.s_given.tolist() == [0.5 - 2 * a + b for a, b in product((-1, 1), repeat=2)]
    assert ref.y_given.tolist() == [1, 1, -1, -1]
    assert ref.function_given == "D"


@pytest.mark.parametrize(
    ("name", "inputs", "function", "weights"),
    [
        ("nand", 2, lambda a, b: not (a and b), [0.5, -0.5, -0.5]),
        ("majority", 3, lambda a, b, c: a + b + c >= 2, [0, 0.5, 0.5, 0.5]),
    ],
)
def test_a_unit_realises_its_function(ref: ModuleType, name: str, inputs: int, function: Any, weights: list[float]) -> None:
    own, s = getattr(ref, f"w_{name}"), getattr(ref, f"s_{name}")
    assert own == pytest.approx(weights, abs=1e-12)
    for bits, feature in zip(product((0, 1), repeat=inputs), s, strict=True):
        assert feature == pytest.approx(own[0] + sum(w * (2 * bit - 1) for w, bit in zip(own[1:], bits, strict=True)))
        assert (feature > 0) == bool(function(*bits))


def test_the_madaline_is_exclusive_or(ref: ModuleType) -> None:
    assert ref.w_xor == pytest.approx([1, -1, -1])
    for (a, b), feature in zip(product((-1, 1), repeat=2), ref.s_xor, strict=True):
        first = [np.sign(0.5 - a + b), np.sign(0.5 + a - b)]
        assert feature == pytest.approx(1 - first[0] - first[1])
        assert (feature > 0) == (a != b)


# 3. Back-propagation


def autograd(arguments: list[np.ndarray], squash: Any) -> dict[str, np.ndarray]:
    """The gradients of half the squared error, by torch."""
    x1, W1, b1, W2, b2, t = (torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arguments)
    loss = 0.5 * ((t - W2 @ squash(W1 @ x1 + b1) - b2) ** 2).sum()
    loss.backward()
    return {"L": loss.detach().numpy()} | {n: v.grad.numpy() for n, v in zip(NAMES, (W1, b1, W2, b2), strict=True)}


def drawn(seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    n, m, k = rng.permutation([1, 2, 3, 4, 5])[:3]
    return [rng.normal(size=s) for s in ((n, 1), (m, n), (m, 1), (k, m), (k, 1), (k, 1))]


@pytest.mark.parametrize("seed", range(8))
def test_gradients_equal_autograd_and_finite_differences(ref: ModuleType, seed: int) -> None:
    arguments = drawn(seed)
    right = autograd(arguments, torch.sigmoid)
    for name in NAMES:
        assert getattr(ref, f"dL_d{name}")(*arguments) == pytest.approx(right[name], rel=1e-10)
    shifted = [[a + step * (i == 1) * np.eye(*a.shape, k=0) for i, a in enumerate(arguments)] for step in (-1e-6, 1e-6)]
    low, high = (autograd(each, torch.sigmoid)["L"] for each in shifted)
    assert np.trace(ref.dL_dW1(*arguments)) == pytest.approx((high - low) / 2e-6, rel=1e-6, abs=1e-8)


@pytest.mark.parametrize("seed", range(8))
def test_the_relu_gradient_equals_autograd(ref: ModuleType, seed: int) -> None:
    arguments = drawn(seed)
    assert ref.relu_dL_dW1(*arguments) == pytest.approx(autograd(arguments, torch.relu)["W1"], rel=1e-10)


GIVEN = [
    np.array(rows, dtype=float)
    for rows in ([[0], [1], [2]], [[3, -1, 1], [-5, 2, -1]], [[1], [2]], [[1, -2], [-3, 1]], [[1], [1]], [[1], [2]])
]


def test_the_relu_numbers(ref: ModuleType) -> None:
    assert ref.L == 14.5
    assert ref.dW1.tolist() == [[0, 13, 26], [0, -1, -2]]
    assert ref.dW2.tolist() == [[-4, -4], [-10, -10]]
    assert ref.db1.tolist() == [[13], [-1]]
    assert ref.db2.tolist() == [[-2], [-5]]
    right = autograd(GIVEN, torch.relu)
    assert right["L"] == ref.L
    for name in NAMES:
        assert np.array_equal(getattr(ref, f"d{name}"), right[name])


def test_the_sigmoid_loss_exactly(ref: ModuleType) -> None:
    x1, W1, b1, W2, b2, t = (sympy.Matrix(a.astype(int)) for a in GIVEN)
    hidden = (W1 * x1 + b1).applyfunc(lambda z: 1 / (1 + sympy.exp(-z)))
    error = t - W2 * hidden - b2
    assert ref.L_sigmoid == pytest.approx(float((error.T * error)[0] / 2), rel=1e-14)
    assert f"{ref.L_sigmoid:.4f}" == "4.2011"


# 4. Convolution


def by_loops(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    out = np.zeros(image.shape)
    for i, j in product(*map(range, image.shape)):
        for a, b in product(*map(range, kernel.shape)):
            row, col = i + a - kernel.shape[0] // 2, j + b - kernel.shape[1] // 2
            if 0 <= row < image.shape[0] and 0 <= col < image.shape[1]:
                out[i, j] += image[row, col] * kernel[a, b]
    return out


def by_torch(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    tensors = (torch.tensor(a, dtype=torch.float64)[None, None] for a in (image, kernel))
    return nn.functional.conv2d(*tensors, padding="same")[0, 0].numpy()


def test_the_convolution_of_the_task(ref: ModuleType) -> None:
    half = [[0, 1, -0.5, 1, 0], [1, 0, 1, 0, 0], [-0.5, 1, 1, 0.5, 0], [1, 0, 1, 0, 0], [0, 1, -0.5, 1, 0]]
    right = [[0, -1, 0.5, -1, 0], [0, 0, -1, 0, -1], [0, -0.5, -1, -1, 0.5], [0, 0, -1, 0, -1], [0, -1, 0.5, -1, 0]]
    assert ref.conv_output.tolist() == [a + b[1:] for a, b in zip(half, right, strict=True)]


@pytest.mark.parametrize("shape", [(3, 3), (1, 3), (5, 3)])
def test_the_convolution_three_ways(ref: ModuleType, shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(4)
    for image, kernel in [(rng.normal(size=(5, 9)), rng.normal(size=shape)), (ref.IMAGE, ref.KERNEL)]:
        own = ref.conv2d_same(image, kernel)
        assert own == pytest.approx(by_loops(image, kernel), abs=1e-12)
        assert own == pytest.approx(by_torch(image, kernel), abs=1e-12)
        assert own == pytest.approx(correlate2d(image, kernel, mode="same"), abs=1e-12)


# Lab 1


def lms_by_sgd(data: Any, rate: float, epochs: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and curve of LMS as stochastic gradient descent on half the squared error of one point."""
    X, D = torch.tensor(data.X), torch.tensor(data.D)
    layer = nn.Linear(3, 1, bias=False).double()
    nn.init.zeros_(layer.weight)
    descent = torch.optim.SGD(layer.parameters(), lr=rate)
    curve = []
    for _ in range(epochs):
        for x, d in zip(X, D, strict=True):
            descent.zero_grad()
            (0.5 * (d - layer(x)) ** 2).sum().backward()
            descent.step()
        curve.append(0.5 * nn.functional.mse_loss(layer(X), D).item())
    return layer.weight.detach().numpy().ravel(), np.array(curve)


def test_the_data_are_as_the_task_says_and_as_the_script_makes_them(ref: ModuleType) -> None:
    shipped = loadmat(FOLDER / "data" / "dataset.mat")
    assert (shipped["X"].shape, shipped["D"].shape) == ((100, 3), (100, 1))
    assert (shipped["X"][:, 0] == 1).all()
    script: dict[str, Any] = {"__name__": "make_data"}
    exec((FOLDER / "make_data.py").read_text(), script)
    made = script["make"]()
    assert made["X"] == pytest.approx(shipped["X"], rel=1e-12)
    assert made["D"] == pytest.approx(shipped["D"], rel=1e-12)
    assert ref.W_wiener.ravel() == pytest.approx([1, 1, -2], abs=0.005)


def test_the_wiener_solution_equals_least_squares(ref: ModuleType) -> None:
    X, D = ref.data.X, ref.data.D
    weights, residuals, *_ = np.linalg.lstsq(X, D, rcond=None)
    assert ref.W_wiener == pytest.approx(weights, rel=1e-12)
    assert ref.mse_wiener == pytest.approx(residuals[0] / 200, rel=1e-10)
    assert X.T @ (D - X @ ref.W_wiener) == pytest.approx(np.zeros((3, 1)), abs=1e-10)


def test_lms_equals_stochastic_gradient_descent(ref: ModuleType) -> None:
    _, curve = lms_by_sgd(ref.data, 0.01, 5)
    assert ref.mse_lms[:5] == pytest.approx(curve, rel=1e-10)


@pytest.mark.parametrize("rate", [0.005, 0.01, 0.05, 0.5])
def test_lms_equals_its_closed_form(ref: ModuleType, rate: float) -> None:
    """One epoch is an affine map of the weights: its matrix is applied twenty times."""
    map_, shift = np.eye(3), np.zeros(3)
    for x, d in zip(ref.data.X, ref.data.D[:, 0], strict=True):
        step = np.eye(3) - rate * np.outer(x, x)
        map_, shift = step @ map_, step @ shift + rate * d * x
    w, errors = np.zeros(3), []
    for _ in range(20):
        w = map_ @ w + shift
        errors.append(np.mean((ref.data.D[:, 0] - ref.data.X @ w) ** 2) / 2)
    if rate == 0.01:
        assert ref.W_lms.ravel() == pytest.approx(w, rel=1e-10)
    row = [0.005, 0.01, 0.05, 0.5].index(rate)
    assert ref.mse_rates[row] == pytest.approx(errors, rel=1e-8)


def test_only_the_large_rate_diverges(ref: ModuleType) -> None:
    assert (np.diff(ref.mse_lms) < 0).all()
    assert (ref.mse_rates[:, -1] < 1e-3).all()
    assert ref.mse_diverging[-1] > 1e100


# Labs 2 and 3


def twin() -> nn.Sequential:
    """The table of the task with torch's own layers."""
    return nn.Sequential(
        *(nn.Conv2d(3, 16, 5, padding=2, bias=False), nn.ReLU(), nn.MaxPool2d(4, 2)),
        *(nn.Conv2d(16, 16, 3, padding=2, bias=False), nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(nn.Conv2d(16, 32, 7, padding=2, bias=False), nn.ReLU(), nn.MaxPool2d(2, 2)),
        *(nn.Flatten(), nn.Linear(288, 32), nn.ReLU(), nn.Linear(32, 10)),
    )


def test_the_network_equals_its_twin_of_plain_layers(ref: ModuleType) -> None:
    torch.manual_seed(1)
    net, other = ref.SimpleNN(), twin()
    other.load_state_dict(dict(zip(other.state_dict(), net.state_dict().values(), strict=True)))
    images = torch.randn(4, 3, 32, 32)
    assert torch.allclose(net(images), other(images), atol=1e-6)
    assert (net(images) < 0).any()  # no ReLU at the end
    assert net.conv1.input is images
    assert net.fc2.output.shape == (4, 10)


def test_the_cost_table_equals_what_torch_counts(ref: ModuleType) -> None:
    assert [(row["# Param"], row["# MAC"]) for row in ref.cost_table] == [
        (1200, 1228800),
        (2304, 665856),
        (25088, 903168),
        (9216, 9216),
        (320, 320),
    ]
    other = twin()
    with FlopCounterMode(display=False, depth=9) as counter:
        shapes = [tuple(each) for each in watched(other)]
    assert sum(row["# MAC"] for row in ref.cost_table) * 2 == counter.get_total_flops()
    counted = {name.rsplit(".", 1)[-1]: sum(ops.values()) for name, ops in counter.get_flop_counts().items()}
    weighted = [(name, layer) for name, layer in other.named_children() if hasattr(layer, "weight")]
    for row, (name, layer), (given, out) in zip(ref.cost_table, weighted, shapes, strict=True):
        assert row["# MAC"] * 2 == counted[name]
        assert row["# Param"] == sum(p.numel() for p in layer.parameters() if p.ndim > 1)
        assert (row["Input shape"], row["Output shape"], row["Weight shape"]) == (given, out, tuple(layer.weight.shape))


def watched(net: nn.Sequential) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Input and output shapes of the layers with weights, by hooks."""
    seen: list[tuple[tuple[int, ...], tuple[int, ...]]] = []
    for layer in net:
        if hasattr(layer, "weight"):
            layer.register_forward_hook(lambda _, given, out: seen.append((tuple(given[0].shape), tuple(out.shape))))
    net(torch.zeros(1, 3, 32, 32))
    return seen


def test_with_zero_weights_only_the_last_layer_has_a_gradient(ref: ModuleType) -> None:
    """The gradient by the last weights is the outer product of the error and the ReLU of the bias below."""
    other = twin()
    for p in other.parameters():
        if p.ndim > 1:
            nn.init.zeros_(p)
    target = torch.randn(1, 10)
    nn.functional.mse_loss(other(torch.randn(1, 3, 32, 32)), target).backward()
    weighted = [layer for layer in other if hasattr(layer, "weight")]
    assert ref.gradient_is_zero == [not layer.weight.grad.any() for layer in weighted] == [True] * 4 + [False]
    fc1, fc2 = weighted[-2:]
    outer = torch.outer((fc2.bias - target[0]) * 2 / 10, fc1.bias.clamp(min=0))
    assert torch.allclose(fc2.weight.grad, outer.detach(), atol=1e-7)


# Mistakes, conventions, follow-through


def test_each_mistake_differs_from_what_is_right(ref: ModuleType) -> None:
    from grader.intake.rubrics import load_rubric

    rubric = load_rubric(ROOT / "rubrics" / "ece661-hw1.yaml").rubric
    pairs = [
        (mistake.expect, getattr(check, "expect", "") or getattr(check, "of", ""))
        for question in rubric.questions
        for check in question.checks
        for mistake in (*check.mistakes, *check.also)
        if mistake.expect  # a formula's mistakes are formulas; the linter proves them wrong
    ]
    assert len(pairs) > 40
    arguments, image = drawn(2), np.random.default_rng(1).normal(size=(5, 6))
    for wrong_name, right_name in pairs:
        module, name = wrong_name.split(".")
        wrong, right = getattr(getattr(ref, module), name), getattr(ref, right_name)
        if isinstance(right, type):
            continue
        if callable(right):
            given = (image, np.arange(9.0).reshape(3, 3)) if "conv" in name else arguments
            wrong, right = wrong(*given), right(*given)
        assert repr(wrong) != repr(right), wrong_name


def test_no_helper_hides_a_name_that_answers_are_looked_for(ref: ModuleType) -> None:
    from grader.intake.rubrics import load_rubric

    rubric = load_rubric(ROOT / "rubrics" / "ece661-hw1.yaml").rubric
    asked = {name for q in rubric.questions for names in q.answer.places.values() for name in names}
    for module in (ref.mistakes, ref.follow, ref.conventions):
        own = {name for name, value in vars(module).items() if getattr(value, "__module__", module.__name__) == module.__name__}
        assert not asked & own


def test_following_the_right_values_gives_the_right_values(ref: ModuleType) -> None:
    follow = ref.follow
    assert follow.y_from_s(ref.s_given).tolist() == ref.y_given.tolist()
    for layout in (ref.db2, ref.db2.T, ref.db2.ravel().tolist()):
        assert np.array_equal(follow.db1_from_db2(layout), ref.db1)
        assert np.array_equal(follow.dW2_from_db2(layout), ref.dW2)
    assert np.array_equal(follow.dW1_from_db1(ref.db1.T), ref.dW1)


def test_following_weights_gives_their_error(ref: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER / "data")
    own = [[1.0], [1.0], [-2.0]]
    error = ref.data.D - ref.data.X @ own
    assert ref.follow.mse_from_weights(own) == pytest.approx(np.mean(error**2) / 2, rel=1e-12)
    assert ref.conventions.mse_wiener_mean == pytest.approx(2 * ref.mse_wiener, rel=1e-12)


# The figures of the original data set


@pytest.mark.skipif("GRADER_ORIGINAL_DATA" not in os.environ, reason="GRADER_ORIGINAL_DATA names no folder")
def test_with_the_original_data_every_printed_digit_is_right(load_reference: Load) -> None:
    ref = load_reference("ece661_hw1", data=Path(os.environ["GRADER_ORIGINAL_DATA"]))
    assert [f"{w:.8f}" for w in ref.W_wiener.ravel()] == ["1.00067810", "1.00061145", "-2.00031968"]
    assert f"{ref.mse_wiener:.8e}" == "5.03995157e-05"
    assert [f"{w:.8f}" for w in ref.W_lms.ravel()] == ["1.00074855", "1.00082859", "-2.00068123"]
