"""The pages: what is shown at each address. Addresses hold numbers only, and nothing of a request ever names a file."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from flask import Response, abort, request

from grader.reports.html import environment
from grader.web.assignment import Assignment
from grader.web.decisions import Form
from grader.web.desk import Desk
from grader.web.filters import FILTERS
from grader.web.guard import Guard
from grader.web.item import shown
from grader.web.pdf_pages import PdfPages, pages_of
from grader.web.queue import after, before, place_of, queue, student_rows
from grader.web.slots import Slot
from grader.web.updates import Updates

SAID = {
    "saved": "Saved.",
    "back": "Taken back: what was in force before counts again.",
    "judged": "Saved, and judged again with this reading.",
    "read": "Saved. It is being judged again with this reading: load this page again in a moment, or go on.",
    "updated": "Scores, gradebook and pages are up to date.",
}
"""What a page says after a form, by the word in its address."""


@dataclass(frozen=True)
class Place:
    """A check of a submission that an address names."""

    a: int
    c: int
    assignment: Assignment
    slot: Slot

    def address(self, slot: Slot | None) -> str:
        """Where another submission's answer to the same check is shown; "" for none."""
        return "" if slot is None else f"/{self.a}/{self.c}/{slot.number}"


@dataclass(frozen=True)
class Pages:
    """What one server shows."""

    desk: Desk
    guard: Guard
    updates: Updates
    _drawing: threading.Lock = field(default_factory=threading.Lock)

    def queue(self) -> str:
        """What waits, by assignment, question and check."""
        for assignment in self.desk.assignments:
            assignment.refresh()
        return self._page("queue.html", queues=tuple(queue(assignment) for assignment in self.desk.assignments))

    def student(self, a: int, student: str) -> str:
        """All checks of one submission."""
        assignment = self.assignment(a)
        rows = student_rows(assignment, student)
        if not rows:
            abort(404)
        return self._page("student.html", assignment=assignment, a=a, rows=rows)

    def answers(self, a: int, c: int) -> str:
        """The answers to one check, equal ones together."""
        assignment = self.assignment(a, c)
        everybody = request.args.get("show") == "all"
        groups = assignment.groups(c, everybody)
        item = assignment.items[c]
        return self._page("answers.html", assignment=assignment, a=a, c=c, groups=groups, item=item, everybody=everybody)

    def item(self, a: int, c: int, student: str) -> str:
        """One answer, and the form to decide about it."""
        return self.answer(self.place(a, c, student), Form())

    def answer(self, place: Place, form: Form, trouble: str = "") -> str:
        """The page of one answer, its form filled in as it was sent, with what is wrong about that."""
        assignment, slot = place.assignment, place.slot
        groups = assignment.groups(place.c)
        return self._page(
            "item.html",
            assignment=assignment,
            a=place.a,
            c=place.c,
            shown=shown(assignment, place.c, slot),
            form=form,
            trouble=trouble,
            place=place_of(groups, slot),
            count=len(groups),
            before=place.address(before(groups, slot)),
            after=place.address(after(groups, slot)),
        )

    def picture(self, a: int, c: int, student: str, n: int) -> Response:
        """A picture of the page, as bytes that browsers draw and do nothing else with."""
        place = self.place(a, c, student)
        pictures = shown(place.assignment, c, place.slot).pictures
        if n >= len(pictures):
            abort(404)
        answer = Response(pictures[n].data, mimetype=pictures[n].type)
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return answer

    def pdf(self, a: int, c: int, student: str) -> str:
        """The pages of the PDF that an answer was read from."""
        place = self.place(a, c, student)
        pages = self._pdf_pages(place)
        return self._page("pdf.html", assignment=place.assignment, a=a, c=c, slot=place.slot, pages=pages)

    def pdf_page(self, a: int, c: int, student: str, n: int) -> Response:
        """The picture of one page."""
        pictures = self._pdf_pages(self.place(a, c, student)).pictures
        if n >= len(pictures):
            abort(404)
        return Response(pictures[n].read_bytes(), mimetype="image/png")

    def _pdf_pages(self, place: Place) -> PdfPages:
        found = shown(place.assignment, place.c, place.slot)
        if found.pdf is None:
            abort(404)
        kept = place.assignment.folder.path / "evidence" / "pages"
        with self._drawing:
            return pages_of(found.pdf, kept, " ".join(piece.text for piece in found.pieces))

    def static(self, name: str) -> Response:
        """The style sheets and the script."""
        if name not in STATIC:
            abort(404)
        return Response(static_text(name), mimetype=STATIC[name])

    def error(self, title: str, text: str) -> str:
        """What went wrong, and what mends it."""
        return self._page("error.html", title=title, text=text)

    def assignment(self, a: int, c: int = 0) -> Assignment:
        """The assignment of an address, as it is now."""
        if a >= len(self.desk.assignments) or c >= len(self.desk.assignments[a].items):
            abort(404)
        found = self.desk.assignments[a]
        found.refresh()
        return found

    def place(self, a: int, c: int, student: str) -> Place:
        """The check of the submission that an address names."""
        assignment = self.assignment(a, c)
        slot = assignment.slot(c, student)
        if slot is None:
            abort(404)
        return Place(a, c, assignment, slot)

    def _page(self, template: str, **values: Any) -> str:
        made = environment("grader.web")
        made.filters.update(FILTERS)
        about = {"desk": self.desk, "form_token": self.guard.form_token, "progress": self.updates.progress}
        return made.get_template(template).render(**about, said=said(request.args), here=request.path, **values)


STATIC = {
    "style.css": "text/css",
    "review.css": "text/css",
    "review.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


@cache
def static_text(name: str) -> str:
    """One of our own files."""
    made = environment("grader.web")
    assert made.loader is not None
    return made.loader.get_source(made, name)[0]


def said(arguments: Mapping[str, str]) -> str:
    """The sentence about the form that led here; the address holds a word of ours and numbers."""
    words = [SAID.get(arguments.get("said", ""), "")]
    kept, left = (arguments.get(name, "") for name in ("n", "left"))
    if kept.isdecimal() and int(kept[:6]) > 1:
        words.append(f"It counts for {int(kept[:6])} submissions.")
    if left.isdecimal():
        words.append(f"{int(left[:6])} were decided by somebody else meanwhile and were left as they are.")
    return " ".join(word for word in words if word)
