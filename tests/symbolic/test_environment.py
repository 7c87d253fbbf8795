"""Declared environments: all of the library computes, faults are refused with every name, and YAML is enough to write one."""

from __future__ import annotations

import pytest
import yaml
from pydantic import ValidationError

from grader.symbolic.environment import Environment
from grader.symbolic.environments import library, named
from tests.symbolic.deciding import decider, symbols

NAMES = sorted(library())


@pytest.mark.parametrize("name", NAMES)
def test_every_declared_quantity_has_a_value_and_a_gradient(name: str) -> None:
    environment, root = named(name), decider(name).evaluator().world
    for leaf in environment.leaves:
        assert root.value(leaf).shape == environment.shape(leaf)
        if environment.loss or environment.upstream:
            assert root.gradient(leaf).shape == environment.shape(leaf)


@pytest.mark.parametrize("name", NAMES)
def test_environment_round_trips_through_yaml(name: str) -> None:
    environment = named(name)
    text = yaml.safe_dump(environment.model_dump(mode="json"))
    assert Environment.model_validate(yaml.safe_load(text)) == environment


def test_symbols_carry_the_shapes_of_definitions() -> None:
    assert symbols("mlp_sigmoid").shapes["x_3"] == (2, 1)
    assert symbols("elementwise_division").shapes["G"] == (2, 3)


def test_unknown_name_lists_what_there_is() -> None:
    with pytest.raises(KeyError, match="softmax_ce"):
        named("softmaxce")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"leaves": {"X": ["n", "q"]}}, "unknown size 'q'"),
        ({"leaves": {"X": ["n"]}, "defs": {"X": "X"}}, "both given and defined"),
        ({"positive": ["X"]}, "X is not declared"),
        ({"functions": {"f": "swish"}}, "unknown rule 'swish'"),
        ({"loss": "n", "upstream": {}, "leaves": {"X": ["n"]}, "data": {"Y": 1}}, "Y is not declared"),
        ({"entries": {"x": "X"}}, "which is not declared"),
        ({"indices": {"i": "q"}}, "unknown size 'q'"),
        ({"leaves": {"X": ["n"]}, "loss": "X", "upstream": {"X": "G"}}, "either a loss or an upstream"),
    ],
)
def test_faulty_declaration_is_refused(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Environment.model_validate({"dims": {"n": 2}, **fields})
