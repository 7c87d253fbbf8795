"""Spellings from lecture notes and notebooks that nobody had in mind: labels, short forms, Unicode, macros, scanning noise."""

from __future__ import annotations

import pytest

from grader.symbolic.read import read_latex
from grader.symbolic.reading import Symbols
from grader.symbolic.tree import Gradient, Name, Transpose
from tests.symbolic.readings import latex, sides, tree

SPELLINGS = [
    (r"Z^{[l]}", "Z^[l]"),
    (r"A^{[1]T}", "A^[1]ᵀ"),
    (r"h^{(t),T}", "h^[t]ᵀ"),
    (r"W^{(2)\top} h", "W^[2]ᵀ · h"),
    (r"(W^{l+1})^T \delta^{l+1} \odot \sigma'(z^l)", "W^[l+1]ᵀ · delta^[l+1] ⊙ sigma'(z^[l])"),
    (r"g^{[1]'}(Z^{[1]})", "g^1'(Z^[1])"),
    (r"\tanh(W_{hh} h^{(t-1)} + b)", "tanh(W_hh · h^[t-1] + b)"),
    (r"dZ2 A^{[1]T}", "∇Z_2 · A^[1]ᵀ"),
    (r"dZ^{[l]}", "∇Z^[l]"),
    (r"X ^ { T } d Y", "Xᵀ · ∇Y"),
    (r"\widehat{y}_i", "yhat[i]"),
    (r"\mathbf{\hat{y}} - \boldsymbol{y}", "yhat - y"),
    (r"\bar{X}^T", "Xbarᵀ"),
    (r"\bigtriangledown_{W} L", "∇_{W} L"),
    (r"\partial/\partial t [t + 1] \cdot y", "(∂(t + 1)/∂t) · y"),
    (r"\partial L/\partial W_1", "∂L/∂W_1"),
    (r"dL/dW", "dL/dW"),
    (r"\frac{d}{dz} z^2", "d(z^2)/dz"),
    (r"\dv{L}{z}", "dL/dz"),
    (r"\dv{z} z^2", "d(z^2)/dz"),
    (r"\pdv{L}{W_1}", "∂L/∂W_1"),
    (r"\pdv[2]{f(z)}{z}", "∂²f(z)/∂z²"),
    (r"\pdv{L}{z}{t}", "∂(∂L/∂t)/∂z"),
    (r"\pdv{\pdv{L}{z}}{t}", "∂(∂L/∂z)/∂t"),
    (r"\partial_{W} L", "∂L/∂W"),
    (r"\partial_z \sigma(z)", "∂sigma(z)/∂z"),
    (r"\frac{\mathrm{d}\sigma}{\mathrm{d}z}(z)", "sigma'(z)"),
    (r"\grad_{W} L", "∇_{W} L"),
    (r"\norm{w}_2^2 + \abs{a}", "‖w‖_2^2 + |a|"),
    (r"\left\langle w, y \right\rangle", "inner(w, y)"),
    (r"\inner{w}{y}", "inner(w, y)"),
    (r"\hat y_i ([i = j] - \hat y_j)", "yhat[i] · (𝟙[i = j] - yhat[j])"),
    (r"y \odot [\![z > 0]\!]", "y ⊙ 𝟙[z > 0]"),
    (r"y \odot \llbracket z > 0 \rrbracket", "y ⊙ 𝟙[z > 0]"),
    (r"\mathds{1}_{z > 0}", "𝟙[z > 0]"),
    (r"||w||^2 + \|w\|_F + \lVert w \rVert_1", "‖w‖_2^2 + ‖w‖_F + ‖w‖_1"),
    (r"|a||b|", "|a| · |b|"),
    (r"\hat y_i (\mathbb{1}[i=j] - \hat y_j)", "yhat[i] · (𝟙[i = j] - yhat[j])"),
    (r"\hat y_i (1\{i=j\} - \hat y_j)", "yhat[i] · (𝟙[i = j] - yhat[j])"),
    (r"\hat y_i (\delta_{ij} - \hat y_j)", "yhat[i] · (𝟙[i = j] - yhat[j])"),
    (r"\mathbb{1}_{z > 0} \odot I(z > 0)", "𝟙[z > 0] ⊙ 𝟙[z > 0]"),
    (r"y \odot (z > 0)", "y ⊙ 𝟙[z > 0]"),
    (r"W^T dZ \circ \sigma'(Z)", "Wᵀ · ∇Z ∘ sigma'(Z)"),
    (r"\mathrm{softmax}\left(\frac{QK^T}{\sqrt{d_k}}\right)V", "softmax(Q · Kᵀ / sqrt(d_k)) · V"),
    (r"\prod_{i=1}^N p_i^{y_i}", "Π{i = 1..N} ((yhat[i])^(y[i]))"),
    (r"\log \sum_j e^{z_j - \max_k z_k}", "log(Σ{j} (exp(z[j] - max{k} (z[k]))))"),
    (r"\frac{y - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}}", "(y - mu_B) / sqrt(sigma_B^2 + epsilon)"),
    (r"\frac12 w^Tw", "(1 / 2) · wᵀ · w"),
    (r"x_{i+u, j+v}", "X[i + u, j + v]"),
    (r"z_{y_i}", "z[y[i]]"),
    (r"A_{:,j} + X_{i,:}", "A[:, j] + X[i, :]"),
    (r"X.T \cdot A", "Xᵀ · A"),
    (r"f(z) + \left\{ \begin{array}{ll} z, & z > 0 \\ 0, & \text{otherwise} \end{array} \right.",
     "f(z) + {z if z > 0; 0 if otherwise}"),
    (r"\left. z + y \right|", "z + y"),
    (r"A^{\circ 2}", "A^∘2"),
    (r"W^*", "W*"),
    (r"\underbrace{X W}_{\text{scores}} + \textcolor{red}{b}", "X · W + b"),
    (r"\frac{\partial  L }{\partial   W }", "∂L/∂W"),
    (r"softmax(z)_i", "softmax(z)[i]"),
    ("∂L/∂W = Xᵀ(Ŷ − Y)", None),
    ("∇Y ⊙ f′(X)", "∇Y ⊙ f'(X)"),
    ("σ(z)² + λ‖w‖²", "sigma(z)^2 + lambda · ‖w‖_2^2"),
    ("W₁x₁ + b₁", "W_1 · x_1 + b_1"),
    ("exp(z_i) / Σⱼ exp(z_j)", "exp(z[i]) / (Σ{j} (exp(z[j])))"),
    (r"\Sigma_{i=1}^n w_i", "Σ{i = 1..n} (w[i])"),
    ("y × 𝟙{z > 0}", "y × 𝟙[z > 0]"),
    ("1 - tanh²(z)", "1 - tanh(z)^2"),
    ("-y log p", "-y · log(yhat)"),
    (r"\frac{1}{m} np.sum(dZ, axis = 1, keepdims = True)", "(1 / m) · sum(∇Z, axis=1, keepdims)"),
    ("y\u0302 − y", "yhat - y"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "read"), [pair for pair in SPELLINGS if pair[1] is not None])
def test_a_spelling_is_understood(source: str, read: str) -> None:
    assert latex(source) == read


def test_unicode_reads_like_latex() -> None:
    plain = read_latex(r"\partial L / \partial W = X^T(\hat Y - Y)", Symbols())
    assert sides(read_latex("∂L/∂W = Xᵀ(Ŷ − Y)", Symbols())) == sides(plain)


@pytest.mark.parametrize(
    "text",
    [
        r"\newcommand{\g}{\nabla X} \g^T",
        r"\newcommand{\gr}[1]{\nabla #1} \gr{X}^T",
        r"\def\g#1{\nabla #1}\g X ^T",
        r"\newcommand{\T}{^\top} \nabla X\T",
        r"\newcommand{\gr}[1][X]{\nabla #1} \gr^T",
    ],
)
def test_macros_are_expanded(text: str) -> None:
    assert tree(text) == Transpose(Gradient(Name("X")))


def test_a_declared_operator_is_a_function() -> None:
    assert latex(r"\DeclareMathOperator{\soft}{softmax} \soft(z)") == "softmax(z)"


def test_a_macro_without_end_is_refused() -> None:
    (only,) = read_latex(r"\def\a{\a\a} \a", Symbols()).problems
    assert only.code == "too-long"


def test_what_a_macro_made_is_located_at_its_call() -> None:
    source = r"\newcommand{\bad}{\nosuch} x + \bad"
    (only,) = read_latex(source, Symbols()).problems
    assert source[slice(*only.span)] == r"\bad"


EXAMPLES = Symbols(
    shapes={"X": ("N", "d"), "y": ("N", 1), "p": ("N", 1), "W_1": ("d", "h")},
    entries={"x": "X"},
    aliases={"yhat": "p"},
    indices=frozenset({"i", "j"}),
)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"x_j^{(i)}", "X[i, j]"),
        (r"x^{(i)}_j", "X[i, j]"),
        (r"x^{(i)}", "X[i]"),
        (r"y^{(i)}", "y[i]"),
        (r"\hat{y}^{(i)}", "p[i]"),
        (r"y^{(q)}", "y^[q]"),
        (r"y_i^{(j)}", "y^[j][i]"),
        (r"W^{(1)} + W^{[2]}", "W_1 + W^[2]"),
    ],
)
def test_a_superscript_that_counts_is_an_index_and_one_that_numbers_a_layer_part_of_its_name(text: str, read: str) -> None:
    assert latex(text, EXAMPLES) == read


def test_what_a_text_defines_goes_before_the_commands_of_packages() -> None:
    assert tree(r"\newcommand{\grad}{X^T} \grad") == Transpose(Name("X"))


@pytest.mark.parametrize("text", [r"\langle w \rangle", r"\langle w \mid y \rangle", r"\langle a, b, c \rangle"])
def test_angle_brackets_that_are_no_inner_product_are_refused(text: str) -> None:
    (only,) = read_latex(text, Symbols()).problems
    assert only.code == "unsupported"
