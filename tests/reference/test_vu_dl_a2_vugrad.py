"""The autodiff package of vu-dl-a2 does what torch does."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.reference.conftest import ROOT

A, B = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[2.0, 0.0], [1.0, -1.0]])


@pytest.fixture(scope="module")
def vg() -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "reference_solutions" / "vu_dl_a2"))
        yield importlib.import_module("vugrad")


def as_leaf(array: Any) -> torch.Tensor:
    return torch.tensor(array, dtype=torch.float64, requires_grad=True)


OPS = {
    "Add": (lambda a, b: a + b, 2),
    "Subtract": (lambda a, b: a - b, 2),
    "Multiply": (lambda a, b: a * b, 2),
    "MatrixMultiply": (lambda a, b: a @ b, 2),
    "Exp": (torch.exp, 1),
    "Sigmoid": (torch.sigmoid, 1),
    "LogSoftmax": (lambda a: torch.log_softmax(a, dim=1), 1),
    "Sum": (torch.sum, 1),
}


@pytest.mark.parametrize("name", OPS)
def test_an_op_goes_forward_and_backward_as_torch_does(vg: ModuleType, name: str) -> None:
    function, count = OPS[name]
    rng = np.random.default_rng(1)
    inputs = [rng.normal(size=(3, 3)) for _ in range(count)]
    leaves = [as_leaf(each) for each in inputs]
    result = function(*leaves)
    go = rng.normal(size=result.shape)
    result.backward(torch.tensor(go))
    op = getattr(vg, name)
    assert op.evaluate(*inputs) == pytest.approx(result.detach().numpy(), rel=1e-12)
    found = op.vjp(*inputs, go)
    for gradient, leaf in zip(found if isinstance(found, tuple) else (found,), leaves, strict=True):
        assert gradient == pytest.approx(leaf.grad.numpy(), rel=1e-12)


def test_sigmoid_and_logsoftmax_stay_finite_far_from_zero(vg: ModuleType) -> None:
    far = np.array([[-1e4, 1e4]])
    with np.errstate(all="raise", under="ignore"):
        assert vg.Sigmoid.evaluate(far).tolist() == [[0.0, 1.0]]
        assert vg.LogSoftmax.evaluate(far).tolist() == [[-2e4, 0.0]]


def test_expand_and_select_are_undone_on_the_way_back(vg: ModuleType) -> None:
    context: dict[str, Any] = {}
    wide = vg.Expand.forward(context, np.array([[1.0], [2.0]]), axis=1, repeats=16)
    assert wide.shape == (2, 16)
    assert vg.Expand.backward(context, np.ones((2, 16))).tolist() == [[16.0], [16.0]]
    with pytest.raises(ValueError, match="length 1"):
        vg.Expand.forward({}, np.ones((2, 2)), axis=1, repeats=3)
    chosen = vg.Select.forward(context, A, indices=np.array([1, 0]))
    assert chosen.tolist() == [[2.0], [3.0]]
    assert vg.Select.backward(context, np.array([[5.0], [7.0]])).tolist() == [[0.0, 5.0], [7.0, 0.0]]


@pytest.mark.parametrize("name", ["Add", "Subtract", "Multiply"])
def test_shapes_that_do_not_fit_are_told(vg: ModuleType, name: str) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        getattr(vg, name).evaluate(np.ones((2, 2)), np.ones((1, 2)))


def test_a_node_that_is_used_several_times_gets_the_sum_of_its_gradients(vg: ModuleType) -> None:
    node, leaf = vg.TensorNode(A), as_leaf(A)
    square = node * node
    ((square + node) * square).sum().backward()
    (((leaf * leaf) + leaf) * (leaf * leaf)).sum().backward()
    assert node.grad == pytest.approx(leaf.grad.numpy())
    assert (square.numparents, node.numparents) == (2, 3)


def test_what_the_loss_does_not_use_changes_nothing(vg: ModuleType) -> None:
    node = vg.TensorNode(A)
    _ = node * node
    loss = node.sum()
    loss.backward()
    assert node.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]
    assert node.numparents == 1


def test_a_second_pass_is_added_to_the_gradients_of_leaves_only(vg: ModuleType) -> None:
    node = vg.TensorNode(A)
    middle = node * node
    loss = middle.sum()
    loss.backward()
    loss.backward()
    assert node.grad == pytest.approx(4 * A)
    assert middle.grad.tolist() == np.ones((2, 2)).tolist()
    node.zero_grad()
    assert not node.grad.any()


def test_backward_starts_at_one_number_only(vg: ModuleType) -> None:
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        vg.TensorNode(A).backward()


def test_an_op_node_has_its_outputs_once_the_op_was_applied(vg: ModuleType) -> None:
    a, b = vg.TensorNode(A), vg.TensorNode(B)
    c = a + b
    assert c.source.op is vg.Add
    assert c.source.inputs == (a, b)
    assert c.source.outputs == [c]
    assert (a.source, c.size()) == (None, (2, 2))
    lone = vg.OpNode(vg.Add, {}, (a, b))
    assert lone.outputs is None
    with pytest.raises(ValueError, match="no outputs"):
        lone.backward()


def test_the_gradients_of_a_network_are_those_of_torch(vg: ModuleType) -> None:
    np.random.seed(2)
    net, (points, labels) = vg.MLP(2, 3), vg.load_synth(7)
    loss = vg.celoss(net(vg.TensorNode(points)), labels)
    loss.backward()
    w1, b1, w2, b2 = leaves = [as_leaf(each) for each in net.weights]
    hidden = torch.sigmoid(torch.tensor(points) @ w1 + b1)
    expected = nn.functional.cross_entropy(hidden @ w2 + b2, torch.tensor(labels))
    expected.backward()
    assert float(loss.value) == pytest.approx(expected.item(), rel=1e-12)
    for parameter, leaf in zip(net.parameters(), leaves, strict=True):
        assert parameter.grad == pytest.approx(leaf.grad.numpy(), rel=1e-9)
    before = [each.copy() for each in net.weights]
    net.descend(0.5)
    for after, value, leaf in zip(net.weights, before, leaves, strict=True):
        assert after == pytest.approx(value - 0.5 * leaf.grad.numpy())


def test_the_points_lie_in_the_square_and_half_of_it_is_inside(vg: ModuleType) -> None:
    samples = vg.load_synth(20_000)
    assert abs(samples.points).max() <= 1
    assert samples.labels.tolist() == [int(np.hypot(*point) < np.sqrt(2 / np.pi)) for point in samples.points]
    assert samples.labels.mean() == pytest.approx(0.5, abs=0.02)
