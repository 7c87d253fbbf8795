"""What the reference answers to all checks of a rubric: from it answers are sealed, and leaks are looked for."""

from __future__ import annotations

from grader.checks import Rubric
from grader.errors import UsageError
from grader.grading.items import items_of
from grader.grading.plan import others, plan_reference
from grader.intake.rubrics import LoadedRubric
from grader.model.evidence import Capture
from grader.model.probe import Probe, unique
from grader.oracle import data_files, observe, read_reference
from grader.sandbox.base import Sandbox


def reference_answers(loaded: LoadedRubric, sandbox: Sandbox) -> dict[str, Capture]:
    """The reference's captures by probe key, those of known mistakes included; nothing where the rubric has no reference.

    Raises:
        UsageError: the box in which the reference runs failed.
    """
    reference = read_reference(loaded)
    if reference is None:
        return {}
    rubric = loaded.rubric
    limits = rubric.limits.model_copy(update={"wall": rubric.limits.wall * 3})
    plan = plan_reference(rubric, probes_of(rubric), data_files(loaded, None))
    found = observe(sandbox, plan, reference, limits)
    if found.run.ended != "finished":
        raise UsageError(f"the reference did not run to its end: {found.run.detail or found.run.ended}", "grader rubric test")
    return found.captures


def probes_of(rubric: Rubric) -> tuple[Probe, ...]:
    """All that a rubric asks its reference before anything was seen of a student."""
    probes: list[Probe] = []
    for item in items_of(rubric):
        answer = item.question.answer
        probes += item.check.expected_probes(answer, ())
        for other in others(item):
            if other.expect:
                probes += item.check.expected_probes(answer, (), oracle=other.expect)
    return unique(probes)
