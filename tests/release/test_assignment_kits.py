"""Kits of real assignments: the reference passes their public checks, an untouched skeleton none, and no answer is in them."""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from grader.intake.rubrics import LoadedRubric, load_rubric
from grader.model.evidence import Capture
from grader.model.report import CheckReport, Report
from grader.model.verdict import Status
from grader.oracle import data_files
from grader.release.answers import reference_answers
from grader.release.build import StudentKit, make_kit, write_files
from grader.release.leaks import gather
from grader.release.public import LATER
from grader.sandbox.plain import PlainSandbox
from grader.selfcheck import Checker, find_assignment

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.box, pytest.mark.xdist_group("assignment_kits")]
DECIDED = {"ece661-hw1": 28, "thu-intro-dl-a2": 10, "vu-dl-a2": 12}
"""The least number of public checks that a kit decides by itself."""


@pytest.fixture(scope="module", params=DECIDED)
def loaded(request: pytest.FixtureRequest) -> LoadedRubric:
    return load_rubric(ROOT / "rubrics" / f"{request.param}.yaml")


@pytest.fixture(scope="module")
def answers(loaded: LoadedRubric) -> dict[str, Capture]:
    return reference_answers(loaded, PlainSandbox())


@pytest.fixture(scope="module")
def kit(loaded: LoadedRubric, answers: dict[str, Capture]) -> Iterator[StudentKit]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.grading.seals.WORK", 2)
        yield make_kit(loaded, None, answers, lambda _: secrets.token_hex(16))


@pytest.fixture
def folder(kit: StudentKit, tmp_path: Path) -> Path:
    write_files(kit, tmp_path / "hw1")
    return tmp_path / "hw1"


def checked(folder: Path) -> Report:
    return Checker(PlainSandbox()).check(find_assignment([folder], folder))


def checks(report: Report) -> list[CheckReport]:
    return [check for question in report.questions for check in question.checks]


def test_the_reference_gets_full_marks_on_every_public_check_that_a_kit_can_decide(
    loaded: LoadedRubric, kit: StudentKit, folder: Path
) -> None:
    assert loaded.reference is not None
    (folder / kit.skeleton).unlink()
    shutil.copytree(loaded.reference, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("make_data.py", "__pycache__"))
    report = checked(folder)
    own = [check for check in checks(report) if check.id != LATER]
    decided = [check for check in own if check.verdict.status is not Status.UNDECIDED]
    assert [(c.id, c.verdict.reason) for c in decided if c.verdict.status is not Status.PASSED] == []
    assert {c.verdict.reason.code for c in own if c not in decided} <= {"at_hand_in", "manual"}
    assert len(decided) >= DECIDED[loaded.rubric.assignment]
    assert report.earned == sum((c.possible for c in decided), Fraction(0))
    assert report.possible == loaded.rubric.points + loaded.rubric.bonus


def test_an_untouched_skeleton_gets_nothing_and_nothing_is_an_error_of_ours(folder: Path) -> None:
    report = checked(folder)
    assert report.earned == 0
    assert {c.verdict.status for c in checks(report)} <= {Status.FAILED, Status.UNDECIDED, Status.BLOCKED}
    assert not [c.id for c in checks(report) if c.verdict.reason.code in ("our_fault", "no_oracle", "box_failed")]
    assert [cell.error for cell in report.run.cells if cell.error] == []


def test_nothing_of_the_reference_the_mistakes_and_the_hidden_checks_is_in_any_file(
    loaded: LoadedRubric, kit: StudentKit, answers: dict[str, Capture]
) -> None:
    assert loaded.reference is not None
    assert kit.leaks == ()
    handed_out = {file.name for file in data_files(loaded, None)}
    texts = {name: content.decode() for name, content in kit.files.items() if name not in handed_out}
    everything = " ".join(" ".join(texts.values()).split())
    sources = {p.name: p.read_text() for p in loaded.reference.glob("*.py")}
    found = gather(loaded.rubric, sources, answers)
    assert len(found.texts) > 150
    assert len(found.numbers) > 15
    assert [text for text in found.texts if text in everything] == []
    for question in loaded.rubric.questions:
        for check in question.checks:
            assert [m.says for m in check.mistakes if m.says in everything] == []
    assert re.search(r"mistakes\.|conventions\.|follow\.|relations\.|criteria:|correct:|expect: \w+\.", everything) is None


def test_data_are_where_the_public_rubric_and_the_students_code_look_for_them(folder: Path) -> None:
    public = load_rubric(folder / "checks" / "rubric.yaml").rubric
    assert all((folder / "checks" / path).is_file() and (folder / name).is_file() for name, path in public.data.items())
