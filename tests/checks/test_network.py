"""The kind `network`: what is equal however it is written, and what each difference costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from grader.checks.literals import to_value
from grader.checks.network import Aspects, NetworkCheck
from grader.checks.network_steps import steps_of
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Trace
from grader.model.rubric import Answer
from grader.model.values import Array, Frame, Layer, Network, Opaque, Operation, Parameter, Raised, Text
from grader.model.verdict import Status, Verdict

CHECK = NetworkCheck(id="net", points=8, of="Net", input=(1, 3, 32, 32))


def parameters(*shapes: tuple[int, ...]) -> tuple[Parameter, ...]:
    names = ("weight", "bias")
    return tuple(
        Parameter(name=names[i], shape=s, dtype="float32", trainable=True, count=int(np.prod(s))) for i, s in enumerate(shapes)
    )


def conv(name: str, i: int, o: int, k: int, shape: tuple[int, ...], kind: str = "Conv2d", **settings: Any) -> Layer:
    plain = {"in_channels": i, "out_channels": o, "kernel_size": (k, k), "stride": (1, 1), "padding": (2, 2), **settings}
    bases = () if kind == "Conv2d" else ("torch.nn.modules.conv.Conv2d",)
    return Layer(
        name=name, kind=kind, bases=bases, settings=plain, parameters=parameters((o, i, k, k)), output_shapes=(shape,), calls=1
    )


def linear(name: str, i: int, o: int) -> Layer:
    settings = {"in_features": i, "out_features": o}
    return Layer(
        name=name, kind="Linear", settings=settings, parameters=parameters((o, i), (o,)), output_shapes=((1, o),), calls=1
    )


def relu(shape: tuple[int, ...] = ()) -> Operation:
    return Operation(name="relu", input_shape=shape, output_shape=shape)


def pool(side: int, to: int, *arguments: str) -> Operation:
    return Operation(name="max_pool2d", arguments=arguments, input_shape=(1, 4, side, side), output_shape=(1, 4, to, to))


def pool_module(kernel: int, *sides: tuple[int, int]) -> Layer:
    inputs, outputs = (((1, 4, sides[0][i], sides[0][i]),) for i in (0, 1))
    settings = {"kernel_size": kernel, "stride": 2, "padding": 0, "dilation": 1, "ceil_mode": False}
    return Layer(name="pool", kind="MaxPool2d", settings=settings, input_shapes=inputs, output_shapes=outputs, calls=len(sides))


LAYERS = (conv("conv1", 3, 4, 5, (1, 4, 32, 32)), conv("conv2", 4, 4, 3, (1, 4, 17, 17)), linear("fc", 256, 10))
CALLS = (relu(), pool(32, 15, "4", "stride=2"), relu(), pool(17, 8, "kernel_size=3", "stride=2"))
STATE = {
    "conv1.weight": Array(data=np.ones((4, 3, 5, 5), np.float32)),
    "conv2.weight": Array(data=np.ones((4, 4, 3, 3), np.float32)),
    "fc.weight": Array(data=np.ones((10, 256), np.float32)),
    "fc.bias": Array(data=np.ones(10, np.float32)),
}
OUTPUT = np.linspace(-1, 1, 10, dtype=np.float32).reshape(1, 10)


def network(
    layers: tuple[Layer, ...] = LAYERS, calls: tuple[Operation, ...] = CALLS, output: Any = OUTPUT, **more: Any
) -> Network:
    outputs = (Array(data=np.asarray(output)),)
    return Network(**{"python": "Net", "layers": layers, "operations": calls, "state": STATE, "outputs": outputs, **more})


REFERENCE = network()


def judge(seen: Any, check: NetworkCheck = CHECK, twin: Any = REFERENCE) -> Verdict:
    expected = [Capture.of(REFERENCE)]
    if twin is not None:
        expected.append(twin if isinstance(twin, Capture) else Capture.of(twin))
    return check.judge([Capture.of(seen)], expected)


def with_layer(index: int, layer: Layer) -> tuple[Layer, ...]:
    return (*LAYERS[:index], layer, *LAYERS[index + 1 :])


RELU = Layer(name="act", kind="ReLU", output_shapes=((1, 4), (1, 4)), calls=2)
FLATTEN = Layer(name="flat", kind="Flatten", calls=1)
CONTAINER = Layer(name="features", kind="Sequential", leaf=False, calls=1)

EQUAL = {
    "the same": REFERENCE,
    "other names": network(layers=tuple(layer.model_copy(update={"name": f"x{i}"}) for i, layer in enumerate(LAYERS))),
    "subclasses of the library's layers": network(with_layer(0, conv("conv1", 3, 4, 5, (1, 4, 32, 32), kind="CONV"))),
    "modules for ReLU and flattening": network((*LAYERS, RELU, FLATTEN, CONTAINER), (CALLS[1], CALLS[3])),
    "padding by name": network(with_layer(0, conv("conv1", 3, 4, 5, (1, 4, 32, 32), padding="same"))),
    "one pooling as a module": network((*LAYERS, pool_module(3, (17, 8))), CALLS[:3]),
    "kernel as a pair": network(calls=(relu(), pool(32, 15, "Tensor", "(4, 4)", "(2, 2)"), relu(), pool(17, 8, "3", "2"))),
    "ReLU of ones own": network(calls=(CALLS[1], CALLS[3])),
}


@pytest.mark.parametrize("seen", EQUAL.values(), ids=EQUAL.keys())
def test_networks_that_compute_the_same_pass_however_they_are_written(seen: Network) -> None:
    assert judge(seen).status is Status.PASSED


@dataclass(frozen=True)
class Wrong:
    """A wrong network, the shares of the aspects, and the codes of what is said."""

    seen: Network
    shares: dict[str, str]
    codes: tuple[str, ...]
    facts: dict[str, Any] = field(default_factory=dict)


OTHER = OUTPUT + 1
NARROW = with_layer(1, conv("conv2", 4, 4, 3, (1, 4, 15, 15), padding=(1, 1)))
WRONG = {
    "padding 1": Wrong(
        network(NARROW, output=OTHER),
        {"layers": "6/7", "parameters": "1", "shapes": "2/3", "outputs": "0"},
        ("layer_setting", "layer_shape", "outputs_differ"),
        {"layer": "conv2", "setting": "padding", "seen": [1, 1], "expected": [2, 2]},
    ),
    "no second ReLU": Wrong(
        network(calls=(*CALLS[:2], CALLS[3]), output=OTHER),
        {"layers": "6/7", "parameters": "1", "shapes": "1", "outputs": "0"},
        ("activations", "outputs_differ"),
        {"kind": "relu", "seen": 1, "expected": 2},
    ),
    "another kernel of the pooling": Wrong(
        network(calls=(CALLS[0], pool(32, 15, "3", "stride=2"), *CALLS[2:]), output=OTHER),
        {"layers": "6/7", "parameters": "1", "shapes": "1", "outputs": "0"},
        ("layer_setting", "outputs_differ"),
        {"layer": "max_pool2d", "setting": "kernel_size", "seen": [3, 3], "expected": [4, 4]},
    ),
    "a convolution left out": Wrong(
        network((LAYERS[0], LAYERS[2]), output=OTHER, state={k: v for k, v in STATE.items() if k != "conv2.weight"}),
        {"layers": "6/7", "parameters": "0", "shapes": "2/3", "outputs": "0"},
        ("layer_missing", "parameter_count", "layer_shape", "state_differs"),
        {"kind": "conv2d"},
    ),
    "a layer too many": Wrong(
        network((*LAYERS, linear("fc2", 10, 10)), output=OTHER, state={**STATE, "w": STATE["fc.bias"]}),
        {"layers": "7/8", "parameters": "0", "shapes": "3/4", "outputs": "0"},
        ("layer_extra", "parameter_count", "layer_shape", "state_differs"),
        {"layer": "fc2", "kind": "linear"},
    ),
    "a linear layer in place of a convolution": Wrong(
        network((LAYERS[0], linear("fc0", 12, 12), LAYERS[2]), output=OTHER, state={**STATE, "w": STATE["fc.bias"]}),
        {"layers": "3/4", "parameters": "0", "shapes": "1/2", "outputs": "0"},
        ("layer_missing", "layer_extra", "parameter_count", "layer_shape", "layer_shape", "state_differs"),
        {"kind": "conv2d"},
    ),
    "other outputs alone": Wrong(
        network(output=OTHER), {"layers": "1", "parameters": "1", "shapes": "1", "outputs": "0"}, ("outputs_differ",)
    ),
    "NaN": Wrong(
        network(output=OUTPUT * np.nan), {"layers": "1", "parameters": "1", "shapes": "1", "outputs": "0"}, ("outputs_differ",)
    ),
    "outputs of another shape": Wrong(
        network(output=OUTPUT[0]), {"layers": "1", "parameters": "1", "shapes": "1", "outputs": "0"}, ("outputs_differ",)
    ),
}


@pytest.mark.parametrize("case", WRONG.values(), ids=WRONG.keys())
def test_each_difference_costs_its_share_and_is_named(case: Wrong) -> None:
    verdict = judge(case.seen)
    assert verdict.reason.facts["aspects"] == case.shares
    assert verdict.credit == sum((Fraction(share) for share in case.shares.values()), Fraction(0)) / 4
    assert tuple(part.code for part in verdict.parts) == case.codes
    assert all(verdict.parts[0].facts[name] == value for name, value in case.facts.items())


def test_weights_of_aspects_make_the_credit() -> None:
    check = CHECK.model_copy(update={"compare": Aspects(layers=3, parameters=2, shapes=2, outputs=3)})
    assert judge(network(output=OTHER), check).credit == Fraction(7, 10)
    assert judge(network(output=OTHER), CHECK.model_copy(update={"compare": Aspects(outputs=0)})).status is Status.PASSED


def test_aspects_may_not_all_weigh_nothing() -> None:
    with pytest.raises(ValueError, match="at least one aspect"):
        Aspects(layers=0, parameters=0, shapes=0, outputs=0)


def test_equal_outputs_prove_nothing_where_a_layer_is_all_zero() -> None:
    dead = {**STATE, "fc.weight": Array(data=np.zeros((10, 256), np.float32))}
    verdict = judge(network(calls=(CALLS[1], CALLS[3]), state=dead))
    assert [part.code for part in verdict.parts] == ["activations"]


def test_a_setting_may_be_ignored() -> None:
    seen = network(NARROW)
    assert judge(seen).status is Status.PARTIAL
    check = CHECK.model_copy(update={"ignore": ("padding",), "compare": Aspects(shapes=0)})
    assert judge(seen, check).status is Status.PASSED


def test_a_pass_that_raised_still_earns_layers_and_parameters() -> None:
    error = Raised(kind="RuntimeError", message="mat1 and mat2", frames=(Frame(file="a.ipynb", line=3, cell=4),))
    seen = network(tuple(layer.model_copy(update={"output_shapes": ()}) for layer in LAYERS), outputs=(), error=error)
    verdict = judge(seen)
    assert verdict.reason.facts["aspects"] == {"layers": "1", "parameters": "1", "shapes": "0", "outputs": "0"}
    (part,) = (part for part in verdict.parts if part.code == "pass_raised")
    assert part.facts["line"]["cell"] == 4


BLAME = {
    "the reference cannot take weights of the right shapes": (REFERENCE, Capture(status=CaptureStatus.RAISED), "outputs_unknown"),
    "the reference gives NaN with them": (REFERENCE, network(output=OUTPUT * np.inf), "outputs_unknown"),
    "the reference was not asked": (REFERENCE, None, "outputs_unknown"),
    "a library is missing": (
        network(error=Raised(kind="ModuleNotFoundError", message="no", missing_module="torchvision")),
        REFERENCE,
        "environment",
    ),
}


@pytest.mark.parametrize(("seen", "twin", "code"), BLAME.values(), ids=BLAME.keys())
def test_what_is_not_the_students_fault_goes_to_a_human(seen: Network, twin: Any, code: str) -> None:
    verdict = judge(seen, twin=twin)
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, code)


@pytest.mark.parametrize("expected", [[], [Capture.of(Text(text="x"))], [Capture(status=CaptureStatus.MISSING)]])
def test_a_reference_without_a_network_is_our_fault(expected: list[Capture]) -> None:
    verdict = CHECK.judge([Capture.of(REFERENCE)], expected)
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "no_oracle")


@pytest.mark.parametrize(
    ("capture", "code"),
    [
        (Capture(status=CaptureStatus.MISSING, looked_for=("Net",)), "missing"),
        (Capture(status=CaptureStatus.TIMED_OUT), "timed_out"),
        (Capture.of(Opaque(python="Keras")), "not_carried"),
        (Capture.of(to_value([1, 2])), "wrong_type"),
    ],
)
def test_no_network_fails_with_its_reason(capture: Capture, code: str) -> None:
    verdict = CHECK.judge([capture], [Capture.of(REFERENCE)])
    assert (verdict.status, verdict.reason.code) == (Status.FAILED, code)


def test_the_reference_is_traced_as_it_is_and_with_the_students_weights_on_the_same_inputs() -> None:
    answer = Answer(classes={"Net": ("Net", "SimpleNN")})
    (probe,) = CHECK.probes(answer)
    bare, loaded = CHECK.expected_probes(answer, [Capture.of(REFERENCE)])
    assert isinstance(probe, Trace)
    assert isinstance(loaded, Trace)
    assert probe.names == ("Net", "SimpleNN")
    assert loaded.state.keys() == STATE.keys()
    assert bare.key != loaded.key
    assert np.array_equal(loaded.inputs[0].data, probe.inputs[0].data)
    assert len(CHECK.expected_probes(answer, [Capture(status=CaptureStatus.MISSING)])) == 1


def test_a_layer_of_ones_own_is_taken_for_what_its_weight_is_typical_of() -> None:
    own = Layer(name="c", kind="CONV", bases=("Module",), parameters=parameters((4, 3, 5, 5)), calls=1)
    assert steps_of(network((own,))).layers[0].kind == "conv2d"


def test_a_pooling_used_twice_is_two_poolings() -> None:
    assert len(steps_of(network((pool_module(2, (16, 8), (8, 4)),), ())).pools) == 2


def test_the_order_of_poolings_does_not_count_where_one_module_is_used_twice() -> None:
    """Its second use is not traced apart, so what stands between the two uses is not known."""
    check = CHECK.model_copy(update={"compare": Aspects(outputs=0)})
    reference = network(calls=(pool(32, 16, "2"), pool(16, 8, "3", "2"), pool(8, 4, "2")))
    seen = network((*LAYERS, pool_module(2, (32, 16), (8, 4))), (pool(16, 8, "3", "2"),))
    assert check.judge([Capture.of(seen)], [Capture.of(reference)]).status is Status.PASSED


def test_only_what_was_traced_before_an_exception_is_judged() -> None:
    error = Raised(kind="RuntimeError", message="mat1 and mat2")
    verdict = judge(network(calls=CALLS[:1], error=error))
    assert "activations" not in [part.code for part in verdict.parts]
    assert verdict.reason.facts["aspects"]["layers"] == "1"


def test_statistics_of_normalisation_are_no_parameters_and_modules_without_any_are_no_layers() -> None:
    kept = Parameter(name="running_mean", shape=(4,), dtype="float32", trainable=False, count=4)
    plain = LAYERS[0].model_copy(update={"parameters": (*LAYERS[0].parameters, kept)})
    own = Layer(name="square", kind="Square", calls=1)
    assert judge(network((plain, *LAYERS[1:], own))).status is Status.PASSED
