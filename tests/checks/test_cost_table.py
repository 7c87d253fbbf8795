"""The kind `cost_table`: the forms in which students hand in a table, and what each is worth."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from grader.checks.cost_cells import is_blank, read_counts, read_shape
from grader.checks.cost_lines import Wanted
from grader.checks.cost_names import column_of, layer_at, own_numbers
from grader.checks.cost_prose import line_by_line
from grader.checks.cost_table import CostTableCheck
from grader.checks.literals import to_value
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look, Prints, Read, Trace
from grader.model.rubric import Answer
from grader.model.values import Layer, Network, Output, Parameter, Printed, Section, Table, Text, Value
from grader.model.verdict import Status, Verdict

LABELS = ("conv1", "conv2", "conv3", "fc1", "fc2")
RIGHT = (
    ((1, 3, 32, 32), (1, 16, 32, 32), (16, 3, 5, 5), 1200, 1228800),
    ((1, 16, 15, 15), (1, 16, 17, 17), (16, 16, 3, 3), 2304, 665856),
    ((1, 16, 8, 8), (1, 32, 6, 6), (32, 16, 7, 7), 25088, 903168),
    ((1, 288), (1, 32), (32, 288), 9216, 9216),
    ((1, 32), (1, 10), (10, 32), 320, 320),
)
HEADINGS = ("Layer", "Input shape", "Output shape", "Weight shape", "# Param", "# MAC")


def layer(name: str, row: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], int, int]) -> Layer:
    weight = Parameter(name="weight", shape=row[2], dtype="float32", trainable=True, count=row[3])
    bias = Parameter(name="bias", shape=row[2][:1], dtype="float32", trainable=True, count=row[2][0])
    own = (weight, bias) if name.startswith("fc") else (weight,)
    kind = "Linear" if name.startswith("fc") else "Conv2d"
    return Layer(name=name, kind=kind, parameters=own, input_shapes=(row[0],), output_shapes=(row[1],), macs=row[4], calls=1)


NETWORK = Network(python="SimpleNN", layers=tuple(layer(n, r) for n, r in zip(LABELS, RIGHT, strict=True)))
CHECK = CostTableCheck(id="table", points=10, network="SimpleNN", input=(1, 3, 32, 32), layers=LABELS)


def judge(*seen: Value, check: CostTableCheck = CHECK, expected: Value = NETWORK) -> Verdict:
    return check.judge([Capture.of(value) for value in seen], [Capture.of(expected)])


def printed(text: str) -> Output:
    return Output(printed=(Printed(part="a.ipynb", cell=3, text=text),))


def changed(row: int, column: int, text: str) -> list[list[str]]:
    """The right table as texts, one cell changed."""
    rows = [[label, *(str(cell) for cell in cells)] for label, cells in zip(LABELS, RIGHT, strict=True)]
    rows[row][column] = text
    return rows


def markdown(rows: list[list[str]], headings: tuple[str, ...] = HEADINGS) -> Section:
    table = Table(columns=headings, rows=tuple(tuple(row) for row in rows), source="markdown")
    return Section(part="a.ipynb", heading="Lab 2 (b)", text="My table", tables=(table,))


ROWS = changed(0, 0, "conv1")
SIZES = [[r[0], *(f"torch.Size([{c[1:-1].rstrip(',')}])" for c in r[1:4]), *r[4:]] for r in ROWS]
SPOKEN = ["Conv 1", "conv_2", "Convolution 3", "Fully connected 1", "FC2"]

FORMS: dict[str, Value] = {
    "padded prints": printed("\n".join(f"{r[0]:10} {r[1]:20} {r[2]:20} {r[3]:20} {r[4]:10} {r[5]:10}" for r in ROWS)),
    "torch sizes one blank apart": printed("\n".join(" ".join(r) for r in SIZES)),
    "tabs": printed("\n".join("\t".join(r) for r in ROWS)),
    "tabs with headings in another order": printed(
        "\n".join("\t".join((r[0], r[5], r[4], *r[1:4])) for r in [["Layer", "in", "out", "weights", "Params", "MACs"], *ROWS])
    ),
    "pipes in prints": printed(
        "| " + " | ".join(HEADINGS) + " |\n|---|---|---|\n" + "\n".join("| " + " | ".join(r) + " |" for r in ROWS)
    ),
    "headings padded": printed(
        "Layer      Input shape          Output shape\n".replace("\n", "   Weight shape   Param   MACs\n")
        + "-" * 60
        + "\n"
        + "\n".join("   ".join(r) for r in ROWS)
    ),
    "tuples printed": printed("\n".join(str((r[0], *(c for c in RIGHT[i]))) for i, r in enumerate(ROWS))),
    "words before values": printed(
        "\n".join(
            f"{r[0]}: input shape {r[1]}, output shape {r[2]}, weight {r[3]}, params = {r[4]}, MACs = {r[5]}" for r in SIZES
        )
    ),
    "a line for each value": printed(
        "\n".join(
            f"Layer: {r[0]}\nInput shape: {r[1]}\nOutput shape: {r[2]}\nWeight: {r[3]}\nParams: {r[4]}\nMACs: {r[5]}\n"
            for r in ROWS
        )
    ),
    "bare values after the name": printed("\n".join("\n".join(r) for r in SIZES)),
    "printed DataFrame": printed(
        "   layer  input  output  weight  params  macs\n" + "\n".join(f"{i}  " + "  ".join(r) for i, r in enumerate(ROWS))
    ),
    "values without names under headings": printed(
        "Input  Output  Weight  Params  MACs\n" + "\n".join("  ".join(r[1:]) for r in ROWS)
    ),
    "pools and a total between": printed(
        "\n".join(f"{'  '.join(r)}\nmaxpool{i}  (1, 16, 9, 9)  (1, 16, 4, 4)  -  0  0" for i, r in enumerate(ROWS))
        + "\nTotal 38128 2807360"
    ),
    "Markdown": markdown(ROWS),
    "Markdown with other names": markdown([[name, *row[1:]] for name, row in zip(SPOKEN, ROWS, strict=True)]),
    "Markdown with LaTeX": markdown([[r[0], *("$" + c.replace(", ", " \\times ") + "$" for c in r[1:])] for r in ROWS]),
    "Markdown turned over": markdown(
        [list(c) for c in zip(*([h, *(r[i] for r in ROWS)] for i, h in enumerate(HEADINGS)), strict=True)][1:]
        and [[HEADINGS[i], *(r[i] for r in ROWS)] for i in range(1, 6)],
        ("", *LABELS),
    ),
    "table in text": Section(part="r.md", heading="2b", text="\n".join("  ".join(r) for r in ROWS)),
    "DataFrame": Table(columns=HEADINGS, rows=tuple(tuple(r) for r in ROWS)),
    "DataFrame with the names as index": Table(
        columns=("", "in", "out", "weight_shape", "num_params", "MACs"), rows=tuple(map(tuple, ROWS))
    ),
    "list of dicts": to_value(
        [
            dict(zip(("name", "input", "output", "weight", "n_params", "macs"), (n, *r), strict=True))
            for n, r in zip(LABELS, RIGHT, strict=True)
        ]
    ),
    "list of tuples": to_value([(n, *r) for n, r in zip(LABELS, RIGHT, strict=True)]),
    "dict of dicts": to_value(
        {
            n: dict(zip(("input", "output", "weight", "params", "macs"), r, strict=True))
            for n, r in zip(LABELS, RIGHT, strict=True)
        }
    ),
    "dict of rows": to_value({n: list(r) for n, r in zip(LABELS, RIGHT, strict=True)}),
    "dict of columns": to_value(
        {
            "layer": list(LABELS),
            "input": [r[0] for r in RIGHT],
            "output": [r[1] for r in RIGHT],
            "weight": [r[2] for r in RIGHT],
            "params": [r[3] for r in RIGHT],
            "MACs": [r[4] for r in RIGHT],
        }
    ),
    "text": Text(text="\n".join(" ".join(r) for r in SIZES)),
}


@pytest.mark.parametrize("seen", FORMS.values(), ids=FORMS.keys())
def test_every_right_form_passes(seen: Value) -> None:
    verdict = judge(seen)
    assert (verdict.status, verdict.reason.facts.get("right")) == (Status.PASSED, 25), verdict


@pytest.mark.parametrize("seen", FORMS.values(), ids=FORMS.keys())
def test_no_form_passes_against_another_network(seen: Value) -> None:
    """The same tables, where the first convolution has one channel more and so another weight, parameters and MACs."""
    wide = (RIGHT[0][0], (1, 17, 32, 32), (17, 3, 5, 5), 1275, 1305600)
    other = NETWORK.model_copy(update={"layers": (layer("conv1", wide), *NETWORK.layers[1:])})
    verdict = judge(seen, expected=other)
    assert verdict.status is Status.PARTIAL
    assert {part.facts["column"] for part in verdict.parts} == {"output", "weight", "parameters", "macs"}
    assert {part.facts["row"] for part in verdict.parts} == {"conv1"}


CELLS = [
    # row, column, text, cells' credit, part's code, slip
    (0, 4, "1216", 0, "cell_wrong", "with_bias"),
    (0, 5, "1245184", 0, "cell_wrong", "with_bias"),
    (0, 5, "1200", 0, "cell_wrong", "no_output_size"),
    (0, 5, "2457600", 0, "cell_wrong", "doubled"),
    (0, 4, "1228800", 0, "cell_wrong", "other_column"),
    (0, 4, "77", 0, "cell_wrong", ""),
    (1, 1, "(1, 16, 16, 16)", 0, "cell_wrong", "off_by_one"),
    (1, 1, "(5, 16, 15, 15)", 0, "cell_wrong", "batch"),
    (0, 3, "(5, 5, 3, 16)", 0, "cell_wrong", "order"),
    (0, 3, "(16, 3, 3, 3)", 0, "cell_wrong", ""),
    (3, 4, "-", 0, "cell_missing", None),
    (3, 4, "", 0, "cell_missing", None),
    (3, 1, "...", 0, "cell_missing", None),
]


@pytest.mark.parametrize(("row", "column", "text", "credit", "code", "slip"), CELLS)
def test_a_wrong_cell_costs_its_share_and_is_named(
    row: int, column: int, text: str, credit: int, code: str, slip: str | None
) -> None:
    verdict = judge(markdown(changed(row, column, text)))
    assert (verdict.status, verdict.credit) == (Status.PARTIAL, Fraction(24 + credit, 25))
    (part,) = verdict.parts
    assert (part.code, part.facts["row"], part.facts["seen"], part.facts.get("slip")) == (code, LABELS[row], text, slip)
    right = RIGHT[row][column - 1]
    assert part.facts["expected"] == (list(right) if isinstance(right, tuple) else right)


@pytest.mark.parametrize(
    "text",
    [
        "1,228,800",
        "1 228 800",
        "1_228_800",
        "1.228.800",
        "1.2288M",
        "1.2288e6",
        "1.2288 × 10⁶",
        "16*32*32*75 = 1228800",
        "1228800 MACs",
        "1228800.0",
    ],
)
def test_a_count_may_be_written_in_many_ways(text: str) -> None:
    assert judge(markdown(changed(0, 5, text))).status is Status.PASSED


@pytest.mark.parametrize("text", ["(3, 32, 32)", "N x 3 x 32 x 32", "3@32x32", "(B, 3, 32, 32)"])
def test_a_missing_batch_axis_is_right_and_noted(text: str) -> None:
    verdict = judge(markdown(changed(0, 1, text)))
    assert verdict.status is Status.PASSED
    assert [note.code for note in verdict.notes] == ["no_batch_axis"]


def test_a_rounded_count_is_flagged_and_costs_what_the_rubric_says() -> None:
    seen = markdown(changed(0, 5, "1.23M"))
    assert [note.code for note in judge(seen).notes] == ["rounded"]
    strict = CHECK.model_copy(update={"rounded_credit": Fraction(1, 2)})
    verdict = judge(seen, check=strict)
    assert (verdict.credit, verdict.parts[0].code) == (Fraction(49, 50), "cell_rounded")
    assert judge(markdown(changed(0, 5, "1.2M"))).credit == Fraction(24, 25), "two digits are no rounding"


def test_counts_follow_the_rows_own_wrong_shapes() -> None:
    rows = changed(0, 3, "(16, 3, 3, 3)")
    rows[0][4:] = ["432", str(432 * 32 * 32)]
    verdict = judge(markdown(rows))
    assert [part.code for part in verdict.parts] == ["cell_wrong", "cell_followed", "cell_followed"]
    assert verdict.credit == Fraction(23, 25)
    assert judge(markdown(rows), check=CHECK.model_copy(update={"follow_from_shapes": False})).credit == Fraction(22, 25)


def test_a_wrong_output_shape_carries_on_into_the_macs() -> None:
    rows = changed(1, 2, "(1, 16, 15, 15)")
    rows[1][5] = str(16 * 15 * 15 * 16 * 9)
    assert [part.code for part in judge(markdown(rows)).parts] == ["cell_wrong", "cell_followed"]


def test_nothing_follows_from_shapes_that_are_right() -> None:
    """Where the reference counts in another way than the product of the shapes, the product is no follow-through."""
    counted = NETWORK.layers[0].model_copy(update={"macs": 999})
    verdict = judge(markdown(ROWS), expected=NETWORK.model_copy(update={"layers": (counted, *NETWORK.layers[1:])}))
    assert [part.code for part in verdict.parts] == ["cell_wrong"]


def test_a_count_that_fits_no_shape_of_its_row_earns_nothing() -> None:
    rows = changed(0, 3, "(16, 3, 3, 3)")
    rows[0][4] = "433"
    assert judge(markdown(rows)).credit == Fraction(23, 25)


UNCLEAR: dict[str, Value] = {
    "a cell of words": markdown(changed(0, 4, "twelve hundred")),
    "two numbers in a cell": markdown(changed(0, 4, "1200 or 1216")),
    "a row with values too many": printed("\n".join("  ".join([*r, "5"]) for r in ROWS)),
    "a count short in every row": printed("\n".join("  ".join(r[:5]) for r in ROWS)),
    "an unknown heading in place of a known one": markdown(ROWS, (*HEADINGS[:5], "Cost")),
    "rows of unknown names": markdown([[f"stage {i}{i}", *r[1:]] for i, r in enumerate(ROWS[:4])]),
    "two tables that disagree": printed("\n".join("  ".join(r) for r in [*ROWS, *changed(0, 4, "1216")])),
    "one row with a value too few": printed("\n".join("  ".join(r) for r in [*ROWS[:4], [*ROWS[4][:2], *ROWS[4][3:]]])),
    "prose": printed("conv1 gives 16 maps of 32 by 32 and so 1200 weights"),
}


@pytest.mark.parametrize("seen", UNCLEAR.values(), ids=UNCLEAR.keys())
def test_what_cannot_be_read_with_certainty_goes_to_a_human(seen: Value) -> None:
    verdict = judge(seen)
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "table_unclear"), verdict


def test_a_column_left_out_of_a_table_is_missing() -> None:
    verdict = judge(markdown([row[:5] for row in ROWS], HEADINGS[:5]))
    assert (verdict.status, verdict.credit) == (Status.PARTIAL, Fraction(20, 25))
    assert {part.code for part in verdict.parts} == {"cell_missing"}


def test_a_row_left_out_is_missing() -> None:
    assert judge(markdown(ROWS[:4])).credit == Fraction(20, 25)


def test_an_empty_table_under_the_heading_gives_way_to_what_was_printed() -> None:
    blank = markdown([[label, "", "", "", "", ""] for label in LABELS])
    assert judge(blank, FORMS["padded prints"]).status is Status.PASSED


def test_what_the_first_place_leaves_blank_may_stand_in_the_next() -> None:
    shapes = markdown([row[:4] for row in ROWS], HEADINGS[:4])
    assert judge(shapes, FORMS["padded prints"]).status is Status.PASSED


def test_the_first_place_counts_where_two_disagree() -> None:
    verdict = judge(markdown(changed(0, 4, "1216")), FORMS["padded prints"])
    assert (verdict.status, verdict.credit) == (Status.PARTIAL, Fraction(24, 25))


def test_the_same_table_printed_twice_is_one_table() -> None:
    text = "\n".join("  ".join(r) for r in ROWS)
    assert judge(printed(f"{text}\n{text}")).status is Status.PASSED


NONE = [
    ([Capture(status=CaptureStatus.MISSING, looked_for=("table",)), Capture.of(Output(printed=()))], Status.FAILED, "no_table"),
    ([Capture(status=CaptureStatus.MISSING, looked_for=("table",))], Status.FAILED, "missing"),
    ([Capture(status=CaptureStatus.BOX_FAILED, detail="gone"), Capture.of(Output(printed=()))], Status.UNDECIDED, "box_failed"),
    ([Capture(status=CaptureStatus.TIMED_OUT)], Status.FAILED, "timed_out"),
]


@pytest.mark.parametrize(("seen", "status", "code"), NONE)
def test_no_table_is_told_apart_from_a_broken_box(seen: list[Capture], status: Status, code: str) -> None:
    verdict = CHECK.judge(seen, [Capture.of(NETWORK)])
    assert (verdict.status, verdict.reason.code) == (status, code)


@pytest.mark.parametrize("expected", [[], [Capture(status=CaptureStatus.MISSING)], [Capture.of(Text(text="?"))]])
def test_a_reference_without_a_table_is_our_fault(expected: list[Capture]) -> None:
    verdict = CHECK.judge([Capture.of(FORMS["Markdown"])], expected)
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "no_oracle")


def test_a_mistake_given_as_a_table_is_recognised_among_the_captures_of_its_name() -> None:
    """The name may be a table, a function or a network: whichever capture reads as a table is used."""
    biased = [dict(zip(("layer", "macs"), (n, r[4] + 7), strict=True)) for n, r in zip(LABELS, RIGHT, strict=True)]
    check = CHECK.model_copy(update={"columns": {"macs": ()}})
    seen = [Capture.of(markdown([[n, str(r[4] + 7)] for n, r in zip(LABELS, RIGHT, strict=True)], ("Layer", "MACs")))]
    raised = Capture(status=CaptureStatus.RAISED)
    assert check.judge(seen, [Capture.of(to_value(biased)), raised, raised]).status is Status.PASSED
    assert check.judge(seen, [Capture.of(NETWORK)]).status is Status.FAILED


def test_the_bias_counts_where_the_rubric_says_so() -> None:
    check = CHECK.model_copy(update={"bias": True})
    verdict = judge(markdown(ROWS), check=check)
    assert {(part.facts["row"], part.facts["slip"]) for part in verdict.parts} == {
        ("fc1", "without_bias"),
        ("fc2", "without_bias"),
    }


def test_probes_look_at_the_variable_then_the_heading_then_the_prints() -> None:
    check = CHECK.model_copy(update={"of": "table"})
    probes = check.probes(Answer(heading="Lab 2", variables={"table": ("table", "df")}))
    assert [type(probe) for probe in probes] == [Look, Read, Prints]
    (trace,) = check.expected_probes(Answer(), [])
    assert isinstance(trace, Trace)
    assert (trace.names, trace.inputs[0].shape) == (("SimpleNN",), (1, 3, 32, 32))


def test_rows_without_headings_are_read_by_the_whole_table_where_one_column_is_judged() -> None:
    check = CostTableCheck(
        id="t", points=1, network="SimpleNN", input=[1, 3, 32, 32], layers=LABELS, columns=["macs"],
        table=["input", "output", "weight", "parameters", "macs"],
    )  # fmt: skip
    assert judge(FORMS["padded prints"], check=check).status is Status.PASSED
    verdict = judge(printed("\n".join("  ".join(row) for row in changed(0, 5, "1200"))), check=check)
    assert (verdict.credit, verdict.parts[0].facts["slip"]) == (Fraction(4, 5), "no_output_size")


def test_the_columns_may_be_a_list_or_a_mapping_with_headings_of_ones_own() -> None:
    check = CostTableCheck(id="t", points=1, network="n", input=[1, 2], layers=["fc1"], columns=["macs", "weight"])
    assert list(check.columns) == ["macs", "weight"]
    check = CostTableCheck(id="t", points=1, network="n", input=[1, 2], layers=["fc1"], columns={"macs": ["Cost"]})
    assert column_of("Cost", check.columns) == "macs"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Conv 1", 0),
        ("net.conv2", 1),
        ("Conv2d-3", 2),
        ("dense1", 3),
        ("conv11", None),
        ("conv1.weight", None),
        ("1. conv2", 1),
        ("FC Layer 2", 4),
    ],
)
def test_names_of_layers_are_matched_forgivingly_and_never_across_numbers(text: str, found: int | None) -> None:
    named = layer_at(text, [(label,) for label in LABELS])
    assert (named.index if named else None) == found


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("torch.Size([1, 3])", (1, 3)),
        ("1x3", (1, 3)),
        ("[1 3]", (1, 3)),
        ("(32,)", (32,)),
        ("conv", None),
        ("", None),
        ("3 by 4", None),
    ],
)
def test_shapes_are_read(text: str, shape: tuple[int, ...] | None) -> None:
    assert read_shape(text) == shape


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1200", [1200]),
        ("1.200", [Fraction(6, 5), 1200]),
        ("3*4+2", [14]),
        ("12,5", [Fraction(25, 2)]),
        ("many", []),
        ("9" * 400, []),
    ],
)
def test_counts_keep_every_reading(text: str, values: list[Fraction]) -> None:
    assert [count.value for count in read_counts(text)] == values


def test_blanks_are_told_from_zero() -> None:
    assert all(map(is_blank, ["", "-", "—", "N/A", "...", "None", "**-**"]))
    assert not is_blank("0")


@pytest.mark.parametrize("column", ["parameters", "macs"])
def test_one_column_is_found_in_rows_without_headings_when_the_whole_table_is_known(column: str) -> None:
    check = CostTableCheck(
        **CHECK.model_dump(exclude={"columns", "table"}),
        columns=[column],
        table=["input", "output", "weight", "parameters", "macs"],
    )
    rows = printed("\n".join(" ".join(r) for r in ROWS))
    assert judge(rows, check=check).status is Status.PASSED
    wrong = printed("\n".join(" ".join(r) for r in changed(1, 4 if column == "parameters" else 5, "7")))
    assert judge(wrong, check=check).credit == Fraction(4, 5)


SUMMARY = """
----------------------------------------------------------------
        Layer (type)               Output Shape         Param #
================================================================
            Conv2d-1           [-1, 16, 32, 32]           1,200
         MaxPool2d-2           [-1, 16, 15, 15]               0
            Conv2d-3           [-1, 16, 17, 17]           2,304
            Conv2d-4             [-1, 32, 6, 6]          25,088
              ReLU-5             [-1, 32, 6, 6]               0
            Linear-6                   [-1, 32]           9,216
            Linear-7                   [-1, 10]             320
================================================================
Total params: 38,128
"""


TABBED = tuple(tuple(re.split(r"\s{2,}", line.strip())) for line in SUMMARY.splitlines()[4:11])


def test_a_summary_that_numbers_all_modules_is_read_by_kind() -> None:
    check = CHECK.model_copy(update={"columns": {"parameters": ()}})
    tabbed = Table(columns=("Layer (type)", "Output Shape", "Param #"), rows=TABBED, source="printed")
    for value in (printed(SUMMARY), Section(part="a.txt", heading="b", text="", tables=(tabbed,))):
        assert judge(value, check=check).status is Status.PASSED
        wrong = judge(printed(SUMMARY.replace("2,304", "2,305")), check=check)
        assert [part.facts["row"] for part in wrong.parts] == ["conv2"]


@pytest.mark.parametrize(
    ("names", "own"),
    [
        (["Flatten-1", "Linear-2", "ReLU-3", "Linear-4"], ["Flatten-1", "Linear-1", "ReLU-1", "Linear-2"]),
        (["Conv-1", "Conv-2", "FC-1"], ["Conv-1", "Conv-2", "FC-1"]),
        (["Linear-1", "ReLU-2", "Linear-2"], ["Linear-1", "ReLU-2", "Linear-2"]),
        (["Layer", "Linear-1 784", "ReLU-2", "Linear-3 256"], ["Layer", "Linear-1 784", "ReLU-1", "Linear-2 256"]),
        (["Linear-2", "Linear-4"], ["Linear-2", "Linear-4"]),
        ([], []),
    ],
)
def test_only_numbers_of_all_modules_are_counted_anew(names: list[str], own: list[str]) -> None:
    assert own_numbers(names) == own


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "conv1 has 456 parameters, conv 2 has 2,416 and fc1 has 850. The total is 3722.",
            ["conv1: 456", "conv2: 2,416", "fc1: 850"],
        ),
        ("Of each: conv1: 456, conv2: 2,416, fc1: 48,120.", ["conv1: 456", "conv2: 2,416", "fc1: 48,120"]),
        ("conv1: 456, conv2: 2416", ["conv1: 456", "conv2: 2416"]),
        ("conv1 has 456 parameters", ["conv1 has 456 parameters"]),
        ("conv1 and conv2 have 456 parameters", ["conv1 and conv2 have 456 parameters"]),
        ("conv1 has 456 or 460, conv2 has 2416", ["conv1 has 456 or 460, conv2 has 2416"]),
    ],
    ids=["a sentence", "groups of digits", "a list", "one layer", "one number for two", "two numbers for one"],
)
def test_a_column_told_in_a_sentence_is_a_line_for_each_layer(text: str, told: list[str]) -> None:
    wanted = Wanted((("conv1", "Conv 1"), ("conv2",), ("fc1",)), ("parameters",), {})
    assert list(line_by_line(text, wanted)) == told
