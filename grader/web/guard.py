"""Who may use the page: one browser that was given the address with its token, on this machine, from pages of ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, redirect, request

HERE = frozenset(("127.0.0.1", "localhost"))
"""Names of this machine. Another name in a request is one that somebody else's name server made to mean this machine."""
COOKIE = "grader-review"
LARGEST_FORM = 512 * 1024
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # without it browsers send no Origin with forms
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Guard:
    """The secrets of one server: the token of its address, the cookie that stands for it, and what forms carry."""

    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    session: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    _tickets: set[str] = field(default_factory=set)

    def ticket(self) -> str:
        """A token that lets in once: it is handed to the browser on a command line, which other users of the machine may see."""
        made = secrets.token_urlsafe(24)
        self._tickets.add(made)
        return made

    @property
    def form_token(self) -> str:
        """What a form of ours carries, and a page of somebody else's cannot know."""
        return hmac.new(self.session.encode(), b"form", hashlib.sha256).hexdigest()

    def protect(self, app: Flask) -> None:
        """Refuse whatever does not come from the one browser, and put the policy on all that is answered."""
        app.config["MAX_CONTENT_LENGTH"] = LARGEST_FORM
        app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_FORM
        app.before_request(self._check)
        app.after_request(_with_headers)

    def _check(self) -> Response | None:
        """None where the request may go on.

        Raises:
            HTTPException: 400 for a name that is not this machine's, 403 for a request without our secrets.
        """
        if _host_of(f"//{request.host}") not in HERE:
            abort(400, "This page is served under 127.0.0.1 only.")
        given = request.args.get("token", "")
        if request.method == "GET" and given and self._opens(given):
            return self._let_in()
        if not hmac.compare_digest(request.cookies.get(self.cookie(request), "").encode(), self.session.encode()):
            abort(403, "Open the address that `grader review` printed: it holds the key to this page.")
        if request.method not in ("GET", "HEAD"):
            self._check_form()
        return None

    def _opens(self, given: str) -> bool:
        if given in self._tickets:
            self._tickets.discard(given)
            return True
        return hmac.compare_digest(given.encode(), self.token.encode())

    def _let_in(self) -> Response:
        """To the page without the token in its address, which would stay in the browser's history."""
        answer = redirect(request.path, code=303)
        answer.set_cookie(self.cookie(request), self.session, httponly=True, samesite="Strict", path="/")
        assert isinstance(answer, Response)
        return answer

    def _check_form(self) -> None:
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            abort(403, "This form was sent by another page.")
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            abort(403, "This form was sent by another page.")
        if not hmac.compare_digest(request.form.get("form_token", "").encode(), self.form_token.encode()):
            abort(403, "This form is not one of this server: go back and load the page again.")

    @staticmethod
    def cookie(asked: Request) -> str:
        """Ports share cookies: two servers on one machine keep theirs apart by its name."""
        return f"{COOKIE}-{urlsplit(f'//{asked.host}').port or 80}"


def _host_of(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _with_headers(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    return answer
