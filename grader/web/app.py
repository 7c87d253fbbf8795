"""The application: which page or form stands behind which address, who may use them, and what is said when something fails."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeAlias

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from grader.errors import GraderError
from grader.web.desk import Desk
from grader.web.forms import Forms
from grader.web.guard import Guard
from grader.web.pages import Pages
from grader.web.updates import Updates

_View: TypeAlias = Callable[..., Any]
log = logging.getLogger(__name__)


def create_app(desk: Desk, guard: Guard, updates: Updates) -> Flask:
    """The review page for what is on this desk."""
    app = Flask("grader.web", static_folder=None, template_folder=None)
    pages = Pages(desk, guard, updates)
    forms = Forms(pages)
    guard.protect(app)
    shown: dict[str, _View] = {
        "/": pages.queue,
        "/static/<name>": pages.static,
        "/<int:a>/student/<student>": pages.student,
        "/<int:a>/<int:c>/": pages.answers,
        "/<int:a>/<int:c>/<student>": pages.item,
        "/<int:a>/<int:c>/<student>/picture/<int:n>": pages.picture,
        "/<int:a>/<int:c>/<student>/pdf": pages.pdf,
        "/<int:a>/<int:c>/<student>/pdf/<int:n>": pages.pdf_page,
    }
    done: dict[str, _View] = {
        "/update": forms.update,
        "/<int:a>/<int:c>/<student>": forms.act,
    }
    for method, views in (("GET", shown), ("POST", done)):
        for address, view in views.items():
            app.add_url_rule(address, f"{method} {address}", view, methods=[method])
    _explain_errors(app, pages)
    return app


def _explain_errors(app: Flask, pages: Pages) -> None:
    """Pages for what fails. Before somebody is let in nothing is told but a sentence."""

    def refused(error: HTTPException) -> Response:
        return Response(f"{error.code}: {error.description}\n", status=error.code, mimetype="text/plain")

    def expected(error: GraderError) -> tuple[str, int]:
        return pages.error("This cannot be done", f"{error}. {error.mend}"), 500

    def ours(error: Exception) -> tuple[str, int]:
        log.exception("the review page met a bug of its own")
        return pages.error("A bug of ours", f"{type(error).__name__}: {error}. What was saved before is kept."), 500

    app.register_error_handler(HTTPException, refused)
    app.register_error_handler(GraderError, expected)
    app.register_error_handler(Exception, ours)
