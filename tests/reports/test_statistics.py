"""Figures about a class."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.model.evidence import CellRun, Place, Run
from grader.model.report import ClassReport
from grader.model.submission import Fault
from grader.model.verdict import failed, graded, passed, undecided
from grader.reports import EXPORTS, Terms, class_html, gradebook_csv, results_json, scores_table
from grader.reports.statistics import distribution, frequent_mistakes, question_means, summary, waiting
from grader.reports.troubles import troubles, troubles_of
from tests.reports.builder import at, check, class_report, question, report, sample


def pupil(name: str, credit: Fraction | None, bonus: int = 0):
    verdict = undecided("manual") if credit is None else graded(credit, "values")
    extra = [question("b", "Bonus", 5, [check("x", "array", 5, graded(Fraction(bonus, 5), "values"))], bonus=True)]
    return report(name, [question("1", "One", 10, [check("a", "array", 10, verdict)]), *extra])


def test_submissions_are_counted_by_their_share_of_the_regular_points() -> None:
    credits_ = [Fraction(0), Fraction(99, 1000), Fraction(1, 10), Fraction(1, 2), Fraction(1)]
    whole = class_report(*(pupil(f"s{i}", c) for i, c in enumerate(credits_)))
    assert [b.count for b in distribution(whole)] == [2, 1, 0, 0, 0, 1, 0, 0, 0, 1]


def test_more_than_all_points_by_bonus_counts_in_the_last_range() -> None:
    assert distribution(class_report(pupil("s", Fraction(1), bonus=5)))[-1].count == 1


@given(st.lists(st.fractions(min_value=0, max_value=1, max_denominator=40), min_size=1, max_size=8), st.integers(1, 12))
@settings(max_examples=40, derandomize=True, deadline=None, database=None)
def test_every_submission_is_in_exactly_one_range(shares: list[Fraction], bins: int) -> None:
    whole = class_report(*(pupil(f"s{i}", share) for i, share in enumerate(shares)))
    assert sum(b.count for b in distribution(whole, bins)) == len(shares)


def test_the_summary_gives_mean_median_and_range() -> None:
    found = summary(class_report(*(pupil(f"s{i}", Fraction(c, 10)) for i, c in enumerate((0, 4, 5)))))
    assert (found.count, found.mean, found.median, found.lowest, found.highest) == (3, 3, 4, 0, 5)


def test_means_count_what_is_pending_as_not_earned_and_say_so() -> None:
    first = question_means(class_report(pupil("a", Fraction(1)), pupil("b", None)))[0]
    assert (first.mean, first.share, first.pending) == (5, Fraction(1, 2), 1)


def test_the_most_frequent_mistake_comes_first_with_those_who_made_it() -> None:
    def one(name: str, mistake: str):
        verdict = at(failed("mistake", says=f"It is {mistake}."), mistake=mistake) if mistake else failed("shape", seen=[1])
        return report(name, [question("1", "One", 2, [check("a", "array", 2, verdict, title="The answer")])])

    found = frequent_mistakes(class_report(one("s1", "flip"), one("s2", "pad"), one("s3", "pad"), one("s4", "")))
    assert [(f.says, f.mistake, f.submissions) for f in found] == [
        ("It is pad.", "pad", ("s2", "s3")),
        ("It is flip.", "flip", ("s1",)),
        ("wrong shape", "", ("s4",)),
    ]


def test_the_same_mistake_in_several_checks_of_a_question_is_one_mistake() -> None:
    verdict = at(failed("mistake", says="The sign is wrong."), mistake="sign")
    checks = [check(name, "array", 1, verdict, title=f"By {name}") for name in ("W1", "W2")]
    found = frequent_mistakes(class_report(report("s", [question("1", "One", 2, checks)])))
    assert [(f.title, f.count) for f in found] == [("By W1 and By W2", 1)]


def test_an_answer_that_is_not_there_is_counted_with_its_question_and_is_no_mistake() -> None:
    def one(name: str, code: str):
        return report(name, [question("1", "One", 2, [check("a", "array", 2, failed(code))])])

    whole = class_report(one("s1", "missing"), one("s2", "empty"), one("s3", "shape"))
    assert [f.says for f in frequent_mistakes(whole)] == ["wrong shape"]
    assert question_means(whole)[0].absent == 2


def test_what_is_right_or_corrected_by_a_person_is_no_mistake() -> None:
    right = report("s", [question("1", "One", 2, [check("a", "array", 2, passed())])])
    assert frequent_mistakes(class_report(right)) == ()
    assert not [f for f in frequent_mistakes(sample()) if f.check == "plot"]


def test_what_waits_is_grouped_by_check_in_the_order_of_the_questions() -> None:
    found = waiting(sample())
    assert [(w.question, w.check, len(w.submissions)) for w in found] == [("3.2", "why", 5), ("L3", "gpu", 5)]


def test_troubles_tell_faulty_files_unfinished_runs_and_what_the_environment_lacked() -> None:
    found = {t.says: t.submissions for t in troubles(sample())}
    assert found["The run was stopped at its time limit. The limit is 60 s."] == ("cleo",)
    assert found["Missing where this was graded: a GPU."] == ("dora",)
    assert found["hw1.pdf: The PDF holds pictures only. Hand in the notebook."] == ("emil",)
    (cell,) = (submissions for says, submissions in found.items() if says.startswith("In cell 12 of hw1.ipynb the time limit"))
    assert "ada" in cell
    assert "cleo" not in cell


def test_one_trouble_of_many_submissions_is_said_once_and_what_our_box_failed_at_comes_first() -> None:
    runs = {"a": "died", "b": "timed_out", "c": "timed_out", "d": "box_failed"}
    reports = (report(sid, [question("1", "One", 1, [])], run=Run(ended=ended)) for sid, ended in runs.items())
    assert [t.submissions for t in troubles(class_report(*reports))] == [("d",), ("b", "c"), ("a",)]


def test_troubles_that_differ_in_their_numbers_alone_are_one_without_the_numbers() -> None:
    reports = (report(f"s{n}", [], run=Run(ended="timed_out", detail=f"The limit is {n} s.")) for n in (60, 70))
    (found,) = troubles(class_report(*reports))
    assert found.says == "The run was stopped at its time limit. The limit is … s."
    assert found.submissions == ("s60", "s70")


def test_troubles_of_files_called_after_their_submissions_are_one() -> None:
    faults = {"ab": "ab.ipynb", "abc": "abc.ipynb", "d": "hw1.ipynb"}
    reports = (report(sid, [], faults=(Fault(path=path, code="empty", text="It is empty."),)) for sid, path in faults.items())
    found = {t.says: t.submissions for t in troubles(class_report(*reports))}
    assert found == {"….ipynb: It is empty.": ("ab", "abc"), "hw1.ipynb: It is empty.": ("d",)}


@pytest.mark.parametrize(
    ("status", "said"), [("timed_out", "the time limit"), ("died", "the process ended"), ("raised", ""), ("ok", "")]
)
def test_a_cell_that_was_stopped_is_told_although_the_run_went_on(status: str, said: str) -> None:
    run = Run(ended="finished", cells=(CellRun(part="hw1.ipynb", cell=4, status=status, seconds=1),))  # type: ignore[arg-type]
    found = troubles_of(report("s", [], run=run))
    assert len(found) == bool(said)
    assert all(says.startswith("In cell 5 of hw1.ipynb ") and said in says for says in found)


@pytest.mark.parametrize(("place", "said"), [(Place(part="report.md", heading="1"), False), (Place(), True)])
def test_a_report_in_which_answers_were_found_is_no_trouble_and_an_empty_submission_is(place: Place, said: bool) -> None:
    checks = [check("a", "number", 2, at(passed(), place=place))]
    one = report("s", [question("1", "One", 2, checks)], run=Run(ended="nothing_to_run"))
    assert bool(troubles(class_report(one))) is said


EMPTY = ClassReport(assignment="hw1", title="Homework 1", possible=Fraction(10), reports=())


@pytest.mark.parametrize("write", [class_html, gradebook_csv, results_json, scores_table])
def test_a_class_without_submissions_has_reports_too(write) -> None:
    assert write(EMPTY)
    assert summary(EMPTY).mean is None
    assert question_means(EMPTY) == ()


def test_every_export_writes_a_text_into_a_file_of_its_own() -> None:
    assert len({export.file for export in EXPORTS.values()}) == len(EXPORTS)
    for export in EXPORTS.values():
        assert export.write(sample(), Terms())
