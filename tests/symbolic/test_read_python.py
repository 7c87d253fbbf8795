"""NumPy, torch and sympy spellings give the same trees as LaTeX, by a white list; nothing is run."""

from __future__ import annotations

import pytest

from grader.symbolic.read import read_formula, read_numpy, read_sympy
from grader.symbolic.tree import Node
from tests.symbolic.readings import NAMES, latex, numpy, sides, sympy, tree

NUMPY = [
    ("X.T @ dY", "Xᵀ @ ∇Y"),
    ("np.kron(x_1.T, np.eye(m))", "x_1ᵀ ⊗ 𝐈_{m×m}"),
    ("(Y / z) - ((Y * x) / (z * z)).sum(axis=1, keepdims=True)", "Y ⊘ z - sum((Y ⊙ X) ⊘ (z ⊙ z), axis=1, keepdims)"),
    ("np.where(z > 0, z, 0)", "{z if z > 0; 0 if otherwise}"),
    ("np.maximum(0, z)", "max(0, z)"),
    ("torch.matmul(X, W) + b", "X @ W + b"),
    ("X.mm(W).t()", "(X @ W)ᵀ"),
    ("np.exp(z) / np.exp(z).sum()", "exp(z) ⊘ sum(exp(z))"),
    ("torch.softmax(z, dim=-1)", "softmax(z)"),
    ("np.outer(y, z)", "y @ zᵀ"),
    ("np.linalg.inv(X.T @ X) @ X.T @ y", "(Xᵀ @ X)⁻¹ @ Xᵀ @ y"),
    ("y * (1 - y)", "y ⊙ (1 - y)"),
    ("-(y * np.log(p)).mean()", "-mean(y ⊙ log(yhat))"),
    ("z ** 2 + 0.5e-3", "z^∘2 + 0.0005"),
    ("Y * (z > 0)", "Y ⊙ 𝟙[z > 0]"),
    ("Y * (z > 0).astype(float)", "Y ⊙ 𝟙[z > 0]"),
    ("Y.sum(axis=1)[:, None]", "sum(Y, axis=1, keepdims)"),
    ("X[0, 2] + X[:, 1].sum()", "X[1, 3] + sum(X[:, 2])"),
    ("1 / X.shape[0] * z", "(1 ⊘ n) ⊙ z"),
    ("z.reshape(m, n)", "z.reshape(m, n)"),
    ("np.reshape(z, (m, n), order='F')", "z.reshape(m, n, order=F)"),
    ("W1 @ x_1 + b1", "W_1 @ x_1 + b_1"),
    ("y_hat - y", "yhat - y"),
    ("z if z > 0 else 0", "{z if z > 0; 0 if otherwise}"),
    ("a - (b - c) + d", "a - (b - c) + d"),
    ("(a - b) - c", "(a - b) - c"),
    ("np.array([[1, 2], [3, -4]])", "[1, 2; 3, -4]"),
    ("np.sum(z, 0)", "sum(z, axis=0)"),
    ("np.ones((n, 1)) @ np.zeros(m)", "𝟏_{n×1} @ 𝟎_{m}"),
]


@pytest.mark.parametrize(("source", "read"), NUMPY)
def test_numpy_style_is_read(source: str, read: str) -> None:
    assert numpy(source) == read


SYMPY = [
    ("diff(f(t), t)", "∂f(t)/∂t"),
    ("L.diff(W)", "∂L/∂W"),
    ("Sum(X[i, r]*W[r, j], (r, 1, n))", "Σ{r = 1..n} (X[i, r] · W[r, j])"),
    ("Sum(x[i, j], (j, 1, i), (i, 1, n))", "Σ{i = 1..n, j = 1..i} (X[i, j])"),
    ("Matrix([[1, 2], [3, 4]])", "[1, 2; 3, 4]"),
    ("exp(-t)/Rational(1, 2)", "exp(-t) / (1 / 2)"),
    ("Transpose(X)*HadamardProduct(Y, Z)", "Xᵀ · (Y ⊙ Z)"),
    ("KroneckerProduct(x_1.T, Identity(m))", "x_1ᵀ ⊗ 𝐈_{m×m}"),
    ("(X.T*X)**-1*X.T", "(Xᵀ · X)⁻¹ · Xᵀ"),
    ("Piecewise((z, z > 0), (0, True))", "{z if z > 0; 0 if otherwise}"),
    ("yhat[i]*(KroneckerDelta(i, j) - yhat[j])", "yhat[i] · (𝟙[i = j] - yhat[j])"),
    ("Max(0, z) + Abs(t)", "max(0, z) + |t|"),
    ("sympy.Trace(X)", "tr(X)"),
]


@pytest.mark.parametrize(("source", "read"), SYMPY)
def test_sympy_source_is_read(source: str, read: str) -> None:
    assert sympy(source) == read


def test_assignments_and_equations_are_chains() -> None:
    assert sides(read_numpy("dW = X.T @ dY\ndX = a = Y\nreturn z", NAMES)) == ["dW", "Xᵀ @ ∇Y", "dX", "a", "Y", "z"]
    assert sides(read_sympy("Eq(L, t**2)", NAMES)) == ["L", "t^2"]


def only(text: str) -> Node | None:
    ((side,),) = (chain.sides for chain in read_formula(text, NAMES).chains)
    return side.tree


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("X.T @ dY", r"X^T @ \nabla Y"),
        ("Transpose(X)*W", "X^T W"),
        (r"X^T W", "X^T W"),
        ("$X^T W$", "X^T W"),
        ("X W + b", "XW + b"),
    ],
)
def test_the_style_of_one_formula_is_recognised(text: str, same: str) -> None:
    assert only(text) == tree(same)


def test_one_formula_is_one_expression() -> None:
    assert [problem.code for problem in read_formula("a = b", NAMES).problems] == ["unexpected"]


def test_nothing_is_no_formula() -> None:
    assert [problem.code for problem in read_formula("   ", NAMES).problems] == ["incomplete"]


REFUSED = [
    "__import__('os').system('ls')",
    "().__class__.__bases__[0].__subclasses__()",
    "open('f', 'w')",
    "eval('1')",
    "lambda: 0",
    "[x for x in y]",
    "X.__class__",
    "np.load('f')",
    "exec('x')",
    "(yield)",
    "x.sum(axis=5)",
    "X[1:2]",
    "np.einsum('ij,jk->ik', X, W)",
    "torch.softmax(z, dim=0)",
    "x // 2",
    "True",
    "1j",
    "z[-1]",
    "9**9**9",
    "'text'",
]


@pytest.mark.parametrize("source", REFUSED)
def test_what_is_not_on_the_white_list_is_refused(source: str) -> None:
    reading = read_numpy(source, NAMES)
    assert reading.problems
    assert [side.tree for chain in reading.chains for side in chain.sides] in ([], [None])


def test_spans_count_characters_also_behind_greek_letters() -> None:
    source = "λ * σ(z) + bad(z)"
    (only,) = read_numpy(source, NAMES).problems
    assert source[slice(*only.span)] == "bad(z)"


def test_a_wrong_line_is_located() -> None:
    source = "a = b\nc = sorted(z)"
    (only,) = read_numpy(source, NAMES).problems
    assert source[slice(*only.span)] == "sorted(z)"


def test_python_and_latex_agree_on_a_formula() -> None:
    assert numpy("X.T @ Y") == latex("X^T @ Y")
