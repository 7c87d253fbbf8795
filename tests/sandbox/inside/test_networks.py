"""Networks built, traced and counted."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from grader.model.values import Network
from grader.sandbox.inside import libraries, networks
from grader.sandbox.inside.captures import Capturer
from grader.sandbox.inside.errors import Files
from tests.sandbox.inside.playing import array, npy

F = nn.functional


def traced(thing: Any, *inputs: torch.Tensor, **probe: Any) -> Network:
    """The network as the host reads it."""
    for name in ("numpy", "torch", "torch.nn", "torch.overrides"):
        libraries.load(name)
    blobs = {f"x{n}": npy(each.numpy()) for n, each in enumerate(inputs)}
    values = [array(key, str(each.dtype).removeprefix("torch.")) for key, each in zip(blobs, inputs, strict=True)]
    for name, tensor in probe.get("state", {}).items():
        blobs[name] = npy(tensor.numpy())
    probe["state"] = {name: array(name) for name in probe.get("state", {})}
    if "target" in probe:
        blobs["target"] = npy(probe["target"].numpy())
        probe["target"] = array("target")
    capturer = Capturer(2**26)
    value = capturer.network(networks.trace(thing, {**probe, "inputs": values}, blobs, Files(root=str(Path.cwd()))))
    return TypeAdapter(Network).validate_python(value, context={"blobs": capturer.blobs})


class Conv(nn.Conv2d):
    """A student's own kind of convolution, which keeps what it computes."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.kept = super().forward(x)
        return self.kept


class Small(nn.Module):
    def __init__(self, classes: int = 10) -> None:
        super().__init__()
        self.head = nn.Linear(16 * 6 * 6, classes)
        self.conv1 = Conv(3, 16, 5)
        self.conv2 = nn.Conv2d(16, 16, 3, groups=2, bias=False)
        self.unused = nn.Dropout(0.25)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(torch.relu_(self.conv2(x)), (2, 2), 2)
        return self.head(x.view(x.size(0), -1))


IMAGE = torch.ones(2, 3, 32, 32)


def test_layers_come_in_order_of_first_use_with_shapes_settings_and_counts() -> None:
    network = traced(Small, IMAGE)
    assert network.error is None
    assert [layer.name for layer in network.layers] == ["conv1", "conv2", "head", "unused"]
    first, second, head, unused = network.layers
    assert (first.kind, first.bases) == ("Conv", ("Conv2d",))
    assert (first.settings["kernel_size"], first.settings["bias"], second.settings["bias"]) == ((5, 5), True, False)
    assert (first.input_shapes, first.output_shapes) == (((2, 3, 32, 32),), ((2, 16, 28, 28),))
    assert [(p.name, p.shape, p.count, p.trainable) for p in first.parameters] == [
        ("weight", (16, 3, 5, 5), 1200, True),
        ("bias", (16,), 16, True),
    ]
    assert (first.macs, second.macs, head.macs) == (2 * 1200 * 28 * 28, 2 * 1152 * 12 * 12, 2 * 5760)
    assert (unused.calls, unused.macs, unused.settings["p"]) == (0, None, 0.25)


def test_operations_between_the_layers_come_in_order_with_their_arguments() -> None:
    operations = traced(Small, IMAGE).operations
    assert [each.name for each in operations] == ["relu", "max_pool2d", "relu", "max_pool2d", "view"]
    assert operations[1].arguments[:2] == ("kernel_size=2", "stride=2")
    assert operations[3].arguments[:2] == ("kernel_size=(2, 2)", "stride=2")
    assert (operations[4].arguments, operations[4].input_shape, operations[4].output_shape) == (
        ("2", "-1"),
        (2, 16, 6, 6),
        (2, 576),
    )


def test_parameter_counts_agree_with_torch() -> None:
    for build in (Small, lambda: nn.LSTM(3, 4, 2), lambda: nn.MultiheadAttention(8, 2), lambda: nn.BatchNorm2d(3)):
        network = traced(build, *[])
        own = sum(p.count for layer in network.layers for p in layer.parameters if p.trainable)
        assert own == sum(p.numel() for p in build().parameters())  # type: ignore[attr-defined]


class Transposed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(4, 6, 3, stride=2, groups=2)
        self.weight = nn.Parameter(torch.ones(6, 5))
        self.mask = nn.Parameter(torch.ones(6, 5), requires_grad=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.up(x).mean((2, 3))
        return x @ (self.weight * self.mask) + torch.einsum("bi,io->bo", x, self.weight)


@pytest.mark.parametrize(
    ("build", "given"),
    [
        (Small, IMAGE),
        (lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2), torch.ones(3, 4, 11)),
        (lambda: nn.Conv3d(1, 2, 2, dilation=2), torch.ones(1, 1, 4, 5, 6)),
        (lambda: nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 2, bias=False)), torch.ones(4, 3, 5)),
        (Transposed, torch.ones(2, 4, 3, 3)),
    ],
)
def test_macs_are_half_of_torchs_own_count_of_operations(build: Any, given: torch.Tensor) -> None:
    network = traced(build, given)
    with FlopCounterMode(display=False) as counter:
        build()(given)
    assert sum(layer.macs or 0 for layer in network.layers) * 2 == counter.get_total_flops() > 0


def test_macs_of_recurrent_bilinear_embedding_and_attention_layers() -> None:
    def macs(build: Any, *inputs: torch.Tensor) -> int | None:
        return traced(build, *inputs).layers[0].macs

    steps = torch.ones(7, 2, 3)
    assert macs(lambda: nn.LSTM(3, 5, bidirectional=True), steps) == 14 * 2 * 4 * 5 * (3 + 5)
    assert macs(lambda: nn.GRU(3, 5, 2), steps) == 14 * 3 * 5 * ((3 + 5) + (5 + 5))
    assert macs(lambda: nn.RNNCell(3, 5), torch.ones(2, 3)) == 2 * 5 * (3 + 5)
    assert macs(lambda: nn.Bilinear(3, 4, 5), torch.ones(2, 3), torch.ones(2, 4)) == 2 * 3 * 4 * 5
    assert macs(lambda: nn.Embedding(9, 4), torch.ones(2, 3, dtype=torch.int64)) == 0
    heads = torch.ones(7, 2, 8)
    assert macs(lambda: nn.MultiheadAttention(8, 2), heads, heads, heads) == 14 * 4 * 8 * 8
    assert macs(lambda: nn.BatchNorm1d(3), torch.ones(2, 3)) is None
    assert macs(lambda: nn.ReLU(), torch.ones(2, 3)) == 0


def test_a_layer_used_twice_counts_twice_and_shared_weights_once() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a = nn.Linear(3, 3)
            self.b = nn.Linear(3, 3)
            self.b.weight = self.a.weight

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.b(self.a(self.a(x)))

    a, b = traced(Twice, torch.ones(1, 3)).layers
    assert (a.calls, a.macs, b.macs) == (2, 18, 9)
    assert [p.name for p in b.parameters] == ["bias"]


def test_weights_are_loaded_by_name_or_by_order_and_shape() -> None:
    class Other(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(3, 4)
            self.second = nn.Linear(4, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.second(self.first(x).relu())

    given = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    x = torch.arange(6.0).reshape(2, 3)
    state = {name: each.detach() for name, each in given.state_dict().items()}
    expected = given(x).detach().numpy()
    by_order = traced(Other, x, state=state)
    assert np.allclose(by_order.outputs[0].data, expected)  # type: ignore[union-attr]
    assert np.array_equal(by_order.state["second.bias"].data, state["2.bias"].numpy())
    by_name = traced(lambda: nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2)), x, state=state)
    assert np.allclose(by_name.outputs[0].data, expected)  # type: ignore[union-attr]


def test_layers_of_equal_shape_take_given_weights_in_order() -> None:
    given = nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3))
    state = {f"other.{name}": each.detach() for name, each in given.state_dict().items()}
    x = torch.arange(6.0).reshape(2, 3)
    seen = traced(lambda: nn.Sequential(nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3)), x, state=state)
    assert np.allclose(seen.outputs[0].data, given(x).detach().numpy())  # type: ignore[union-attr]


def test_weights_without_a_place_are_an_error_of_the_pass() -> None:
    network = traced(lambda: nn.Linear(3, 4), torch.ones(1, 3), state={"weight": torch.ones(9, 9)})
    assert network.error is not None
    assert "(9, 9)" in network.error.message
    assert network.outputs == ()


def test_gradients_are_those_of_the_mean_squared_error() -> None:
    torch.manual_seed(0)
    expected = nn.Linear(3, 2)
    x, target = torch.arange(6.0).reshape(2, 3), torch.ones(2, 2)
    ((expected(x) - target) ** 2).mean().backward()
    seen = traced(lambda: nn.Linear(3, 2), x, target=target)
    assert expected.weight.grad is not None
    assert np.allclose(seen.gradients["weight"].data, expected.weight.grad.numpy())
    assert set(seen.gradients) == {"weight", "bias"}


def test_a_single_number_is_its_own_loss_and_zeroed_weights_keep_their_biases() -> None:
    seen = traced(lambda: nn.Sequential(nn.Linear(3, 2), nn.Linear(2, 1)), torch.ones(1, 3), zero_weights=True)
    assert not seen.state["0.weight"].data.any()
    assert seen.state["0.bias"].data.any()
    assert not seen.gradients["0.weight"].data.any()
    assert seen.gradients["1.bias"].data.tolist() == [1.0]


def test_an_instance_is_copied_and_its_mode_follows_the_probe() -> None:
    net = nn.Sequential(nn.Dropout(0.5), nn.Linear(100, 1))
    x = torch.ones(1, 100)
    still = traced(net, x)
    assert np.allclose(still.outputs[0].data, net.eval()(x).detach().numpy())  # type: ignore[union-attr]
    assert not np.allclose(traced(net, x, training=True).outputs[0].data, still.outputs[0].data)  # type: ignore[union-attr]
    assert net[1].weight.grad is None


def test_a_network_that_keeps_tensors_of_a_pass_can_be_traced() -> None:
    net = Small()
    net(IMAGE)
    assert traced(net, IMAGE).error is None


def test_a_pass_that_raises_keeps_the_layers() -> None:
    network = traced(Small, torch.ones(1, 1, 8, 8))
    assert network.error is not None
    assert network.error.kind == "RuntimeError"
    assert network.layers[0].name == "conv1"
    assert "conv1.weight" in network.state


def test_what_is_no_network_is_refused_and_a_constructors_exception_comes_out() -> None:
    with pytest.raises(TypeError, match="int was built"):
        traced(lambda: 3)
    with pytest.raises(ZeroDivisionError):
        traced(lambda: 1 / 0)


def test_lazy_layers_take_their_shapes_from_the_inputs() -> None:
    network = traced(lambda: nn.Sequential(_lazy()), torch.ones(2, 5))
    assert network.layers[0].parameters[0].shape == (3, 5)


def _lazy() -> nn.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nn.LazyLinear(3)


def test_inputs_in_a_list_and_outputs_in_a_tuple_are_seen() -> None:
    class Pair(nn.Module):
        def forward(self, x: torch.Tensor, y: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            return x + y, x * 2

    network = traced(Pair, torch.ones(2), torch.ones(2))
    assert [each.data.tolist() for each in network.outputs] == [[2, 2], [2, 2]]  # type: ignore[union-attr]
    assert [(each.name, each.arguments) for each in network.operations] == [("add", ()), ("mul", ("2",))]


def test_a_network_in_double_precision_takes_inputs_in_single() -> None:
    network = traced(Small().double(), torch.ones(1, 3, 32, 32))
    assert network.error is None
    assert network.outputs[0].dtype == "float64"  # type: ignore[union-attr]


def test_a_state_dict_of_the_students_own_making_does_no_harm() -> None:
    class Odd(nn.Linear):
        def state_dict(self, *args: Any, **kwargs: Any) -> Any:
            return {"weight": torch.ones(1), 3: torch.ones(1), "other": object()}

    assert set(traced(lambda: Odd(3, 2), torch.ones(1, 3)).state) == {"weight"}
