"""Writes the table of attacks into ``docs/attacks.md``: ``python tests/attacks/table.py``, or ``--check`` to compare only."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.attacks.build import CLASSES, Attack, attacks  # noqa: E402

PAGE = ROOT / "docs" / "attacks.md"
HEAD = """\
# Attacks

`python tests/attacks/table.py` makes this page from the tables in `tests/attacks/`; `tests/attacks/test_attacks.py` grades
all of them as one class with honest submissions and holds them to it:

* nobody gains a point: what is earned is what the honest part of the submission is worth;
* the honest submissions' files are the same, but for times, as when they are graded alone;
* nothing outside is read, written or reached, and no process of a submission is left;
* no page runs what a submission put there, no spreadsheet computes it, no terminal obeys it;
* every submission has its row, and none of its checks is put off to a person by the attack.

"""
MEANING = {
    "reading": "Reading what is not theirs",
    "forging": "Forging the verdict",
    "exhausting": "Using up what others need",
    "escaping": "Leaving the box",
    "poisoning": "Poisoning what reads the results later",
}


def outcome(attack: Attack) -> str:
    """What must come of it, in words."""
    said = []
    if attack.faults:
        said.append(f"not taken ({', '.join(attack.faults)})")
    if attack.record and set("|".join(attack.record).split("|")) - {"ok"}:
        said.append("its cell: " + ", then ".join(each.replace("_", " ").replace("|", " or ") for each in attack.record))
    if attack.waits:
        said.append(f"a person decides {', '.join(attack.waits)}")
    if attack.says:
        said.append(f"the record says “{attack.says}”")
    said.append({"0": "no points"}.get(attack.earned, f"{attack.earned.replace('..', ' to ')} of 10 for its honest part"))
    return "; ".join(said)


def page() -> str:
    found = attacks()
    counts = Counter(attack.kind for attack in found)
    lines = [HEAD + f"{len(found)} attacks: " + ", ".join(f"{counts[kind]} {kind}" for kind in CLASSES) + ".", ""]
    for kind in CLASSES:
        lines += [f"## {MEANING[kind]}", "", "| attack | tries to | outcome |", "|---|---|---|"]
        lines += [f"| `{a.id}` | {a.tries} | {outcome(a)} |" for a in found if a.kind == kind and not a.id.endswith("-again")]
        lines.append("")
    return "\n".join(lines)


def main() -> int:
    if "--check" in sys.argv:
        return int(PAGE.read_text(encoding="utf-8") != page())
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
