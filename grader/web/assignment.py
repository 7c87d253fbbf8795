"""One assignment on the reviewer's desk: its checks over all submissions, as they stand now. What is read once is kept."""

from __future__ import annotations

import contextlib
import threading
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.errors import EvidenceError
from grader.grading.items import Item, items_of
from grader.intake.rubrics import LoadedRubric
from grader.model.evidence import Capture, Evidence, Run
from grader.model.report import CheckReport, Correction, Report
from grader.model.submission import Submission
from grader.store.run_folder import Entry, RunFolder
from grader.web.answers import answer_digest
from grader.web.blind import Blinder, blinder
from grader.web.slots import Group, ItemKey, Slot, checks_of, groups_of, slots_of

KEPT = 8
"""Submissions of which the evidence is kept in memory."""
LARGEST_REFERENCE = 64 * 2**20
"""Of a larger file of the reference's answers nothing is shown: reading it would take seconds."""


@dataclass(frozen=True)
class Work:
    """What one submission is and what was observed in it."""

    submission: Submission
    evidence: Evidence


@dataclass(frozen=True)
class Snapshot:
    """The reports and corrections of a moment."""

    entries: Mapping[str, Entry]
    reports: Mapping[str, Report]
    lines: Mapping[ItemKey, tuple[Correction, ...]]

    @cached_property
    def checked(self) -> Mapping[str, Mapping[str, CheckReport]]:
        """Every check by submission and name."""
        return {submission: checks_of(report) for submission, report in self.reports.items()}


class Assignment:
    """One run folder. `numbers` stand for the submissions' ids in addresses."""

    def __init__(self, name: str, folder: RunFolder, loaded: LoadedRubric, numbers: Mapping[str, str], anonymous: bool) -> None:
        self.name, self.folder, self.loaded, self.numbers, self.anonymous = name, folder, loaded, numbers, anonymous
        self.items: tuple[Item, ...] = items_of(loaded.rubric)
        self._lock = threading.RLock()
        self._stamps: dict[Path, tuple[int, int]] = {}
        self._kept: OrderedDict[str, Work] = OrderedDict()
        self._digests: dict[tuple[str, str], str] = {}
        self._slots: dict[int, tuple[Slot, ...]] = {}
        self._now = Snapshot({}, {}, {})
        self.refresh()

    def refresh(self) -> Snapshot:
        """Read again what others have written since: corrections, and what a regrade came to.

        Raises:
            EvidenceError: something in the run folder cannot be read.
        """
        with self._lock:
            entries, reports, lines = self._now.entries, self._now.reports, self._now.lines
            if self._changed(self.folder.path / "evidence" / "run.json", self.folder.path / "results.json"):
                entries = {entry.id: entry for entry in self.folder.read_manifest().entries if entry.id in self.numbers}
                reports = {one: self._report(one, reports.get(one)) for one in entries}
            if self._changed(self.folder.corrections.path):
                lines = _by_item(self.folder.corrections.read())
            if (entries, reports, lines) != (self._now.entries, self._now.reports, self._now.lines):
                self._now, self._slots = Snapshot(entries, reports, lines), {}
            return self._now

    def _changed(self, *paths: Path) -> bool:
        """Whether one of the files is another one than when this was asked before."""
        stamps = {}
        for path in paths:
            with contextlib.suppress(OSError):
                stat = path.stat()
                stamps[path] = (stat.st_mtime_ns, stat.st_size)
        changed = any(stamps.get(path) != self._stamps.get(path) for path in paths)
        self._stamps.update(stamps)
        return changed

    def _report(self, submission: str, before: Report | None) -> Report:
        """The report without the record of its run, which the pages take from the evidence."""
        if not self._changed(self.folder.report_file(submission)) and before is not None:
            return before
        return self.folder.read_report(submission).model_copy(update={"run": Run()})

    def slots(self, number: int) -> tuple[Slot, ...]:
        """The check with this number in every submission, in the order in which they are looked at."""
        with self._lock:
            if number not in self._slots:
                found = slots_of(self.items[number], self._now.checked, self._now.lines, self.numbers)
                self._slots[number] = tuple(sorted(found, key=lambda s: s.number if self.anonymous else s.submission))
            return self._slots[number]

    def slot(self, number: int, student: str) -> Slot | None:
        """The check in the submission with this number."""
        return next((slot for slot in self.slots(number) if slot.number == student), None)

    def groups(self, number: int, everybody: bool = False) -> tuple[Group, ...]:
        """The answers to a check, equal ones together: those that a person decides or decided, or all."""
        wanted = [slot for slot in self.slots(number) if everybody or slot.is_for_people]
        return groups_of(wanted, {slot.submission: self._digest(slot, self.items[number]) for slot in wanted})

    def group_with(self, number: int, slot: Slot) -> Group:
        """All who gave the same answer as this one."""
        digests = {one.submission: self._digest(one, self.items[number]) for one in self.slots(number)}
        return next(group for group in groups_of(self.slots(number), digests) if slot in group.slots)

    def _digest(self, slot: Slot, item: Item) -> str:
        entry = self._now.entries[slot.submission]
        key = (entry.evidence, item.name)
        if key not in self._digests:
            captures = self.folder.evidence.stored_captures(entry.evidence)
            for each in self.items:
                self._digests[entry.evidence, each.name] = answer_digest(captures.get(probe.key) for probe in each.probes)
        return self._digests[key]

    def work(self, submission: str) -> Work:
        """What was handed in and observed, by id.

        Raises:
            EvidenceError: it is not there any more.
        """
        entry = self._now.entries[submission]
        with self._lock:
            if entry.evidence in self._kept:
                self._kept.move_to_end(entry.evidence)
                return self._kept[entry.evidence]
            found, evidence = self.folder.evidence.load_submission(entry.digest), self.folder.evidence.load(entry.evidence)
            if found is None or evidence is None:
                raise EvidenceError(
                    "the stored evidence of this submission is not there", f"grader grade ... -o {self.folder.path}"
                )
            self._kept[entry.evidence] = Work(found.model_copy(update={"id": submission}), evidence)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
            return self._kept[entry.evidence]

    def expected(self, item: Item, seen: tuple[Capture, ...]) -> tuple[Capture, ...]:
        """What the reference answered to this check, where it was asked and little enough is kept of it to look."""
        digest = self.folder.read_manifest().reference
        wanted = [probe.key for probe in item.check.expected_probes(item.question.answer, seen)]
        if not wanted or self.folder.evidence.size_of_answers(digest) > LARGEST_REFERENCE:
            return ()
        stored = self.folder.evidence.stored_answers(digest)
        found = [self.folder.evidence.capture(stored[key]) for key in wanted if key in stored]
        return tuple(capture for capture in found if capture is not None)

    def blinder(self, submission: str) -> Blinder:
        """What strikes out who handed this in; nothing where names are shown."""
        if not self.anonymous:
            return Blinder()
        files = self.work(submission).submission
        names = {*files.files, *(part.path for part in files.parts)}
        return blinder(submission, self._now.entries[submission].students, names)

    def report(self, submission: str) -> Report:
        """The report of one submission, as the last regrade wrote it."""
        return self._now.reports[submission]

    def check(self, slot: Slot) -> CheckReport:
        """The check as it stands now, with the decision in force."""
        return slot.check.model_copy(update={"override": slot.override, "earned": slot.earned})


def _by_item(corrections: Iterable[Correction]) -> dict[ItemKey, tuple[Correction, ...]]:
    found: defaultdict[ItemKey, list[Correction]] = defaultdict(list)
    for one in corrections:
        found[one.submission, one.question, one.check].append(one)
    return {key: tuple(lines) for key, lines in found.items()}
