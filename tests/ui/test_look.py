"""Theme, fonts and typeset mathematics."""

from pathlib import Path

import pytest

pytest.importorskip("PySide6")

from PySide6.QtGui import QColor, QFont, QFontInfo, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from gradviz.export.theme import DARK, LIGHT, THEMES, Theme, Token
from gradviz.text.equation import Equation, Part, PartKind
from gradviz.ui.app import make_application
from gradviz.ui.mathline import math_line
from gradviz.ui.mathview import MathView, tamed, typeset
from gradviz.ui.panels.equation_lines import EquationLines, factors, joined, pieces
from gradviz.ui.stylesheet import stylesheet
from gradviz.ui.theme import MATH, MONO, TEXT, Choice, load_fonts, theme
from ui.windows import shown_window


@pytest.fixture
def light_again() -> object:
    make_application()
    yield
    theme().choose(Choice.LIGHT)
    theme().choose(Choice.SYSTEM)


def luminance(colour: str) -> float:
    parts = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
             for channel in (QColor(colour).redF(), QColor(colour).greenF(), QColor(colour).blueF())]  # fmt: skip
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("of", THEMES.values(), ids=list(THEMES))
@pytest.mark.parametrize("ink", [Token.TEXT, Token.MUTED, Token.VALUE, Token.DERIVATIVE, Token.PARAMETER, Token.ERROR])
def test_text_has_the_contrast_that_accessibility_asks_for(of: Theme, ink: Token) -> None:
    assert contrast(of[ink], of[Token.PANEL]) >= 4.5


def test_the_shipped_fonts_are_there(qtbot: QtBot) -> None:
    make_application()
    assert {TEXT, MATH, MONO} <= set(load_fonts())
    assert QFontInfo(QFont(TEXT)).family() == TEXT


def test_the_stylesheet_has_no_placeholder_left() -> None:
    for of in THEMES.values():
        assert "$" not in stylesheet(of)


def test_another_theme_is_on_at_once_everywhere(qtbot: QtBot, tmp_path: Path, light_again: None) -> None:
    with shown_window(qtbot, tmp_path, "x^2") as window:
        window.actions_by_key["theme_dark"].trigger()
        assert theme().current is DARK
        assert QApplication.palette().window().color() == QColor(DARK[Token.PANEL])
        assert window.preferences.theme == "dark"
        image = window.grab().toImage()
        assert image.pixelColor(window.width() // 2, 3) == QColor(DARK[Token.PANEL])
        window.actions_by_key["theme_light"].trigger()
        assert theme().current is LIGHT


def test_latex_is_typeset_and_what_cannot_be_read_is_plain_text(qtbot: QtBot) -> None:
    make_application()
    view = MathView()
    qtbot.addWidget(view)
    view.show_math(r"\frac{1}{2}", "1/2")
    assert view.setting() is not None
    view.show_math(r"\frac{", "half")
    assert view.setting() is None
    assert view.plain == "half"
    view.resize(80, 30)
    assert _ink(view.grab().toImage()) > 0


def test_deeply_nested_brackets_are_set_without_stretching() -> None:
    nested = "x"
    for _ in range(8):
        nested = rf"\tanh\left(w {nested} + b\right)"
    assert r"\left" not in (tamed(nested) or "")
    assert r"\left" in (tamed(r"\left(x + 1\right)^{2}") or "")
    assert tamed("x" * 2001) is None
    assert tamed(r"a \leftarrow b") == r"a \leftarrow b"


def test_a_leading_minus_stands_close_to_its_number(qtbot: QtBot) -> None:
    make_application()
    close, loose = typeset(r"=-4", 20.0, "#000000"), typeset(r"4-4", 20.0, "#000000")
    assert close is not None
    assert loose is not None
    assert close.width < loose.width + 10


def test_values_and_derivatives_have_their_colours(qtbot: QtBot) -> None:
    make_application()
    parts = (Part("∂L/∂x", "", PartKind.DERIVATIVE), Part(" = ", " = "), Part("4", "4", PartKind.VALUE))
    line = math_line(Equation(parts), 18.0, "light")
    assert [ink for _, ink in line.pieces] == [LIGHT[Token.DERIVATIVE], LIGHT[Token.TEXT], LIGHT[Token.VALUE]]
    assert line.width == pytest.approx(sum(piece.width for piece, _ in line.pieces))


def test_an_equation_breaks_before_its_second_equals_sign() -> None:
    parts = [Part(text, text) for text in ("a", " = ", "b", " · ", "c", " = ", "d")]
    cut = pieces(Equation(tuple(parts)))
    assert [piece.plain for piece in cut] == ["a = b · c", " = d"]
    assert [piece.plain for piece in factors(cut[0])] == ["a = b", " · c"]
    assert len(joined(cut, [50.0, 20.0], 100.0)) == 1
    assert len(joined(cut, [50.0, 20.0], 60.0)) == 2


def test_equations_are_as_tall_as_their_lines(qtbot: QtBot) -> None:
    make_application()
    lines = EquationLines()
    qtbot.addWidget(lines)
    lines.resize(400, 10)
    parts = tuple(Part(text, text) for text in ("x", " = ", "1", " = ", "1"))
    lines.show_equations([Equation(parts)])
    one = lines.height()
    lines.resize(30, one)
    assert lines.height() > one


def test_numbers_of_a_line_that_has_no_room_keep_their_colour(qtbot: QtBot) -> None:
    make_application()
    lines = EquationLines()
    qtbot.addWidget(lines)
    lines.resize(200, 10)
    many = ", ".join(["0.12345"] * 40)
    lines.show_equations([Equation((Part("x", "x"), Part(" = ", "="), Part(many, many, PartKind.DERIVATIVE)))])
    lines.show()
    image = lines.grab().toImage()
    wanted = QColor(theme().current[Token.DERIVATIVE])
    assert any(image.pixelColor(x, y) == wanted for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("look", [Choice.LIGHT, Choice.DARK])
def test_buttons_of_the_file_dialog_show_their_drawings(qtbot: QtBot, light_again: object, look: Choice) -> None:
    theme().choose(look)
    dialog = QFileDialog(options=QFileDialog.Option.DontUseNativeDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    for name in ("backButton", "forwardButton", "toParentButton", "newFolderButton", "listModeButton"):
        button = dialog.findChild(QToolButton, name)
        assert button is not None
        button.setEnabled(True)
        middle = button.grab().toImage().copy(button.rect().adjusted(4, 4, -4, -4))
        ground = luminance(middle.pixelColor(0, 0).name())
        inks = {middle.pixelColor(x, y).name() for x in range(middle.width()) for y in range(middle.height())}
        assert max(abs(luminance(ink) - ground) for ink in inks) > 0.1, name
        assert _ink(middle) > 6, name


def _ink(image: QImage) -> int:
    ground = image.pixelColor(0, 0)
    return sum(
        image.pixelColor(x, y) != ground for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    )


def test_painting_an_empty_view_draws_nothing(qtbot: QtBot) -> None:
    make_application()
    view = MathView()
    qtbot.addWidget(view)
    image = QImage(20, 20, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    painter.end()
    view.show_math("", "")
    assert view.sizeHint().width() <= 4
