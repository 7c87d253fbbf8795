"""The fork of the warm process that becomes an IPython kernel: ipykernel's own application, without a debugger or history."""

from __future__ import annotations

import importlib
import json
import socket
import sys
from typing import Any

import zmq
from IPython.core.interactiveshell import InteractiveShell

from ..shell import shell_config
from .planted import plant

Json = dict[str, Any]
QUIET = 50
LATE = (
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)
"""What a kernel imports only when it begins."""


def _import_without_debugger() -> Any:
    """ipykernel's application. The debugger takes half a second to import, and nobody is there to debug."""
    before = sys.modules.get("debugpy")
    sys.modules["debugpy"] = None  # type: ignore[assignment]
    for name in LATE:
        importlib.import_module(name)
    del sys.modules["debugpy"]
    if before is not None:
        sys.modules["debugpy"] = before
    return importlib.import_module("ipykernel.kernelapp").IPKernelApp


IPKernelApp = _import_without_debugger()


class _App(IPKernelApp):  # type: ignore[misc,valid-type]  # imported above, as no statement can
    """A kernel that waits rather than drops what it has to say."""

    def init_iopub(self, context: Any) -> None:
        super().init_iopub(context)
        thread = self.iopub_thread
        thread.schedule(lambda: thread.socket.setsockopt(zmq.XPUB_NODROP, 1))


def be_kernel(connection: Json, side: socket.socket, job: Json) -> None:
    """Serve this connection until told to stop."""
    path = f"{connection['ip']}.json"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(connection, file)
    for kind in (*InteractiveShell.__subclasses__(), InteractiveShell):
        kind.clear_instance()
    app = _App.instance(connection_file=path, log_level=QUIET, quiet=True, config=shell_config())
    app.initialize([])
    plant(app.shell, side, job)
    app.start()
