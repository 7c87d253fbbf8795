"""Every value of the reference, computed a second way that shares no code with the first; and what the rubric reads in words."""

from __future__ import annotations

import gzip
import importlib
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from torch import nn

from grader.checks.text import TextCheck, any_of
from grader.intake.rubrics import load_rubric
from tests.reference.conftest import ROOT, Load

FOLDER = ROOT / "reference_solutions" / "mnist_hw3" / "data"
OUTPUT = [0.1, 0.1, 0.0, 0.4, 0.05, 0.05, 0.05, 0.05, 0.1, 0.1]


@pytest.fixture(scope="module")
def ref(load_reference: Load) -> ModuleType:
    return load_reference("mnist_hw3")


@pytest.fixture(scope="module")
def words() -> dict[str, TextCheck]:
    """The checks that look for words, by ``question/check``."""
    questions = load_rubric(ROOT / "rubrics" / "mnist-hw3.yaml").rubric.questions
    return {f"{q.id}/{check.id}": check for q in questions for check in q.checks if isinstance(check, TextCheck)}


def random(seed: int, *shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(seed).uniform(0.05, 0.95, shape))


# 1


def test_the_cross_entropy_by_sympy_to_six_digits(ref: ModuleType) -> None:
    exact = -sympy.log(sympy.Rational(2, 5))
    assert ref.ce_1a == pytest.approx(float(exact), rel=1e-12)
    assert round(ref.ce_1a, 6) == 0.916291


def test_the_known_wrong_entropies_by_numpy(ref: ModuleType) -> None:
    wrong, output = ref.mistakes, np.array(OUTPUT)
    assert wrong.ce_common_logarithm_without_sign == pytest.approx(np.log10(0.4))
    assert round(wrong.ce_common_logarithm_without_sign, 3) == -0.398
    assert wrong.ce_common_logarithm == pytest.approx(-np.log(0.4) / np.log(10))
    assert wrong.ce_binary_logarithm == pytest.approx(-np.log(0.4) / np.log(2))
    assert (wrong.ce_without_sign, wrong.ce_mean) == pytest.approx((np.log(0.4), -np.log(0.4) / 10))
    assert wrong.ce_softmax_again == pytest.approx(np.log(np.exp(output).sum()) - 0.4)
    target = np.eye(10)[3]
    binary = -(target * np.log(np.where(target, output, 1)) + (1 - target) * np.log(np.where(target, 1, 1 - output)))
    assert wrong.ce_binary == pytest.approx(binary.sum())


def test_no_two_answers_of_1a_are_taken_for_each_other(ref: ModuleType) -> None:
    values = [ref.ce_1a, *(value for name, value in vars(ref.mistakes).items() if name.startswith("ce_"))]
    assert len(values) == 8
    for one in values:
        assert [each for each in values if abs(each - one) <= 5e-3 * abs(one)] == [one]


def test_the_derivatives_by_sympy(ref: ModuleType) -> None:
    y = sympy.Symbol("y")
    at = {y: sympy.Rational(9, 10)}
    squared, entropy = (1 - y) ** 2, -sympy.log(y)
    assert ref.dmse_1b == pytest.approx(float(squared.diff(y).subs(at)))
    assert ref.dce_1b == pytest.approx(float(entropy.diff(y).subs(at)))
    assert (round(ref.dmse_1b, 6), round(ref.dce_1b, 6)) == (-0.2, -1.111111)
    assert abs(ref.dce_1b) > abs(ref.dmse_1b)
    halved, mean = float((squared / 2).diff(y).subs(at)), float((squared / 10).diff(y).subs(at))
    assert ref.conventions.dmse_halved == pytest.approx(halved)
    assert ref.conventions.dmse_mean == pytest.approx(mean)
    assert ref.conventions.dmse_mean_halved == pytest.approx(mean / 2)
    assert (ref.mistakes.mse_value, ref.mistakes.dce_value) == pytest.approx((float(squared.subs(at)), float(entropy.subs(at))))
    logit = sympy.Symbol("z")
    by_logit = (-sympy.log(1 / (1 + sympy.exp(-logit)))).diff(logit).subs(logit, sympy.log(9))
    assert ref.mistakes.dce_by_logit == pytest.approx(float(by_logit))
    assert (ref.mistakes.dmse_reversed, ref.mistakes.dce_without_sign) == pytest.approx((0.2, 10 / 9))


# 2A


@pytest.mark.parametrize(
    ("name", "loss"),
    [
        ("mean_squared_error", nn.MSELoss()),
        ("conventions.summed_squares", nn.MSELoss(reduction="sum")),
        ("conventions.absolute_error", nn.L1Loss()),
        ("conventions.huber", nn.HuberLoss()),
        ("conventions.huber", nn.SmoothL1Loss()),
        ("conventions.binary_cross_entropy", nn.BCELoss()),
        ("conventions.binary_cross_entropy_of_logits", nn.BCEWithLogitsLoss()),
        ("mistakes.cross_entropy", nn.CrossEntropyLoss()),
    ],
)
def test_each_loss_is_that_of_torch(ref: ModuleType, name: str, loss: nn.Module) -> None:
    function: Any = ref
    for part in name.split("."):
        function = getattr(function, part)
    x_hat, x = random(1, 3, 5), random(2, 3, 5)
    assert function(x_hat, x).item() == pytest.approx(loss(x_hat, x).item(), rel=1e-12)


def trained(inputs: torch.Tensor, encoder: torch.Tensor, decoder: torch.Tensor, calls: str) -> list[list[torch.Tensor]]:
    """The weights after each batch, by torch's own optimizer; `calls` are z(ero), b(ackward), s(tep) in their order."""
    model = nn.Sequential(nn.Linear(6, 3, bias=False), nn.Tanh(), nn.Linear(3, 6, bias=False)).double()
    model[0].weight.data, model[2].weight.data = encoder.clone(), decoder.clone()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    after = []
    for x in inputs.split(2):
        loss = ((model(x) - x) ** 4).mean()
        for call in calls:
            {"z": optimizer.zero_grad, "b": loss.backward, "s": optimizer.step}[call]()
        after.append([weight.detach().clone() for weight in model.parameters()])
    return after


@pytest.mark.parametrize(
    ("calls", "name"),
    [
        ("bsz", "updated"),
        ("zbs", "updated"),
        ("bs", "mistakes.accumulated"),
        ("bzs", "mistakes.never_moved"),
        ("zsb", "mistakes.never_moved"),
        ("b", "mistakes.never_moved"),
    ],
)
def test_what_each_order_of_the_three_calls_does(ref: ModuleType, calls: str, name: str) -> None:
    given = (random(3, 8, 6), random(4, 3, 6), random(5, 6, 3))
    function = ref.updated if name == "updated" else getattr(ref.mistakes, name.split(".")[1])
    mine, theirs = function(*given), trained(*given, calls)
    assert len(mine) == len(theirs) == 4
    for one, other in zip(chain(*mine), chain(*theirs), strict=True):
        assert one.numpy() == pytest.approx(other.numpy(), rel=1e-9)


def test_a_step_before_backward_raises(ref: ModuleType) -> None:
    with pytest.raises(RuntimeError, match="inplace operation"):
        trained(random(3, 8, 6), random(4, 3, 6), random(5, 6, 3), "szb")


def test_the_comparison_and_its_gradient_by_numpy(ref: ModuleType) -> None:
    x_hat, x = random(6, 3, 8), random(7, 3, 8)
    difference = (x_hat - x).numpy()
    for found, power in ((ref.compared(x_hat, x), 4), (ref.conventions.compared_by_squares(x_hat, x), 2)):
        assert found[0].item() == pytest.approx((difference**power).mean())
        assert found[1].numpy() == pytest.approx(power * difference ** (power - 1) / difference.size)
    assert [float(each.abs().max()) for each in ref.mistakes.with_itself(x_hat, x)] == [0.0, 0.0]


def test_rows_and_modes(ref: ModuleType) -> None:
    images = random(8, 3, 1, 28, 28)
    assert ref.flattened(images).tolist() == nn.Flatten()(images).tolist()
    modes = nn.Sequential(nn.Linear(1, 1), nn.Dropout())
    assert ref.training_modes() == [module.training for module in modes.train().modules()]
    assert ref.mistakes.evaluating() == [module.training for module in modes.eval().modules()]


# 3: what the words claim


def test_what_is_said_of_the_two_modes_holds_in_torch() -> None:
    x = torch.arange(12.0).reshape(6, 2)
    dropout, normalize = nn.Dropout(), nn.BatchNorm1d(2, affine=False)
    assert dropout.eval()(x).equal(x)
    assert not dropout.train()(x).equal(x)
    assert normalize.train()(x).mean(dim=0).tolist() == pytest.approx([0.0, 0.0], abs=1e-6)
    running = normalize.running_mean
    assert running is not None
    assert normalize.eval()(x)[0].tolist() == pytest.approx(((x[0] - running) / (normalize.running_var + 1e-5).sqrt()).tolist())  # type: ignore[operator]


def test_without_backward_a_step_raises_nothing_and_changes_nothing() -> None:
    layer = nn.Linear(2, 2)
    before = layer.weight.detach().clone()
    torch.optim.Adam(layer.parameters()).step()
    assert layer.weight.grad is None
    assert layer.weight.equal(before)


@pytest.mark.parametrize(
    ("check", "text", "found"),
    [
        ("1B/larger", "Cross-entropy loss gives the larger signal.", ""),
        ("1B/larger", "CE shows a gradient that is more than five times as large, it is bigger", "?"),
        ("1B/larger", "The larger gradient is that of cross entropy, the bigger one of CE.", ""),
        ("1B/larger", "MSE has the larger gradient.", "mse-larger"),
        ("1B/larger", "Which one is larger is not clear.", "?"),
        ("1C/inside", "It has log-softmax inside.", ""),
        ("1C/inside", "The outputs are already probabilities.", "already-probabilities"),
        ("1C/inside", "One never needs a softmax.", "?"),
        ("3A/package", "from torchvision import datasets", ""),
        ("3A/package", "from torchvision.datasets import MNIST", ""),
        ("3A/package", "from torchvisions import datasets", "torchvisions"),
        ("3A/package", "from torchvision.models import MNIST", "?"),
        ("3A/package", "from torch.datasets import MNIST", "torch-datasets"),
        ("3B/module", "torch.optim.Adam", ""),
        ("3B/module", "from torch.optims import Adam", "other-name"),
        ("3B/module", "from torch.optimizer import Adam", "other-name"),
        ("3B/module", "from keras.optimizers import Adam", "?"),
        ("3C/class", "torch.utils.data.DataLoader", ""),
        ("3C/class", "A TensorDataset", "dataset"),
        ("3C/class", "DataLoaders", "?"),
        ("3D/no-gradients", "The weights are never updated.", ""),
        ("3D/no-gradients", "It does not train.", ""),
        ("3D/no-gradients", "It throws an exception.", "error"),
        ("3D/no-gradients", "The loss is not printed.", "?"),
        ("3E/accumulate", "They accumulate.", ""),
        ("3E/accumulate", "To reset the parameters.", "weights"),
        ("3F/dropout", "In evaluation dropout does nothing.", ""),
        ("3F/dropout", "Dropout is applied in evaluation.", "reversed"),
        ("3F/normalization", "It uses the batch mean in training and the running mean in evaluation.", ""),
        ("3F/normalization", "It normalizes.", "?"),
        ("3G/line", "`model.eval()`", ""),
        ("3G/line", "net.train(mode=False)", ""),
        ("3G/line", "mode.eval()", "typing-slip"),
        ("3G/line", "modle.eval()", "typing-slip"),
        ("3G/line", "model.evaluate()", "full-word"),
        ("3G/line", "model.eval", "not-called"),
        ("3G/line", "torch.no_grad()", "no-grad"),
        ("3G/line", "model.train()", "?"),
    ],
)
def test_what_the_rubric_reads_in_words(words: dict[str, TextCheck], check: str, text: str, found: str) -> None:
    """ "" is right, ``?`` neither right nor a known mistake."""
    one = words[check]
    hits = sum(pattern.is_in(text) for pattern in one.patterns)
    named = [mistake.id for mistake in one.mistakes if any_of(mistake.value, text)]
    assert ("" if hits >= (one.enough or len(one.patterns)) else named[0] if named else "?") == found


# 4


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("train-images-idx3-ubyte.gz", [0, 0, 8, 3, 0, 0, 1, 144, 0, 0, 0, 28, 0, 0, 0, 28]),
        ("train-labels-idx1-ubyte.gz", [0, 0, 8, 1, 0, 0, 1, 144]),
        ("t10k-images-idx3-ubyte", [0, 0, 8, 3, 0, 0, 0, 80, 0, 0, 0, 28, 0, 0, 0, 28]),
        ("t10k-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 80]),
    ],
)
def test_files_byte_by_byte(ref: ModuleType, name: str, header: list[int]) -> None:
    raw = (FOLDER / name).read_bytes()
    data = gzip.decompress(raw) if name.endswith(".gz") else raw
    assert list(data[: len(header)]) == header
    found = ref.load_idx(FOLDER / name)
    assert found.reshape(-1).tolist() == list(data[len(header) :])
    assert found.ndim == header[3]


@pytest.mark.parametrize("content", [b"\x00\x00\x09\x01\x00\x00\x00\x01\x01", b"\x01\x00\x08\x01\x00\x00\x00\x01\x01"])
def test_other_files_are_refused(ref: ModuleType, content: bytes, tmp_path: Any) -> None:
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(ValueError, match="no IDX file"):
        ref.load_idx(tmp_path / "file")


@pytest.fixture
def make_data(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The script that draws the files, and nothing of it left behind."""
    monkeypatch.syspath_prepend(str(FOLDER.parent))
    own = {path.stem for path in FOLDER.parent.glob("*.py")}
    yield importlib.import_module("make_data")
    for module in own & sys.modules.keys():
        del sys.modules[module]


def test_the_made_set_is_what_its_script_draws(ref: ModuleType, make_data: ModuleType) -> None:
    for images, labels, count, seed in ((ref.X_train, ref.y_train, 400, 1), (ref.X_test, ref.y_test, 80, 2)):
        drawn, digits = make_data.made(count, seed)
        assert np.array_equal(np.rint(255 * images.numpy()).astype(int)[:, 0], drawn)
        assert np.array_equal(labels.numpy(), digits)


def test_the_made_set_has_every_digit_equally_often_and_no_picture_twice(ref: ModuleType) -> None:
    assert np.bincount(ref.y_train).tolist() == [40] * 10
    assert np.bincount(ref.y_test).tolist() == [8] * 10
    assert (ref.X_train.dtype, tuple(ref.X_train.shape)) == (torch.float32, (400, 1, 28, 28))
    assert (float(ref.X_test.min()), float(ref.X_test.max())) == (0.0, 1.0)
    assert len({picture.numpy().tobytes() for picture in (*ref.X_train, *ref.X_test)}) == 480


def test_parameters_and_multiplications_by_counting(ref: ModuleType) -> None:
    model = ref.Classifier()
    assert ref.parameters_4 == len(nn.utils.parameters_to_vector(model.parameters())) == 50_890
    assert ref.macs_4 == 784 * 64 + 64 * 10 == 50_816
    wrong = ref.mistakes
    assert (wrong.parameters_without_biases, wrong.parameters_of_a_line) == (50_816, 28 * 64 + 64 + 64 * 10 + 10)
    assert (wrong.macs_with_biases, wrong.macs_doubled) == (50_890, 101_632)


def weights_of(model: nn.Module) -> list[np.ndarray]:
    return [np.asarray(each.detach().double().numpy()) for each in model.parameters()]


def test_the_network_and_its_known_faults_by_numpy(ref: ModuleType) -> None:
    x = ref.X_test[:5]
    rows = x.double().numpy().reshape(5, 784)

    def outputs(model: nn.Module, hidden: Callable[[Any], Any], last: Callable[[Any], Any]) -> Any:
        w1, b1, w2, b2 = weights_of(model)
        return last(hidden(rows @ w1.T + b1) @ w2.T + b2)

    def relu(z: Any) -> Any:
        return np.maximum(z, 0)

    def softmax(z: Any) -> Any:
        return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    def same(z: Any) -> Any:
        return z

    for model, hidden, last in (
        (ref.Classifier(), relu, same),
        (ref.mistakes.OutputSoftmax(), relu, softmax),
        (ref.mistakes.OutputReLU(), relu, relu),
        (ref.mistakes.WithoutReLU(), same, same),
    ):
        assert model(x).detach().numpy() == pytest.approx(outputs(model, hidden, last), abs=1e-5)


def test_the_trained_model_is_good_on_the_test_set_and_its_saved_state_says_the_same(ref: ModuleType) -> None:
    w1, b1, w2, b2 = weights_of(ref.model)
    rows = ref.X_test.double().numpy().reshape(80, 784)
    digits = (np.maximum(rows @ w1.T + b1, 0) @ w2.T + b2).argmax(axis=1)
    assert ref.predictions_4.tolist() == digits.tolist()
    assert ref.accuracy_4 == pytest.approx(np.mean(digits == ref.y_test.numpy()))
    assert ref.accuracy_4 >= 0.9
    assert ref.losses_4[-1] < 0.1 * ref.losses_4[0]
    assert len(ref.losses_4) == 10


def test_accuracies_by_counting(ref: ModuleType, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    labels = ref.y_test.numpy()
    some_wrong = np.where(np.arange(80) < 20, (labels + 1) % 10, labels)
    assert ref.relations.share_right(some_wrong) == 0.75
    assert (ref.conventions.percent_right(some_wrong), ref.mistakes.number_right(some_wrong)) == (75, 60)
    assert ref.mistakes.share_wrong(some_wrong) == 0.25
    assert not ref.relations.is_accurate(some_wrong)
    assert ref.relations.is_accurate(labels[:, None])
    for other in (labels[:79], np.eye(10)[labels], labels.reshape(8, 10), np.zeros(0)):
        assert ref.relations.share_right(other) == 0.0


def test_test_pictures_are_known_however_they_are_scaled_and_shaped(ref: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    x = ref.X_test.numpy()
    for right in (x, x.reshape(80, 784), 2 * x - 1, (x - 0.1307) / 0.3081, (x - x.mean()) / x.std(), x * 255 / 256):
        assert ref.relations.are_test_pictures(right)
        assert not ref.mistakes.are_bytes(right)
        assert not ref.mistakes.are_transposed(right)
    turned = x.swapaxes(2, 3)
    for wrong in (255 * x, x / 2, turned, 1 - x, x[::-1], x[:79], x.reshape(784, 80), np.full(x.shape, np.nan), 0 * x):
        assert not ref.relations.are_test_pictures(wrong)
    assert ref.mistakes.are_bytes(255 * x)
    assert ref.mistakes.are_transposed(turned)


def test_known_wrong_loaders_by_bytes(ref: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    images, labels = "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"
    data, wrong = (FOLDER / images).read_bytes()[16:], ref.mistakes
    pixels = [list(data[784 * n : 784 * (n + 1)]) for n in range(80)]
    assert wrong.flat_pictures(images).tolist() == pixels
    assert wrong.signed_bytes(images)[0].reshape(-1).tolist() == [byte - 256 * (byte > 127) for byte in pixels[0]]
    assert wrong.scaled(images)[1].reshape(-1).tolist() == pytest.approx([byte / 255 for byte in pixels[1]])
    assert wrong.transposed(images)[2].tolist() == [[pixels[2][28 * j + i] for j in range(28)] for i in range(28)]
    said = list((FOLDER / labels).read_bytes())
    assert wrong.header_kept(labels).tolist() == said
    assert wrong.long_header(labels).tolist() == said[16:]
    assert len(wrong.header_kept("train-labels-idx1-ubyte.gz")) == 408
