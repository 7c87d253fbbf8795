"""Kind `network`: a network's layers, parameters, shapes and what it computes, against the reference's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from grader.checks.base import Check, at, first_captured, not_readable, oracle_fault, refusal
from grader.checks.blame import environment_fault
from grader.checks.compare import Closeness, compare
from grader.checks.literals import as_array, to_value
from grader.checks.network_align import Comparison, align, compare_functions, compare_pairs, compare_shapes
from grader.checks.network_steps import BUFFERS, steps_of
from grader.model.base import Exact, Frozen
from grader.model.evidence import Capture
from grader.model.probe import Case, Probe, Trace
from grader.model.rubric import Answer
from grader.model.values import Array, Network, Record, Value
from grader.model.values import Sequence as Items
from grader.model.verdict import Reason, Verdict, graded, undecided, waiting


class Aspects(Frozen):
    """Weights of the aspects in partial credit; 0 leaves one out."""

    model_config = {**Frozen.model_config, "use_attribute_docstrings": True}

    layers: Exact = Field(default=Fraction(1), ge=0)
    """Kinds, order and settings of the layers, poolings and activations: the share that is right."""
    parameters: Exact = Field(default=Fraction(1), ge=0)
    """The number of parameters."""
    shapes: Exact = Field(default=Fraction(1), ge=0)
    """Output shapes of the layers in a traced pass: the share that is right."""
    outputs: Exact = Field(default=Fraction(1), ge=0)
    """With the student's weights, the reference gives the same outputs for the same inputs."""

    @model_validator(mode="after")
    def _weighs_something(self) -> Aspects:
        if not self.layers + self.parameters + self.shapes + self.outputs:
            raise ValueError("at least one aspect needs a weight above 0")
        return self


class NetworkCheck(Check):
    """A network as built and traced; names of its layers do not matter, nor whether a pooling or ReLU is a module or a call."""

    kind: Literal["network"] = "network"
    of: str
    """A key of the question's ``answer``: a class or function that builds the network, or a network."""
    expect: str = ""
    """The name in the reference, when it is not `of`."""
    build: tuple[Any, ...] = ()
    """Arguments it is built with."""
    input: tuple[Annotated[int, Field(ge=1)], ...] = Field(min_length=1)
    """Shape of the input it is traced with, batch axis first; entries are drawn from a standard normal."""
    seed: int = 0
    """Seed of the input and of the weights."""
    compare: Aspects = Aspects()
    """Weights of the aspects in partial credit: layers, parameters, shapes, outputs."""
    ignore: tuple[str, ...] = ()
    """Settings of layers that need not agree, such as ``bias`` or ``p``."""
    rtol: float = Field(default=1e-4, ge=0, lt=1)
    """Tolerance of the outputs relative to each expected entry."""
    atol: float = Field(default=1e-5, ge=0)
    """Absolute tolerance of the outputs."""

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        return (self._trace(answer.places[self.of]),)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        """The reference's network as it is, then with the student's weights."""
        trace = self._trace((oracle or self.expect or self.of,))
        student = first_captured(seen).value if seen else None
        if not isinstance(student, Network) or not student.state:
            return (trace,)
        return (trace, trace.model_copy(update={"state": student.state}))

    def _trace(self, names: tuple[str, ...]) -> Trace:
        data = np.random.default_rng(self.seed).standard_normal(self.input).astype(np.float32)
        inputs = (Array(data=data, dtype="float32", library="torch"),)
        build = Case(args=tuple(to_value(argument) for argument in self.build))
        return Trace(names=names, build=build, inputs=inputs, seed=self.seed)

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if fault := oracle_fault(expected[:1]):
            return fault
        right = expected[0].value if expected else None
        if not isinstance(right, Network) or right.error:
            message = right.error.message if isinstance(right, Network) and right.error else "the reference gives no network"
            return undecided("no_oracle", status="captured", message=message, names=[self.expect or self.of])
        capture = first_captured(seen)
        network = capture.value
        if network is None:
            return refusal(capture) or undecided("box_failed", detail=capture.detail)
        if not isinstance(network, Network):
            return at(capture, not_readable(network, "network"))
        if missing := environment_fault(network.error):
            return at(capture, waiting(missing.reason(network.error)))
        outputs = self._outputs(network, right, expected[1] if len(expected) > 1 else None)
        return at(capture, self._weigh(network, right, outputs))

    def _weigh(self, network: Network, right: Network, outputs: Comparison | None) -> Verdict:
        """The verdict from all aspects; `outputs` is None when they could not be compared."""
        here, there = steps_of(network), steps_of(right)
        pairs = align(here.layers, there.layers, self.ignore)
        functions = compare_functions(here, there)
        alike = outputs is not None and outputs.share == 1 and not _has_dead_layer(network)
        if alike:  # whatever it is written with, it computes the same
            functions = Comparison(functions.total, functions.total)
        if network.error:  # only those before the exception were traced
            functions = Comparison(0, 0)
        found = {
            "layers": compare_pairs(pairs, self.ignore) + functions,
            "parameters": _parameters(network, right),
            "shapes": compare_shapes(pairs) if not network.error else Comparison(0, 1, (_raised(network),)),
        }
        if outputs is not None:
            found["outputs"] = outputs
        return self._verdict(found)

    def _verdict(self, found: dict[str, Comparison]) -> Verdict:
        weights = {name: Fraction(getattr(self.compare, name)) for name in Aspects.model_fields}
        counted = {name: comparison for name, comparison in found.items() if weights[name]}
        reasons: list[Reason] = []
        for comparison in counted.values():
            reasons += [reason for reason in comparison.reasons if reason not in reasons]
        if weights["outputs"] and "outputs" not in found:
            return undecided("outputs_unknown").model_copy(update={"parts": tuple(reasons)})
        total = sum((weights[name] for name in counted), Fraction(0))
        credit = sum((weights[name] * comparison.share for name, comparison in counted.items()), Fraction(0)) / total
        shares = {name: str(comparison.share) for name, comparison in counted.items()}
        verdict = graded(credit, "right" if credit == 1 else "network", aspects=shares)
        return verdict.model_copy(update={"parts": tuple(reasons)})

    def _outputs(self, network: Network, right: Network, loaded: Capture | None) -> Comparison | None:
        """Whether the student's weights give the student's outputs in the reference; None when that cannot be told."""
        if network.error:
            return Comparison(0, 1, (_raised(network),))
        shapes = [array.shape for array in network.state.values()]
        wanted = [array.shape for array in right.state.values()]
        if shapes != wanted and sorted(shapes) != sorted(wanted):
            facts = {"seen": [list(shape) for shape in shapes], "expected": [list(shape) for shape in wanted]}
            return Comparison(0, 1, (Reason(code="state_differs", facts=facts),))
        twin = loaded.value if loaded else None
        if not isinstance(twin, Network) or twin.error:
            return None
        return self._compare_outputs(list(_arrays(network.outputs)), list(_arrays(twin.outputs)))

    def _compare_outputs(self, seen: list[NDArray[Any]], expected: list[NDArray[Any]]) -> Comparison | None:
        if not expected or not all(np.isfinite(array).all() for array in expected):
            return None
        if len(seen) != len(expected):
            return Comparison(0, 1, (Reason(code="outputs_count", facts={"seen": len(seen), "expected": len(expected)}),))
        close = Closeness(rtol=self.rtol, atol=self.atol)
        for here, there in zip(seen, expected, strict=True):
            if mismatch := compare(here, there, close):
                facts = {"found": mismatch.code, **mismatch.reason().facts}
                return Comparison(0, 1, (Reason(code="outputs_differ", facts=facts),))
        return Comparison(1, 1)


def _parameters(network: Network, right: Network) -> Comparison:
    seen, expected = _count(network), _count(right)
    if seen == expected:
        return Comparison(1, 1)
    return Comparison(0, 1, (Reason(code="parameter_count", facts={"seen": seen, "expected": expected}),))


def _count(network: Network) -> int:
    return sum(p.count for layer in network.layers for p in layer.parameters if p.name not in BUFFERS)


def _raised(network: Network) -> Reason:
    error = network.error
    line = error.frames[-1].model_dump() if error and error.frames else None
    return Reason(code="pass_raised", facts={"kind": error.kind, "message": error.message, "line": line} if error else {})


def _has_dead_layer(network: Network) -> bool:
    """All weights of some layer are zero, so that equal outputs prove nothing about what comes before it."""
    return any(array.data.ndim > 1 and array.data.size and not array.data.any() for array in network.state.values())


def _arrays(values: Sequence[Value]) -> Iterator[NDArray[Any]]:
    """All arrays in the outputs of a pass, in order."""
    for value in values:
        array = as_array(value)
        if array is not None:
            yield array
        elif isinstance(value, Items):
            yield from _arrays(value.items)
        elif isinstance(value, Record):
            yield from _arrays([pair.value for pair in value.entries])
