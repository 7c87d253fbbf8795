"""Who may use the page: the token, the name of the machine, forms of our own, and the headers on every answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.store.run_folder import RunFolder
from grader.web.app import create_app
from grader.web.desk import open_desk
from grader.web.guard import Guard
from grader.web.server import serving
from grader.web.updates import Updates
from tests.web.builder import HERE, WHY, Reviewer


def test_without_the_token_nothing_is_told(out: Path) -> None:
    client = create_app(open_desk(out, "ta1"), Guard(), Updates(lambda _: None)).test_client()
    for address in ("/", "/?token=", "/?token=wrong", f"/0/{WHY}/", "/static/style.css", "/nowhere"):
        answer = client.get(address, base_url=HERE)
        assert answer.status_code == 403, address
        assert "alder" not in answer.text


def test_the_token_is_exchanged_for_a_cookie_that_scripts_cannot_read(out: Path) -> None:
    guard = Guard()
    client = create_app(open_desk(out, "ta1"), guard, Updates(lambda _: None)).test_client()
    answer = client.get(f"/?token={guard.token}", base_url=HERE)
    assert (answer.status_code, answer.location) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert guard.token not in cookie
    assert cookie.startswith("grader-review-8123=")
    assert client.get("/", base_url=HERE).status_code == 200


def test_what_is_handed_to_the_browser_lets_in_once(out: Path) -> None:
    guard = Guard()
    app = create_app(open_desk(out, "ta1"), guard, Updates(lambda _: None))
    ticket = guard.ticket()
    assert [app.test_client().get(f"/?token={ticket}", base_url=HERE).status_code for _ in range(2)] == [303, 403]


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:8123", "127.0.0.1.evil.example", "[::ffff:1]:8123", "", "a b"],
    ids=["name", "port", "suffix", "six", "none", "space"],
)
def test_another_name_of_the_machine_is_refused(ta: Reviewer, host: str) -> None:
    assert ta.client.get("/", base_url=HERE, headers={"Host": host}).status_code == 400


def test_a_forwarded_port_may_have_another_number(ta: Reviewer) -> None:
    cookie = ta.client.get_cookie("grader-review-8123", domain="127.0.0.1")
    assert cookie is not None
    headers = {"Host": "localhost:9000", "Cookie": f"grader-review-9000={cookie.value}"}
    assert ta.client.application.test_client(use_cookies=False).get("/", base_url=HERE, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:9"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["origin", "null", "port", "fetch"],
)
def test_a_form_of_another_page_is_refused(ta: Reviewer, out: Path, headers: dict[str, str]) -> None:
    address = f"/0/{WHY}/{ta.number('cedar-9')}"
    data = {"form_token": token_in(ta.get(address)), "do": "decide", "grade": "full", f"lines-{address.split('/')[-1]}": "0"}
    refused = ta.client.post(address, base_url=HERE, data=data, headers=headers)
    assert refused.status_code == 403
    assert RunFolder(out).overrides() == ()
    own = ta.client.post(address, base_url=HERE, data=data, headers={"Origin": HERE, "Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 303


def test_a_form_without_the_token_of_forms_is_refused(ta: Reviewer, out: Path) -> None:
    number = ta.number("cedar-9")
    for token in ("", "wrong"):
        data = {"form_token": token, "do": "decide", "grade": "full", f"lines-{number}": "0"}
        assert ta.client.post(f"/0/{WHY}/{number}", base_url=HERE, data=data).status_code == 403
    assert RunFolder(out).overrides() == ()


def test_a_form_that_is_far_too_long_is_refused(ta: Reviewer, out: Path) -> None:
    address = f"/0/{WHY}/{ta.number('cedar-9')}"
    data = {"form_token": token_in(ta.get(address)), "comment": "x" * 600_000}
    assert ta.client.post(address, base_url=HERE, data=data).status_code == 413


def test_a_form_that_asks_for_nothing_known_is_refused(ta: Reviewer) -> None:
    address = f"/0/{WHY}/{ta.number('cedar-9')}"
    data = {"form_token": token_in(ta.get(address)), "do": "delete"}
    assert ta.client.post(address, base_url=HERE, data=data).status_code == 400


def token_in(page: str) -> str:
    return page.split('name="form_token" value="')[1].split('"')[0]


@pytest.mark.parametrize("address", ["/", f"/0/{WHY}/", "/nowhere", "/static/review.js"])
def test_every_answer_forbids_foreign_scripts_frames_and_guesses_of_its_type(ta: Reviewer, address: str) -> None:
    headers = ta.client.get(address, base_url=HERE).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


def test_a_page_holds_no_script_or_style_that_the_policy_forbids(ta: Reviewer) -> None:
    page = ta.get(f"/0/{WHY}/{ta.number('alder-7')}")
    assert page.count("<script") == page.count('<script src="/static/') == 1
    assert "<style" not in page
    assert " style=" not in page


@pytest.mark.parametrize(
    "address",
    ["/static/../app.py", "/static/base.html", "/9/0/", "/0/99/", "/0/1/12", "/0/1/..%2f..%2fetc", "/0/student/alder-7"],
)
def test_an_address_of_nothing_is_not_found(ta: Reviewer, address: str) -> None:
    assert ta.client.get(address, base_url=HERE).status_code == 404


def test_the_server_listens_on_this_machine_alone(out: Path) -> None:
    with serving(open_desk(out, "ta1")) as server:
        assert server.address.startswith("http://127.0.0.1:")
        assert server.listens_on == "127.0.0.1"
        assert server.address != server.ticket
