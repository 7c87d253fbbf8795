"""Words for properties that must hold whatever the answer is, for sealed answers, and for what is judged after handing in."""

from __future__ import annotations

from grader.reports.phrases import Facts
from grader.reports.words import Words
from grader.reports.words_common import at_index
from grader.reports.words_values import inputs


def in_case(facts: Facts, sentence: str) -> str:
    """The sentence, with the case before it where it is about one of a function's results."""
    case, of = facts.count("case"), facts.count("cases")
    return f"In case {case}{f' of {of}' if of else ''}{inputs(facts)}: {sentence}" if case else sentence


def outside(facts: Facts) -> str:
    between = f"entries lie between {facts.code('low', 'a lower')} and {facts.code('high', 'an upper bound')}"
    return in_case(facts, f"{facts.Subject} holds {facts.code('seen', 'an entry')}{at_index(facts)}; {between}.")


def sums(facts: Facts) -> str:
    axis = facts.count("axis")
    which = "of all entries" if axis is None else f"along axis {axis}{at_index(facts)}"
    return in_case(facts, f"The sum {which} is {facts.code('seen', 'another')}, where it must be {facts.code('to', 'as told')}.")


def no_axis(facts: Facts) -> str:
    axis = facts.text("axis", "like this")
    return in_case(facts, f"{facts.Subject} has {facts.shape('seen')}: there is no axis {axis} to add along.")


def not_square(facts: Facts) -> str:
    return in_case(facts, f"{facts.Subject} has {facts.shape('seen')}; only a square matrix can be symmetric.")


def not_symmetric(facts: Facts) -> str:
    pair = f"{facts.code('seen', 'an entry')}{at_index(facts)}, and {facts.code('other', 'another')} across the diagonal"
    return in_case(facts, f"{facts.Subject} is not symmetric: {pair}.")


def gradient_differs(facts: Facts) -> str:
    case = facts.count("case")
    where = f" in case {case}" if case else ""
    seen, difference = facts.code("seen", "something"), facts.code("difference", "something else")
    return (
        f"The gradient does not fit your own function{where}{inputs(facts)}: along a random direction it says {seen}, "
        f"finite differences of your function say {difference}."
    )


def not_smooth(facts: Facts) -> str:
    return "Your function has a kink or a jump at every point tried, so finite differences prove nothing."


def at_hand_in(facts: Facts) -> str:
    chosen = f": you chose {facts.codes('seen')}" if "seen" in facts else ""
    seen = f": {facts.code('seen_type')}" if "seen_type" in facts else chosen
    return f"{facts.Subject} is there{seen}. Whether it is right will be judged when you hand in."


def not_live(facts: Facts) -> str:
    return "What cells printed cannot be seen from here."


def own_network_fits(facts: Facts) -> str:
    return "The table fits your own network."


def own_network_differs(facts: Facts) -> str:
    return "The table was compared with your own network."


def sealed_differs(facts: Facts) -> str:
    return f"{facts.Subject} differs from the sealed answer."


def sealed_follows(facts: Facts) -> str:
    first = (
        f"it rests on {facts.codes('checks')}, not known to be right" if "checks" in facts else "it rests on an earlier answer"
    )
    return f"{facts.Subject} differs from the sealed answer, but {first}. What follows rightly from that counts when you hand in."


PROPERTIES = {
    "outside": Words("outside the range", outside, "Look at the last step that makes these entries."),
    "sums": Words("a wrong sum", sums, "Check what you divide by, and along which axis."),
    "no_axis": Words("too few axes", no_axis, "Check the shape."),
    "not_square": Words("not a square matrix", not_square, "Check the shape."),
    "not_symmetric": Words("not symmetric", not_symmetric, "Check the order of the products and transposes."),
    "gradient_differs": Words(
        "not the gradient", gradient_differs, "Check signs, factors, transposes, and the derivative of each layer."
    ),
    "not_smooth": Words("no smooth point", not_smooth, "A person decides."),
    "at_hand_in": Words("judged when you hand in", at_hand_in),
    "not_live": Words("not seen in a live session", not_live, "Run `grader check` in a terminal to have it looked at."),
    "own_network_fits": Words("fits your own network", own_network_fits),
    "own_network_differs": Words("differs from your own network", own_network_differs, "Mend the one that is wrong."),
    "sealed_follows": Words("rests on an earlier answer", sealed_follows, "Mend the earlier one first."),
    "sealed_differs": Words("not the sealed answer", sealed_differs, "Go through the steps that lead to it."),
}
