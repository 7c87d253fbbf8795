"""What the boxes of a run are to be like, wherever they stand."""

from __future__ import annotations

from grader.model.base import Frozen
from grader.sandbox.base import Sandbox


class Setting(Frozen):
    """The isolation, the interpreter ("" is the toolkit's own) and what it imports before any submission."""

    isolation: str
    python: str = ""
    imports: tuple[str, ...] = ()

    def require(self) -> None:
        """Check that such boxes can be built on this machine.

        Raises:
            BoxError: they cannot; it says why, and what mends it.
        """
        from grader.sandbox.factory import require

        require(self.isolation, self.python)

    def sandbox(self) -> Sandbox:
        """A sandbox on this machine."""
        from grader.sandbox.factory import make_sandbox

        return make_sandbox(self.isolation, self.python, self.imports)
