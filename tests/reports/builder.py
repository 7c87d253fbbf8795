"""A class of constructed reports: every status, every visibility, faults, and hostile text wherever a student can put it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from grader.model.evidence import CellRun, Place, Run
from grader.model.report import CheckReport, ClassReport, Override, QuestionReport, Report
from grader.model.rubric import Visibility
from grader.model.submission import Fault
from grader.model.values import Frame, Raised
from grader.model.verdict import Reason, Status, Verdict, blocked, failed, graded, passed, undecided

HOSTILE = (
    "<script>alert('x')</script>",
    '"><img src=x onerror=alert(1)>',
    "=cmd|' /C calc'!A0",
    "\x1b[2J\x1b]0;owned\x07",
    "\u202egnp.exe\u2066",
    "`a` **b** [c](javascript:alert(1)) @all ![d](http://e.example/f)",
    "{{ 7*7 }} {% raw %} [bold red]x[/]",
    "\ud800 lone",
)


def question(qid: str, title: str, points: Any, checks: list[CheckReport], **more: Any) -> QuestionReport:
    """A question whose points follow from its checks."""
    earned = sum((c.earned for c in checks if c.earned is not None), Fraction(0))
    pending = sum((c.possible for c in checks if c.earned is None), Fraction(0))
    return QuestionReport(id=qid, title=title, possible=points, earned=earned, pending=pending, checks=tuple(checks), **more)


def check(cid: str, kind: str, points: Any, verdict: Verdict, **more: Any) -> CheckReport:
    """A check whose points follow from its verdict, or from its override."""
    possible = Fraction(points)
    earned = None if verdict.credit is None else possible * verdict.credit
    if more.get("override"):
        earned = more["override"].points
    return CheckReport(id=cid, kind=kind, title=more.pop("title", cid), possible=possible, earned=earned, verdict=verdict, **more)


def at(verdict: Verdict, **more: Any) -> Verdict:
    """The verdict with a place, notes, parts or a mistake."""
    return Verdict.model_validate({**dict(verdict), **more})


def report(submission: str, questions: list[QuestionReport], late: Any = 0, **more: Any) -> Report:
    """A report whose points follow from its questions."""
    late = Fraction(late)
    return Report(
        assignment="hw1",
        title="Homework 1: Adalines, back-propagation, convolution",
        submission=submission,
        digest=more.pop("digest", "4f0c" * 16),
        possible=sum((q.possible for q in questions), Fraction(0)),
        bonus=sum((q.possible for q in questions if q.bonus), Fraction(0)),
        earned=sum((q.earned for q in questions), Fraction(0)) - late,
        pending=sum((q.pending for q in questions), Fraction(0)),
        late=late,
        questions=tuple(questions),
        **more,
    )


HERE = Place(part="hw1.ipynb", cell=6, heading="Problem 3.2", name="dW1")
TEXT = "Derive the gradients of the loss by `W1` and `W2`.\n\n- Use *vectorised* form.\n- <b>Show</b> your steps. ![x](x.png)"

MASK = "The ReLU mask is missing: where the pre-activation is negative, the gradient is `0`."

LINE = {"file": "hw1.ipynb", "line": 3, "function": "forward", "code": "x = self.fc1(x)", "cell": 8}


def cost_parts() -> tuple[Reason, ...]:
    """Cells of a table of two layers: wrong in known ways, right given the row's own shapes, and missing."""
    cells = (
        ("cell_wrong", {"row": "conv1", "column": "macs", "seen": "941600", "expected": 940800, "slip": "with_bias"}),
        ("cell_wrong", {"row": "fc1", "column": "output", "seen": "(1, 120)", "expected": [1, 128], "slip": ""}),
        ("cell_followed", {"row": "fc1", "column": "parameters", "seen": "48000", "expected": 51200}),
        ("cell_missing", {"row": "fc1", "column": "macs", "seen": "", "expected": 51200}),
    )
    return tuple(Reason(code=code, facts=facts) for code, facts in cells)


def full_run(**more: Any) -> Run:
    """A run with versions, walls and cells of every state."""
    error = Raised(
        kind="RuntimeError",
        message="mat1 and mat2 shapes cannot be multiplied (1x400 and 576x120)",
        frames=(
            Frame(file="hw1.ipynb", line=1, function="<module>", code="net(images)", cell=8),
            Frame(file="hw1.ipynb", line=3, function="forward", code="x = self.fc1(x)", cell=8),
        ),
    )
    cells = (
        CellRun(part="hw1.ipynb", cell=1, status="ok", seconds=0.04),
        CellRun(part="hw1.ipynb", cell=6, status="ok", seconds=0.21, stdout="L = 14.5\n", stderr="UserWarning: deprecated\n"),
        CellRun(part="hw1.ipynb", cell=8, status="raised", seconds=0.02, error=error),
        CellRun(part="hw1.ipynb", cell=9, status="ok", seconds=1.5, stdout="epoch 1: 0.31\n" * 40, cut=998_040),
        CellRun(part="hw1.ipynb", cell=11, status="timed_out", seconds=60.0),
    )
    return Run(
        isolation="strict",
        walls={"network": "on", "landlock": "on", "cgroup": "not writable here"},
        versions={"python": "3.11.9", "torch": "2.13.0", "numpy": "2.4.0"},
        started="2026-02-03T10:00:00+00:00",
        seconds=61.9,
        student_seconds=61.8,
        cells=cells,
        peak_memory=412 * 2**20,
        **more,
    )


def maths(weak: bool = False, notes: tuple[Reason, ...] = ()) -> QuestionReport:
    """Gradients: a number, two arrays, a function, and an answer that a human reads."""
    exchanged = failed("shape", seen=[3, 2], expected=[2, 3])
    there = HERE.model_copy(update={"name": "dW2"})
    raised = failed("raised", kind="RuntimeError", message="shapes cannot be multiplied", line=LINE)
    return question(
        "3.2",
        "Gradients of a two-layer ReLU network",
        8,
        [
            check("loss", "number", 1, at(passed(seen=14.5), place=HERE), title="The loss `L`"),
            check(
                "dW1",
                "array",
                3,
                at(graded(Fraction(1, 4), "mistake", says=MASK), mistake="no_mask", place=HERE)
                if weak
                else at(passed(), place=HERE, notes=notes),
                title="The gradient `dW1`",
                hint="Write down which hidden units are active for this input.",
            ),
            check(
                "dW2",
                "array",
                2,
                at(exchanged, place=there) if weak else passed(),
                title="The gradient `dW2`",
            ),
            check("step", "call", 1, raised if weak else passed(cases=12), title="One step of gradient descent"),
            check(
                "why",
                "manual",
                1,
                undecided("manual", excerpt="Because the derivative of the ReLU is one there"),
                title="The explanation",
                criteria=("Names the derivative of the ReLU.", "Says why the sign matters."),
            ),
        ],
        text=TEXT,
    )


def table() -> QuestionReport:
    """A cost table with parts, and checks that are not visible."""
    verdict = at(graded(Fraction(5, 12), "table_cells", right=2, cells=6), parts=cost_parts(), place=HERE)
    return question(
        "L2",
        "A simple CNN",
        6,
        [
            check("costs", "cost_table", 3, verdict, title="The table of costs"),
            check("secret", "call", 1, failed("values", seen=1.0, expected_value=42.5), visibility=Visibility.HIDDEN),
            check("later", "call", 1, failed("values", seen=1.0, expected_value=43.5), visibility=Visibility.AFTER_DUE),
            check("last", "call", 1, passed(cases=3), visibility=Visibility.AFTER_PUBLISHED),
        ],
    )


def bonus(hostile: str = "") -> QuestionReport:
    """A bonus question with a blocked check, an environment fault and an override; `hostile` text where students write."""
    says = hostile or "plain text"
    corrected = Override(
        submission="s",
        question="L3",
        check="plot",
        points=Fraction(1),
        author="ta1",
        reason="Axis is labelled",
        time="2026-02-05",
    )
    place = Place(part=says, cell=2, heading=says, name=says)
    return question(
        "L3",
        "Histograms",
        4,
        [
            check("hist", "figure", 1, blocked("needs", check="L2/costs"), title="Histograms of all layers"),
            check(
                "gpu", "call", 1, undecided("environment", cause="no_gpu", kind="RuntimeError", message=says), title="On a GPU"
            ),
            check(
                "plot", "figure", 1, at(failed("missing", looked_for=["fig"], nearest=[says]), place=place), override=corrected
            ),
            check(
                "text",
                "text",
                1,
                at(
                    failed("wrong_type", seen_type=says, expected_type="str"),
                    place=place,
                    notes=[Reason(code="layout", facts={"layout": says})],
                ),
            ),
        ],
        bonus=True,
    )


def hostile_report(text: str) -> Report:
    """A submission of someone who writes this text wherever a student can write."""
    frame = Frame(file=text, line=1, function=text, code=text, cell=0)
    cell = CellRun(
        part=text, cell=0, status="raised", stdout=text, stderr=text, error=Raised(kind=text, message=text, frames=(frame,))
    )
    verdict = at(
        failed("raised", kind=text, message=text, line=frame.model_dump()),
        place=Place(part=text, cell=0, heading=text, name=text),
        notes=[Reason(code="layout", facts={"layout": text}), Reason(code=text, facts={text: text})],
        parts=[Reason(code="cell_wrong", facts={"row": text, "column": text, "seen": text})],
    )
    bare = question("1", "A question", 2, [check("a", "array", 2, verdict)])
    return report(
        text,
        [bare, bonus(text)],
        run=Run(cells=(cell,), detail=text, ended="died", versions={"torch": text}),
        faults=(Fault(path=text, code="odd", text=text),),
        environment_faults=(text,),
    )


def class_report(*reports: Report) -> ClassReport:
    """These reports as a class."""
    first = reports[0]
    return ClassReport(
        assignment=first.assignment, title=first.title, possible=first.possible, bonus=first.bonus, reports=reports
    )


def sample() -> ClassReport:
    """Six students, from full marks to nothing."""
    note = (Reason(code="layout", facts={"layout": "numerator"}),)
    none = [
        question(qid, title, points, [check("all", "array", points, failed("missing", looked_for=["dW1", "dw1"]))])
        for qid, title, points in (("3.2", "Gradients of a two-layer ReLU network", 8), ("L2", "A simple CNN", 6))
    ]
    nothing = question("L3", "Histograms", 4, [check("all", "figure", 4, failed("missing", looked_for=["fig"]))], bonus=True)
    return class_report(
        report("ada", [maths(notes=note), table(), bonus()], run=full_run()),
        report("bert", [maths(weak=True), table(), bonus()], run=full_run(), late=Fraction(2, 3)),
        report("cleo", [maths(weak=True), table(), bonus()], run=full_run(ended="timed_out", detail="The limit is 60 s.")),
        report("dora", [maths(), table(), bonus("<b>bold</b>")], run=full_run(), environment_faults=("a GPU",)),
        report(
            "emil",
            [*none, nothing],
            run=Run(ended="nothing_to_run"),
            faults=(Fault(path="hw1.pdf", code="scan", text="The PDF holds pictures only. Hand in the notebook."),),
        ),
        report("fay", [maths(weak=True), table(), bonus()], run=full_run()),
    )


STATUSES = tuple(Status)
