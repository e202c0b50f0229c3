"""What is no formula: one line that says what, where and what would do."""

import pytest

from gradviz.errors import FormulaError, LimitError
from gradviz.lang.lower import read
from gradviz.lang.reading import caret


def error(text, declared=()):
    with pytest.raises(FormulaError) as caught:
        read(text, declared)
    return caught.value


@pytest.mark.parametrize(
    ("text", "what", "column"),
    [
        ("", "expected an expression", 1),
        ("   ", "expected an expression", 1),
        ("a +", "expected an expression", 3),
        ("__import__('os').system('x')", "`_` has no name before it", 1),
        ("x.__class__.__mro__", "unexpected character `.`", 2),
        ("lambda: 1", "lambda", 1),
        ("[i for i in x]", "for", 4),
        ("x if y else z", "if", 3),
        ("x＋y", "U+FF0B", 2),
        ("∂x", "U+2202", 1),
        ("x\u202ey", "U+202E", 2),
        ("x\u200by", "U+200B", 2),
        ("x\0", "U+0000", 2),
        ("\ud800", "U+D800", 1),
        ("sin", "sin` needs an operand", 1),
        ("sin(", "never closed", 4),
        ("sin()", "needs an operand", 4),
        ("sin(1,2)", "takes one operand, but 2 are given", 1),
        ("None = 3", "reserved", 1),
        ("sin = 3", "function", 1),
        ("(a + b", "never closed", 1),
        ("a + b)", "closes nothing", 6),
        ("(a]", "doesn't close", 3),
        ("2 3", "side by side", 3),
        ("a < b < c", "chained", 7),
        ("f(x, y)", "comma", 4),
        ("[[1, 2], [3]]", "different lengths", 1),
        ("x[1.5]", "whole number", 3),
        ("x_", "no subscript", 2),
        ("2 = x", "no single name", 1),
        ("x =", "nothing stands right", 3),
        ("sum(x, axes=0)", "no setting `axes`", 8),
        ("sum(x, axis=y)", "can't be read", 13),
    ],
)
def test_the_message_says_what_and_where(text, what, column):
    found = error(text)
    assert what in found.message
    assert f"column {column}" in found.message
    assert found.span is not None
    assert found.span.start == column - 1


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("sofmax(z)", "softmax"),
        ("x + tahn(y)", "tanh"),
        ("sum(x, axi=0)", "axis"),
        ("x＋y", "+"),
        ("\\thta", "\\theta"),
    ],
)
def test_the_name_that_was_meant_is_suggested(text, suggestion):
    found = error(text)
    assert found.suggestion == suggestion
    assert f"did you mean `{suggestion}`?" in found.message


def test_an_unknown_function_is_named_with_its_column():
    message = "unknown function `sofmax` at column 3, did you mean `softmax`?"
    assert error("2 sofmax(z)").message == message


def test_a_name_defined_by_itself_shows_the_circle():
    assert "x → x" in error("x = x + 1").message
    assert "a → b → c → a" in error("a = b + 1; b = c + 1; c = a").message


def test_a_name_used_before_its_line_is_an_error():
    assert "h is used before its line at column 5: move line 2 up" in error("k = h; h = x^2; k h").message
    assert "h is used before its line" in error("y + h; h = x^2").message


def test_the_line_is_named_when_there_are_several():
    assert "line 2, column 5" in error("a = 1\nx + )").message


def test_the_caret_stands_under_the_fault():
    found = error("a = 1\n2 sofmax(z)")
    assert caret("a = 1\n2 sofmax(z)", found.span) == "2 sofmax(z)\n  ^^^^^^"


def test_the_caret_of_a_long_line_shows_its_surroundings():
    text = "x + " * 200 + "sofmax(z)" + " + x" * 200
    line, marks = caret(text, error(text).span).split("\n")
    assert len(line) <= 100
    assert line[marks.index("^") :].startswith("sofmax")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000 + "1" + ")" * 5000,
        "(" * 101 + "x" + ")" * 101,
        "[" * 200,
        "{" * 200,
        "sin(" * 200,
        "-" * 50_000 + "1",
        "-" * 9_000 + "x",
        "+".join("x" * 50_000),
        "2^" * 4_999 + "2",
        "x" * 300_000,
        "x" * 10_000,
    ],
)
def test_what_is_too_long_too_deep_or_too_large_is_refused(text):
    assert isinstance(error(text), LimitError)


@pytest.mark.parametrize(
    "text",
    [
        "+".join("x" * 4_999),
        "^".join("x" * 4_999),
        "-" * 4_900 + "x",
        "√" * 4_900 + "x",
        " ".join("x" * 4_999),
        "x" + "²" * 9_000,
        "x_1" * 3_333,
        "log " * 2_400 + "x",
        "a = 1;" + "a = a + 1;" * 900 + "a",
        "(" * 100 + "x" + ")" * 100,
        "x=1;" * 2_400 + "x",
    ],
)
def test_long_chains_are_read(text):
    assert read(text).graph


def test_fraction_without_a_denominator_says_so() -> None:
    with pytest.raises(FormulaError, match=r"`\\frac` lacks its denominator at column 8: write \\frac\{…\}\{…\}"):
        read(r"\frac{1}")


def test_empty_numerator_is_told_with_the_bracket_that_was_typed() -> None:
    with pytest.raises(FormulaError, match="expected an expression before `}` at column 7"):
        read(r"\frac{}{2}")
