"""A graded class of four without a box: two equal answers, one of somebody hostile, one that hands in nothing."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat.v4 as v4
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grader import pipeline
from grader.intake.rubrics import load_rubric
from grader.intake.submissions import find_submissions
from grader.model.evidence import Capture, CellRun, Evidence, Run
from grader.model.probe import Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.model.values import Value
from grader.sandbox.fake import FakeSandbox
from grader.web.app import create_app
from grader.web.desk import open_desk
from grader.web.guard import Guard
from grader.web.updates import Task, Updates, bring_up_to_date

HERE = "http://127.0.0.1:8123"
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7*7 }} $\\text{</math><b>x</b>}$ [y](javascript:alert(3))"
RUBRIC = """\
assignment: {name}
title: A homework
points: 6
questions:
  - id: "1"
    title: Reasons
    points: 6
    text: Say *why*.
    answer: {{heading: Why, variables: {{x: x}}}}
    checks:
      - {{id: x, kind: number, of: x, points: 1, value: 3, report: {{label: x}}}}
      - id: why
        kind: manual
        points: 3
        title: The reason
        criteria: [{{says: Names the cause, points: 1}}, {{says: Gives the proof, points: 2}}]
      - {{id: more, kind: manual, points: 1, needs: [x], title: More, criteria: [{{says: A further reason}}]}}
      - {{id: free, kind: manual, points: 1, title: Freely}}
"""
ANSWERS = {
    "alder-7": "# Why\nBecause the mask is\n missing there. x = 3",
    "birch-8": "# Why\nBecause the mask is missing there.  x = 3",
    "cedar-9": f"# Why\n{HOSTILE}\nx = 4",
    "dogwood": "",
}
NUMBER, WHY, MORE, FREE = range(4)


def png() -> bytes:
    """A picture of one pixel."""
    from PIL import Image

    stream = io.BytesIO()
    Image.new("RGB", (1, 1), "white").save(stream, "PNG")
    return stream.getvalue()


class _Box(FakeSandbox):
    """Runs nothing: every code cell printed something, drew a picture, and gave HTML."""

    def __init__(self) -> None:
        super().__init__(_nothing)

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        found = super().run(plan, submission, limits)
        data = {"image/png": base64.b64encode(png()).decode(), "text/html": HOSTILE, "image/svg+xml": "<svg onload=alert(1)>"}
        outputs = json.dumps(
            [{"output_type": "display_data", "data": data}, {"output_type": "display_data", "data": {"text/html": HOSTILE}}]
        )
        cells = tuple(
            CellRun(part=part.path, cell=cell.index, status="ok", stdout=f"printed by {submission.id} {HOSTILE}", outputs=outputs)
            for part in submission.parts
            for cell in part.cells
            if cell.kind == "code"
        )
        return found.model_copy(update={"run": Run(cells=cells)})


def _nothing(probe: Probe, submission: Submission) -> Capture | Value | None:
    return None


def graded(folder: Path, name: str = "hw", answers: dict[str, str] | None = None) -> Path:
    """The run folder of this class, graded into `folder/out`."""
    (folder / f"{name}.yaml").write_text(RUBRIC.format(name=name))
    for submission, text in (answers or ANSWERS).items():
        own = folder / name / submission
        own.mkdir(parents=True)
        cells = [v4.new_markdown_cell(text), v4.new_code_cell("draw()")] if text else [v4.new_markdown_cell("nothing")]
        (own / f"{submission}_work.ipynb").write_text(json.dumps(v4.new_notebook(cells=cells)))
    out = folder / "out" / name
    sources = find_submissions(folder / name)
    pipeline.grade(pipeline.Job(load_rubric(folder / f"{name}.yaml"), sources, out, _Box, "none"))
    return out


@dataclass
class Reviewer:
    """Somebody with the page open."""

    client: FlaskClient
    updates: Updates
    tasks: list[Task] = field(default_factory=list)

    def get(self, address: str, code: int = 200, **headers: str) -> str:
        answer = self.client.get(address, base_url=HERE, headers=headers)
        assert answer.status_code == code, answer.text
        return answer.text

    def post(self, address: str, do: str, page: str, also: bool | list[str] = True, **fields: str | list[str]) -> TestResponse:
        """Send the form of a page that does this; `also`: to everybody whom the page ticks, or to those named."""
        forms = re.findall(rf'<form method="post" action="{re.escape(address)}".*?</form>', page, re.DOTALL)
        form = next((one for one in forms if f'name="do" value="{do}"' in one or not do), "")
        assert form, f"no form that does {do} at {address}"
        data: dict[str, str | list[str]] = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        ticked = re.findall(r'name="also" value="(\d+)" checked', form)
        data["also"] = ticked if also is True else also or []
        return self.client.post(address, base_url=HERE, data={**data, **fields})

    def number(self, submission: str, check: int = WHY) -> str:
        """The number that stands for a submission in addresses."""
        page = self.get(f"/0/{check}/?show=all")
        found = re.search(rf'href="/0/{check}/(\d+)">{submission}<', page) or re.search(
            rf'/student/(\d+)">{submission}<', self.get("/")
        )
        assert found is not None
        return found[1]

    def decide(
        self, submission: str, check: int = WHY, also: bool | list[str] = False, **fields: str | list[str]
    ) -> TestResponse:
        """Open the page of an answer and send its form."""
        address = f"/0/{check}/{self.number(submission, check)}"
        return self.post(address, "decide", self.get(address), also, **fields)


def reviewer(out: Path, author: str = "ta1", anonymous: bool = False) -> Reviewer:
    """Somebody who opened the page at the address with its token; scores follow when she asks for it."""
    tasks: list[Task] = []

    def work(task: Task) -> None:
        tasks.append(task)
        bring_up_to_date(task)

    updates = Updates(work, quiet=3600)
    guard = Guard()
    client = create_app(open_desk(out, author, anonymous), guard, updates).test_client()
    assert client.get(f"/?token={guard.token}", base_url=HERE).status_code == 303
    return Reviewer(client, updates, tasks)
