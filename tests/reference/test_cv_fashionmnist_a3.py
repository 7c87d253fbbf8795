"""Every value of the reference, computed a second way that shares no code with the first."""

from __future__ import annotations

import gzip
import importlib.util
import struct
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from grader.checks.formula import FormulaCheck
from grader.checks.text import TextCheck
from grader.intake.rubrics import load_rubric
from grader.model.evidence import Capture
from grader.model.values import Section, Text
from tests.reference.conftest import ROOT, Load

FOLDER = ROOT / "reference_solutions" / "cv_fashionmnist_a3"
SIZES = {"Base": [784, 256, 512, 10], "Deeper": [784, 256, 512, 1024, 2048, 10], "Wider": [784, 1024, 2048, 10]}
TOTALS = {"Base": 337_674, "Deeper": 2_977_546, "Wider": 2_923_530}
RATES = (1.0, 0.1, 0.01, 0.001)


@pytest.fixture(scope="module")
def ref(load_reference: Load) -> Iterator[ModuleType]:
    """The reference, with one thread as in the box: on a busy machine more of them wait for each other."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield load_reference("cv_fashionmnist_a3")
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def checks() -> dict[str, Any]:
    """The checks of the rubric by name."""
    rubric = load_rubric(ROOT / "rubrics" / "cv-fashionmnist-a3.yaml").rubric
    return {f"{question.id}/{check.id}": check for question in rubric.questions for check in question.checks}


# The data


def by_hand(path: Path) -> np.ndarray:
    """An IDX file without any of the loader's code: the header by `struct`, the rest as it comes."""
    raw = gzip.decompress(path.read_bytes())
    zeros, kind, axes = struct.unpack(">HBB", raw[:4])
    shape = struct.unpack(f">{axes}I", raw[4 : 4 + 4 * axes])
    assert (zeros, kind) == (0, 8)
    return np.array(list(raw[4 + 4 * axes :]), dtype=np.uint8).reshape(shape)


@pytest.mark.parametrize(("train", "name", "count"), [(True, "train", 320), (False, "t10k", 160)])
def test_the_loader_reads_what_is_in_the_files(ref: ModuleType, train: bool, name: str, count: int) -> None:
    found = ref.fashion.load(train, FOLDER / "data")
    pixels, labels = (by_hand(FOLDER / "data" / f"{name}-{part}-ubyte.gz") for part in ("images-idx3", "labels-idx1"))
    assert found.images.shape == (count, 1, 28, 28)
    assert (found.images.numpy() * 255).round().astype(int).reshape(pixels.shape).tolist() == pixels.tolist()
    assert found.labels.tolist() == labels.tolist()
    assert np.bincount(labels).tolist() == [count // 10] * 10


def test_files_that_are_not_compressed_are_found_where_other_loaders_leave_them(ref: ModuleType, tmp_path: Path) -> None:
    raw = tmp_path / "data" / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for path in (FOLDER / "data").iterdir():
        (raw / path.stem).write_bytes(gzip.decompress(path.read_bytes()))
    assert torch.equal(ref.fashion.load(True, tmp_path).images, ref.fashion.load(True, FOLDER / "data").images)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no IDX file"),
        (b"<html>", "no IDX file"),
        (struct.pack(">HBBI", 0, 13, 1, 4) + b"abcd", "no IDX file"),
        (struct.pack(">HBBI", 0, 8, 1, 4) + b"abc", "has 3 entries"),
        (struct.pack(">HBBI", 0, 8, 1, 4) + b"abcde", "has 5 entries"),
        (struct.pack(">HBB", 0, 8, 3), "no IDX file"),
    ],
)
def test_a_file_that_is_no_such_file_is_refused(ref: ModuleType, tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "train-images-idx3-ubyte"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=message):
        ref.fashion.read_idx(path)


def test_missing_files_are_named(ref: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train-images-idx3-ubyte"):
        ref.fashion.load(True, tmp_path)


def test_the_small_data_set_is_made_again_with_the_same_pixels() -> None:
    spec = importlib.util.spec_from_file_location("make_data_of_cv_fashionmnist_a3", FOLDER / "make_data.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    for name, content in made.files().items():
        assert gzip.decompress(content) == gzip.decompress((FOLDER / "data" / name).read_bytes()), name


# 1.4 and 1.5


@pytest.mark.parametrize("name", SIZES)
def test_parameters_by_formula_and_by_torchs_own_count(ref: ModuleType, name: str) -> None:
    built = getattr(ref, name)()
    assert sum(parameter.numel() for parameter in built.parameters()) == TOTALS[name]
    assert getattr(ref, f"parameters_{name.lower()}") == TOTALS[name]
    weights = sum(parameter.numel() for parameter in built.parameters() if parameter.ndim == 2)
    assert getattr(ref.mistakes, f"{name.lower()}_weights_alone") == weights


def test_the_layers_of_the_base_network_by_torchs_own_count(ref: ModuleType) -> None:
    linear = [module for module in ref.Base().modules() if isinstance(module, nn.Linear)]
    assert [row["Parameters"] for row in ref.layers_1_4] == [200_960, 131_584, 5_130]
    assert [row["Parameters"] for row in ref.layers_1_4] == [layer.weight.numel() + layer.bias.numel() for layer in linear]
    assert [row["Parameters"] for row in ref.mistakes.layers_weights_alone] == [layer.weight.numel() for layer in linear]


@pytest.mark.parametrize(("channels", "kernel", "kernels"), [(1, 3, 1), (3, 5, 16), (16, 1, 7)])
def test_the_formulas_by_torchs_own_count(ref: ModuleType, channels: int, kernel: int, kernels: int) -> None:
    convolution = nn.Conv2d(channels, kernels, kernel)
    assert ref.networks.convolution_parameters(channels, kernel, kernels) == sum(p.numel() for p in convolution.parameters())
    linear = nn.Linear(channels, kernels)
    assert ref.networks.linear_parameters(channels, kernels) == sum(p.numel() for p in linear.parameters())


@pytest.mark.parametrize(
    ("name", "formula", "outcome"),
    [
        ("linear", "n*m + m", "passed"),
        ("linear", r"$P_{\text{linear}} = (n_{in} + 1) \cdot n_{out}$", "passed"),
        ("linear", "$P_{fc} = n m$", "partial no-bias"),
        ("linear", "$P_{linear} = (m + 1) n$", "partial bias-of-inputs"),
        ("linear", "$P_{linear} = n m + 1$", "failed"),
        ("linear", "It is (inputs + 1) * outputs.", "passed"),
        ("linear", "It is inputs * outputs.", "undecided"),
        ("convolution", r"$P_{conv} = d (c \times k \times k) + d$", "passed"),
        ("convolution", r"$P_{conv} = (C_{in} K^2 + 1) C_{out}$", "passed"),
        ("convolution", "$P_{conv} = k^2$", "partial kernel-alone"),
        ("convolution", "$P_{conv} = k^2 c d$", "partial no-bias"),
        ("convolution", "$P_{conv} = (k^2 + 1) d$", "partial no-channels"),
        ("convolution", "$P_{conv} = c k^2 + d$", "failed"),
    ],
)
def test_formulas_as_students_write_them(checks: dict[str, Any], name: str, formula: str, outcome: str) -> None:
    check = checks[f"1.5/{name}"]
    assert isinstance(check, FormulaCheck)
    value = Section(part="report.md", heading="1.5", text=formula) if "$" in formula or "." in formula else Text(text=formula)
    verdict = check.judge((Capture.of(value),), ())
    assert f"{verdict.status.value} {verdict.mistake}".strip() == outcome


# 1.1 and 1.2


def test_the_first_epoch_by_hand(ref: ModuleType) -> None:
    """One epoch of the base network in numpy, double precision, back-propagation written out."""
    torch.manual_seed(5)
    net = ref.Base()
    weights = [p.detach().double().numpy().copy() for p in net.parameters()]
    torch.manual_seed(6)
    history = ref.training.train(net, 0.1, 1, ref.data, ref.test)
    torch.manual_seed(6)
    order = torch.randperm(320).numpy()
    x, y = ref.data.images.double().numpy().reshape(320, -1), ref.data.labels.numpy()
    total = 0.0
    for chosen in order.reshape(20, 16):
        loss, gradients = loss_and_gradients(weights, x[chosen], y[chosen])
        total += loss * 16
        weights = [w - 0.1 * g for w, g in zip(weights, gradients, strict=True)]
    assert history.losses == pytest.approx([total / 320], rel=1e-3)
    logits = forward(weights, ref.test.images.double().numpy().reshape(160, -1))[-1]
    assert history.accuracies == pytest.approx([np.mean(logits.argmax(axis=1) == ref.test.labels.numpy())], abs=0.02)


def forward(weights: list[np.ndarray], x: np.ndarray) -> list[np.ndarray]:
    """The outputs of every layer, ReLU between them."""
    outputs = [x]
    for layer in range(0, len(weights), 2):
        z = outputs[-1] @ weights[layer].T + weights[layer + 1]
        outputs.append(np.maximum(z, 0.0) if layer < len(weights) - 2 else z)
    return outputs


def loss_and_gradients(weights: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> tuple[float, list[np.ndarray]]:
    """Mean cross-entropy of the softmax, and its gradient by every weight and bias in their order."""
    outputs = forward(weights, x)
    shifted = outputs[-1] - outputs[-1].max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    error = (np.exp(log_p) - np.eye(10)[y]) / len(x)
    found: list[np.ndarray] = []
    for layer in range(len(weights) - 2, -1, -2):
        found = [error.T @ outputs[layer // 2], error.sum(axis=0), *found]
        error = (error @ weights[layer]) * (outputs[layer // 2] > 0)
    return -float(log_p[np.arange(len(x)), y].mean()), found


def test_what_is_claimed_of_the_rates_does_not_depend_on_the_draw(ref: ModuleType) -> None:
    for seed in (10, 11):
        torch.manual_seed(seed)
        histories = {rate: ref.training.train(ref.Base(), rate, 10, ref.data, ref.test) for rate in RATES}
        table = {rate: history.accuracies[-1] for rate, history in histories.items()}
        assert ref.rules.rate_one_fails(table)
        assert ref.rules.slowest_lags(table)
        assert ref.rules.is_best_row(table, 0.1)
        assert ref.rules.losses_fall({rate: history.losses for rate, history in histories.items()})


TABLE = {1: 0.1, 0.1: 0.87, 0.01: 0.83, 0.001: 0.7}
FORMS = {
    "dict": TABLE,
    "texts": {"1": "10%", "0.1": "87%", "0.01": "83%", "0.001": "70%"},
    "percent": [[1, 10.0], [0.1, 87.0], [0.01, 83.0], [0.001, 70.0]],
    "matrix": np.array([[1, 0.1], [0.1, 0.87], [0.01, 0.83], [0.001, 0.7]]),
    "records": [{"lr": k, "train acc": 0.0, "Test accuracy (%)": 100 * v} for k, v in TABLE.items()],
    "columns": {"Learning rate": list(TABLE), "loss": [9, 9, 9, 9], "accuracy": list(TABLE.values())},
    "nested": {k: {"loss": 1.0, "accuracy": v} for k, v in TABLE.items()},
}


@pytest.mark.parametrize("form", FORMS)
def test_tables_in_every_form_are_the_same(ref: ModuleType, form: str) -> None:
    assert ref.rules.accuracies_of(FORMS[form]) == pytest.approx(TABLE)
    assert ref.rules.has_rates(FORMS[form])
    assert ref.rules.are_accuracies(FORMS[form])


@pytest.mark.parametrize("table", [{"fast": 0.9}, [[0.1, 0.8], [0.1, 0.9]], {1: "good"}, [{"name": 1, "accuracy": 0.5}]])
def test_what_is_no_table_is_not_judged(ref: ModuleType, table: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        ref.rules.has_rates(table)


CONVERGED = {1: (0.1, 5), 0.1: (0.89, 40), 0.01: (0.88, 90), 0.001: (0.84, 100)}
HISTORIES = {rate: [0.05] * (epochs - 1) + [share, 0.99] for rate, (share, epochs) in CONVERGED.items()}


@pytest.mark.parametrize(
    ("rule", "right", "wrong"),
    [
        ("has_rates", [TABLE], [{0.1: 0.8, 0.01: 0.7, 0.001: 0.6}]),
        ("are_accuracies", [TABLE], [{1: 900, 0.1: 8700}]),
        ("are_accuracies", [TABLE], [{1: -0.1, 0.1: 0.8}]),
        ("are_accuracies", [TABLE], [{}]),
        ("rate_one_fails", [TABLE], [{**TABLE, 1: 0.8}]),
        ("rate_one_fails", [TABLE], [{0.1: 0.8}]),
        ("rate_one_fails", [TABLE], [dict.fromkeys(TABLE, 0.1)]),
        ("slowest_lags", [TABLE], [{**TABLE, 0.001: 0.9}]),
        ("is_best_row", [TABLE, 0.1], [TABLE, 0.01]),
        ("is_best_row", [TABLE, "0.1"], [TABLE, 0.87]),
        ("losses_fall", [{0.1: range(10, 0, -1)}], [{0.1: range(10)}]),
        ("losses_fall", [{0.1: range(10, 0, -1)}], [{0.1: range(11, 0, -1)}]),
        ("losses_fall", [{0.1: range(10, 0, -1)}], [{0.01: range(10, 0, -1)}]),
        ("losses_fall", [{0.1: range(10, 0, -1)}], [{0.1: [float("inf"), *range(9)]}]),
        ("are_converged_rows", [CONVERGED], [TABLE]),
        ("are_converged_rows", [CONVERGED], [{**CONVERGED, 1: (0.1, 2.5)}]),
        ("longer_is_better", [TABLE, CONVERGED], [TABLE, {rate: (share, 10) for rate, share in TABLE.items()}]),
        ("longer_is_better", [TABLE, CONVERGED], [TABLE, {**CONVERGED, 0.01: (0.5, 90)}]),
        ("stands_at_epoch", [CONVERGED, HISTORIES], [{**CONVERGED, 0.1: (0.99, 40)}, HISTORIES]),
        ("stands_at_epoch", [CONVERGED, HISTORIES], [{**CONVERGED, 0.1: (0.89, 400)}, HISTORIES]),
        ("stands_at_epoch", [CONVERGED, HISTORIES], [CONVERGED, {0.1: HISTORIES[0.1]}]),
        ("three_accuracies", [{"base": 88.0, "deeper": 89.0, "wider": 90.0}], [[0.8, 0.9]]),
        ("three_accuracies", [[[0.8], [0.8], [0.9]]], [[0.8, 0.9, 120.0]]),
        ("claim_fits", [[3.0] * 50 + [1.0] * 50, True], [[3.0] * 50 + [1.0] * 50, "no"]),
        ("claim_fits", [[-1.0] * 50 + [-3.0] * 50, False], [[-1.0] * 50 + [-3.0] * 50, "Yes"]),
    ],
)
def test_a_rule_holds_and_refuses_what_breaks_it(ref: ModuleType, rule: str, right: list[Any], wrong: list[Any]) -> None:
    assert getattr(ref.rules, rule)(*right) is True
    assert getattr(ref.rules, rule)(*wrong) is False


@pytest.mark.parametrize(
    ("name", "wrong", "right"),
    [
        ("largest_rate_left_out", [{0.1: 0.8, 0.01: 0.7, 0.001: 0.6}], [TABLE]),
        ("counts", [{1: 16, 0.1: 150, 0.01: 70, 0.001: 30}], [TABLE]),
        ("counts", [{1: 16, 0.1: 150, 0.01: 70, 0.001: 30}], [{}]),
        ("upside_down", [dict(zip(TABLE, reversed(TABLE.values()), strict=True))], [TABLE]),
        ("accuracy_named", [TABLE, 0.87], [TABLE, 0.01]),
        ("accuracy_named", [TABLE, 87.0], [TABLE, 0.1]),
        ("columns_swapped", [[[rate, epochs, share] for rate, (share, epochs) in CONVERGED.items()]], [CONVERGED]),
        ("same_accuracies", [TABLE, {rate: (share, 10) for rate, share in TABLE.items()}], [TABLE, CONVERGED]),
        (
            "counted_from_zero",
            [{rate: (share, epochs - 1) for rate, (share, epochs) in CONVERGED.items()}, HISTORIES],
            [CONVERGED, HISTORIES],
        ),
        ("highest_of_all", [dict.fromkeys(RATES, (0.99, 3)), HISTORIES], [CONVERGED, HISTORIES]),
    ],
)
def test_a_known_mistake_is_told_from_a_right_table(ref: ModuleType, name: str, wrong: list[Any], right: list[Any]) -> None:
    assert getattr(ref.mistakes, name)(*wrong) is True
    assert getattr(ref.mistakes, name)(*right) is False


def test_when_a_network_is_converged(ref: ModuleType) -> None:
    assert ref.training.converged_epoch([0.1, 0.5, 0.8, *[0.9] * 9, 0.5]) == 12
    assert ref.training.converged_epoch([0.1, 0.2, 0.3]) == 3


# 1.3


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("With rate 1 the loss diverges.", "passed"),
        ("A rate of 1 overshoots; this is not overfitting.", "passed"),
        ("Steps are too large for lr = 1, which has nothing to do with overfitting.", "passed"),
        ("The steps are too large. Trained for long, the network overfits in the end.", "passed"),
        ("A high learning rate fails to converge, and overfits.", "undecided"),
        ("With lr=1 there is overfitting.", "undecided"),
        ("The rate is too high, so that the model is overfitting.", "undecided"),
        ("0.1 is best.", "undecided"),
    ],
)
def test_what_is_said_of_a_rate_that_is_too_large(checks: dict[str, Any], text: str, outcome: str) -> None:
    check = checks["1.3/rate-one"]
    assert isinstance(check, TextCheck)
    value = Section(part="report.md", heading="1.3", text=text)
    assert check.judge((Capture.of(value),), ()).status.value == outcome


# 1.7


def test_the_first_mean_gradients_without_autograd(ref: ModuleType) -> None:
    """The first steps in numpy and double precision, and everything that is known to be wrong, from the same gradients."""
    torch.manual_seed(0)
    weights = [p.detach().double().numpy().copy() for p in ref.Base().parameters()]
    x, y = ref.data.images.double().numpy().reshape(320, -1), ref.data.labels.numpy()
    wrong = ref.mistakes
    for step in range(12):
        _, gradients = loss_and_gradients(weights, x[16 * step : 16 * step + 16], y[16 * step : 16 * step + 16])
        everything = np.concatenate([g.reshape(-1) for g in gradients])
        means = [g.mean() for g in gradients]
        close = {"rel": 1e-3, "abs": 1e-6}
        assert ref.mean_gradients[step] == pytest.approx(everything.mean(), **close)
        assert ref.conventions.mean_gradients_without_signs[step] == pytest.approx(np.abs(everything).mean(), **close)
        assert wrong.means_summed[step] == pytest.approx(sum(means), rel=1e-2, abs=1e-5)
        assert wrong.means_averaged[step] == pytest.approx(sum(means) / len(means), rel=1e-2, abs=1e-5)
        of_weights = np.concatenate([g.reshape(-1) for g in gradients if g.ndim == 2])
        assert wrong.means_of_weights[step] == pytest.approx(of_weights.mean(), **close)
        assert step or wrong.means_accumulated[0] == pytest.approx(everything.mean(), **close)
        weights = [w - 0.01 * g for w, g in zip(weights, gradients, strict=True)]
    assert len(ref.mean_gradients) == len(wrong.means_accumulated) == 100


def test_the_mean_gradient_by_finite_differences(ref: ModuleType) -> None:
    """All parameters moved by the same amount change the loss by the sum of its gradient's entries."""
    torch.manual_seed(0)
    net = ref.Base().double()
    images, labels = ref.data.images[:16].double(), ref.data.labels[:16]
    count = sum(p.numel() for p in net.parameters())

    def loss_at(shift: float) -> float:
        state = {name: value + shift for name, value in net.state_dict().items()}
        logits = torch.func.functional_call(net, state, (images,))
        return nn.functional.cross_entropy(logits, labels).item()

    slope = (loss_at(1e-7) - loss_at(-1e-7)) / 2e-7
    assert ref.mean_gradients[0] == pytest.approx(slope / count, rel=1e-4)


def test_rounding_stays_within_the_tolerance_of_the_rubric(ref: ModuleType, checks: dict[str, Any]) -> None:
    gradients = ref.gradients
    torch.manual_seed(0)
    exact = ref.fashion.Pictures(ref.data.images.double(), ref.data.labels)
    summaries = {"mean": gradients.mean_of_all, "size": gradients.mean_size_of_all}
    found = gradients.watch(ref.Base().double(), gradients.first_steps(exact), summaries)
    close = {"rel": checks["1.7/means"].rtol, "abs": checks["1.7/means"].atol}
    assert ref.mean_gradients == pytest.approx(found["mean"], **close)
    assert ref.conventions.mean_gradients_without_signs == pytest.approx(found["size"], **close)
    for wrong in (ref.mistakes.means_summed, ref.mistakes.means_averaged, ref.mistakes.means_accumulated):
        assert ref.mean_gradients != pytest.approx(wrong, **close)


def test_the_claim_about_the_gradient_is_that_of_the_numbers(ref: ModuleType) -> None:
    sizes = np.abs(ref.mean_gradients)
    assert sum(sizes[90:]) > sum(sizes[:10])
    assert ref.gradients_fall is False
