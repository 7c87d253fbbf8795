"""nbclient, with what a kernel says bounded while it is still saying it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from queue import Empty
from typing import Any

import nbformat
from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from traitlets import Float

from ..outputs import Outputs
from .launch import LOOK, Kernel

Json = dict[str, Any]
MOST_COMMS = 10_000
"""Messages of widgets that are followed in a part; what comes later is dropped."""
MOST_COMM_DATA = 2**24
"""Characters of the widgets' states in all."""
BEHIND = 2.0
"""Seconds in which all that a cell said must have come, once the kernel has answered; after an interrupt, less."""
BEHIND_INTERRUPT = 0.3


@dataclass(frozen=True)
class Reply:
    """How the kernel says that a cell ended. `name` and `text` are the exception's; without a kernel there is no reply."""

    is_dead: bool = False
    name: str = ""
    text: str = ""


class _Line(AsyncKernelClient):
    """Jupyter's channels to our kernel."""

    kernel: Kernel

    async def is_alive(self) -> bool:
        return self.kernel.is_alive


class Client(NotebookClient):  # type: ignore[misc]  # nbclient carries no types that hold
    """Runs the cells of one part in a kernel that has begun, each with outputs of its own."""

    iopub_timeout = Float(BEHIND)

    def __init__(self, kernel: Kernel, sources: dict[int, str]) -> None:
        cells = [nbformat.v4.new_code_cell(source) for source in sources.values()]
        super().__init__(nbformat.v4.new_notebook(cells=cells), allow_errors=True, record_timing=False)
        self.kernel = kernel
        self.places = {index: place for place, index in enumerate(sources)}
        self.kc = _Line()
        self.kc.kernel = kernel
        self.kc.load_connection_info(kernel.connection)  # type: ignore[arg-type]
        self.on_cell_executed = self._note
        self.outputs = Outputs(0)
        self.replied: Json = {}
        self.comms_left, self.data_left = MOST_COMMS, MOST_COMM_DATA

    async def get_ready(self) -> None:
        """Wait until the kernel answers and is heard.

        Raises:
            DeadKernelError: it ended before.
        """
        self.kc.start_channels(stdin=False, hb=False)
        while True:
            asked = self.kc.kernel_info()
            if await self._answer_to(asked) and await self._is_heard(asked):
                return

    async def _answer_to(self, asked: str) -> Json:
        """What the kernel replies; nothing where that takes a second."""
        while True:
            try:
                message: Json = await self.kc.get_shell_msg(timeout=1)
            except Empty:
                await self._async_check_alive()
                return {}
            if message["parent_header"].get("msg_id") == asked:
                return dict(message["content"])

    async def _is_heard(self, asked: str) -> bool:
        while True:
            try:
                message = await self.kc.get_iopub_msg(timeout=0.2)
            except Empty:
                return False
            if message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle":
                return True

    async def run(self, index: int, outputs: Outputs) -> Reply:
        """Run one cell; what it shows goes into `outputs`."""
        self.outputs, self.replied, self.iopub_timeout = outputs, {}, BEHIND
        place = self.places[index]
        try:
            await self.async_execute_cell(self.nb.cells[place], place)
        except DeadKernelError:
            return Reply(is_dead=True)
        if self.replied.get("status") == "ok":
            return Reply()
        return Reply(name=str(self.replied.get("ename") or "Error")[:200], text=str(self.replied.get("evalue", ""))[:2000])

    async def run_silently(self, code: str) -> Json:
        """Run code that is not the student's; the kernel's reply.

        Raises:
            DeadKernelError: the kernel ended.
        """
        asked = self.kc.execute(code, silent=True, store_history=False)
        while not (reply := await self._answer_to(asked)):
            pass
        return reply

    def interrupted(self) -> None:
        """A flood of outputs is not waited for any more."""
        self.iopub_timeout = BEHIND_INTERRUPT

    def ask_to_stop(self) -> None:
        """The interrupt of kernels that take it as a message."""
        self.kc.session.send(self.kc.control_channel.socket, self.kc.session.msg("interrupt_request", {}))

    def _note(self, execute_reply: Json, **rest: object) -> None:
        self.replied = execute_reply["content"]

    async def _async_poll_kernel_alive(self) -> None:
        """Until the kernel is gone, or says on our own line what nobody asked for; every second would do for a person."""
        while self.kernel.is_sound:
            await asyncio.sleep(LOOK)
        self.task_poll_for_reply.cancel()

    def process_message(self, message: Json, cell: Any, cell_index: int) -> None:
        """Take what is shown; widgets and the end of the cell are nbclient's affair. What is malformed is dropped."""
        kind, parent = message["msg_type"], message["parent_header"].get("msg_id")
        try:
            if kind in SHOWN and not self.output_hook_stack[parent]:
                SHOWN[kind](self.outputs, message["content"])
            elif kind == "status" or self._follows(message):
                super().process_message(message, cell, cell_index)
        except (AttributeError, KeyError, TypeError, ValueError):
            return

    def _follows(self, message: Json) -> bool:
        self.comms_left -= 1
        self.data_left -= len(repr(message["content"])) if self.comms_left >= 0 else 0
        return self.comms_left >= 0 and self.data_left >= 0


def _stream(outputs: Outputs, content: Json) -> None:
    outputs.write("stderr" if content["name"] == "stderr" else "stdout", str(content["text"]).replace("\r\n", "\n"))


def _display(outputs: Outputs, content: Json) -> None:
    outputs.display(content["data"], {}, str((content.get("transient") or {}).get("display_id", "")))


def _update(outputs: Outputs, content: Json) -> None:
    outputs.display(content["data"], {}, str(content["transient"]["display_id"]), update=True)


def _result(outputs: Outputs, content: Json) -> None:
    outputs.result(int(content["execution_count"]), content["data"])


def _error(outputs: Outputs, content: Json) -> None:
    outputs.error(str(content["ename"]), str(content["evalue"]), list(map(str, content["traceback"])))


def _clear(outputs: Outputs, content: Json) -> None:
    outputs.clear(bool(content.get("wait")))


SHOWN = {
    "stream": _stream,
    "display_data": _display,
    "update_display_data": _update,
    "execute_result": _result,
    "error": _error,
    "clear_output": _clear,
}
