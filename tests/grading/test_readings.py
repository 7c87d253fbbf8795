"""Reports in judging: what a report cannot show waits for a human, and a human's reading takes the place of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.checks import Rubric
from grader.errors import EvidenceError
from grader.grading.judge import Judged, judge_submission
from grader.grading.plan import plan_submission
from grader.intake.sections import read_sections
from grader.model.evidence import Capture, CaptureStatus, Evidence, Run
from grader.model.report import CorrectedReading
from grader.model.submission import Cell, Part, Submission
from grader.store.run_folder import RunFolder

RUBRIC = Rubric.model_validate(
    {
        "assignment": "hw",
        "title": "A homework",
        "points": 3,
        "questions": [
            {
                "id": "1",
                "title": "One",
                "points": 3,
                "answer": {"heading": "Problem 1", "variables": {"L": "L"}, "functions": {"f": "f"}, "figures": {"fig": "fig"}},
                "checks": [
                    {
                        "id": "loss",
                        "kind": "number",
                        "of": "L",
                        "points": 1,
                        "value": 14.5,
                        "report": {"label": ["L"]},
                        "mistakes": [{"id": "twice", "value": 29, "credit": "1/2", "says": "Twice too large."}],
                    },
                    {"id": "figure", "kind": "figure", "of": "fig", "points": 1, "requires": {"legend": True}},
                    {"id": "story", "kind": "text", "points": 1, "patterns": [{"any": ["because"]}]},
                ],
            }
        ],
    }
)


def judged(text: str, ended: str = "nothing_to_run", **read: str) -> Judged:
    part = Part(path="hw.txt", kind="document", cells=(Cell(index=0, kind="markdown", source=text),))
    plan = plan_submission(RUBRIC)
    missing = {p.key: Capture(status=CaptureStatus.MISSING, looked_for=getattr(p, "names", ())) for p in plan.for_box}
    seen = read_sections(Submission(id="s", root="", digest="d", parts=(part,)), plan.for_reading)
    evidence = Evidence(submission="d", captures={**missing, **seen}, run=Run.model_validate({"ended": ended}))
    readings = {
        f"1/{check}": CorrectedReading(submission="s", question="1", check=check, read=value, author="TA", reason="a 4", time="")
        for check, value in read.items()
    }
    return judge_submission(RUBRIC, evidence, {}, readings=readings)


def states(found: Judged) -> dict[str, str]:
    return {name.partition("/")[2]: f"{v.status.value} {v.reason.code}" for name, v in found.verdicts.items()}


def test_what_a_report_cannot_show_waits_for_a_human() -> None:
    found = states(judged("Problem 1 (3 pts)\nL = 14.5 because of the half. See Figure 1."))
    assert found == {"loss": "passed right", "figure": "undecided in_report", "story": "passed words_found"}


def test_without_the_section_it_is_missing() -> None:
    assert states(judged("Problem 2 (3 pts)\nL = 14.5"))["figure"] == "failed missing"


def test_beside_code_that_ran_a_figure_that_is_not_there_is_missing() -> None:
    assert states(judged("Problem 1 (3 pts)\nL = 14.5", ended="finished"))["figure"] == "failed missing"


def test_a_known_mistake_in_a_report_is_named_and_its_reading_shown() -> None:
    verdict = judged("Problem 1 (3 pts)\nSo L = 29.").verdicts["1/loss"]
    assert (verdict.mistake, [n.code for n in verdict.notes]) == ("twice", ["read_from_text"])
    assert verdict.place.part == "hw.txt"


def test_a_corrected_reading_is_judged_in_the_place_of_ours_and_names_its_author() -> None:
    verdict = judged("Problem 1 (3 pts)\nL = 19.5", loss="14.5").verdicts["1/loss"]
    assert verdict.status.value == "passed"
    assert [(n.code, n.facts["author"]) for n in verdict.notes] == [("reading_corrected", "TA")]


def test_a_correction_that_cannot_be_read_is_undecided() -> None:
    assert states(judged("Problem 1 (3 pts)\nL = 19.5", loss="about that"))["loss"] == "undecided unclear_correction"


def test_overrides_hold_points_and_readings_each_on_a_line(tmp_path: Path) -> None:
    common = {"submission": "s", "question": "1", "check": "loss", "author": "TA", "reason": "", "time": ""}
    lines = [{**common, "points": "1/2"}, {**common, "read": "14.5"}]
    (tmp_path / "overrides.jsonl").write_text("\n".join(map(json.dumps, lines)))
    folder = RunFolder(tmp_path)
    assert [str(o.points) for o in folder.overrides()] == ["1/2"]
    assert [r.read for r in folder.readings()] == ["14.5"]


@pytest.mark.parametrize("line", ['{"read": "1"', '{"read": "", "submission": "s"}', '{"read": "1", "points": "1"}'])
def test_a_line_that_is_neither_is_named_with_its_place(tmp_path: Path, line: str) -> None:
    (tmp_path / "overrides.jsonl").write_text("\n" + line)
    with pytest.raises(EvidenceError, match=r"overrides.jsonl:2"):
        RunFolder(tmp_path).readings()
