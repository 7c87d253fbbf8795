"""Words for networks, tables of costs, training runs, figures and saved files."""

from __future__ import annotations

from grader.reports.phrases import Facts, line_of, written
from grader.reports.text import counted, listed
from grader.reports.words import Words
from grader.reports.words_common import COMMON, exception, expected, required

ASPECTS = {"layers": "layers", "parameters": "number of parameters", "shapes": "shapes", "outputs": "outputs"}


def network(facts: Facts) -> str:
    shares = facts.inner("aspects").facts
    wrong = [ASPECTS.get(name, name) for name, share in shares.items() if str(share) != "1"]
    return f"Not all of the network is as asked{': look at its ' + listed(wrong) if wrong else ''}."


def layer_setting(facts: Facts) -> str:
    setting = f"{facts.code('layer', 'A layer')}: {facts.text('setting', 'a setting')}"
    return f"{setting} is {facts.code('seen', 'another')}{expected(facts, 'expected')}."


def layer_missing(facts: Facts) -> str:
    settings = f" with {facts.code('expected')}" if "expected" in facts else ""
    return f"A layer of kind {facts.code('kind', 'another kind')}{settings} is missing."


def layer_extra(facts: Facts) -> str:
    return f"{facts.code('layer', 'A layer')} ({facts.text('kind', 'layer')}) is not asked for."


def layer_shape(facts: Facts) -> str:
    seen = facts.shape("seen", "no shape") if facts.facts.get("seen") else "no output"
    wanted = f", where {facts.shape('expected')} is expected" if facts.facts.get("expected") else ""
    return f"{facts.code('layer', 'A layer')} gives {seen}{wanted}."


def activations(facts: Facts) -> str:
    return f"{facts.code('kind', 'The activation')} is applied {facts.code('seen', '0')} times{expected(facts, 'expected')}."


def parameter_count(facts: Facts) -> str:
    return f"It has {facts.code('seen', 'another number of')} parameters{expected(facts, 'expected')}."


def pass_raised(facts: Facts) -> str:
    return f"The forward pass raises {exception(facts)}{line_of(facts.inner('line'))}."


def state_differs(facts: Facts) -> str:
    return f"The shapes of its weights are {facts.code('seen', 'others')}{expected(facts, 'expected')}."


def outputs_count(facts: Facts) -> str:
    return f"It returns {facts.code('seen', 'another number of')} arrays{expected(facts, 'expected')}."


def outputs_differ(facts: Facts) -> str:
    words = COMMON.get(facts.text("found"))
    found = f" {words.says(Facts(facts.facts, 'its output'))}" if words else ""
    return f"With your weights, the network as asked gives other outputs for the same inputs.{found}"


def outputs_unknown(facts: Facts) -> str:
    return "The outputs could not be compared with those of the reference."


def table_cells(facts: Facts) -> str:
    return f"{facts.text('right', 'Some')} of {facts.text('cells', 'all')} cells are right."


def table_unclear(facts: Facts) -> str:
    read = f", such as {facts.codes('read', most=3)}" if "read" in facts else ""
    return f"Some of the table cannot be read with confidence{read}."


def no_table(facts: Facts) -> str:
    layers = f" with rows for {facts.codes('layers')}" if "layers" in facts else ""
    return f"No table{layers} was found."


SLIPS = {
    "with_bias": "the bias seems to be counted",
    "without_bias": "the bias seems to be left out",
    "doubled": "it is twice as much: multiplications and additions seem to be counted apart",
    "no_output_size": "it is the number of parameters: each weight works once for every output position",
    "other_column": "it belongs to the other column",
    "batch": "only the batch axis differs",
    "order": "the axes seem to be in another order",
    "off_by_one": "it is off by one",
}


def cell(facts: Facts) -> str:
    """`` `macs` of `conv1` ``: which cell."""
    return f"{facts.code('column', 'A column')} of {facts.code('row', 'a row')}"


def cell_expected(facts: Facts) -> str:
    value = facts.facts.get("expected")
    shown = written(tuple(value)) if isinstance(value, list) else written(value)
    return f", where `{shown}` is expected" if "expected" in facts else ""


def cell_wrong(facts: Facts) -> str:
    slip = f"; {SLIPS[facts.text('slip')]}" if facts.text("slip") in SLIPS else ""
    return f"{cell(facts)} is {facts.code('seen', 'another')}{cell_expected(facts)}{slip}."


def cell_missing(facts: Facts) -> str:
    return f"{cell(facts)} is not filled in{cell_expected(facts)}."


def cell_followed(facts: Facts) -> str:
    return f"{cell(facts)} is {facts.code('seen', 'right')}: right for the shapes in your own row{cell_expected(facts)}."


def cell_rounded(facts: Facts) -> str:
    return f"{cell(facts)} is {facts.code('seen', 'rounded')}, which is rounded{cell_expected(facts)}."


def cell_unclear(facts: Facts) -> str:
    return f"{cell(facts)} cannot be read with confidence{': ' + facts.code('seen') if 'seen' in facts else ''}."


BEHAVIOURS = {
    "falls": "falls",
    "diverges": "diverges",
    "oscillates": "oscillates",
    "plateaus": "levels off",
    "none": "neither falls, diverges, oscillates nor levels off",
}


def behaviour(facts: Facts) -> str:
    seen = BEHAVIOURS.get(facts.text("seen"), "behaves otherwise")
    wanted = BEHAVIOURS.get(facts.text("expected"))
    return f"The curve in {facts.subject} {seen}{f', where one that {wanted} is expected' if wanted else ''}."


def curve_length(facts: Facts) -> str:
    return f"The curve in {facts.subject} has {facts.code('seen', 'another number of')} entries{expected(facts, 'expected')}."


def curve_short(facts: Facts) -> str:
    least = facts.code("least", "a few")
    return f"The curve in {facts.subject} has {facts.code('seen', 'few')} entries; a behaviour shows from {least} on."


def final_value(facts: Facts) -> str:
    return f"The last entry of {facts.subject} is {facts.code('seen', 'another value')}{required(facts)}."


def several_curves(facts: Facts) -> str:
    return f"{facts.Subject} ({facts.code('seen_type', 'a dict')}) holds several curves, and it is not clear which one is meant."


def offset(facts: Facts) -> str:
    by = facts.count("offset") or 0
    return (
        f"Accepted with a start {counted(abs(by), 'entry', 'entries')} {'later' if by > 0 else 'earlier'} than the reference's."
    )


NETWORKS: dict[str, Words] = {
    "network": Words("the network differs", network, "The findings below say where."),
    "layer_setting": Words("a layer's setting", layer_setting),
    "layer_missing": Words("a layer is missing", layer_missing),
    "layer_extra": Words("a layer too many", layer_extra),
    "layer_shape": Words("a layer's output shape", layer_shape),
    "activations": Words("activations", activations),
    "parameter_count": Words("number of parameters", parameter_count, "Look at the sizes of the layers and at their biases."),
    "pass_raised": Words("the forward pass raises an exception", pass_raised, "Start with that line."),
    "state_differs": Words("other weights", state_differs),
    "outputs_count": Words("another number of outputs", outputs_count),
    "outputs_differ": Words("other outputs", outputs_differ, "Look at the order of the steps between the layers."),
    "outputs_unknown": Words("outputs could not be compared", outputs_unknown, "A person looks at it."),
    "table_cells": Words("cells of the table", table_cells, "The cells below are not right yet."),
    "table_unclear": Words("a table that cannot be read", table_unclear, "A person reads it."),
    "no_table": Words("no table", no_table, "Write it as a Markdown table, a DataFrame, or one printed row a layer."),
    "cell_wrong": Words("wrong", cell_wrong),
    "cell_missing": Words("missing", cell_missing),
    "cell_followed": Words("follows from your shapes", cell_followed),
    "cell_rounded": Words("rounded", cell_rounded),
    "cell_unclear": Words("not readable", cell_unclear),
    "no_batch_axis": Words("no batch axis", lambda _: "Shapes without the batch axis were accepted."),
    "rounded": Words("rounded", lambda _: "Rounded counts were accepted."),
    "behaviour": Words("another behaviour", behaviour, "Look at the learning rate and at the sign of the update."),
    "curve_length": Words("wrong number of entries", curve_length, "Record one entry for each epoch."),
    "curve_short": Words("too few entries", curve_short, "Record one entry for each epoch."),
    "final_value": Words("final value", final_value, "Look at the learning rate and the number of epochs."),
    "several_curves": Words("several curves", several_curves, "A person looks at it."),
    "offset": Words("starts earlier or later", offset),
}
