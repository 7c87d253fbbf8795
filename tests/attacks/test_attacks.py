"""A class with hostile submissions in it: nobody gains a point, nobody else loses one, and nothing gets out of the box.

The tables (`reading.yaml`, `forging.yaml` ...) tell what each attack tries and what must come of it. Every attack tells in its
output what it ``REACHED`` and what ``held``. The class is graded once a test session, by the command an instructor uses.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from grader.store.run_folder import RunFolder
from tests.attacks.build import HERE, HONEST, Attack, attacks, rows, write_class, write_honest
from tests.attacks.made import MADE
from tests.attacks.table import page as documented

ROOT = HERE.parents[1]
DOOR = f"door-{os.getpid()}"
DAEMON = f"8641{os.getpid() % 1000}.25"
POISON = "poison7f3a"
TOKEN = hashlib.sha256(str(os.getpid()).encode()).hexdigest()[:24]
ATTACKS = attacks()

pytestmark = [pytest.mark.box, pytest.mark.xdist_group("attacks")]


@dataclass
class Host:
    """What the attackers must not reach, with open doors but for the walls."""

    folder: Path
    reached: list[str] = field(default_factory=list)

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    def listen(self) -> Iterator[Host]:
        self.outside.mkdir(parents=True)
        self.outside.chmod(0o777)
        doors = [socket.socket(socket.AF_INET), socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)]
        doors[0].bind(("127.0.0.1", 0))
        doors[1].bind(str(self.folder / "door"))
        (self.folder / "door").chmod(0o777)
        doors[2].bind(f"\0{DOOR}")
        for door in doors:
            door.listen()
            threading.Thread(target=self._note, args=(door,), daemon=True).start()
        self.port = doors[0].getsockname()[1]
        yield self
        for door in doors:
            door.shutdown(socket.SHUT_RDWR)
            door.close()

    def _note(self, door: socket.socket) -> None:
        try:
            while True:
                self.reached.append(str(door.accept()[0].getsockname()))
        except OSError:
            return


@dataclass
class Graded:
    """The class with attackers, the class without, and what the command printed."""

    folder: Path
    results: dict[str, Any]
    alone: dict[str, Any]
    printed: str
    before: dict[str, str]

    def one(self, name: str, alone: bool = False) -> dict[str, Any]:
        found = [s for s in (self.alone if alone else self.results)["submissions"] if s["id"] == name]
        assert len(found) == 1, f"{name} has {len(found)} rows"
        return dict(found[0])


def grade(rubric: Path, submissions: Path, out: Path) -> subprocess.CompletedProcess[bytes]:
    command = [
        sys.executable,
        "-c",
        "from grader.cli import main; main()",
        "grade",
        rubric,
        submissions,
        "-o",
        out,
        "--jobs",
        "2",
    ]
    environment = {**os.environ, "GRADER_TEST_SECRET": TOKEN, "COLUMNS": "160"}
    done = subprocess.run([*map(str, command)], capture_output=True, cwd=ROOT, env=environment, timeout=500, check=False)
    assert done.returncode == 0, done.stderr[-3000:].decode(errors="replace")
    return done


def digests(folder: Path) -> dict[str, str]:
    """Every file below the folder: its digest, or where it points to."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            found[str(path)] = os.readlink(path)
        elif path.is_file():
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    yield from Host(tmp_path_factory.mktemp("attacked")).listen()


@pytest.fixture(scope="session")
def graded(host: Host) -> Graded:
    """The class, graded with and without the attackers."""
    folder = host.folder
    shutil.copytree(HERE / "reference", folder / "reference")
    with (folder / "reference" / "solution.py").open("a", encoding="utf-8") as file:
        file.write(f"secret = '{TOKEN}'\n")
    rubric = folder / "rubric.yaml"
    text = (HERE / "rubric.yaml").read_text(encoding="utf-8")
    rubric.write_text(
        text.replace("points: 2, rtol: 1e-4}", f"points: 2, rtol: 1e-4, hint: 'secret {TOKEN}'}}", 1), encoding="utf-8"
    )
    places = {
        "rubric": rubric,
        "reference": folder / "reference",
        "class": folder / "class",
        "out": folder / "out",
        "outside": host.outside,
        "socket": folder / "door",
        "abstract": DOOR,
        "port": host.port,
        "daemon": DAEMON,
        "poison": POISON,
        "token": TOKEN,
    }
    write_class(folder / "class", {name: str(place) for name, place in places.items()}, MADE)
    write_honest(folder / "honest", TOKEN)
    before = digests(folder / "class")
    grade(rubric, folder / "honest", folder / "alone")
    done = grade(rubric, folder / "class", folder / "out")
    results, alone = (json.loads((folder / name / "results.json").read_text()) for name in ("out", "alone"))
    return Graded(folder, results, alone, (done.stdout + done.stderr).decode(), before)


@pytest.fixture(scope="session")
def runs(graded: Graded) -> dict[str, Any]:
    """Submission to the record of its run, from the evidence."""
    store = RunFolder(graded.folder / "out")
    found = {}
    for entry in store.read_manifest().entries:
        evidence = store.evidence.load(entry.evidence)
        assert evidence is not None
        found[entry.id] = evidence.run
    return found


def case(attack: Attack) -> Any:
    return pytest.param(attack, id=f"{attack.kind}-{attack.name}")


each_attack = pytest.mark.parametrize("attack", [case(a) for a in ATTACKS])


def test_there_is_a_row_for_everybody(graded: Graded) -> None:
    assert [s["id"] for s in graded.results["submissions"]] == sorted(name for _, name in rows())
    assert len(ATTACKS) >= 60


@each_attack
def test_no_attack_gains_a_point(graded: Graded, attack: Attack) -> None:
    one = graded.one(attack.name)
    assert attack.least <= Fraction(str(one["earned"])) <= attack.most, summary(one)
    pending = [c["id"] for q in one["questions"] for c in q["checks"] if c["status"] == "undecided"]
    assert pending == [*attack.waits], "an attack must not put its wrong answers off to a person"


def summary(one: dict[str, Any]) -> dict[str, Any]:
    return {f"{q['id']}/{c['id']}": (c["status"], c["reason"]["text"]) for q in one["questions"] for c in q["checks"]}


@each_attack
def test_the_record_says_how_each_attack_ended(graded: Graded, runs: dict[str, Any], attack: Attack) -> None:
    run = runs[attack.name]
    cells = run.cells[1 : 1 + len(attack.cells)]
    wanted = attack.record or ("ok",) * len(attack.cells)
    assert all(cell.status in want.split("|") for cell, want in zip(cells, wanted, strict=True)), cells
    assert run.ended in ("finished", "timed_out", "nothing_to_run"), run.detail
    assert attack.says in run.detail
    codes = {fault["code"] for fault in graded.one(attack.name)["run"]["faults"]}
    assert set(attack.faults) <= codes


@each_attack
def test_no_attack_reaches_what_the_walls_keep_apart(graded: Graded, runs: dict[str, Any], attack: Attack) -> None:
    printed = "".join(cell.stdout + cell.stderr + cell.outputs for cell in runs[attack.name].cells)
    assert "REACHED" not in printed, re.findall(r"REACHED.*", printed)
    assert TOKEN not in printed
    if "attempt(" in attack.code and "died" not in attack.record:
        assert "held" in printed


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_submission_gets_the_same_with_and_without_attackers_byte_by_byte(graded: Graded, name: str) -> None:
    assert Fraction(str(graded.one(name)["earned"])) == Fraction(HONEST[name]), summary(graded.one(name))
    with_attackers, without = (timeless(graded.folder / out / "students" / name) for out in ("out", "alone"))
    assert with_attackers == without
    assert {"feedback.html", "feedback.md", "result.json"} <= set(without)


def timeless(folder: Path) -> dict[str, str]:
    """The files of a student without the times of the run."""
    found = {}
    for path in sorted(folder.iterdir()):
        text = path.read_text(encoding="utf-8")
        if path.name == "result.json":
            text = json.dumps(without_times(json.loads(text)), sort_keys=True)
        if path.name == "feedback.html":
            text = re.sub(r"\d{4}-\d\d-\d\dT[\d:+]+|\d+\.\d+ s\b|<td class=\"num\">\d+\.\d\d</td>|\d+(\.\d+)? MiB", "", text)
        found[path.name] = text
    return found


def without_times(value: Any) -> Any:
    if isinstance(value, dict):
        timed = {"seconds", "student_seconds", "started", "peak_memory"}
        return {k: without_times(v) for k, v in value.items() if k not in timed}
    return [without_times(v) for v in value] if isinstance(value, list) else value


def test_no_process_of_a_submission_survives(graded: Graded) -> None:
    survivors = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if DAEMON.encode() in path.read_bytes():
                survivors.append(path)
        except OSError:
            continue
    assert survivors == []


def test_no_file_outside_appears_or_changes(graded: Graded, host: Host) -> None:
    assert list(host.outside.iterdir()) == []
    assert digests(graded.folder / "class") == graded.before
    names = {"alone", "class", "door", "honest", "out", "outside", "reference", "rubric.yaml"}
    assert {path.name for path in graded.folder.iterdir()} == names
    for place in ("/", "/usr", "/etc", "/tmp", sys.prefix):
        assert not {"grader-attack-mark", "ran-from-pickle", "escaped.txt", "mark"} & set(os.listdir(place))


def test_nobody_reached_a_door_of_the_host(graded: Graded, host: Host) -> None:
    assert host.reached == []


def test_nothing_secret_is_in_what_the_attackers_get(graded: Graded) -> None:
    """The secret is the reference's, the neighbours' and the host's; the rubric's own hint reaches every student by right."""
    for attack in ATTACKS:
        for path in (graded.folder / "out" / "students" / attack.name).iterdir():
            assert TOKEN not in path.read_text(encoding="utf-8").replace(f"secret {TOKEN}", "")


def test_nothing_in_the_pages_would_run(graded: Graded) -> None:
    active = re.compile(rf"<[a-z]+\b[^>]*(?:\son\w+\s*=|=[\"']?\s*javascript:|=[\"'][^\"'>]*{POISON})[^>]*>", re.IGNORECASE)
    for page in [graded.folder / "out" / "index.html", *(graded.folder / "out").glob("students/*/feedback.html")]:
        text = page.read_text(encoding="utf-8")
        assert active.findall(text) == [], page
        assert f"<script>alert('{POISON}')" not in text


def test_no_cell_of_the_spreadsheet_is_a_formula(graded: Graded) -> None:
    text = (graded.folder / "out" / "gradebook.csv").read_text(encoding="utf-8-sig")
    assert not re.findall(r"(?m)(?:^|,)\"?[=+@\t\r-][^\d.,\"]", text)
    assert "SUM" in text


def test_what_is_printed_and_written_as_text_holds_no_codes_of_the_attackers(graded: Graded) -> None:
    assert "\x1b]" not in graded.printed
    for path in (graded.folder / "out").glob("students/*/feedback.md"):
        text = path.read_text(encoding="utf-8")
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text), path
        assert not re.search(r"(?m)^(::|##vso)", text), path


def test_every_result_file_is_plain_json(graded: Graded) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    for path in [graded.folder / "out" / "results.json", *(graded.folder / "out").glob("students/*/result.json")]:
        json.loads(path.read_bytes().decode("utf-8"), parse_constant=refuse)


def test_the_documented_table_is_that_of_the_attacks() -> None:
    assert (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8") == documented()
