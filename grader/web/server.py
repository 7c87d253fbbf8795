"""Serving the review page to a browser on this machine, until it is interrupted."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from grader.errors import UsageError
from grader.web.app import create_app
from grader.web.desk import Desk
from grader.web.guard import Guard
from grader.web.updates import Progress, Updates, update_in_another_process

THREADS = 6


@dataclass(frozen=True)
class Serving:
    """A server that is ready: its address, and what there is to do with it."""

    address: str
    """With the token in it."""
    ticket: str
    """The address with a token that lets in once."""
    updates: Updates
    _server: Any

    def run(self) -> None:
        """Serve until Ctrl-C."""
        self._server.run()

    @property
    def listens_on(self) -> str:
        """The address of the interface that it listens on."""
        return str(self._server.effective_host)

    def finish(self) -> Progress:
        """Bring scores up to date with all decisions."""
        return self.updates.catch_up()


@contextmanager
def serving(desk: Desk, port: int = 0) -> Iterator[Serving]:
    """A server for this desk, on this machine alone; `port` 0 is a free one.

    Raises:
        UsageError: the port is taken.
    """
    from waitress.server import create_server

    guard, updates = Guard(), Updates(update_in_another_process)
    with closing(_listening(port)) as listening:
        free = listening.getsockname()[1]
        app = create_app(desk, guard, updates)
        server = create_server(app, sockets=[listening], threads=THREADS, ident=None, clear_untrusted_proxy_headers=True)
        here = f"http://127.0.0.1:{free}/?token="
        yield Serving(here + guard.token, here + guard.ticket(), updates, server)
        server.close()


def _listening(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # elsewhere it would let others take the port away
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", port))
    except OSError as error:
        made.close()
        raise UsageError(f"port {port} cannot be used: {error.strerror}", "leave --port out to take a free one") from error
    return made
