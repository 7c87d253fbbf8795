"""What students wrote is shown and does nothing; with `anonymous` it does not tell who they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.model.student import Student
from grader.web.blind import Blinder, blinder, numbers
from grader.web.pieces import picture
from grader.web.typeset import typeset
from tests.web.builder import ANSWERS, HERE, HOSTILE, NUMBER, WHY, Reviewer, png, reviewer


def test_a_hostile_answer_is_shown_as_text(ta: Reviewer) -> None:
    for check in (NUMBER, WHY):
        page = ta.get(f"/0/{check}/{ta.number('cedar-9', check)}")
        assert "&lt;script&gt;alert(1)" in page
        for live in ("<script>alert", "<img src=x", "49 ", "<b>x</b>", 'href="javascript', "<svg onload"):
            assert live not in page, live
        assert "{{ 7*7 }}" in page


def test_a_hostile_comment_is_shown_as_text_wherever_it_comes_up_again(ta: Reviewer) -> None:
    ta.decide("alder-7", grade="none", comment=f'"{HOSTILE}', note=HOSTILE)
    for address in (f"/0/{WHY}/{ta.number('alder-7')}", f"/0/{WHY}/{ta.number('cedar-9')}", f"/0/{WHY}/"):
        page = ta.get(address)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_only_pictures_are_served_and_as_nothing_else(ta: Reviewer) -> None:
    number = ta.number("alder-7")
    (address,) = set(re.findall(r'<img src="([^"]+)"', ta.get(f"/0/{WHY}/{number}")))
    answer = ta.client.get(address, base_url=HERE)
    assert (answer.data, answer.mimetype) == (png(), "image/png")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    ta.get(f"/0/{WHY}/{number}/picture/7", code=404)


@pytest.mark.parametrize(
    "data",
    [b"<svg onload=alert(1)>", b"<html>", b"GIF89a", b"", png() + b" " * (8 * 2**20)],
    ids=["svg", "html", "gif", "nothing", "huge"],
)
def test_bytes_that_are_no_small_png_or_jpeg_are_no_picture(data: bytes) -> None:
    assert picture(data) is None


def test_formulas_are_typeset_and_what_cannot_be_stays_as_it_was_written() -> None:
    page = typeset("So $\\frac{a}{b}$ and $$x_1$$, for 5$ or $6, \\(y\\), $\\href{javascript:x}{z}$")
    assert page.count("<math") == 4
    assert "<mfrac>" in page
    assert "5$ or $6" in page
    assert "javascript" not in page
    assert typeset("$\\left( <b>$") == "<p><code>$\\left( &lt;b&gt;$</code></p>\n"


@pytest.mark.parametrize(
    "text",
    ["\\[" * 20_000, "$$" * 20_000, "\\begin{align}" * 5_000, "$a " * 15_000, "\ue0000\ue001" * 9],
    ids=["brackets", "dollars", "environments", "openings", "marks"],
)
def test_a_text_made_to_keep_us_busy_does_not(text: str) -> None:
    assert len(typeset(text)) > 0


@pytest.mark.parametrize("address", ["/", f"/0/{WHY}/", f"/0/{WHY}/?show=all", f"/0/{NUMBER}/?show=all"])
def test_anonymous_lists_tell_no_id(out: Path, address: str) -> None:
    page = reviewer(out, anonymous=True).get(address)
    assert not tells(page), tells(page)
    assert re.search(r"student \d{5}", page)


def test_anonymous_pages_tell_neither_id_nor_file_names(out: Path) -> None:
    ta = reviewer(out, anonymous=True)
    found = set(re.findall(r'href="(/0/\d/\d+)"', ta.get("/0/0/?show=all") + ta.get("/0/1/?show=all")))
    students = set(re.findall(r'href="(/0/student/\d+)"', ta.get("/")))
    assert (len(found), len(students)) == (6, 4)
    for address in found | students:
        page = ta.get(address)
        assert not tells(page), (address, tells(page))
    assert any("printed by ▮▮▮" in ta.get(address) for address in found)


def tells(page: str) -> set[str]:
    """The ids, and beginnings of file names, that a page shows."""
    return {name for name in ANSWERS if name in page or name.split("-")[0] in page} | (
        {"_work"} if "_work.ipynb" in page else set()
    )


def test_numbers_stay_when_others_hand_in() -> None:
    few, more = numbers(["aster", "birch"]), numbers([f"s{n}" for n in range(500)] + ["aster", "birch"])
    assert few == {one: more[one] for one in few}
    assert len(set(more.values())) == 502


def test_names_are_struck_out_as_words_and_short_or_numeric_parts_stay() -> None:
    strike = blinder("lily_501", [Student(name="Lily Bo Aster", email="la@uni.example")], ["lily_501/hw 1.ipynb"])
    assert strike.text("LILY and Bo Aster, lily_501, la@uni.example: 501 lilyish in hw 1.ipynb") == (
        "▮▮▮ and Bo ▮▮▮, ▮▮▮, ▮▮▮: 501 lilyish in ▮▮▮"
    )
    assert Blinder().text("Lily") == "Lily"
