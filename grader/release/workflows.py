"""CI workflows of a kit: what runs the public checks at every push."""

from __future__ import annotations

_HEAD = """\
# Runs the public checks of this assignment at every push; the result is on the run's page.
name: grade
on: [push, workflow_dispatch]
permissions:
  contents: read
jobs:
  grade:
    runs-on: ubuntu-24.04
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@v4
        with:
          path: submission
          persist-credentials: false
"""
_NAMED = """\
      - uses: {toolkit}
        with:
          submission: submission
"""
_BY_VARIABLE = """\
      # The course sets the variable GRADER_REPOSITORY (owner/name of the toolkit), best once for its organisation.
      - uses: actions/checkout@v4
        with:
          repository: ${{ vars.GRADER_REPOSITORY }}
          ref: ${{ vars.GRADER_REF }}
          path: toolkit
          persist-credentials: false
      - uses: ./toolkit
        with:
          submission: submission
"""
_GITLAB = """\
# Runs the public checks of this assignment at every push; the result is in the job's log and its test report.
grade:
  image: python:3.11-slim
{before}  script:
    - python -m venv /tmp/grader
    - /tmp/grader/bin/pip install --quiet "$GRADER_TOOLKIT"
    # a container's own limits keep some walls from going up; `best` takes those that work
    - /tmp/grader/bin/grader ci . --isolation best
  artifacts:
    when: always
    paths: [grader-results/]
    reports:
      junit: grader-results/junit.xml
"""


def github_workflow(toolkit: str = "") -> str:
    """``.github/workflows/grade.yml``; `toolkit` is ``owner/name@ref``, "" leaves it to a variable of the organisation."""
    return _HEAD + (_NAMED.format(toolkit=toolkit) if toolkit else _BY_VARIABLE)


def gitlab_workflow(toolkit: str = "") -> str:
    """``.gitlab-ci.yml``; without `toolkit`, GRADER_TOOLKIT is a CI variable: what pip installs the toolkit from."""
    if not toolkit:
        return _GITLAB.format(
            before="  # The course sets the CI variable GRADER_TOOLKIT, such as git+https://host/owner/name@ref\n"
        )
    return _GITLAB.format(before=f"  variables:\n    GRADER_TOOLKIT: {address(toolkit)}\n")


def address(toolkit: str) -> str:
    """What pip installs ``owner/name@ref`` from."""
    name, _, ref = toolkit.partition("@")
    return f"git+https://github.com/{name}" + (f"@{ref}" if ref else "")
