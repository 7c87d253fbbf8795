"""A student's own check as text and HTML: what is wrong and where to look, no expected value, nothing unescaped."""

from __future__ import annotations

from fractions import Fraction

from grader.model.evidence import CellRun, Place, Run
from grader.model.report import CheckReport, QuestionReport, Report
from grader.model.rubric import Visibility
from grader.model.values import Frame, Raised
from grader.model.verdict import Reason, Verdict, failed, passed, undecided
from grader.reports.selfcheck import selfcheck, selfcheck_html, selfcheck_text


def check(name: str, verdict: Verdict, visibility: Visibility = Visibility.VISIBLE, kind: str = "array") -> CheckReport:
    earned = None if verdict.credit is None else verdict.credit
    return CheckReport(
        id=name,
        kind=kind,
        title=name,
        possible=Fraction(1),
        earned=earned,
        verdict=verdict,
        visibility=visibility,
        hint="Look at <b>.",
    )


def report(*checks: CheckReport, run: Run | None = None) -> Report:
    zero = Fraction(0)
    question = QuestionReport(id="1", title="One", possible=Fraction(len(checks)), earned=zero, pending=zero, checks=checks)
    return Report(
        assignment="hw",
        title="A homework",
        submission="me",
        digest="",
        possible=question.possible,
        earned=zero,
        pending=zero,
        questions=(question,),
        run=run or Run(),
    )


WRONG = failed("values", seen=2.5, expected_value=771.25, worst=768.75, share=0.5, index=[0, 1])


def test_what_is_wrong_is_said_with_its_index_and_hint_and_never_with_what_is_expected() -> None:
    found = selfcheck(report(check("dW1", WRONG.model_copy(update={"place": Place(part="hw.ipynb", cell=3, name="dW1")}))))
    for text in (selfcheck_text(found), selfcheck_html(found)):
        assert "2.5" in text
        assert "(0, 1)" in text or "[0, 1]" in text
        assert "cell 4 of hw.ipynb" in text
        assert "771" not in text
        assert "768" not in text
    assert found.fails


def test_hidden_checks_are_counted_and_nothing_else_is_said_of_them() -> None:
    hidden = [check(f"secret{i}", WRONG, Visibility.HIDDEN) for i in range(3)]
    found = selfcheck(report(check("x", passed()), *hidden))
    text = selfcheck_text(found)
    assert "3 checks: not shown yet" in text
    assert "secret" not in text
    assert not found.fails


def test_what_waits_says_for_whom() -> None:
    found = selfcheck(
        report(check("A", undecided("at_hand_in", seen_type="list")), check("why", undecided("manual"), kind="manual"))
    )
    text = selfcheck_text(found)
    assert "A: judged when you hand in" in text
    assert "why: judged by a person" in text
    assert found.summary == "1 judged when you hand in, 1 judged by a person"


def test_a_cell_that_raised_is_named_with_its_line() -> None:
    error = Raised(kind="NameError", message="name 'x'", frames=(Frame(file="hw.ipynb", line=2, code="y = x", cell=4),))
    run = Run(cells=(CellRun(part="hw.ipynb", cell=4, status="raised", error=error),))
    (trouble,) = selfcheck(report(check("x", passed()), run=run)).troubles
    assert trouble == "cell 5 of hw.ipynb raised `NameError: name 'x'` at line 2: `y = x`"


def test_html_escapes_what_students_and_rubrics_wrote() -> None:
    evil = failed("mistake", says="<script>alert(1)</script>")
    notes = (Reason(code="also_right", facts={"says": "<img src=x>"}),)
    html = selfcheck_html(selfcheck(report(check("<i>", evil.model_copy(update={"notes": notes})))))
    assert "<script" not in html
    assert "<img" not in html
    assert "<i>" not in html
    assert "Look at &lt;b&gt;." in html
