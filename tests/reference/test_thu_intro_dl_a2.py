"""Every value of the reference, computed a second way that shares no code with the first."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from grader.checks.text import TextCheck
from grader.intake.rubrics import load_rubric
from tests.reference.conftest import ROOT, Load

FACTOR = np.array([[1.0, 0.0, 2.0], [1.0, 1.0, 0.0], [0.0, 3.0, 1.0]])


@pytest.fixture(scope="module")
def ref(load_reference: Load) -> ModuleType:
    return load_reference("thu_intro_dl_a2")


def random_matrices(seed: int, *shape: int) -> list[np.ndarray]:
    return list(np.random.default_rng(seed).random((2, *shape)))


# 1.6


@pytest.fixture(scope="module")
def words() -> dict[str, TextCheck]:
    """The checks of 1.6 that look for words."""
    (question,) = [q for q in load_rubric(ROOT / "rubrics" / "thu-intro-dl-a2.yaml").rubric.questions if q.id == "1.6"]
    return {check.id: check for check in question.checks if isinstance(check, TextCheck)}


def test_the_number_of_weights_is_that_of_the_layer(ref: ModuleType, words: dict[str, TextCheck]) -> None:
    with torch.device("meta"):
        layer = torch.nn.Linear(100 * 100, 100)
    assert ref.WEIGHTS == layer.weight.numel() == 1_000_000
    for form in (f"{ref.WEIGHTS:,}", f"{ref.WEIGHTS}", "1 million", "one million", "$10^6$", "10^{6}", "1e6", "1 000 000"):
        assert words["weights"].patterns[0].is_in(f"It has {form} weights."), form


@pytest.mark.parametrize(
    "text", ["11,000,000 weights", "1,000,000,000", "1.1 million", "10,000", "10^{60}", "2.1e6", "100 x 100"]
)
def test_another_number_of_weights_is_not_taken_for_it(words: dict[str, TextCheck], text: str) -> None:
    assert not words["weights"].patterns[0].is_in(text)


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("It grows quadratically.", True),
        ("as the square of the side", True),
        ("like $n^2$", True),
        ("linearly with the number of pixels", True),
        ("proportional to the number of input pixels", True),
        ("It grows exponentially with the image size.", False),
        ("linearly with the side", False),
        ("very fast", False),
    ],
)
def test_how_the_number_grows_is_read_from_words(words: dict[str, TextCheck], text: str, is_right: bool) -> None:
    assert words["growth"].patterns[0].is_in(text) is is_right


# 2.1 and 2.2


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("addition", lambda a, b, i, j: a[i][j] + b[i][j]),
        ("subtraction", lambda a, b, i, j: a[i][j] - b[i][j]),
        ("elementwise", lambda a, b, i, j: a[i][j] * b[i][j]),
        ("matmul", lambda a, b, i, j: sum(a[i][k] * b[k][j] for k in range(5))),
    ],
)
def test_each_operation_entry_by_entry(ref: ModuleType, name: str, entry: Any) -> None:
    a, b = random_matrices(1, 5, 5)
    by_hand = [[entry(a.tolist(), b.tolist(), i, j) for j in range(5)] for i in range(5)]
    assert getattr(ref.relations, name)(a, b) == pytest.approx(np.array(by_hand), rel=1e-12)


def test_the_solution_keeps_its_own_relations(ref: ModuleType) -> None:
    a, b = ref.A_2_1.numpy(), ref.B_2_1.numpy()
    assert ref.relations.random_pair(a, b)
    for mine, rule in (
        (ref.addition, "addition"),
        (ref.subtraction, "subtraction"),
        (ref.ele_multiplication, "elementwise"),
        (ref.mat_multiplication, "matmul"),
    ):
        assert mine.numpy() == pytest.approx(getattr(ref.relations, rule)(a, b), rel=1e-5)


def test_shapes_and_slices_by_counting(ref: ModuleType) -> None:
    counted = np.arange(24).reshape(6, 4)
    assert ref.relations.reshaped(counted).tolist() == list(range(24))
    assert ref.relations.subset(counted).tolist() == [[4 * i + j for j in (1, 2)] for i in (1, 2, 3, 4)]
    assert ref.A_reshaped.tolist() == [x for row in ref.A_2_2.tolist() for x in row]
    assert ref.A_subset.tolist() == [row[1:3] for row in ref.A_2_2.tolist()[1:5]]


# 2.3


def test_the_gradient_is_the_factor_also_by_differences(ref: ModuleType) -> None:
    a = random_matrices(2, 3, 3)[0]
    slopes = np.zeros((3, 3))
    for i, j in np.ndindex(3, 3):
        moved = a.copy()
        moved[i, j] += 0.5  # the sum is linear, so that the step may be large
        slopes[i, j] = (np.sum(moved * FACTOR) - np.sum(a * FACTOR)) / 0.5
    assert ref.dS_dA.numpy() == pytest.approx(slopes, abs=1e-12)
    assert ref.dS_dA.tolist() == FACTOR.tolist()


def test_the_known_wrong_gradients_also_by_autograd(ref: ModuleType) -> None:
    def gradient(of: Any) -> np.ndarray:
        a = torch.ones(3, 3, requires_grad=True)
        (found,) = torch.autograd.grad(of(a, torch.tensor(FACTOR, dtype=torch.float32)), a)
        return np.asarray(found.numpy())

    assert ref.mistakes.dS_dA_matmul.numpy() == pytest.approx(gradient(lambda a, f: (a @ f).sum()))
    assert ref.mistakes.dS_dA_mean.numpy() == pytest.approx(gradient(lambda a, f: (a * f).mean()))
    assert ref.mistakes.dS_dA_twice.numpy() == pytest.approx(gradient(lambda a, f: 2 * (a * f).sum()))


# 2.4


def by_hand(weights: list[np.ndarray], biases: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> list[tuple[Any, Any]]:
    """Back-propagation of the mean squared error written out: the gradients by (weight, bias) of each layer."""
    outputs, sums = [x], []
    for index, (w, b) in enumerate(zip(weights, biases, strict=True)):
        sums.append(outputs[-1] @ w.T + b)
        outputs.append(np.maximum(sums[-1], 0.0) if index < len(weights) - 1 else sums[-1])
    error = 2.0 * (outputs[-1] - y) / len(x)
    found = []
    for index in reversed(range(len(weights))):
        found.append((error.T @ outputs[index], error.sum(axis=0)))
        if index:
            error = (error @ weights[index]) * (sums[index - 1] > 0)
    return found[::-1]


@pytest.mark.parametrize(
    ("name", "layers", "width", "rate"), [("base", 16, 64, 0.01), ("shallow", 4, 64, 0.01), ("slow", 16, 64, 1e-4)]
)
def test_the_layer_gradients_by_hand(ref: ModuleType, name: str, layers: int, width: int, rate: float) -> None:
    """The same start, then ten steps in double precision without autograd."""
    torch.manual_seed(0)
    x = torch.randn(64, 20).double().numpy()
    y = np.sin(x.sum(axis=1, keepdims=True))
    sizes = [20, *[width] * (layers - 1), 1]
    modules = [torch.nn.Linear(sizes[i], sizes[i + 1]) for i in range(layers)]
    weights = [m.weight.detach().double().numpy().copy() for m in modules]
    biases = [m.bias.detach().double().numpy().copy() for m in modules]
    total = np.zeros(layers)
    for _ in range(10):
        found = by_hand(weights, biases, x, y)
        total += [np.abs(dw).mean() for dw, _ in found]
        weights = [w - rate * dw for w, (dw, _) in zip(weights, found, strict=True)]
        biases = [b - rate * db for b, (_, db) in zip(biases, found, strict=True)]
    assert ref.gradients[name] == pytest.approx(total / 10, rel=2e-2)


def test_what_is_claimed_of_the_gradients_holds(ref: ModuleType) -> None:
    table = [np.array(ref.gradients[name]) for name in ("base", "shallow", "wide", "slow")]
    assert [len(each) for each in table] == [16, 4, 16, 16]
    assert all(each[-1] > 3 * each[:-1].max() for each in table)
    assert table[1][0] > 1000 * table[0][0]
    assert ref.relations.layer_means(*table)
    assert ref.relations.last_largest(*table)
    assert ref.relations.shallow_larger(*table[:2])


def test_the_claims_do_not_depend_on_the_draw(ref: ModuleType) -> None:
    for seed in range(1, 9):
        base = ref.layer_gradients(ref.Setting(), seed=seed)
        shallow = ref.layer_gradients(ref.Setting(layers=4), seed=seed)
        assert ref.relations.last_largest(base, shallow)
        assert ref.relations.shallow_larger(base, shallow)


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("layer_means", lambda t: [t[0], t[0], t[2], t[3]]),
        ("layer_means", lambda t: [-t[0], t[1], t[2], t[3]]),
        ("layer_means", lambda t: [t[0], t[1], t[2], np.full(16, np.nan)]),
        ("layer_means", lambda t: [t[0], t[1], t[2], t[3].reshape(4, 4)]),
        ("last_largest", lambda t: [t[0][::-1], t[1], t[2], t[3]]),
        ("last_largest", lambda t: [t[0], np.ones(4), t[2], t[3]]),
        ("last_largest", lambda t: [t[0], np.ones(1), t[2], t[3]]),
        ("shallow_larger", lambda t: [t[1], t[0]]),
        ("shallow_larger", lambda t: [t[0], t[0]]),
        ("shallow_larger", lambda t: [t[0], np.array(1.0)]),
    ],
)
def test_a_rule_refuses_what_breaks_it(ref: ModuleType, rule: str, wrong: Any) -> None:
    table = [np.array(ref.gradients[name]) for name in ("base", "shallow", "wide", "slow")]
    assert getattr(ref.relations, rule)(*wrong(table)) is False


def test_the_output_layer_may_be_counted_apart(ref: ModuleType) -> None:
    longer = [np.append(each, 1.0) for each in ref.gradients.values()]
    assert ref.conventions.output_apart(*longer)
    assert not ref.conventions.output_apart(*ref.gradients.values())


# 2.5


def drawn(noise_first: bool = True) -> tuple[np.ndarray, np.ndarray, float, float]:
    """x, y, w, b as torch draws them from the seed 42: a linear layer is uniform in -1 to 1, as it has one input."""
    torch.manual_seed(42)
    noise = torch.randn(256) if noise_first else None
    w, b = (torch.empty(1).uniform_(-1, 1).item() for _ in range(2))
    noise = torch.randn(256) if noise is None else noise
    x = np.linspace(-2, 2, 256)
    return x, 3 * x + 0.7 + 0.2 * noise.double().numpy(), w, b


def stepped(x: np.ndarray, y: np.ndarray, w: float, b: float, rate: float = 0.05) -> tuple[float, float, float]:
    """Loss before, w and b after a step, with the derivatives of the mean squared error written out."""
    error = w * x + b - y
    return float(np.mean(error**2)), w - rate * 2 * float(np.mean(error * x)), b - rate * 2 * float(np.mean(error))


def test_the_step_by_hand(ref: ModuleType) -> None:
    loss, w, b = stepped(*drawn())
    assert (ref.loss_2_5, ref.w_2_5, ref.b_2_5) == pytest.approx((loss, w, b), rel=1e-5)
    assert ref.predictions_2_5 == pytest.approx([b - 1.5 * w, b, b + 1.5 * w], rel=1e-5)
    assert (round(ref.loss_2_5, 5), round(ref.w_2_5, 6), round(ref.b_2_5, 6)) == (10.01926, 0.887277, -0.555323)
    assert [round(value, 6) for value in ref.predictions_2_5] == [-1.886238, -0.555323, 0.775592]


def test_following_the_line(ref: ModuleType) -> None:
    assert ref.follow.predictions(2.0, [[0.5]]).tolist() == [-2.5, 0.5, 3.5]


def test_the_known_wrong_steps_by_hand(ref: ModuleType) -> None:
    x, y, w, b = drawn()
    loss, new_w, new_b = stepped(x, y, w, b)
    wrong = ref.mistakes
    assert (wrong.w_initial, wrong.b_initial) == pytest.approx((w, b))
    assert wrong.loss_after_step == pytest.approx(stepped(x, y, new_w, new_b)[0], rel=1e-5)
    assert wrong.summed.loss == pytest.approx(256 * loss, rel=1e-5)
    assert (wrong.summed.w, wrong.summed.b) == pytest.approx((w + 256 * (new_w - w), b + 256 * (new_b - b)), rel=1e-4)
    grid = (w * x + b)[:, None] - y[None, :]
    assert wrong.broadcast.loss == pytest.approx(np.mean(grid**2), rel=1e-5)
    assert wrong.broadcast.w == pytest.approx(w - 0.1 * np.mean(grid * x[:, None]), rel=1e-5)
    other = stepped(*drawn(noise_first=False))
    assert (wrong.other_draws.loss, wrong.other_draws.w, wrong.other_draws.b) == pytest.approx(other, rel=1e-5)
    assert wrong.true_line == pytest.approx([-3.8, 0.7, 5.2])


# Known mistakes told of random tensors


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("same_matrix", lambda a, b: (a, a)),
        ("other_size", lambda a, b: (a[:3, :3], b[:3, :3])),
        ("not_random", lambda a, b: (np.ones((5, 5)), b)),
    ],
)
def test_one_name_for_each_slip_in_the_inputs(ref: ModuleType, name: str, make: Any) -> None:
    pair = make(*random_matrices(3, 5, 5))
    assert not ref.relations.random_pair(*pair)
    told = [n for n in ("same_matrix", "other_size", "not_random") if getattr(ref.mistakes, n)(*pair)]
    assert told == [name]


def test_slices_with_slips_by_counting(ref: ModuleType) -> None:
    counted = np.arange(24).reshape(6, 4)
    assert ref.mistakes.column_by_column(counted).tolist() == [4 * i + j for j in range(4) for i in range(6)]
    assert ref.mistakes.counted_from_one(counted).tolist() == [[4 * i + j for j in (2, 3)] for i in (2, 3, 4, 5)]
    assert ref.mistakes.last_left_out(counted).tolist() == [[5], [9], [13]]
