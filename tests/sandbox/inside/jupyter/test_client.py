"""What a kernel says, by scripted messages: kept as Jupyter shows it, within bounds, and whatever is malformed is dropped."""

from __future__ import annotations

import json
from typing import Any

import pytest
from nbclient.client import CellExecutionComplete

from grader.sandbox.inside.jupyter import client as module
from grader.sandbox.inside.jupyter.client import Client
from grader.sandbox.inside.outputs import Outputs


class Absent:
    """A kernel that is only addressed."""

    connection = {
        "transport": "ipc",
        "ip": "nowhere",
        "key": "k",
        "signature_scheme": "hmac-sha256",
        **{f"{name}_port": number for number, name in enumerate(("shell", "iopub", "stdin", "control", "hb"), 1)},
    }


@pytest.fixture
def client() -> Client:
    kernel: Any = Absent()
    made = Client(kernel, {2: "x"})
    made.outputs = Outputs(1000)
    return made


def say(client: Client, kind: str, **content: object) -> None:
    message = {"msg_type": kind, "header": {"msg_type": kind}, "parent_header": {"msg_id": "m"}, "content": content}
    client.process_message(message, client.nb.cells[0], 0)


def shown(client: Client) -> list[dict[str, Any]]:
    return list(json.loads(client.outputs.as_json()))


def test_streams_displays_results_and_errors_are_kept_in_order(client: Client) -> None:
    say(client, "stream", name="stdout", text="a\r\n")
    say(client, "stream", name="stderr", text="b")
    say(client, "display_data", data={"text/plain": "c"}, metadata={}, transient={"display_id": "d"})
    say(client, "execute_result", data={"text/plain": "e"}, metadata={}, execution_count=3)
    say(client, "error", ename="E", evalue="v", traceback=["t"])
    say(client, "update_display_data", data={"text/plain": "f"}, metadata={}, transient={"display_id": "d"})
    kinds = [each["output_type"] for each in shown(client)]
    assert kinds == ["stream", "stream", "display_data", "execute_result", "error"]
    assert shown(client)[2]["data"] == {"text/plain": "f"}
    assert client.outputs.said.getvalue() == "a\nc\ne\n"


def test_clear_output_clears_with_the_next(client: Client) -> None:
    say(client, "stream", name="stdout", text="1")
    say(client, "clear_output", wait=True)
    assert len(shown(client)) == 1
    say(client, "stream", name="stdout", text="2")
    assert [each["text"] for each in shown(client)] == ["2"]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("stream", {"text": "without a name"}),
        ("display_data", {"data": 7}),
        ("display_data", {"transient": {}}),
        ("update_display_data", {"data": {}, "transient": None}),
        ("execute_result", {"data": {}, "execution_count": "many"}),
        ("error", {"ename": 1, "traceback": 2}),
        ("comm_open", {"comm_id": "c"}),
        ("status", {}),
        ("verdict", {"verdict": "passed", "credit": "1/1"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "with " + (" and ".join(value) or "nothing"),
)
def test_what_is_malformed_or_no_output_is_dropped(client: Client, kind: str, content: dict[str, Any]) -> None:
    say(client, kind, **content)
    assert shown(client) == []


def test_the_end_of_a_cell_is_nbclients_to_see(client: Client) -> None:
    with pytest.raises(CellExecutionComplete):
        say(client, "status", execution_state="idle")


def test_a_flood_is_bounded_while_it_comes(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3000):
        say(client, "display_data", data={"text/plain": str(number)}, metadata={})
    assert len(shown(client)) <= 500
    client.comms_left, client.data_left = 5, 2000
    for number in range(100):
        say(client, "comm_open", comm_id=str(number), target_name="none", data={"state": {"a": "x" * 500}})
    assert len(client.widget_state) <= 4
    assert module.MOST_COMMS < 10**6
