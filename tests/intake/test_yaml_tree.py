"""YAML is read with positions, and nothing in it can exhaust the machine."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake.yaml_tree import read_yaml


def test_every_path_has_the_line_and_column_of_its_key() -> None:
    document = read_yaml("a: 1\nb:\n  - c: 2\n    d: 3\n", "x.yaml")
    at = document.position(("b", 0, "d"))
    assert (document.value, at.line, at.column) == ({"a": 1, "b": [{"c": 2, "d": 3}]}, 4, 5)


def test_a_key_that_stands_twice_is_a_fault_at_its_second_place() -> None:
    (fault,) = read_yaml("a: 1\nb: 2\na: 3\n", "x.yaml").faults
    assert (fault.line, fault.path, fault.message) == (3, "a", "this key stands twice")


def test_text_that_is_no_yaml_is_a_fault_with_its_place() -> None:
    (fault,) = read_yaml("a: [1, 2\nb: 3\n", "x.yaml").faults
    assert fault.line == 2
    assert fault.message.startswith("not YAML")


def test_aliases_that_expand_to_too_much_are_refused() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(8)
    )
    assert [f.message for f in read_yaml(bomb, "x.yaml").faults] == ["aliases expand to too much"]


def test_nesting_without_end_is_refused() -> None:
    assert read_yaml("[" * 5000, "x.yaml").faults
    assert read_yaml("[" * 60 + "]" * 60, "x.yaml").faults[0].message.startswith("more than")
    assert read_yaml("&a [*a]", "x.yaml").faults


def test_python_tags_are_refused() -> None:
    (fault,) = read_yaml("a: !!python/object/apply:os.system [ls]\n", "x.yaml").faults
    assert "python/object/apply" in fault.message


def test_words_that_old_yaml_takes_for_booleans_or_times_stay_words() -> None:
    assert read_yaml("[on, no, Yes, 1:30, 2026-02-03, true, 7]", "x.yaml").value == [
        "on",
        "no",
        "Yes",
        "1:30",
        "2026-02-03",
        True,
        7,
    ]


def test_a_merge_key_brings_defaults_that_own_keys_override() -> None:
    document = read_yaml("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n", "x.yaml")
    assert document.faults == []
    assert document.value["own"] == {"x": 1, "y": 3}


def is_plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(k, str) and is_plain(v) for k, v in value.items())
    if isinstance(value, list):
        return all(is_plain(v) for v in value)
    return value is None or isinstance(value, str | int | float | bool | bytes)


@settings(max_examples=80, derandomize=True, deadline=None)
@given(st.text(alphabet="ab:-[]{}&*!,\n \"'#|>0.~<%@", max_size=60))
def test_any_text_gives_plain_values_and_never_an_exception(text: str) -> None:
    document = read_yaml(text, "x.yaml")
    assert is_plain(document.value)
    assert all(fault.line >= 1 and fault.column >= 1 for fault in document.faults)
