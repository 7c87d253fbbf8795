"""A kit holds what a student needs and nothing that tells an answer; a leak is found wherever it stands."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from grader.checks.literals import to_value
from grader.checks.manual import ManualCheck
from grader.errors import UsageError
from grader.grading.alone import judge_alone
from grader.grading.plan import plan_submission
from grader.intake.kit import find_kit
from grader.intake.rubrics import LoadedRubric, load_rubric
from grader.model.evidence import Capture, Evidence
from grader.model.values import Ran
from grader.model.verdict import Status
from grader.release.answers import probes_of, reference_answers
from grader.release.build import StudentKit, make_kit, write_files
from grader.release.leaks import find_leaks, gather
from grader.release.public import ANSWERS, public_rubric, write_yaml
from grader.release.skeleton import Cell, write_notebook
from grader.sandbox.plain import PlainSandbox
from grader.selfcheck import Checker, find_assignment, read_sealed
from tests.grading.build import evidence, rubric

RUBRIC = """\
assignment: hw
title: A homework
reference: reference
data: {points.csv: points.csv}
due: 2026-02-03T23:59:00-05:00
late: {loss_per_day: 10%, cap: 50%, grace: 15 min}
points: 12
questions:
  - id: "1"
    title: Numbers
    points: 6
    text: Compute `area` of the disc, `f(radius)`, and say why.
    answer: {heading: Problem 1, variables: {area: area}, functions: {f: [f, func]}}
    checks:
      - {id: area, kind: number, of: area, points: 1, rtol: 1e-4, hint: Look at the unit.,
         mistakes: [{expect: mistakes.no_square_taken, says: The radius was not squared at all.}]}
      - {id: f, kind: call, of: f, points: 1, arguments: [{uniform: []}]}
      - {id: secret, kind: call, of: f, points: 2, visibility: hidden, edge: [[31.4159]], title: Works for radius thirty-one}
      - {id: why, kind: manual, points: 1, visibility: after_due, criteria: [{says: Because the integral is taken over rings.}]}
      - {id: word, kind: text, points: 1, patterns: [{any: ["quadratic growth"], says: it grows with the square}], needs: [area]}
  - id: "2"
    title: Choice
    points: 6
    answer: {heading: Problem 2, variables: {c: c, k: k}}
    checks:
      - {id: c, kind: choice, of: c, correct: "True", points: 3, needs: [k]}
      - {id: k, kind: number, of: k, value: 88.125, points: 3}
"""
SOLUTION = '''"""The reference."""
AREA_OF_UNIT = 3.14159265
def f(radius):
    """Rings are summed from the inside outwards."""
    return AREA_OF_UNIT * radius ** 2
area = f(2.5)
'''


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.grading.seals.WORK", 2)


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedRubric:
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "solution.py").write_text(SOLUTION)
    (tmp_path / "reference" / "points.csv").write_text("1,2\n")
    (tmp_path / "hw.yaml").write_text(RUBRIC)
    return load_rubric(tmp_path / "hw.yaml")


def answers(loaded: LoadedRubric) -> dict[str, Capture]:
    values = {"area": 19.634954, "mistakes.no_square_taken": 7.853981}
    found = {p.key: getattr(p, "names", ("",))[0] for p in probes_of(loaded.rubric)}
    return {key: Capture.of(to_value(values[name])) for key, name in found.items() if name in values}


def kit(loaded: LoadedRubric, instructor: Path | None = None) -> StudentKit:
    return make_kit(loaded, instructor, answers(loaded), lambda name: f"salt of {name:_<20}")


def rubric_of(made: StudentKit) -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(made.files["checks/rubric.yaml"])
    return document


def keys(thing: Any) -> set[str]:
    if isinstance(thing, Mapping):
        return {str(k) for k in thing} | {k for v in thing.values() for k in keys(v)}
    return {k for v in thing for k in keys(v)} if isinstance(thing, list) else set()


def test_a_kit_holds_what_a_student_needs(loaded: LoadedRubric, tmp_path: Path) -> None:
    made = kit(loaded)
    write_files(made, tmp_path / "kit")
    assert sorted(made.files) == [
        ".github/workflows/grade.yml",
        ".gitignore",
        ".gitlab-ci.yml",
        "README.md",
        "checks/rubric.yaml",
        "checks/sealed.json",
        "grader.toml",
        "hw.ipynb",
        "points.csv",
    ]
    found = find_kit(tmp_path / "kit")
    assert found is not None
    public = load_rubric(found.rubric)
    assert (public.rubric.points, public.reference) == (12, None)
    named = tomllib.loads((tmp_path / "kit" / "grader.toml").read_text())
    assert (named["sealed"], named["file"]) == ("checks/sealed.json", "hw.ipynb")


def test_public_checks_lose_their_answers_and_the_rest_becomes_one_entry(loaded: LoadedRubric) -> None:
    document = rubric_of(kit(loaded))
    first, second = document["questions"]
    assert [c["id"] for c in first["checks"]] == ["area", "f", "later"]
    assert [c["points"] for c in first["checks"]] == ["1", "1", "4"]
    assert second["checks"][0] == {"id": "c", "kind": "choice", "points": "3", "of": "c", "sealed": True, "needs": ["k"]}
    assert keys(document) & set(ANSWERS) == set()
    assert "reference" not in document


def test_only_what_few_tries_cannot_find_is_sealed(loaded: LoadedRubric) -> None:
    sealed = json.loads(kit(loaded).files["checks/sealed.json"])
    assert (sealed["version"], set(sealed["answers"])) == (1, {"1/area", "2/k"})


def test_choices_are_sealed_on_demand_and_then_decided_in_the_kit(loaded: LoadedRubric, tmp_path: Path) -> None:
    made = make_kit(loaded, None, answers(loaded), lambda name: f"salt of {name:_<20}", seal_choices=True)
    assert set(json.loads(made.files["checks/sealed.json"])["answers"]) == {"1/area", "2/k", "2/c"}
    assert "(its form)" not in next(line for line in made.files["README.md"].decode().splitlines() if line.startswith("| 2 "))
    write_files(made, tmp_path / "kit")
    public = load_rubric(tmp_path / "kit" / "checks" / "rubric.yaml").rubric
    sealed = read_sealed(tmp_path / "kit" / "checks" / "sealed.json")
    for said, code in (("True", "right"), ("False", "sealed_differs")):
        seen = evidence(public, {"c": said, "k": 88.125, "area": 19.634954})
        assert judge_alone(public, seen, sealed).verdicts["2/c"].reason.code == code


def test_nothing_of_the_reference_its_values_and_hidden_checks_is_in_a_kit(loaded: LoadedRubric) -> None:
    made = kit(loaded)
    everything = b"\n".join(made.files.values()).decode()
    assert made.leaks == ()
    for secret in (
        "AREA_OF",
        "3.14159",
        "19.63",
        "7.853",
        "88.125",
        "no_square",
        "not squared",
        "thirty-one",
        "31.41",
        "integral",
    ):
        assert secret not in everything
    for secret in ("summed", "radius **", "quadratic", "grows with the square"):
        assert secret not in everything


@pytest.mark.parametrize(
    ("planted", "source"),
    [
        ("x = AREA_OF_UNIT * radius ** 2", "solution.py"),
        ("return   AREA_OF_UNIT * radius ** 2 # mine", "solution.py"),
        ("Rings are summed from the inside outwards.", "solution.py"),
        ("about 19.635 in all", "a value of the reference"),
        ("[1.0, 7.853981e0]", "a value of the reference"),
        ("3.14159265", "solution.py"),
        ("because the mistakes.no_square_taken", "1/area"),
        ("The radius was not squared at all.", "1/area"),
        ("Works for radius thirty-one", "1/secret"),
        ("Because the integral is taken\nover rings.", "1/why"),
        ("quadratic growth", "1/word"),
    ],
)
def test_a_planted_leak_is_found_and_its_source_named(loaded: LoadedRubric, planted: str, source: str) -> None:
    secrets = gather(loaded.rubric, {"solution.py": SOLUTION}, answers(loaded))
    found = find_leaks({"README.md": f"Some text. {planted} And more."}, secrets)
    assert any(source in leak.source for leak in found)


def test_what_the_task_tells_is_no_leak(loaded: LoadedRubric) -> None:
    secrets = gather(loaded.rubric, {"solution.py": SOLUTION}, answers(loaded))
    assert find_leaks({"README.md": "Compute `area` of the disc. Look at the unit. 2.5 and 1.0, 2026"}, secrets) == ()


def test_an_instructors_solution_that_was_not_marked_is_a_leak_where_the_reference_has_it(
    loaded: LoadedRubric, tmp_path: Path
) -> None:
    path = tmp_path / "hw.py"
    path.write_text("### BEGIN SOLUTION\nx = 1\n### END SOLUTION\nsay = 'The radius was not squared at all.'\narea = 19.634954\n")
    leaks = kit(loaded, path).leaks
    assert {leak.file for leak in leaks} == {"hw.py"}


def test_a_kit_from_a_module_is_the_module_without_its_solutions(loaded: LoadedRubric, tmp_path: Path) -> None:
    path = tmp_path / "hw.py"
    path.write_text("def f(radius):\n    ### BEGIN SOLUTION\n    return 19.634954\n    ### END SOLUTION\n")
    made = kit(loaded, path)
    assert (made.skeleton, made.solutions, made.leaks) == ("hw.py", 1, ())
    assert b"NotImplementedError" in made.files["hw.py"]


def test_a_kit_goes_into_a_folder_of_its_own(loaded: LoadedRubric, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not empty"):
        write_files(kit(loaded), tmp_path)


def test_workflows_are_yaml_and_use_the_toolkit_that_was_named(loaded: LoadedRubric) -> None:
    made = make_kit(loaded, None, answers(loaded), lambda name: f"salt of {name:_<20}", "course/grader@v1")
    github = yaml.safe_load(made.files[".github/workflows/grade.yml"])
    assert [step["uses"] for step in github["jobs"]["grade"]["steps"]] == ["actions/checkout@v4", "course/grader@v1"]
    gitlab = yaml.safe_load(made.files[".gitlab-ci.yml"])
    assert gitlab["grade"]["variables"] == {"GRADER_TOOLKIT": "git+https://github.com/course/grader@v1"}
    other = kit(loaded).files
    assert "vars.GRADER_REPOSITORY" in other[".github/workflows/grade.yml"].decode()
    assert "variables" not in yaml.safe_load(other[".gitlab-ci.yml"])["grade"]


def test_the_readme_says_how_to_install_the_toolkit(loaded: LoadedRubric) -> None:
    named = make_kit(loaded, None, answers(loaded), lambda name: f"salt of {name:_<20}", "course/grader@v1")
    assert 'python -m pip install "git+https://github.com/course/grader@v1"' in named.files["README.md"].decode()
    assert "Install `grader`, as your course says" in kit(loaded).files["README.md"].decode()


def test_the_readme_says_what_lateness_costs(loaded: LoadedRubric) -> None:
    readme = kit(loaded).files["README.md"].decode()
    assert "due 2026-02-03 23:59-05:00" in readme
    assert "Late after 15 minutes of grace, each day begun costs 10% of the points, at most 50%." in readme


NOTEBOOK_CODE = """\
### BEGIN SOLUTION
def f(radius):
    return 3.14159265 * radius ** 2


area = f(2.5)
k = 88.125
### END SOLUTION"""


@pytest.mark.box
def test_an_instructors_notebook_gets_full_marks_from_its_own_kit_and_the_skeleton_made_of_it_none(
    loaded: LoadedRubric, tmp_path: Path
) -> None:
    cells = [Cell("markdown", "# Homework\n\n## Problem 1"), Cell("code", NOTEBOOK_CODE)]
    notebook = tmp_path / "hw.ipynb"
    notebook.write_text(write_notebook(cells))
    sandbox = PlainSandbox()
    made = make_kit(loaded, notebook, reference_answers(loaded, sandbox), lambda name: f"salt of {name:_<20}")
    assert (made.leaks, made.solutions) == ((), 1)
    write_files(made, tmp_path / "kit")
    earned = {}
    for name, work in (("skeleton", None), ("instructor", notebook)):
        if work is not None:
            (tmp_path / "kit" / "hw.ipynb").write_bytes(work.read_bytes())
        report = Checker(sandbox).check(find_assignment([tmp_path / "kit"], tmp_path / "kit"))
        earned[name] = {c.id: c.verdict.status for q in report.questions for c in q.checks if c.id in ("area", "f", "k")}
    assert set(earned["skeleton"].values()) == {Status.FAILED}
    assert set(earned["instructor"].values()) == {Status.PASSED}


BLANKS = rubric("""
- id: "1"
  title: Blanks
  points: 5
  answer:
    heading: Problem 1
    blanks: ["def blank_a(x):\\n    return __a__\\n"]
    functions: {a: blank_a, f: f}
    variables: {letter: answer_1, words: words_1}
  checks:
    - {id: a, kind: call, of: a, points: 1, arguments: [{normal: [2]}]}
    - {id: f, kind: call, of: f, points: 1, arguments: [{normal: [2]}]}
    - {id: letter, kind: choice, of: letter, options: [A, B], correct: A, points: 1, visibility: after_due}
    - {id: why, kind: manual, of: words, points: 2, visibility: after_due}
""")


def test_what_is_made_of_filled_in_blanks_is_looked_at_after_the_hand_in() -> None:
    (question,) = public_rubric(BLANKS)["questions"]
    assert "blanks" not in question["answer"]
    assert [check["id"] for check in question["checks"]] == ["f", "later"]
    later = question["checks"][-1]
    assert (later["of"], later["points"]) == ("letter", "4")
    assert ManualCheck.model_validate(later).judge([Capture.of(to_value("A"))], []).status is Status.UNDECIDED


def test_answers_in_words_alone_keep_the_words_they_need() -> None:
    only_words = BLANKS.questions[0].model_copy(update={"checks": BLANKS.questions[0].checks[-1:]})
    (question,) = public_rubric(BLANKS.model_copy(update={"questions": (only_words,)}))["questions"]
    assert question["checks"][0]["least_words"] == 3


def test_what_a_given_module_says_is_no_secret_but_it_may_not_tell_of_hidden_checks(tmp_path: Path) -> None:
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "solution.py").write_text("from given import load_the_points\n")
    (tmp_path / "hw.yaml").write_text(RUBRIC.replace("points.csv: points.csv", "given.py: given.py"))
    found = {}
    for name, more in (("plain", ""), ("telling", "# Because the integral is taken over rings.\n")):
        (reference / "given.py").write_text(f"def load_the_points(path):\n    return [path]\n{more}")
        loaded = load_rubric(tmp_path / "hw.yaml")
        found[name] = [leak.file for leak in make_kit(loaded, None, {}, lambda name: name * 9).leaks]
    assert found == {"plain": [], "telling": ["given.py"]}


@pytest.mark.parametrize("path", sorted((Path(__file__).parents[2] / "rubrics").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_assignments_kit_can_be_read_and_tells_nothing_of_its_reference(path: Path, tmp_path: Path) -> None:
    loaded = load_rubric(path)
    made = make_kit(loaded, None, {}, lambda name: f"salt of {name:_<20}", "course/grader@v1")
    assert made.leaks == ()
    write_files(made, tmp_path / "kit")
    found = find_assignment([], tmp_path / "kit")
    public = found.rubric.rubric
    assert found.file.name == made.skeleton
    assert [(q.id, q.points) for q in public.questions] == [(q.id, q.points) for q in loaded.rubric.questions]
    assert set(made.public) | {f"{q.id}/later" for q in public.questions} >= {
        f"{q.id}/{check.id}" for q in public.questions for check in q.checks
    }


PROGRAMS = rubric("""
- id: "1"
  title: Programs
  points: 4
  answer: {files: {p: main.py}}
  checks:
    - {id: told, kind: program, of: p, run: "python {file}", points: 1, output: "Hello, told", shown: true}
    - {id: whole, kind: program, of: p, run: "python {file} 2", points: 1, output: "the whole output"}
    - {id: part, kind: program, of: p, run: "python {file} 3", points: 1, output: "a part of it", compare: included}
    - {id: ends, kind: program, of: p, run: "python {file} 4", points: 1, exit_code: 2}
""")


def test_a_kit_has_the_outputs_that_are_no_secret_and_no_others() -> None:
    told, whole, part, ends = public_rubric(PROGRAMS)["questions"][0]["checks"]
    assert (told["output"], ends["exit_code"]) == ("Hello, told", 2)
    assert "expect" not in told | ends
    assert ("output" in whole, whole["expect"], "output" in part, part["expect"]) == (False, "later", False, "later")
    secrets = gather(PROGRAMS, {}, {})
    assert [leak.excerpt for leak in find_leaks({"a": "Hello, told, the whole output, a part of it"}, secrets)] == [
        "the whole output",
        "a part of it",
    ]


@pytest.mark.parametrize(
    ("name", "seen", "code"),
    [
        ("told", Ran(exit_code=0, stdout="Hello, told\n"), "right"),
        ("told", Ran(exit_code=0, stdout="Hello\n"), "output_differs"),
        ("whole", Ran(exit_code=0, stdout="the whole output"), "right"),
        ("whole", Ran(exit_code=0, stdout="another"), "sealed_differs"),
        ("part", Ran(exit_code=0, stdout="another"), "at_hand_in"),
        ("part", Ran(exit_code=1, stdout="a part of it"), "program_exit"),
        ("ends", Ran(exit_code=2, stdout=""), "right"),
    ],
)
def test_a_kit_judges_programs_as_far_as_it_can(tmp_path: Path, name: str, seen: Ran, code: str) -> None:
    (tmp_path / "hw.yaml").write_text(write_yaml(PROGRAMS.model_dump(mode="json", exclude_unset=True)))
    made = make_kit(load_rubric(tmp_path / "hw.yaml"), None, {}, lambda name: f"salt of {name:_<20}")
    write_files(made, tmp_path / "kit")
    assert not list((tmp_path / "kit").glob("*.ipynb"))
    assert (tmp_path / "kit" / "main.py").read_text() == "# Programs\n#\n# your code here\n"
    assert find_assignment([], tmp_path / "kit").file == tmp_path / "kit"
    public = load_rubric(tmp_path / "kit" / "checks" / "rubric.yaml").rubric
    captures = {p.key: Capture.of(seen) for p in plan_submission(public).probes}
    sealed = read_sealed(tmp_path / "kit" / "checks" / "sealed.json")
    found = judge_alone(public, Evidence(submission="", captures=captures), sealed)
    assert found.verdicts[f"1/{name}"].reason.code == code
