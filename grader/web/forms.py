"""What the forms do: each ends in lines of the corrections, and in another page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlencode

from flask import abort, redirect, request
from werkzeug.wrappers import Response

from grader.checks.manual import ManualCheck
from grader.web.decisions import Form, Kept, Looked, Unclear, decide, keep, keep_reading, take_back
from grader.web.pages import Pages, Place
from grader.web.queue import next_row, next_waiting
from grader.web.slots import Slot
from grader.web.updates import Task

Answer: TypeAlias = Response | tuple[str, int]
PATIENCE = 5.0
"""Seconds for which a reviewer waits to see what came of another reading; in a large class it takes longer."""
_MEANWHILE = "Somebody decided about this meanwhile, see below. Nothing of yours was saved; save again to decide otherwise."


@dataclass(frozen=True)
class Forms:
    """The forms of one server's pages."""

    pages: Pages

    def act(self, a: int, c: int, student: str) -> Answer:
        """What one of the forms of an answer's page asks for. They share its address, so that loading it again shows it."""
        forms = {"decide": self._decide, "read": self._read, "back": self._back}
        act = forms.get(request.form.get("do", ""))
        if act is None:
            abort(400, "This form asks for nothing.")
        return act(self.pages.place(a, c, student))

    def _decide(self, place: Place) -> Answer:
        """Points for one answer, or for all who gave the same."""
        form, check = _filled_in(place), place.assignment.items[place.c].check
        try:
            decision = decide(form, place.slot.check.possible, check.criteria if isinstance(check, ManualCheck) else ())
        except Unclear as error:
            return self.pages.answer(place, form, str(error)), 422
        kept = keep(place.assignment.folder.corrections, _looked(place), decision, self.pages.desk.author)
        return self._onward(place, kept) if self._is_kept(place, kept) else self._meanwhile(place, form)

    def _read(self, place: Place) -> Answer:
        """What is to be read in the place of what was read; the check is judged again at once."""
        read, why = (request.form.get(name, "") for name in ("read", "why"))
        try:
            kept = keep_reading(place.assignment.folder.corrections, _looked(place)[0], read, why, self.pages.desk.author)
        except Unclear as error:
            return self.pages.answer(place, Form(), str(error)), 422
        if not self._is_kept(place, kept):
            return self._meanwhile(place, Form())
        is_judged = self.pages.updates.hurry(PATIENCE)
        return _to(place.address(place.slot), said="judged" if is_judged else "read")

    def _back(self, place: Place) -> Answer:
        """Undo the last line of one answer, or of all who gave the same."""
        kept = take_back(place.assignment.folder.corrections, _looked(place), self.pages.desk.author)
        if not self._is_kept(place, kept):
            return self._meanwhile(place, Form())
        return _to(place.address(place.slot), said="back", n=len(kept.kept))

    def update(self) -> Answer:
        """Bring scores, gradebook and pages up to date now."""
        self.pages.updates.catch_up()
        return _to("/", said="updated")

    def _is_kept(self, place: Place, kept: Kept) -> bool:
        """Whether the decision is kept for the one that it was made about; scores of all that it is kept for are behind now."""
        folder, loaded, desk = place.assignment.folder, place.assignment.loaded, self.pages.desk
        if kept.kept:
            among = frozenset[str]() if loaded.text == folder.read_rubric() else None
            task = Task(folder.path, loaded.path, among, desk.out if desk.is_course else None)
            self.pages.updates.note(task, [slot.submission for slot in kept.kept])
        return place.slot in kept.kept

    def _meanwhile(self, place: Place, form: Form) -> Answer:
        now = self.pages.place(place.a, place.c, place.slot.number)
        return self.pages.answer(now, form, _MEANWHILE), 409

    def _onward(self, place: Place, kept: Kept) -> Response:
        """To the next answer that waits, then to the next check in which one does."""
        counts = {"said": "saved", "n": len(kept.kept), "left": len(kept.meanwhile)}
        assignment = self.pages.assignment(place.a)
        if request.form.get("then") == "stay":
            return _to(place.address(place.slot), **counts)
        follower = next_waiting(assignment.groups(place.c), place.slot)
        if follower is not None:
            return _to(place.address(follower), **counts)
        row = next_row(assignment, place.c)
        return _to(f"/{place.a}/{row.number}/" if row else "/", **counts)


def _filled_in(place: Place) -> Form:
    """The form as it was sent; numbers in it that mean nothing are left out."""
    sent = request.form
    known = len(getattr(place.assignment.items[place.c].check, "criteria", ()))
    met = {int(one) for one in sent.getlist("criterion") if one.isdecimal() and len(one) < 4}
    return Form(
        grade=sent.get("grade", ""),
        criteria=tuple(sorted(number for number in met if number < known)),
        other=sent.get("other", "")[:40],
        comment=sent.get("comment", "").replace("\r\n", "\n"),
        reused=tuple(sent.getlist("reuse"))[:20],
        note=sent.get("note", "").replace("\r\n", "\n")[:4_000],
    )


def _looked(place: Place) -> Sequence[Looked]:
    """Whom the form is for, each as its page showed it: the answer itself, and those equal to it that the form names."""
    named = set(request.form.getlist("also"))
    same = place.assignment.group_with(place.c, place.slot).slots
    chosen = [place.slot, *(slot for slot in same if slot.number in named and slot.number != place.slot.number)]
    return [Looked(slot, _lines(slot)) for slot in chosen]


def _lines(slot: Slot) -> int:
    """How many lines there were about this when the page was made; -1, which nothing matches, where the form does not say."""
    seen = request.form.get(f"lines-{slot.number}", "")
    return int(seen) if seen.isdecimal() and len(seen) < 9 else -1


def _to(address: str, **arguments: object) -> Response:
    told = {name: value for name, value in arguments.items() if value}
    return redirect(f"{address}?{urlencode(told)}" if told else address, code=303)
