"""Rubric files: YAML to the checked model, or all their faults at once, each with its place and the nearest valid name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from grader.checks import KINDS, Rubric
from grader.errors import RubricError, RubricFault, UsageError
from grader.intake.formula_rules import unproved
from grader.intake.nearest import did_you_mean
from grader.intake.rubric_rules import Finding, broken_rules
from grader.intake.yaml_tree import KeyPath, YamlDocument, read_yaml


@dataclass(frozen=True, slots=True)
class LoadedRubric:
    """A rubric with the folders it speaks of."""

    rubric: Rubric
    path: Path
    text: str
    reference: Path | None
    """Folder of the reference solution."""


def load_rubric(path: Path) -> LoadedRubric:
    """The rubric in this file.

    Raises:
        UsageError: there is no such file.
        RubricError: it has faults; the error carries all of them.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the rubric {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"the rubric {path} is not UTF-8 text (byte {error.start})") from error
    document = read_yaml(text, str(path))
    checked = check_document(document)
    faults = [*checked.faults, *(_missing_files(document, checked.rubric, path) if checked.rubric else ())]
    if faults or checked.rubric is None:
        raise RubricError(tuple(sorted(set(faults), key=lambda f: (f.line, f.column, f.path, f.message))))
    return LoadedRubric(checked.rubric, path, text, reference_folder(checked.rubric, path))


@dataclass(frozen=True, slots=True)
class CheckedRubric:
    """The rubric, where the document holds one, and all its faults."""

    rubric: Rubric | None
    faults: list[RubricFault]


def check_document(document: YamlDocument) -> CheckedRubric:
    """The rubric in a document, if it is one, and every fault of form, fields and rules."""
    faults = list(document.faults)
    if not isinstance(document.value, dict):
        if not faults:
            faults.append(document.fault((), "a rubric is a mapping: assignment, title, points, questions ..."))
        return CheckedRubric(None, faults)
    rubric = None
    try:
        rubric = Rubric.model_validate(document.value)
    except ValidationError as error:
        faults += [_explain(document, item) for item in _own_errors(error)]
    findings: list[Finding] = broken_rules(document.value, KINDS)
    findings += unproved(rubric) if rubric is not None else ()
    faults += [document.fault(f.path, f.message, f.hint) for f in findings]
    return CheckedRubric(rubric, faults)


def _own_errors(error: ValidationError) -> list[dict[str, Any]]:
    """The errors, but for lists that are too short only because their items are faulty."""
    items: list[dict[str, Any]] = [dict(item) for item in error.errors(include_url=False)]
    return [e for e in items if e["type"] != "too_short" or not any(_is_below(o["loc"], e["loc"]) for o in items)]


def _is_below(inner: tuple[str | int, ...], outer: tuple[str | int, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _explain(document: YamlDocument, error: dict[str, Any]) -> RubricFault:
    path = _path_in_document(document.value, error["loc"])
    kind = error["type"]
    if kind == "extra_forbidden":
        valid = _fields_at(error["loc"][:-1])
        return document.fault(path, f"unknown field `{error['loc'][-1]}`", did_you_mean(str(error["loc"][-1]), valid))
    if kind == "union_tag_invalid":
        tag = error["ctx"]["tag"]
        return document.fault((*path, "kind"), f"unknown kind `{tag}`", did_you_mean(tag, KINDS))
    if kind == "union_tag_not_found":
        return document.fault(path, "a check needs its `kind`", did_you_mean("", KINDS))
    if kind == "missing":
        return document.fault(path, f"`{error['loc'][-1]}` is missing")
    message = error["msg"].removeprefix("Value error, ")
    hint = "put it in quotes" if kind == "string_type" and isinstance(error["input"], int | float) else ""
    if kind in ("enum", "literal_error"):
        hint = did_you_mean(
            str(error["input"]), [w.strip("' ") for w in error["ctx"]["expected"].replace(" or ", ",").split(",")]
        )
    return document.fault(path, f"{message} (found {_shown(error['input'])})", hint)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _path_in_document(value: Any, loc: tuple[str | int, ...]) -> KeyPath:
    """The location of a validation error as keys of the document: tags of unions and types are left out."""
    path: list[str | int] = []
    for key in loc:
        inside_dict = isinstance(value, dict) and key in value
        inside_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if inside_dict or inside_list:
            value = value[key]
        elif not (isinstance(value, dict) and key == loc[-1]):
            continue
        path.append(key)
    return tuple(path)


def _fields_at(loc: tuple[str | int, ...]) -> list[str]:
    """The fields of the model at this location of the rubric."""
    annotation: Any = Rubric
    for key in loc:
        annotation = _step(annotation, key)
    models = _models(annotation)
    return [f.alias or name for model in models for name, f in model.model_fields.items()]


def _step(annotation: Any, key: str | int) -> Any:
    if isinstance(key, str) and key in KINDS:
        return KINDS[key]
    found: list[Any] = []
    for model in _models(annotation):
        for name, info in model.model_fields.items():
            if key in (name, info.alias):
                found.append(info.annotation)
    return Union[tuple(found)] if found else annotation  # noqa: UP007 - built from a list


def _models(annotation: Any) -> list[type[BaseModel]]:
    """Every model class an annotation can hold, inside containers and unions."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if get_origin(annotation) is not None or isinstance(annotation, UnionType):
        return [model for arg in get_args(annotation) for model in _models(arg)]
    return []


def reference_folder(rubric: Rubric, path: Path) -> Path | None:
    """The reference's folder: beside the rubric, one folder above it, or under the working folder."""
    if not rubric.reference:
        return None
    bases = (path.parent, path.resolve().parent.parent, Path.cwd())
    return next(((b / rubric.reference).resolve() for b in bases if (b / rubric.reference).is_dir()), None)


def _missing_files(document: YamlDocument, rubric: Rubric, path: Path) -> list[RubricFault]:
    if not rubric.reference:
        return []
    folder = reference_folder(rubric, path)
    if folder is None:
        message = f"there is no folder {rubric.reference} beside the rubric or one folder above"
        return [document.fault(("reference",), message)]
    return [
        document.fault(("data", name), f"there is no file {file} in {rubric.reference}")
        for name, file in rubric.data.items()
        if not (folder / file).is_file()
    ]
