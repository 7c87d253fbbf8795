"""The words of written mathematics: which commands mean the same, which mean nothing, which are names or functions."""

from __future__ import annotations

from typing import Final


def words(text: str) -> frozenset[str]:
    """A set written as a row of words."""
    return frozenset(text.split())


GREEK: Final = words(
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell varepsilon vartheta varphi varrho varsigma hbar imath "
    "jmath"
)
"""Commands that are names; the name is the bare word."""

SAME_NAME: Final = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "imath": "i", "jmath": "j"}

_SYNONYMS: Final = {
    r"\frac": "dfrac tfrac cfrac",
    r"\neq": "ne",
    r"\leq": "le leqslant",
    r"\geq": "ge geqslant",
    r"\nabla": "bigtriangledown triangledown",
    r"\dots": "ldots cdots hdots dotsc dotsb dotsm dotsi",
    r"\ddots": "iddots adots",
    r"\top": "intercal",
    r"\hat": "widehat",
    r"\tilde": "widetilde",
    r"\bar": "overline",
    r"\mathbb": "mathds mathbbm mathbbmss",
    r"\vec": "overrightarrow boldsymbol bm pmb mathcal mathscr mathfrak mathnormal underline mathrm mathsf mathtt mathit",
    r"\{": "lbrace",
    r"\}": "rbrace",
    r"\|": "Vert lVert rVert",
    r"\implies": "Rightarrow Longrightarrow iff Leftrightarrow Longleftrightarrow therefore because",
    r"\approx": "simeq cong sim",
    r"\gets": "leftarrow longleftarrow",
    r"\wedge": "land",
    r"\vee": "lor",
    r"\circ": "bullet",
    r"\boxed": "fbox cancel bcancel",
    r"\equiv": "triangleq coloneqq coloneq doteq",
}
SYNONYMS: Final = {f"\\{other}": main for main, others in _SYNONYMS.items() for other in others.split()}
"""Commands replaced by the one the parser knows. Typefaces and arrows over a letter are all read as ``\\vec``: transparent."""

AS_SYMBOL: Final = {
    r"\lbrack": "[",
    r"\rbrack": "]",
    r"\llbracket": "[",
    r"\rrbracket": "]",
    r"\lparen": "(",
    r"\rparen": ")",
    r"\vert": "|",
    r"\lvert": "|",
    r"\rvert": "|",
    r"\mid": "|",
    r"\lt": "<",
    r"\gt": ">",
    r"\ast": "*",
    r"\colon": ":",
    r"\prime": "'",
    r"\_": "_",
    r"\&": "&",
    r"\cr": r"\\",
    r"\newline": r"\\",
    r"\tabularnewline": r"\\",
}

IGNORED: Final = frozenset(
    "\\" + word
    for word in words(
        "displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits nonumber notag rm bf it cal sf tt mathop mathrel "
        "mathbin mathord mathopen mathclose mathpunct mathinner big Big bigg Bigg bigl bigr bigm Bigl Bigr Bigm biggl biggr "
        "biggm Biggl Biggr Biggm middle allowbreak nobreak centering noindent small large Large normalsize footnotesize "
        "ensuremath smash strut mathstrut hfill hline protect relax null bgroup egroup break newpage par "
        "qty square blacksquare Box qed qedhere qedsymbol"
    )
)
"""Commands without meaning; what follows them is read as if they were not there."""

THIN: Final = frozenset({"\\,", "\\!", "\\>", "\\/", "\\thinspace", "\\negthinspace", "\\medspace", "\\thickspace", "\\-"})
"""Spaces that never separate anything."""

GAPS: Final = frozenset({"\\ ", "\\;", "\\:", "~", "\\enspace", "\\enskip", "\\space", "\\\n", "\\\t"})
"""Spaces that separate the elements of a bracketed list."""

WIDE: Final = frozenset({"\\quad", "\\qquad", "\\hspace", "\\hskip", "\\hphantom", "\\phantom"})
"""Spaces that also separate statements and labels."""

SKIPPED_WITH_ARGUMENT: Final = frozenset({"\\vspace", "\\vphantom", "\\label", "\\color", "\\style"})
"""Commands dropped together with one argument (for ``\\textcolor`` the colour; its text stays)."""

TEXT: Final = frozenset(
    "\\" + word
    for word in words(
        "text textrm textbf textit textsf texttt textnormal textup textsc mbox hbox intertext shortintertext emph "
        "mathrm operatorname operatorname* mathsf mathtt mathit rm mathop mathbf"
    )
)
"""Commands whose braces hold a word or prose, taken as one token."""

MATH_FONTS: Final = words("\\mathrm \\operatorname \\operatorname* \\mathsf \\mathtt \\mathit \\mathop \\mathbf")
"""Those of `TEXT` whose braces may also hold mathematics."""

ACCENTS: Final = {
    r"\hat": "hat",
    r"\bar": "bar",
    r"\tilde": "tilde",
    r"\check": "check",
    r"\breve": "breve",
    r"\acute": "acute",
    r"\grave": "grave",
    r"\dot": "dot",
    r"\ddot": "ddot",
    r"\mathring": "ring",
}
"""Accents that make another name; the suffix of its canonical form."""

FACES: Final = frozenset({r"\vec", r"\mathbf", r"\mathbb"})
"""Typefaces that leave a name what it is, but make 0, 1 and I arrays."""

FUNCTIONS: Final = words(
    "exp log ln log2 log10 lg max min argmax argmin tr trace Tr diag vec softmax Softmax logsoftmax LogSoftmax sigmoid "
    "Sigmoid tanh cosh sinh sech sin cos tan cot sec csc arctan arcsin arccos relu "
    "ReLU Relu RELU LeakyReLU leakyrelu ELU GELU gelu SiLU silu "
    "softplus Softplus sqrt sign sgn Sign det rank mean sum var Var std abs norm erf floor ceil outer prod logsumexp LSE onehot "
    "step heaviside"
)
"""Functions known without being declared; whether they can be evaluated is not asked here."""

UNBRACKETED: Final = words("log exp ln tanh sin cos max min softmax sigmoid relu ReLU")
"""Those that are read as functions also without brackets, when they are typed letter by letter (``log p``)."""

COMMAND_FUNCTIONS: Final = frozenset(
    {"exp", "log", "ln", "lg", "max", "min", "det", "sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh"}
    | {"arctan", "arcsin", "arccos", "tr", "Tr", "diag", "vec"}
)
"""Functions that are LaTeX commands; ``\\vec`` is not among them where it is an accent."""

LOOSE: Final = frozenset({"f", "g", "F", "G", "sigma", "phi", "psi", "varphi", "rho"})
"""Letters read as functions when an argument in round brackets follows and nothing else is declared."""

REDUCERS: Final = frozenset({"sum", "mean", "max", "prod"})
"""Functions of an array that take ``axis`` and ``keepdims``."""

ALIGNED: Final = words(
    "align align* aligned alignat alignat* alignedat gather gather* gathered split eqnarray eqnarray* multline multline* flalign "
    "flalign* equation equation* displaymath math dmath dmath* subequations"
)
"""Environments that only lay out statements."""

MATRICES: Final = words("matrix bmatrix pmatrix vmatrix Vmatrix Bmatrix smallmatrix array")
CASES: Final = frozenset({"cases", "dcases", "rcases", "cases*", "dcases*"})

SEPARATING: Final = words(
    "where and with similarly given so since because thus hence then but or let also therefore using by as which is note "
    "recall here again finally now we that implies to get i.e. e.g. likewise meaning namely respectively while set assume "
    "denote define subject s.t. st. such"
)
"""First words of prose that ends one statement and may begin another."""

CONDITIONAL: Final = words("if for when whenever forall unless only iff all each every any")
"""First words of prose after which a condition stands."""

OTHERWISE: Final = words("otherwise else elsewhere other others o.w.") | {"if otherwise", "if else", "in other cases"}
