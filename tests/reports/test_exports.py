"""Every export is as its reader takes it: points that add up, nothing a student may not see, nothing a reader would trip over."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.report import ClassReport, Report
from grader.model.rubric import Visibility
from grader.model.student import Student
from grader.model.verdict import blocked, failed, graded, passed, undecided
from grader.reports import EXPORTS, STUDENT_EXPORTS, Audience, Stage, Terms, without_place
from grader.reports.view import view
from tests.reports.builder import HOSTILE, check, class_report, hostile_report, question, report, sample

LILY = Student(
    name="Aster, Lily",
    email="lily@plants.example",
    username="lily1",
    number="S-77",
    section="Beds 1",
    canvas="501",
    moodle="9001",
    graded="Tuesday, 3 February 2026, 10:00 AM",
    download="asterlily_LATE_501_88_hw1.ipynb",
)
FERN = Student(name="Fern Royal", moodle="9002", download="Fern Royal_9002_assignsubmission_file_")
STUDENTS = {"ada": (LILY,), "bert": (FERN,), "cleo": (FERN.model_copy(update={"name": "Cress", "moodle": "9003"}), LILY)}
TERMS = Terms(students=STUDENTS, column="HW1 (4321)")
BERT = sample().reports[1]


def student_json(name: str, of: Report = BERT, stage: Stage = Stage.PUBLISHED) -> Any:
    return json.loads(STUDENT_EXPORTS[name].write(of, Terms(stage=stage)))


def class_rows(name: str, of: ClassReport | None = None, terms: Terms = TERMS) -> list[list[str]]:
    text = EXPORTS[name].write(of or sample(), terms)
    assert isinstance(text, str)
    return list(csv.reader(io.StringIO(text)))


# Gradescope


def test_gradescope_tests_add_up_to_the_points_without_bonus_and_to_what_is_earned() -> None:
    for one in sample().reports:
        found = student_json("gradescope", one)
        seen = view(one)
        scores = [round(test["score"] * 100) for test in found["tests"]]
        assert sum(round(test["max_score"] * 100) for test in found["tests"]) == seen.possible - seen.bonus
        assert sum(scores) == seen.earned + seen.late
        assert round(found.get("score", sum(scores) / 100) * 100) == seen.earned


credits_of = st.lists(st.fractions(min_value=0, max_value=1, max_denominator=12), min_size=1, max_size=6)


@given(credits_of, credits_of, st.fractions(min_value=Fraction(1, 7), max_value=5, max_denominator=90))
@settings(max_examples=40, derandomize=True, deadline=None, database=None)
def test_whatever_the_credits_every_format_shows_the_same_sum(one: list[Fraction], two: list[Fraction], worth: Fraction) -> None:
    questions = [
        question(
            str(qid),
            "t",
            worth * len(shares),
            [check(f"c{i}", "array", worth, graded(c, "values")) for i, c in enumerate(shares)],
        )
        for qid, shares in enumerate((one, two))
    ]
    whole = report("s", questions)
    total = view(whole).earned
    gradescope = student_json("gradescope", whole)["tests"]
    assert sum(round(test["score"] * 100) for test in gradescope) == total
    assert sum(round(test["points"] * 100) for test in student_json("prairielearn", whole)["tests"]) == total
    assert (
        sum(
            round(100 * n)
            for n in json.loads(STUDENT_EXPORTS["autolab"].write(whole, Terms()).splitlines()[1])["scores"].values()
        )
        == total
    )
    assert class_rows("canvas", class_report(whole))[2][-1] == f"{total // 100}.{total % 100:02d}"


def test_thirds_of_points_add_up_in_gradescope() -> None:
    thirds = [check(f"c{i}", "array", Fraction(1, 3), passed()) for i in range(3)]
    tests = student_json("gradescope", report("s", [question("1", "t", 1, thirds)]))["tests"]
    assert sorted(test["score"] for test in tests) == [0.33, 0.33, 0.34]
    assert sum(round(test["max_score"] * 100) for test in tests) == 100


@pytest.mark.parametrize(
    ("visibility", "word", "is_told"),
    [
        (Visibility.VISIBLE, "visible", True),
        (Visibility.AFTER_DUE, "after_due_date", True),
        (Visibility.AFTER_PUBLISHED, "after_published", True),
        (Visibility.HIDDEN, "hidden", False),
    ],
)
def test_gradescope_keeps_each_visibility_and_a_hidden_test_tells_nothing(
    visibility: Visibility, word: str, is_told: bool
) -> None:
    wrong = check("secret_name", "array", 2, failed("values", seen=1.5, expected_value=31.4), visibility=visibility)
    (test,) = student_json("gradescope", report("s", [question("1", "t", 2, [wrong])]), Stage.OPEN)["tests"]
    assert test["visibility"] == word
    assert bool(test["output"]) == is_told
    assert ("secret" in test["name"]) == is_told


def test_gradescope_shows_no_expected_value_before_the_due_date() -> None:
    wrong = check("a", "number", 2, failed("values", seen=1.5, expected_value=31.4))
    one = report("s", [question("1", "t", 2, [wrong])])
    assert "31.4" not in json.dumps(student_json("gradescope", one, Stage.OPEN))
    assert "31.4" in json.dumps(student_json("gradescope", one, Stage.DUE))


def test_what_waits_for_a_person_has_no_status_in_gradescope() -> None:
    checks = [check("a", "manual", 1, undecided("manual")), check("b", "array", 1, failed("missing"))]
    found = student_json("gradescope", report("s", [question("1", "t", 2, checks)]))
    assert [test.get("status") for test in found["tests"]] == [None, "failed"]
    assert "1.00 points wait for a person" in found["output"]


# Canvas


def canvas_import(rows: list[list[str]]) -> dict[str, Any]:
    """The rules of Canvas' importer that docs/exports.md names."""
    header = rows[0]
    assert "Student" in header[0]
    assert "ID" in header[1]
    assert len(header) > 3
    first = next(i for i, cell in enumerate(header) if "Section" in cell) + 1
    assert len(header[first:]) == 1
    found: dict[str, Any] = {"assignment": re.search(r"\((\d+)\)$", header[first]), "possible": None, "scores": []}
    for row in rows[1:]:
        if "Points Possible" in row[0]:
            found["possible"] = Fraction(row[first])
        else:
            found["scores"].append((next(cell for cell in (*row[1:4], row[0]) if cell), Fraction(row[first])))
    return found


def test_canvas_reads_back_the_assignment_its_points_and_every_score() -> None:
    found = canvas_import(class_rows("canvas"))
    assert found["assignment"][1] == "4321"
    assert found["possible"] == 14
    earned = {one.submission: Fraction(view(one).earned, 100) for one in sample().reports}
    assert found["scores"][0] == ("501", earned["ada"])
    assert found["scores"][1] == ("Fern Royal", earned["bert"])
    assert [who for who, _ in found["scores"][2:4]] == ["Cress", "501"]  # a group: both get the points
    assert found["scores"][4] == ("dora", earned["dora"])  # nothing is known of her: her folder's name is taken for a login


def test_without_a_column_canvas_gets_the_title() -> None:
    assert class_rows("canvas", terms=Terms())[0][-1] == sample().title


# Moodle


def test_moodle_gets_a_grade_and_a_remark_for_everybody() -> None:
    header, *found = class_rows("moodle")
    assert header == ["Full name", "Username", "Email address", "ID number", "HW1 (4321)", "Feedback: HW1 (4321)"]
    assert found[0] == ["Aster, Lily", "lily1", "lily@plants.example", "S-77", "10.25", found[0][5]]
    assert found[0][5] == "10.25 of 18.00 points, 2.00 wait for a person"


def test_the_worksheet_has_the_columns_moodle_looks_for_and_only_participants_it_knows() -> None:
    header, *found = class_rows("moodle-worksheet")
    by_name = [dict(zip(header, row, strict=True)) for row in found]
    assert {"Identifier", "Grade", "Last modified (grade)", "Feedback comments"} <= set(header)
    assert [row["Identifier"] for row in by_name] == [
        "Participant 9001",
        "Participant 9002",
        "Participant 9003",
        "Participant 9001",
    ]
    assert by_name[0]["Last modified (grade)"] == LILY.graded
    assert all(Fraction(row["Grade"]) <= Fraction(row["Maximum Grade"]) for row in by_name)
    assert without_place(EXPORTS["moodle-worksheet"], sample(), TERMS) == ("dora", "emil", "fay")


@pytest.mark.parametrize("name", ["canvas", "moodle", "moodle-worksheet"])
def test_no_cell_of_a_gradebook_is_a_formula(name: str) -> None:
    for text in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "a\n=1"):
        bad = Student(name=text, email=text, username=text, number=text, section=text, moodle="1")
        terms = Terms(students={one.submission: (bad,) for one in sample().reports}, column=text)
        cells = [cell for row in class_rows(name, terms=terms) for cell in row]
        assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "＝")) and cell != "-"] == []
        assert [cell for cell in cells if "\n" in cell] == []


# JUnit


@pytest.mark.parametrize("text", HOSTILE)
def test_junit_is_xml_whatever_a_student_wrote(text: str) -> None:
    hostile = hostile_report(text)
    for written in (
        EXPORTS["junit"].write(class_report(hostile), Terms()),
        STUDENT_EXPORTS["junit-student"].write(hostile, Terms()),
    ):
        assert isinstance(written, str)
        ElementTree.fromstring(written.encode())


def test_every_character_xml_cannot_hold_is_taken_out() -> None:
    hostile = hostile_report("".join(map(chr, [*range(32), 0x7F, 0xD800, 0xFFFE, 0xFFFF])))
    root = ElementTree.fromstring(STUDENT_EXPORTS["junit-student"].write(hostile, Terms()).encode())
    assert root.find("testsuite") is not None


def test_junit_counts_what_it_holds_and_no_name_comes_twice() -> None:
    root = ElementTree.fromstring(str(EXPORTS["junit"].write(sample(), Terms())).encode())
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == [one.submission for one in sample().reports]
    for suite in root:
        names = [(case.get("classname"), case.get("name")) for case in suite]
        assert len(set(names)) == len(names) == int(suite.get("tests", ""))
        for count, tag in (("failures", "failure"), ("skipped", "skipped")):
            assert int(suite.get(count, "")) == len(suite.findall(f"testcase/{tag}"))
    assert sum(int(suite.get("failures", "")) for suite in root) == int(root.get("failures", ""))


def test_in_junit_only_what_is_proven_wrong_fails() -> None:
    verdicts = (passed(), graded(Fraction(1, 2), "mistake"), failed("missing"), blocked("needs"), undecided("manual"))
    checks = [check(str(i), "array", 1, verdict) for i, verdict in enumerate(verdicts)]
    root = ElementTree.fromstring(STUDENT_EXPORTS["junit-student"].write(report("s", [question("1", "t", 5, checks)]), Terms()))
    assert [[child.tag for child in case] for case in root.iter("testcase")] == [
        [],
        ["failure"],
        ["failure"],
        ["skipped"],
        ["skipped"],
    ]


# check50, PrairieLearn, Autolab


def test_check50_leaves_undecided_what_nobody_decided_and_names_what_a_check_waits_for() -> None:
    found = {one["name"]: one for one in student_json("check50")["results"]}
    assert set(next(iter(found.values()))) == {"name", "description", "passed", "log", "cause", "data", "dependency"}
    assert (found["3.2/loss"]["passed"], found["3.2/loss"]["cause"]) == (True, None)
    assert found["3.2/dW1"]["passed"] is False
    assert found["3.2/dW2"]["cause"]["expected"] == "[2, 3]"
    assert (found["3.2/why"]["passed"], found["3.2/why"]["dependency"]) == (None, None)
    assert (found["L3/hist"]["passed"], found["L3/hist"]["dependency"]) == (None, "L2/costs")
    assert found["L3/plot"]["passed"] is True  # a person said so
    assert "secret" not in json.dumps(found)


def test_check50_does_not_name_a_hidden_check_that_another_waits_for() -> None:
    checks = [
        check("secret_name", "array", 1, failed("missing"), visibility=Visibility.HIDDEN),
        check("b", "array", 1, blocked("needs", check="1/secret_name")),
    ]
    first, second = student_json("check50", report("s", [question("1", "t", 2, checks)]))["results"]
    assert (first["name"], first["passed"], second["dependency"]) == ("1/1", None, None)
    assert "secret_name" not in json.dumps(second)


def test_prairielearn_gets_a_share_within_bounds_and_points_that_add_up() -> None:
    for one in sample().reports:
        found, seen = student_json("prairielearn", one), view(one)
        assert 0 <= found["score"] <= 1
        assert abs(found["score"] - seen.earned / (seen.possible - seen.bonus)) < 1e-6
        assert sum(round(test["points"] * 100) for test in found["tests"]) == seen.earned + seen.late
        assert len(json.dumps(found)) < 2**20
    assert student_json("prairielearn", sample().reports[4])["format_errors"] == [
        "The PDF holds pictures only. Hand in the notebook."
    ]


def test_more_than_all_points_is_a_whole_in_prairielearn() -> None:
    bonus = question("2", "t", 1, [check("b", "array", 1, passed())], bonus=True)
    one = report("s", [question("1", "t", 1, [check("a", "array", 1, passed())]), bonus])
    assert student_json("prairielearn", one)["score"] == 1.0


def test_a_broken_box_costs_no_attempt_in_prairielearn() -> None:
    broken = BERT.model_copy(update={"run": BERT.run.model_copy(update={"ended": "box_failed"})})
    found = student_json("prairielearn", broken)
    assert (found["gradable"], "score" in found) == (False, False)


def test_autolab_reads_the_scores_in_the_last_line_and_the_presentation_in_the_one_before() -> None:
    for one in sample().reports:
        lines = STUDENT_EXPORTS["autolab"].write(one, Terms()).splitlines()
        presentation, scores = map(json.loads, lines)
        seen = view(one)
        assert scores["scores"] == {q.id: q.earned / 100 for q in seen.questions}
        assert presentation["_presentation"] == "semantic"
        assert set(presentation) == {"_presentation", "stages", *presentation["stages"]}
        steps = [step for stage in presentation["stages"] for step in presentation[stage].values()]
        assert all(step["passed"] or step["hint"] for step in steps)
        assert len(steps) == sum(c.status is not None for c in view(one, Audience.STUDENT).checks)


# Feedback zips


def names_in(data: str | bytes) -> list[str]:
    assert isinstance(data, bytes)
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        assert bundle.testzip() is None
        return bundle.namelist()


def canvas_reads(name: str) -> list[str]:
    """Canvas takes the first two parts of digits for the user and the attachment."""
    return [part for part in name.split("_") if part.isdigit()][:2]


def test_canvas_finds_user_and_attachment_in_the_name_of_a_feedback_page() -> None:
    alone = class_report(*sample().reports[:2])
    (name,) = names_in(EXPORTS["canvas-feedback"].write(alone, TERMS))
    assert name == "asterlily_LATE_501_88_hw1.html"
    assert canvas_reads(name) == ["501", "88"]
    assert without_place(EXPORTS["canvas-feedback"], alone, TERMS) == ("bert",)


def test_moodle_finds_the_participant_in_the_folder_of_a_feedback_page() -> None:
    names = names_in(EXPORTS["moodle-feedback"].write(class_report(*sample().reports[:2]), TERMS))
    assert names == [
        "Aster, Lily_9001_assignsubmission_file/feedback.html",
        "Fern Royal_9002_assignsubmission_file_/feedback.html",
    ]
    assert [name.split("_", 4)[1:3] for name in names] == [["9001", "assignsubmission"], ["9002", "assignsubmission"]]


def test_a_name_cannot_leave_its_place_in_a_moodle_zip() -> None:
    odd = Student(name="../../x_y\\z", moodle="7")
    one = class_report(sample().reports[0])
    (name,) = names_in(EXPORTS["moodle-feedback"].write(one, Terms(students={"ada": (odd,)})))
    assert name == "x y z_7_assignsubmission_file/feedback.html"


def test_feedback_in_a_zip_is_what_the_student_may_see_at_the_stage() -> None:
    one = class_report(sample().reports[0])
    for stage, unseen in ((Stage.OPEN, 3), (Stage.DUE, 2), (Stage.PUBLISHED, 1)):
        data = EXPORTS["moodle-feedback"].write(one, Terms(stage=stage, students=STUDENTS))
        assert isinstance(data, bytes)
        with zipfile.ZipFile(io.BytesIO(data)) as bundle:
            page = bundle.read(bundle.namelist()[0]).decode()
        assert page.count("A check that is not shown") == unseen


# All of them


@pytest.mark.parametrize("name", [*EXPORTS])
def test_the_same_class_gives_the_same_bytes(name: str) -> None:
    assert EXPORTS[name].write(sample(), TERMS) == EXPORTS[name].write(sample(), TERMS)


@pytest.mark.parametrize("name", ["gradescope", "check50", "prairielearn", "autolab", "junit-student", "json-student"])
def test_no_student_export_tells_of_a_hidden_check_or_of_one_not_shown_yet(name: str) -> None:
    hidden = [
        check("secret_name", "array", 1, failed("values", seen=1.5, expected_value=31.4159), visibility=visibility)
        for visibility in (Visibility.HIDDEN, Visibility.AFTER_DUE, Visibility.AFTER_PUBLISHED)
    ]
    one = report("s", [question("1", "t", 3, [c.model_copy(update={"id": f"{c.id}{i}"}) for i, c in enumerate(hidden)])])
    text = STUDENT_EXPORTS[name].write(one, Terms(stage=Stage.OPEN))
    if name == "gradescope":  # it gets the later ones with their visibility, and shows them when it is time
        text = json.dumps([test for test in json.loads(text)["tests"] if test["visibility"] in ("hidden", "visible")])
    for secret in ("secret_name", "31.4"):
        assert secret not in text


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("name", [name for name in STUDENT_EXPORTS if name != "json-student"])  # it keeps text as it is
def test_every_student_export_can_be_written_as_utf8_without_control_characters(name: str, text: str) -> None:
    written = STUDENT_EXPORTS[name].write(hostile_report(text), Terms())
    assert written.encode()
    assert re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", written) is None


# Documentation

ROOT = Path(__file__).parents[2]
GOLDEN = {"json": "results.json", "json-student": "result.json", "csv": "gradebook.csv", "html": "index.html"}


def as_agreed(name: str) -> str:
    """What the export is agreed to be: its golden file, or the names in a zip."""
    if name.endswith("-feedback"):
        return "\n".join(names_in(EXPORTS[name].write(sample(), TERMS)))
    found = [path for path in (ROOT / "tests" / "golden").iterdir() if path.stem == name or path.name == GOLDEN.get(name)]
    assert len(found) == 1, name
    return found[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*EXPORTS, *STUDENT_EXPORTS])
def test_every_export_is_documented_with_an_example_that_is_true(name: str) -> None:
    page = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    sections = {part.partition("\n")[0]: part for part in page.split("\n## ")[1:]}
    example = re.search(r"```\w+\n(.*?)```", sections[f"`{name}`"], flags=re.DOTALL)
    assert example is not None
    agreed = as_agreed(name).splitlines()
    assert [line for line in example[1].splitlines() if line not in agreed] == []
