"""Formulas of the matrix calculus of deep learning are read as a person reads them."""

from __future__ import annotations

import pytest

from grader.symbolic.reading import Symbols
from grader.symbolic.tree import Derivative, Entry, Fold, Gradient, Name, Product, Transpose
from tests.symbolic.readings import NAMES, latex, tree

SPELLINGS = [
    # products keep their order and transposes
    (r"W_2 \vec{x}_2 + \vec{b}_2", "W_2 · x_2 + b_2"),
    (r"\nabla Y W^T", "∇Y · Wᵀ"),
    (r"X^\top \nabla Y", "Xᵀ · ∇Y"),
    (r"0.5(\vec t - \vec{x}_3)^T(\vec t - x_3)", "0.5 · (t - x_3)ᵀ · (t - x_3)"),
    (r"(X^T X)^{-1} X^{T} y", "(Xᵀ · X)⁻¹ · Xᵀ · y"),
    (r"-\nabla Z \odot \frac{X}{Y^2}", "-∇Z ⊙ (X / Y^2)"),
    (r"A B \odot C D", "A · B ⊙ C · D"),
    (r"\vec{x}^T \otimes \mathbf{I}_{m \times m}", "xᵀ ⊗ 𝐈_{m×m}"),
    # derivatives
    (r"\frac{\partial L}{\partial \vec{x}_3} \frac{\partial \vec{x}_3}{\partial W_2}", "(∂L/∂x_3) · (∂x_3/∂W_2)"),
    (r"\frac{\partial [\sigma(W_1 x_1)]}{\partial (W_1 x_1)}", "∂sigma(W_1 · x_1)/∂(W_1 · x_1)"),
    (r"\frac{dz_1}{dy_2}", "d(z[1])/d(y[2])"),
    (r"\frac{\partial}{\partial x_{ij}} \frac{x_{kl}}{\sum_l x_{kl}}", "∂(X[k, l] / (Σ{l} (X[k, l])))/∂(X[i, j])"),
    (r"a \frac{x_{kl}}{y_k} \frac{\partial}{\partial x_{ij}}", "a · (∂(X[k, l] / y[k])/∂(X[i, j]) [operator after its operand])"),
    (r"\frac{\partial L}{\partial [\text{vec}(W_1)]} \cdot \text{reshape}(n, m)", "(∂L/∂vec(W_1)).reshape(n, m)"),
    (r"\frac{\partial^2 L}{\partial w^2}", "∂²L/∂w²"),
    # sums, cases, lists
    (r"\sum_{kl} \nabla z_{kl} \frac{\partial z_{kl}}{\partial x_{ij}}", "Σ{k, l} (∇z[k, l] · (∂(z[k, l])/∂(X[i, j])))"),
    (r"\sum_{r=1}^{n} x_{ir} w_r + b", "Σ{r = 1..n} (X[i, r] · w[r]) + b"),
    (r"-\sum_{j \neq l} \nabla Y_{il} + c", "-Σ{j, j ≠ l} (∇Y[i, l]) + c"),
    (r"\sum_j \nabla Y \odot \frac{X}{(\sum_j X)^2}", "Σ{j} (∇Y ⊙ (X / (Σ{j} (X))^2))"),
    (r"x_{i1} w_1 + \cdots + x_{in} w_n", "X[i, 1] · w[1] + … + X[i, n] · w[n]"),
    (r"\begin{cases} \frac{1}{y_k} & \text{if } i = k, j = l, \\ 0 & \text{if otherwise.} \end{cases}",
     "{1 / y[k] if i = k, j = l; 0 if otherwise}"),
    (r"[z_1, \dots, z_m]^T", "[z[1], …, z[m]]ᵀ"),
    (r"[13 \quad -1]", "[13, -1]"),
    (r"[1 2 -3]", "[1, 2, -3]"),
    (r"[a - b]", "a - b"),
    (r"[1, 2; 3, 4]", "[1, 2; 3, 4]"),
    (r"X^{-T}", "(X⁻¹)ᵀ"),
    (r"\log_2 y + \log_{10} y", "log2(y) + log10(y)"),
    (r"[0 \ 0 \ 0]^T", "[0, 0, 0]ᵀ"),
    (r"[\vec{a}_1 \dots \vec{a}_n]", "[a[1], …, a[n]]"),
    (r"\begin{bmatrix} z_1(1 - z_1) & \dots & 0 \\ \vdots & \ddots & \vdots \end{bmatrix}", "[z[1] · (1 - z[1]), …, 0; ⋮, ⋱, ⋮]"),
    # functions
    (r"\text{diag}(\vec{z}) \text{diag}(\vec{1} - \vec{z})", "diag(z) · diag(𝟏 - z)"),
    (r"\nabla Y \odot F'(X)", "∇Y ⊙ F'(X)"),
    (r"W_2 \text{ReLU}(W_1 x_1 + b_1)", "W_2 · ReLU(W_1 · x_1 + b_1)"),
    (r"\lfloor \frac{n + 2P}{S} \rfloor + 1", "floor((n + 2 · P) / S) + 1"),
    (r"-\sum_i y_i \log \hat y_i", "-Σ{i} (y[i] · log(yhat[i]))"),
    (r"\max(0, z)", "max(0, z)"),
    (r"1 - \tanh^2(z)", "1 - tanh(z)^2"),
    (r"\frac{1}{1+e^{-z}}", "1 / (1 + exp(-z))"),
    (r"\operatorname{tr}(A^T X)", "tr(Aᵀ · X)"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "read"), SPELLINGS)
def test_a_formula_is_read_as_printed(source: str, read: str) -> None:
    assert latex(source) == read


def test_a_dependence_list_says_nothing_about_the_value() -> None:
    assert tree(r"\vec t - \vec{x}_3 (W_2, \vec{x}_2(\sigma(W_1, b_1)), b_2)") == tree("t - x_3")


def test_a_declared_variable_before_a_sum_in_brackets_is_a_factor() -> None:
    assert latex("z_1(1 - z_1)") == "z[1] · (1 - z[1])"


def test_the_loss_before_its_parameters_is_not_a_product() -> None:
    assert tree(r"L(\theta)") == Name("L")


def test_an_entry_letter_stands_for_its_array() -> None:
    assert tree("x_{ij}") == Entry(Name("X"), (Name("i"), Name("j")))


def test_a_declared_index_belongs_to_the_name() -> None:
    assert tree("W_1") == Name("W_1")


def test_indices_after_a_numbered_name_are_an_entry_of_it() -> None:
    assert tree("W_{1,ij}") != tree("W_1")
    assert latex("{W_1}_{ij}") == "W_1[i, j]"


def test_two_digits_are_two_indices_of_a_matrix_and_one_of_a_vector() -> None:
    assert (latex("Y_{12}"), latex("z_{12}")) == ("Y[1, 2]", "z[12]")


def test_transposing_before_the_indices_swaps_them() -> None:
    assert (latex("A^T_{ij}"), latex("A_{ij}^T")) == ("(Aᵀ)[i, j]", "(A[i, j])ᵀ")


def test_the_gradient_sign_binds_its_name_only() -> None:
    assert tree("X^T \\nabla Y") == Product(Transpose(Name("X")), Gradient(Name("Y")))


def test_a_gradient_names_its_variable_below() -> None:
    assert tree(r"\nabla_{W} L") == Gradient(Name("W"), Name("L"))


def test_a_mixed_second_derivative_nests() -> None:
    inner = Derivative(Name("L"), Name("b"))
    assert tree(r"\frac{\partial^2 L}{\partial a \partial b}") == Derivative(inner, Name("a"))


def test_a_sum_reaches_to_the_next_plus_and_no_further() -> None:
    found = tree(r"\sum_i a_i b_i + c")
    assert isinstance(found.children().__next__(), Fold)


def test_spans_point_into_the_source() -> None:
    source = r"  W_1 \vec{x}_1"
    found = tree(source)
    assert isinstance(found, Product)
    assert source[slice(*found.right.span)] == r"\vec{x}_1"


def test_an_index_letter_is_not_replaced_by_an_alias() -> None:
    assert NAMES.aliases["p"] == "yhat"
    assert latex("z_{p} p") == "z[p] · yhat"


def test_a_name_that_is_a_vector_and_an_entry_letter_goes_by_its_indices() -> None:
    symbols = Symbols(shapes={"x": ("n",), "X": ("n", "m")}, entries={"x": "X"})
    assert (latex("x_i", symbols), latex("x_{ij}", symbols)) == ("x[i]", "X[i, j]")
