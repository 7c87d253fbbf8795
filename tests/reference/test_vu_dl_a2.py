"""Every value of the reference, computed a second way that shares no code with the first."""

from __future__ import annotations

from pathlib import Path
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

FOLDER = ROOT / "reference_solutions" / "vu_dl_a2"
DATA = FOLDER / "data" / "cifar-10-batches-bin"
A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 0.0], [1.0, -1.0]])


@pytest.fixture(scope="module")
def ref(load_reference: Load) -> ModuleType:
    return load_reference("vu_dl_a2")


def as_leaf(array: Any) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


# The derivations: sympy differentiates the sum of the results weighted by the given gradient


def gradients(weighted: sympy.Expr, by: sympy.Matrix) -> sympy.Matrix:
    return by.applyfunc(lambda entry: sympy.diff(weighted, entry))


def total(matrix: sympy.Matrix) -> sympy.Expr:
    return sum(matrix, sympy.Integer(0))


def symbols(name: str, rows: int, columns: int) -> sympy.Matrix:
    return sympy.Matrix(rows, columns, lambda i, j: sympy.Symbol(f"{name}{i}{j}", positive=True))


def test_the_gradients_of_a_division_are_those_of_the_rubric() -> None:
    x, y, g = (symbols(name, 2, 3) for name in "xyg")
    weighted = total(g.multiply_elementwise(x.multiply_elementwise(y.applyfunc(lambda e: 1 / e))))
    by_x = sympy.Matrix(2, 3, lambda i, j: g[i, j] / y[i, j])
    by_y = sympy.Matrix(2, 3, lambda i, j: -g[i, j] * x[i, j] / y[i, j] ** 2)
    assert gradients(weighted, x) == by_x
    assert sympy.simplify(gradients(weighted, y) - by_y) == sympy.zeros(2, 3)


def test_the_gradients_of_a_matrix_product_are_those_of_the_rubric() -> None:
    x, w, g = symbols("x", 2, 3), symbols("w", 3, 4), symbols("g", 2, 4)
    weighted = total(g.multiply_elementwise(x * w))
    assert sympy.simplify(gradients(weighted, x) - g * w.T) == sympy.zeros(2, 3)
    assert sympy.simplify(gradients(weighted, w) - x.T * g) == sympy.zeros(3, 4)


def test_the_gradient_of_a_repeated_column_is_the_sum_of_the_columns() -> None:
    x, g = symbols("x", 3, 1), symbols("g", 3, 16)
    weighted = total(g.multiply_elementwise(x * sympy.ones(1, 16)))
    assert gradients(weighted, x) == g * sympy.ones(16, 1)


def test_the_backward_of_normalize_is_the_derivative_that_sympy_takes(ref: ModuleType) -> None:
    x, g = symbols("x", 2, 3), symbols("g", 2, 3)
    normal = sympy.Matrix(2, 3, lambda i, j: x[i, j] / sum(x[i, k] for k in range(3)))
    formula = gradients(total(g.multiply_elementwise(normal)), x)
    rng = np.random.default_rng(8)
    points, given = rng.uniform(0.5, 2, (2, 3)), rng.normal(size=(2, 3))
    numbers = dict(zip([*x, *g], [*points.ravel(), *given.ravel()], strict=True))
    expected = np.array(formula.subs(numbers).tolist(), dtype=float)
    assert ref.Normalize.vjp(points, given) == pytest.approx(expected, rel=1e-9)


# 7 and 9


def test_the_gradients_of_the_example_are_those_of_torch(ref: ModuleType) -> None:
    a, b = as_leaf(A), as_leaf(B)
    ((a + b) * a).sum().backward()
    assert ref.grad_a_7.tolist() == a.grad.tolist() == (2 * A + B).tolist()
    assert ref.grad_b_7.tolist() == b.grad.tolist() == A.tolist()
    assert ref.parents_7 == 2
    through_sum, through_product = ref.mistakes.grad_a_sum_only, ref.mistakes.grad_a_product_only
    assert (through_sum + through_product).tolist() == ref.grad_a_7.tolist()


def test_relu_is_that_of_torch(ref: ModuleType) -> None:
    x = as_leaf([[-2.0, -0.5, 1.0, 3.0]])
    (torch.relu(x) * torch.tensor([[1.0, 2.0, 3.0, 4.0]])).sum().backward()
    assert ref.grad_x_9.tolist() == x.grad.tolist()
    grid = as_leaf([[-1.0, 0.0, 2.0]])
    torch.relu(grid).sum().backward()
    assert ref.ReLU.evaluate(grid.detach().numpy()).tolist() == torch.relu(grid).tolist()
    assert ref.ReLU.vjp(grid.detach().numpy(), np.ones((1, 3))).tolist() == grid.grad.tolist()


@pytest.mark.parametrize("slope", ["relu_one_at_zero", "relu_half_at_zero"])
def test_other_derivatives_at_zero_differ_there_alone(ref: ModuleType, slope: str) -> None:
    x, go = np.array([[-1.0, 0.0, 2.0]]), np.array([[3.0, 5.0, 7.0]])
    value = {"relu_one_at_zero": 5.0, "relu_half_at_zero": 2.5}[slope]
    assert getattr(ref.conventions, slope)(x, go).tolist() == [[0.0, value, 7.0]]


# 10


@pytest.mark.parametrize("residual", [True, False])
def test_the_network_returns_what_torch_computes_from_its_weights(ref: ModuleType, residual: bool) -> None:
    net = ref.MLP(3, 2, residual)
    w1, b1, w2, b2, w3, b3 = (torch.tensor(each) for each in net.weights)
    x = torch.tensor(ref.x_10)
    first = torch.sigmoid(x @ w1 + b1)
    second = torch.sigmoid(first @ w2 + b2) + (first if residual else 0)
    expected = torch.log_softmax(second @ w3 + b3, dim=1).numpy()
    assert net(ref.vg.TensorNode(ref.x_10)).value == pytest.approx(expected)
    name = "residual_outputs" if residual else "plain_outputs"
    shuffled = [net.weights[i] for i in (4, 5, 0, 1, 2, 3)]
    assert getattr(ref.relations, name)(shuffled, ref.x_10) == pytest.approx(expected)


WAYS = ("skip_before_activation", "second_without_activation", "skip_left_out", "skip_always", "residual_logits", "plain_logits")


def test_the_ways_to_put_the_network_together_differ(ref: ModuleType) -> None:
    found = {name: getattr(ref.mistakes, name)(ref.net_10.weights, ref.x_10) for name in WAYS}
    assert len({np.round(each, 9).tobytes() for each in found.values()}) == len(WAYS)
    assert found["skip_always"] == pytest.approx(ref.out_10)  # which is wrong only where no connection is asked for
    assert found["skip_left_out"] == pytest.approx(ref.relations.plain_outputs(ref.net_10.weights, ref.x_10))


def test_the_structure_is_told_by_the_shapes(ref: ModuleType) -> None:
    weights = ref.net_10.weights
    assert sum(each.size for each in weights) == (3 * 12 + 12) + (12 * 12 + 12) + (12 * 2 + 2)
    assert ref.relations.three_layers(weights)
    assert not ref.relations.three_layers(weights[:4])
    assert ref.mistakes.layer_left_out(weights[:4])
    assert not ref.mistakes.layer_left_out(weights[:3])
    assert not ref.mistakes.layer_left_out(weights)
    with pytest.raises(ValueError, match="left"):
        ref.relations.sorted_by_shape(weights[:4])
    with pytest.raises(ValueError, match="more"):
        ref.relations.sorted_by_shape([*weights, weights[0]])


def test_the_losses_fall(ref: ModuleType) -> None:
    for losses in (*ref.losses_9.values(), *ref.losses_10.values()):
        assert losses[-1] < losses[0]


# 11


def test_the_parameters_are_those_of_the_formula(ref: ModuleType) -> None:
    convolutions = [(5 * 5 * inputs + 1) * outputs for inputs, outputs in ((3, 6), (6, 16))]
    side = ((32 - 4) // 2 - 4) // 2
    linear = [(inputs + 1) * outputs for inputs, outputs in ((16 * side * side, 120), (120, 84), (84, 10))]
    assert [row["parameters"] for row in ref.table_11] == convolutions + linear == [456, 2416, 48120, 10164, 850]
    assert ref.total_11 == sum(convolutions + linear) == 62_006
    assert ref.mistakes.total_without_biases == 62_006 - (6 + 16 + 120 + 84 + 10)
    assert ref.mistakes.total_one_channel == (25 + 1) * 6 + (25 + 1) * 16 + sum(linear)
    assert sum(row["parameters"] for row in ref.mistakes.table_without_biases()) == ref.mistakes.total_without_biases
    assert sum(row["parameters"] for row in ref.mistakes.table_one_channel()) == ref.mistakes.total_one_channel


@pytest.mark.parametrize(
    "table",
    [
        {"conv1": 456, "fc1": 44},
        [{"layer": "conv1", "parameters": 456}, {"layer": "fc1", "parameters": "44"}],
        [["conv1", 456], ["fc1", 44]],
    ],
)
def test_a_total_follows_from_the_table(ref: ModuleType, table: Any) -> None:
    assert ref.follow.total(table) == 500


def test_the_network_is_that_of_modules_in_a_row(ref: ModuleType) -> None:
    net = ref.Net()
    row = nn.Sequential(
        *(net.conv1, nn.ReLU(), nn.MaxPool2d(2), net.conv2, nn.ReLU(), nn.MaxPool2d(2), nn.Flatten()),
        *(net.fc1, nn.ReLU(), net.fc2, nn.ReLU(), net.fc3),
    )
    images = torch.randn(2, 3, 32, 32)
    assert torch.allclose(net(images), row(images))


def test_a_file_is_read_byte_by_byte(ref: ModuleType) -> None:
    content = (DATA / "test_batch.bin").read_bytes()
    images, labels = ref.load_cifar(str(DATA / "test_batch.bin"))
    assert (images.shape, images.dtype, labels.dtype) == ((10, 3, 32, 32), torch.float32, torch.int64)
    for image, channel, row, column in ((0, 0, 0, 0), (3, 1, 7, 31), (9, 2, 31, 5)):
        byte = content[image * 3073 + 1 + channel * 1024 + row * 32 + column]
        assert images[image, channel, row, column].item() == pytest.approx((byte / 255 - 0.5) / 0.5, abs=1e-6)
    assert labels.tolist() == [content[image * 3073] for image in range(10)]


def test_wrong_loaders_differ_in_what_they_are_named_for(ref: ModuleType) -> None:
    path = str(DATA / "test_batch.bin")
    right = ref.load_cifar(path).images
    assert torch.allclose(ref.mistakes.load_zero_to_one(path).images, (right + 1) / 2)
    assert ref.mistakes.load_unscaled(path).images.max() > 200
    pixels = np.frombuffer((DATA / "test_batch.bin").read_bytes(), np.uint8).reshape(-1, 3073)[:, 1:].reshape(-1, 32, 32, 3)
    expected = pixels.transpose(0, 3, 1, 2) / 127.5 - 1
    assert ref.mistakes.load_channels_last(path).images.numpy() == pytest.approx(expected, abs=1e-6)


def test_the_made_files_are_the_ones_that_are_kept(load_reference: Load) -> None:
    import importlib.util

    spec = importlib.util.spec_from_file_location("make_data", FOLDER / "make_data.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.make()
    assert sorted(made) == sorted(path.name for path in DATA.iterdir())
    for name, content in made.items():
        kept = (DATA / name).read_bytes()
        assert sorted(kept[::3073]) == list(range(10))
        # the sine of another library may round the last bit the other way
        assert np.abs(np.frombuffer(content, np.uint8).astype(int) - np.frombuffer(kept, np.uint8)).max() <= 1


GRID = [[0.1, 0.9, 0.5, 0.4], [0.1, 0.5, 0.6, 0.3], [0.2, 0.9, 0.7, 0.6], [0.2, 0.5, 0.8, 0.5]]
NAMES = ("learning_rate", "momentum", "train_accuracy", "test_accuracy")


@pytest.mark.parametrize(
    ("tuning", "grid", "one_varied", "gaps"),
    [
        (GRID, True, False, False),
        ([dict(zip(NAMES, row, strict=True)) for row in GRID], True, False, False),
        ({name: [row[i] for row in GRID] for i, name in enumerate(NAMES)}, True, False, False),
        ([dict(zip(("LR", "Mom.", "Train acc", "Test_acc"), map(str, row), strict=True)) for row in GRID], True, False, False),
        ([[rate, momentum, 100 * train, 100 * test] for rate, momentum, train, test in GRID], True, False, False),
        ([[*row, 10] for row in GRID], True, False, False),
        (GRID[:3], False, False, True),
        ([*GRID, GRID[0]], False, False, True),
        (GRID[::2], False, True, False),
        (GRID[:2], False, True, False),
        (GRID[:1], False, False, False),
        ([], False, False, False),
        ([row[:2] for row in GRID], False, False, False),
        ([[*row[:3], -0.1] for row in GRID], False, False, False),
    ],
)
def test_a_table_of_runs_is_a_grid_with_accuracies(
    ref: ModuleType, tuning: Any, grid: bool, one_varied: bool, gaps: bool
) -> None:
    assert ref.relations.is_grid(tuning) is grid
    assert ref.mistakes.one_varied(tuning) is one_varied
    assert ref.mistakes.grid_with_gaps(tuning) is gaps


@pytest.mark.parametrize(
    ("best", "is_best", "in_training"),
    [
        (GRID[2], True, False),
        (dict(zip(NAMES, GRID[2], strict=True)), True, False),
        (GRID[3], False, True),
        (GRID[0], False, False),
        ([0.2, 0.9, 0.7, 0.9], False, False),
        (0.6, True, False),
        (0.8, False, True),
        (0.7, False, False),
    ],
)
def test_the_best_run_is_a_row_of_the_table(ref: ModuleType, best: Any, is_best: bool, in_training: bool) -> None:
    assert ref.relations.is_best(GRID, best) is is_best
    assert ref.mistakes.best_in_training(GRID, best) is in_training


def test_names_of_columns_that_are_not_known_are_left_to_a_person(ref: ModuleType) -> None:
    with pytest.raises(ValueError, match="learningrate"):
        ref.relations.is_grid([{"step size": 0.1, "beta": 0.9, "train": 0.5, "test": 0.4}])


def test_the_reference_learns_and_names_its_best_run(ref: ModuleType) -> None:
    assert ref.relations.is_grid(ref.tuning_11)
    assert ref.relations.is_best(ref.tuning_11, ref.best_11)
    assert ref.best_11["test_accuracy"] > 0.1


# The words of 5 to 7


@pytest.fixture(scope="module")
def words() -> dict[str, TextCheck]:
    """The checks that look for words, as ``question/check``."""
    questions = load_rubric(ROOT / "rubrics" / "vu-dl-a2.yaml").rubric.questions
    return {f"{q.id}/{check.id}": check for q in questions for check in q.checks if isinstance(check, TextCheck)}


@pytest.mark.parametrize(
    ("name", "text", "is_right"),
    [
        ("5/source", "`c.source` is the OpNode of the sum.", True),
        ("5/source", "c.source: an op node", True),
        ("5/source", "c.source holds the operation node that made it", True),
        ("5/source", "`c.source` is `Add`.", False),
        ("5/inputs", "`c.source.inputs[0].value` is what `a` holds", True),
        ("5/inputs", "`c.source.inputs[0].value` is a tensor: `b`", False),
        ("5/inputs", "inputs[0].value equals a.value", True),
        ("5/inputs", "inputs[0] is the value of a large list", False),
        ("5/inputs", "inputs[0] is the first input's value", True),
        ("6/operation", "The object is a subclass of Op", True),
        ("6/operation", "An op is the operation.", False),
        ("6/operation", "It is defined by an OpNode", False),
        ("6/addition", "in the method forward of class Add", True),
        ("6/addition", "Adding happens in add_", False),
        ("6/addition", "`return a + b`", True),
        ("6/connection", "Op.do_forward does it", True),
        ("7/where", "ginputs_raw = self.op.backward(self.context, *goutputs_raw)", True),
        ("7/where", "In backward of OpNode.", True),
        ("5/source", "c.source points at the node for the op Add", True),
        ("5/source", "c.source is the node a", False),
        ("7/where", "self.source.backward() in TensorNode", False),
        ("7/where", "The loss is a TensorNode; at the end the backward of the op node calls the op.", True),
    ],
)
def test_answers_are_recognised_by_their_words(words: dict[str, TextCheck], name: str, text: str, is_right: bool) -> None:
    assert words[name].patterns[0].is_in(text) is is_right


@pytest.mark.parametrize(
    ("name", "mistake", "text", "is_it"),
    [
        ("5/source", "op", "`c.source` is the `Add`", True),
        ("5/source", "inputs", "Its `source` holds both `a` and `b`", True),
        ("5/source", "inputs", "its source is something", False),
        ("5/inputs", "second", "`c.source.inputs[0].value` is the value of `b`", True),
        ("5/inputs", "second", "inputs[0].value: the first one, the second has index 1", False),
        ("6/connection", "backward", "They are set in the method `backward`.", True),
        ("6/connection", "backward", "When the node is made, because they are needed to go backward.", False),
        ("7/where", "tensor-node", "In the method `backward` of the TensorNode", True),
        ("7/where", "tensor-node", "Where the op of a TensorNode is called", False),
    ],
)
def test_wrong_answers_are_recognised_by_their_words(
    words: dict[str, TextCheck], name: str, mistake: str, text: str, is_it: bool
) -> None:
    (patterns,) = [m.value for m in words[name].mistakes if m.id == mistake]
    assert any_of(list(patterns), text) is is_it


def test_the_package_lies_where_the_rubric_says(ref: ModuleType) -> None:
    rubric = load_rubric(ROOT / "rubrics" / "vu-dl-a2.yaml").rubric
    assert {name for name in rubric.data if name.startswith("vugrad/")} == {
        f"vugrad/{path.name}" for path in (FOLDER / "vugrad").glob("*.py")
    }
    assert Path(ref.vg.__file__).parent == FOLDER / "vugrad"
