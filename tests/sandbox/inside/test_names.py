"""How what a probe names is found."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from grader.sandbox.inside.names import Found, find, is_any_there, nearest, parse_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("net.fc1.weight", "weight"),
        ("history['loss']", "loss"),
        ('history["loss"][-1]', -1),
        ("losses[ 0 ]", 0),
        ("größe.x", "x"),
    ],
)
def test_paths_are_read(text: str, path: Any) -> None:
    read = parse_path(text)
    assert read is not None
    assert read.steps[-1].key == path


NO_PATHS = ["", "1x", "f()", "a.b()", "a[b]", "a[1:2]", "a b", "f('os')", "a[1", "a..b", "a[9999999999999]"]


@pytest.mark.parametrize("text", NO_PATHS)
def test_anything_else_is_no_path(text: str) -> None:
    assert parse_path(text) is None


def found(names: list[str], **namespace: Any) -> Found | None:
    return find(names, namespace)


def test_the_first_name_that_is_there_counts() -> None:
    seen = found(["W1", "w", "b"], b=2, w=1)
    assert seen is not None
    assert (seen.value, seen.name) == (1, "w")


def test_an_exact_later_name_comes_before_a_similar_earlier_one() -> None:
    seen = found(["dW1", "grad"], dw_1=1, grad=2)
    assert seen is not None
    assert seen.name == "grad"


def test_case_and_underscores_are_forgiven_when_there_is_one_such_name() -> None:
    seen = found(["dL_dW1"], dldw1=3)
    assert seen is not None
    assert (seen.value, seen.path) == (3, "dldw1")
    assert found(["dW"], dw=1, d_w=2) is None


def test_private_and_hidden_names_are_not_offered() -> None:
    assert find(["secret"], {"_secret": 1, "Secret": 2}, hidden=["Secret"]) is None


def test_steps_lead_through_attributes_and_items() -> None:
    net = SimpleNamespace(layers=[{"w": 5}])
    seen = found(["net.layers[-1]['w']"], net=net)
    assert seen is not None
    assert (seen.value, seen.path) == (5, "net.layers[-1]['w']")


@pytest.mark.parametrize("path", ["net.none", "net.layers[7]", "net.layers['a']", "net.layers.x"])
def test_a_step_that_leads_nowhere_is_not_found(path: str) -> None:
    assert found([path], net=SimpleNamespace(layers=[1])) is None


def test_what_a_property_raises_comes_out() -> None:
    class Net:
        @property
        def weight(self) -> int:
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        found(["net.weight"], net=Net())


def test_the_nearest_names_are_offered_best_first() -> None:
    assert nearest(["weigths"], {"weights": 1, "weight": 2, "height": 3, "zzz": 4})[0] == "weights"
    assert nearest(["net.fc9"], {"net": 1, "other": 2}) == ["net"]
    assert nearest(["abc"], {"xyz": 1}) == []


class Hostile(str):
    """A name that does something when it is looked at."""

    def startswith(self, *rest: object) -> bool:
        raise AssertionError("the student's code ran")

    replace = lower = startswith  # type: ignore[assignment]


@pytest.mark.parametrize(("asked", "is_there"), [("a.b", True), ("A_", True), ("b[0]", False), ("_x", True), ("a path?", False)])
def test_whether_anything_is_there_is_told_without_running_anything(asked: str, is_there: bool) -> None:
    assert is_any_there([asked], {"a": 1, "_x": 2, Hostile("z"): 3}) is is_there
