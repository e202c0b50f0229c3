"""Whatever is typed: an answer or one error line, and never a traceback."""

import contextlib
import io

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradviz import cli

PIECES = st.sampled_from(
    [
        *"xyWb0123456789()[]{}^*/+-=,;.·²√θσ|'\"\\<> \n",
        "sin",
        "softmax",
        "sum",
        "\\frac",
        "**",
        "1e400",
        "where",
        "[1,2]",
    ]
)
FORMULAS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join))
VALUES = st.one_of(st.text(max_size=12), st.sampled_from(["2", "-1e308", "[1,2]", "[[1,2],[3,4]]", "[]", "[[]]", "0"]))


def outcome(*arguments: str) -> tuple[int, str]:
    """Exit code and standard error of a command."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = cli.main(arguments)
    return code, err.getvalue()


@given(formula=FORMULAS, value=VALUES)
@example(formula="9^9^9^9", value="2")
@example(formula="x" * 9_000, value="2")
@example(formula="-" * 9_000 + "1", value="2")
@example(formula="x^" * 900 + "x", value="2")
@example(formula="\udcff", value="\udcff")
@example(formula="x\u202ey\x00", value="1")
@settings(max_examples=300)
def test_any_formula_and_any_value_end_well(formula: str, value: str) -> None:
    code, err = outcome("eval", "--json", "--", formula, f"x={value}")
    assert code in (0, 2)
    assert code == 0 or err.startswith("gradviz: error: ")
    assert len(err.splitlines()) <= 3


@given(text=FORMULAS)
@settings(max_examples=150)
def test_any_condition_ends_well(text: str) -> None:
    code, err = outcome("debug", "(x^2)^2", "x=2", f"--break={text}")
    assert code in (0, 1, 2)
    assert "Traceback" not in err
