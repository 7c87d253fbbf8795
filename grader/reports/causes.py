"""Why two formulas differ, why it stays open, and how a formula was read: the codes of the decider in words.

Each is a clause without a full stop. ``docs/derivations.md`` lists the conventions they speak of.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.reports.phrases import Facts, written
from grader.reports.text import one_line

Clause = str | Callable[[Facts], str]


def _shape(facts: Facts) -> str:
    wanted = f", and {facts.text('expected')} is expected" if "expected" in facts else ""
    return f"the shapes differ: this is {facts.text('seen', 'another shape')}{wanted}"


CAUSES: dict[str, Clause] = {
    "shape": _shape,
    "value": "the two sides have different values",
    "depends_on_index": "one side depends on the index {indices}, and the other does not",
    "product_shapes": "there is no product of {left} and {right}",
    "sum": "there is no sum of {left} and {right}",
    "product": "there is no product entry by entry of {left} and {right}",
    "quotient": "there is no quotient entry by entry of {left} and {right}",
    "index_out_of_range": "an index goes beyond the shape {shape}",
    "index_range_conflict": "the index {index} would run over both {first} and {second}",
    "index_not_used": "the index {index} is summed over but not used",
    "too_many_indices": "there are more indices than the shape {shape} has axes",
    "inverse_not_square": "a matrix of shape {shape} has no inverse",
    "diagonal_not_square": "a matrix of shape {shape} has no diagonal of that kind",
    "identity_not_square": "an identity matrix is square, not {shape}",
    "trace_not_square": "a matrix of shape {shape} has no trace",
    "gradient_shape": "the gradient has the shape {shape}, which does not fit",
    "no_such_axis": "the shape {shape} has no axis {axis}",
    "no_such_size": "no size makes this fit {shape}",
    "not_a_scalar": "a single number is needed here, not {shape}",
    "orientation": "a row stands where a column is needed, or the other way round",
    "ragged_matrix": "the rows of the matrix have different lengths",
    "reshape_size": "{size} entries cannot be reshaped to {shape}",
    "singular_matrix": "the matrix has no inverse",
    "empty_range": "the sum runs over nothing",
    "shape_annotation": "the shape written is {written}, and the formula has the shape {actual}",
    "line_does_not_follow": "it does not follow from the line before about the same quantity",
    "follows_line_before": "it follows from the line before, in which the error stands",
    "follows_own_earlier": "it follows from your own earlier formula",
    "forbidden_symbols": "it uses {symbols}",
    "prose": "these are words",
    "condition": "this says when something holds",
    "definition": "this says what {name} stands for",
    "nothing_to_compare": "nothing before it could be read",
    "not_read": "it could not be read",
    "unknown_name": "{name} is not declared",
    "unknown_function": "the function {name} is not known",
    "formula_not_read": "{formula} could not be read",
    "slice_not_declared": "it is not declared whether {name} with one index is a row or a column",
    "index_range": "it is not clear what the index {index} runs over",
    "axis_not_declared": "it is not declared which axis the index {index} counts",
    "dots_not_clear": "it is not clear how the dots go on",
    "higher_derivative": "derivatives of second order are not decided",
    "too_many_derivatives": "too many derivatives are nested",
    "derivative_by_expression": "a derivative by an expression is not decided",
    "no_loss_declared": "no loss is declared",
    "needs_data": "it needs the numbers of the data",
    "no_valid_points": "no numbers were found for which both sides have a value",
    "no_case_holds": "none of the cases holds anywhere",
    "fill_of_unknown_size": "the size of the matrix of zeros or ones is not clear",
    "identity_of_unknown_size": "the size of the identity matrix is not clear",
    "product_of_tensor": "a product with an array of shape {shape} has more than one meaning",
    "transpose_of_tensor": "a transpose of an array of shape {shape} has more than one meaning",
    "slice_of_tensor": "a slice of an array of shape {shape} has more than one meaning",
    "arguments": "a function has {count} arguments, which is not decided",
    "condition_on_arrays": "a condition compares whole arrays",
    "construct": "this way of writing is not decided",
    "data_of_wrong_size": "the numbers given for {name} do not fit the shape {shape}",
    "index": "an index is neither a letter nor a number",
    "index_of_scalar": "a single number has an index",
    "norm_order": "a norm of order {order} is not decided",
    "prime_of_builtin": "the derivative of {name} is not written with a prime",
    "proof_too_long": "the proof is too long",
    "size": "a size is not clear",
    "sum_bounds": "the bounds of the sum over {index} are not clear",
    "sum_without_index": "it is not clear what is summed over",
    "too_deep": "it is nested too deeply",
    "too_much_work": "deciding it takes too much work",
    "array_too_large": "deciding it takes too large an array",
    "sum_too_long": "the sum has too many terms",
    "exponent_too_large": "the exponent is too large",
    "numbers_too_long": "the numbers become too long",
    "too_many_index_values": "the indices take too many values",
    "juxtaposed_elementwise": "a product written without a sign was read entry by entry",
    "kronecker_elementwise": "⊗ was read entry by entry",
    "star_product": "`*` was read as the product of matrices",
    "operator_over_product": "a derivative sign was read as standing before the whole product after it",
    "primed_transpose": "a prime on a matrix was read as its transpose",
    "vec_rows": "a product of matrix derivatives was read as one of their columns put under one another",
    "operator_after_operand": "the derivative sign stands after what it acts on",
    "derivative_entrywise": "a derivative of a whole array by another was read entry by entry",
    "fraction_elementwise": "a fraction of arrays was read entry by entry",
    "power_elementwise": "a power of an array was read entry by entry",
    "broadcast": "an array was stretched along an axis of size 1",
    "vec_jacobian": "a derivative of a matrix was read as one of its columns put under one another",
    "dot_inner_product": "a dot between two columns was read as their inner product",
    "sum_bound": "the bound of the sum is not the size of its axis",
    "index_not_written": "an index that is not written on the array was read by its axis",
    "incomplete_cases": "the cases do not cover everything",
    "equal_vec": "it holds as one long column",
    "equal_transpose": "it holds for the transpose",
    "equal_rounded": "it holds to the digits written",
}

_TERMS = {"all": "the whole formula", "part": "one part of it"}


def _sign(facts: Facts) -> str:
    where = _TERMS.get(facts.text("where")) or f"term {facts.text('term', 'of the sum')}"
    return f"the sign of {where} is turned"


REPAIRS: dict[str, Clause] = {
    "missing_sum": "it is summed over {indices}",
    "rename_index": "the index {old} is called {new}",
    "one_index": "the index {old} in place {position} is {new}",
    "both_indices": "the indices are {new}",
    "sum_bound": "the sum over {index} goes up to {bound}",
    "sum_too_many": "there is no sum over {indices}",
    "sign": _sign,
    "transpose_removed": "a transpose is left out",
    "transpose_missing": "a factor is transposed",
    "power_removed": "a power is left out",
    "power": "a power is {exponent}",
    "fraction_upside_down": "a fraction is turned upside down",
    "factor": "it is multiplied by {factor}",
    "factor_removed": "a factor is left out",
    "order": "two factors change places",
    "matrix_product": "a product is a matrix product",
    "elementwise_product": "a product is taken entry by entry",
    "prime_removed": "{function} stands without its prime",
    "prime_missing": "the derivative of {function} is taken",
    "condition_turned": "a condition is turned round",
}


def clause(facts: Facts, table: Mapping[str, Clause] = CAUSES) -> str:
    """The clause for the code among these facts; the code's own words where it has none."""
    code = facts.text("code")
    found = table.get(code)
    if found is None:
        return code.replace("_", " ")
    return found(facts) if callable(found) else found.format_map(_Words(facts))


class _Words(dict[str, str]):
    """Facts as words; what is absent is left open."""

    def __init__(self, facts: Facts) -> None:
        super().__init__()
        self.facts = facts

    def __missing__(self, key: str) -> str:
        return self.facts.text(key, "something")


def repair(facts: Facts) -> str:
    """``It holds if a factor is transposed.``; "" where no repair is told."""
    found = facts.inner("repair")
    if "code" not in found:
        return ""
    side = "the side before" if found.text("side") == "before" else "it"
    words = clause(found, REPAIRS)
    return f"It holds if, on {side}, {words}." if side != "it" else f"It holds if {words}."


def example(facts: Facts) -> str:
    """``For x = [[1], [2]], i = 1 this is 3, and 4 is expected (entry 1, 2).``; "" where there are no numbers."""
    found = facts.inner("example")
    if "seen" not in found:
        return ""
    given = {**found.inner("values").facts, **found.inner("indices").facts, **found.inner("functions").facts}
    numbers = ", ".join(f"{name} = {_number(value)}" for name, value in list(given.items())[:8])
    key = "expected_value" if "expected_value" in found else "expected"
    wanted = f", and {found.text(key)} on the other side" if key in found else ""
    place = found.facts.get("position")
    where = f" in entry {', '.join(map(str, place))}" if isinstance(place, list | tuple) and place else ""
    return f"For {numbers} this is {found.text('seen')}{wanted}{where}." if numbers else ""


def _number(value: object) -> str:
    return one_line(written(value), 120)
