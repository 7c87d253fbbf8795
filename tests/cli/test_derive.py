"""`grader derive`: the annotated derivation in the terminal, as JSON and as a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.app import app

TEXT = r"""# Homework

$$\frac{\partial L}{\partial b_2} = -(t - x_3)^T$$

$$\nabla W_2 = (t - x_3) x_2^T$$

$$\foo = 1$$
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "hw.md"
    path.write_text(TEXT)
    return path


def test_every_step_is_printed_with_its_verdict_and_its_line(file: Path) -> None:
    done = CliRunner().invoke(app, ["derive", str(file), "--env", "mlp_sigmoid"])
    assert done.exit_code == 1
    for words in ("right (proved)  line 3", "wrong here  line 5", "sign of the whole formula", "line 7: not understood", "^^^^"):
        assert words in done.output
    assert "1 right, 1 wrong here" in done.output


def test_a_derivation_without_errors_exits_with_0(file: Path) -> None:
    file.write_text(TEXT.split("$$\\nabla")[0])
    assert CliRunner().invoke(app, ["derive", str(file), "--env", "mlp_sigmoid"]).exit_code == 0


def test_json_has_the_steps_and_the_counts(file: Path) -> None:
    done = CliRunner().invoke(app, ["derive", str(file), "--env", "mlp_sigmoid@Homework", "--json"])
    (passage,) = json.loads(done.output)["passages"]
    assert [step["outcome"] for step in passage["steps"]] == ["right", "wrong_here", "not_checkable"]
    assert passage["counts"] == {"right": 1, "wrong_here": 1, "not_checkable": 1}
    assert [problem["line"] for problem in passage["problems"]] == [7]


def test_the_page_is_written_and_fetches_nothing(file: Path, tmp_path: Path) -> None:
    page = tmp_path / "out.html"
    CliRunner().invoke(app, ["derive", str(file), "--env", "mlp_sigmoid", "--html", str(page)])
    text = page.read_text()
    assert "<math" in text
    assert "default-src 'none'" in text
    assert "http" not in text.replace("http-equiv", "")


def test_numpy_style_is_read_without_marks(file: Path) -> None:
    file.write_text("dW_2 = -(t - x_3) @ x_2.T\n")
    done = CliRunner().invoke(app, ["derive", str(file), "--env", "mlp_sigmoid", "--style", "numpy", "--json"])
    (step,) = json.loads(done.output)["passages"][0]["steps"]
    assert step["right"]["text"] == "(-(t - x_3)) @ x_2ᵀ"


def test_the_environments_are_named() -> None:
    done = CliRunner().invoke(app, ["derive", "--list"])
    assert done.exit_code == 0
    assert "softmax_ce" in done.output
