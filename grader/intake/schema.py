"""The JSON Schema of rubrics, for editors."""

from __future__ import annotations

import json

from grader.checks import Rubric


def rubric_schema() -> str:
    """The schema as indented JSON text with a final newline."""
    schema = Rubric.model_json_schema(by_alias=True)
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "Rubric"
    return json.dumps(schema, indent=1, sort_keys=True) + "\n"
