"""Whatever a student writes stays text: in a page, in Markdown, in a spreadsheet, in a terminal, in JSON."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from functools import cache
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt
from rich.console import Console, RenderableType

from grader.reports import (
    class_html,
    feedback_html,
    feedback_markdown,
    gradebook_csv,
    result_json,
    results_json,
    scores_table,
    submission_panel,
)
from grader.reports.course import course_html
from tests.reports.builder import HOSTILE, class_report, hostile_report, sample

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
IDS = [f"hostile{i}" for i in range(len(HOSTILE))]


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, and the contents of script and style."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: dict[str, str] = {}
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag if tag in ("script", "style") else ""

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.raw[self._inside] = self.raw.get(self._inside, "") + data


@cache
def pages(text: str) -> dict[str, str]:
    whole = hostile_report(text)
    return {
        "feedback": feedback_html(whole),
        "class": class_html(class_report(whole)),
        "course": course_html({"hw1": class_report(whole)}),
    }


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_no_element_handler_or_link_in_a_page_comes_from_a_student(text: str) -> None:
    for kind, page in pages(text).items():
        found = Page(page)
        tags = [tag for tag, _ in found.elements]
        assert tags.count("script") == (0 if kind == "feedback" else 1)
        assert not {"img", "iframe", "object", "embed", "form", "base", "link", "b:x"} & set(tags)
        for _, attributes in found.elements:
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            link = attributes.get("href") or ""
            assert link.startswith(("#", "students/", "hw1/")) or link in ("", "executed.ipynb")
            assert not re.search(r"[<>\"'\s:]", link)


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_a_page_has_the_same_elements_whatever_a_student_writes(text: str) -> None:
    plain = pages("plain")
    for kind, page in pages(text).items():
        tags = [tag for tag, _ in Page(page).elements if tag != "code"]
        assert tags == [tag for tag, _ in Page(plain[kind]).elements if tag != "code"]


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_no_control_or_bidirectional_character_reaches_a_text_format(text: str) -> None:
    whole = hostile_report(text)
    for written in (*pages(text).values(), feedback_markdown(whole), gradebook_csv(class_report(whole))):
        assert not UNSEEN.search(written)
        assert written.encode()


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_json_stays_readable_and_encodable(text: str) -> None:
    whole = hostile_report(text)
    for written in (result_json(whole), results_json(class_report(whole))):
        assert written.encode()
        assert json.loads(written)["submissions"][0]["id"] == text.replace("\ud800", "\ufffd")


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_markdown_renders_to_no_link_image_or_html_of_a_student(text: str) -> None:
    rendered = MarkdownIt("commonmark", {"html": True}).enable("table").render(feedback_markdown(hostile_report(text)))
    plain = MarkdownIt("commonmark", {"html": True}).enable("table").render(feedback_markdown(hostile_report("plain")))
    tags = [tag for tag, _ in Page(rendered).elements if tag != "code"]
    assert tags == [tag for tag, _ in Page(plain).elements if tag != "code"]


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_no_cell_of_the_gradebook_is_a_formula(text: str) -> None:
    for row in csv.reader(io.StringIO(gradebook_csv(class_report(hostile_report(text))))):
        assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", " =1", "\n=1", "＝1"])
def test_a_name_that_looks_like_a_formula_gets_an_apostrophe(name: str) -> None:
    rows = list(csv.reader(io.StringIO(gradebook_csv(class_report(hostile_report(name))))))
    assert rows[1][0].startswith("'")


@pytest.mark.parametrize("text", HOSTILE, ids=IDS)
def test_a_terminal_gets_no_escape_sequence_and_no_markup_of_a_student(text: str) -> None:
    whole = hostile_report(text)
    table, panel = printed(scores_table(class_report(whole))), printed(submission_panel(whole))
    assert not UNSEEN.search(table + panel)
    if "[bold red]" in text:
        assert "[bold red]x" in table
        assert panel.count("[bold red]x[/]") == panel.count("{{ 7*7 }}") > 5


def printed(shown: RenderableType) -> str:
    """As in a terminal that is wide enough for everything; the table cuts long names all the same."""
    stream = io.StringIO()
    Console(file=stream, width=2000, color_system=None).print(shown)
    return stream.getvalue()


@pytest.mark.parametrize("page", [feedback_html(sample().reports[1]), class_html(sample())], ids=["feedback", "class"])
def test_a_page_is_self_contained_and_its_policy_allows_only_its_own_style_and_script(page: str) -> None:
    found = Page(page)
    policy = next(a["content"] for tag, a in found.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for text in found.raw.values():
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    for tag, attributes in found.elements:
        assert "src" not in attributes, tag
        assert not (attributes.get("href") or "").startswith(("http", "//"))
    assert "url(" not in found.raw["style"]
    assert "@import" not in found.raw["style"]


def test_a_figure_is_shown_as_data_and_what_is_no_png_is_left_out() -> None:
    png = b"\x89PNG\r\n\x1a\n" + b"rest"
    page = feedback_html(sample().reports[1], figures={"3.2/loss": png, "3.2/dW1": b"<svg onload=alert(1)>"})
    images = [attributes["src"] for tag, attributes in Page(page).elements if tag == "img"]
    assert images == [f"data:image/png;base64,{base64.b64encode(png).decode()}"]


def test_every_link_within_a_page_leads_to_an_element_of_it() -> None:
    for page in (feedback_html(sample().reports[1]), class_html(sample())):
        elements = Page(page).elements
        ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        targets = [str(a["href"])[1:] for _, a in elements if str(a.get("href", "")).startswith("#")]
        assert targets
        assert set(targets) <= set(ids)


def test_links_from_the_class_page_lead_to_questions_of_the_students_page() -> None:
    links = {str(a["href"]) for tag, a in Page(class_html(sample())).elements if tag == "a" and "#" in str(a["href"])}
    ids = {a.get("id") for _, a in Page(feedback_html(sample().reports[1])).elements}
    fragments = {link.split("#")[1] for link in links if link.startswith("students/bert/")}
    assert fragments
    assert fragments <= ids


@pytest.mark.parametrize(
    "text", ["1. one", "- a", "--- x", "=== y", "+ b", "# c", "> d", "3.2 Gradients", "-13 is -13", "a `b` c"]
)
def test_a_line_of_markdown_renders_as_the_text_it_is(text: str) -> None:
    from grader.reports.markdown import prose

    rendered = MarkdownIt("commonmark").render(f"- {prose(text)}")
    assert re.sub(r"<[^>]+>", "", rendered).strip() == text.replace("`", "").replace(">", "&gt;")
    assert rendered.count("<ul>") == 1
    assert "<ol>" not in rendered
    assert "<h" not in rendered
