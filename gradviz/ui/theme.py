"""The look of the window: which theme is on, and how Qt's palette, stylesheet and fonts follow from its tokens.

theme().current      the Theme that is on; colours come from nowhere else
theme().changed      emitted when another one is on: the system's dark mode, or a choice in the View menu
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from functools import cache

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory
from shiboken6 import isValid

from gradviz import resources
from gradviz.events import Signal
from gradviz.export.theme import DARK, LIGHT, Theme, Token
from gradviz.ui.stylesheet import stylesheet

TEXT, MATH, MONO = "Inter", "STIX Two Text", "JetBrains Mono"
BODY, SMALL, TINY = 13, 12, 11
"""The three text sizes of a panel, in pixels."""


class Choice(StrEnum):
    """Which theme a person wants: that of the system, or always the same."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class WidgetSignal(Signal[[]]):
    """A signal that outlives its listeners: widgets that Qt has deleted, but Python still knows, are left out."""

    __slots__ = ()

    def emit(self) -> None:
        """Call every listener that is still alive."""
        for held in tuple(self._listeners):
            listener = held()
            owner = getattr(listener, "__self__", None)
            if listener is not None and (not isinstance(owner, QObject) or isValid(owner)):
                listener()
        self._listeners = [held for held in self._listeners if held() is not None]


class Appearance:
    """The theme that is on. changed(): emitted when it is another one."""

    def __init__(self) -> None:
        self.changed = WidgetSignal()
        self._choice = Choice.SYSTEM
        self._shown = LIGHT
        self._is_followed = False

    @property
    def current(self) -> Theme:
        """The theme that is on."""
        return self._shown

    @property
    def choice(self) -> Choice:
        """What was chosen: a theme, or to follow the system."""
        return self._choice

    def __getitem__(self, token: Token) -> QColor:
        return QColor(self._shown[token])

    def choose(self, choice: Choice) -> None:
        """Follow the system, or always show the same theme."""
        self._choice = choice
        hints = QGuiApplication.styleHints()
        match choice:
            case Choice.SYSTEM:
                hints.unsetColorScheme()
            case Choice.LIGHT:
                hints.setColorScheme(Qt.ColorScheme.Light)
            case Choice.DARK:
                hints.setColorScheme(Qt.ColorScheme.Dark)
        self._show(self._wanted())

    @contextmanager
    def lent(self, other: Theme) -> Iterator[None]:
        """Another theme's colours for as long as something is drawn for a file; nothing on the screen changes."""
        mine, self._shown = self._shown, other
        try:
            yield
        finally:
            self._shown = mine

    def install(self, application: QApplication) -> None:
        """Dress an application: fonts, Fusion, palette and stylesheet; from now on the system's theme is followed."""
        load_fonts()
        application.setStyle(QStyleFactory.create("Fusion"))
        application.setFont(text_font())
        if not self._is_followed:
            self._is_followed = True
            application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._dress(application)
        self._show(self._wanted())

    def _wanted(self) -> Theme:
        if self._choice is Choice.SYSTEM:
            return DARK if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
        return DARK if self._choice is Choice.DARK else LIGHT

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        self._show(self._wanted())

    def _show(self, wanted: Theme) -> None:
        if wanted is self._shown:
            return
        self._shown = wanted
        application = QApplication.instance()
        if isinstance(application, QApplication) and self._is_followed:
            self._dress(application)
        self.changed.emit()

    def _dress(self, application: QApplication) -> None:
        application.setPalette(palette(self._shown))
        application.setStyleSheet(stylesheet(self._shown))


@cache
def theme() -> Appearance:
    """The one appearance of this process."""
    return Appearance()


@cache
def load_fonts() -> tuple[str, ...]:
    """Make the shipped fonts known to Qt, once; returns their families."""
    families: list[str] = []
    for file in sorted(resources.path("fonts").iterdir()):
        if file.suffix in (".otf", ".ttf"):
            families += QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
    return tuple(dict.fromkeys(families))


def text_font(size: int = BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The font of words, its size in pixels."""
    return _font(TEXT, size, weight)


def number_font(size: int = SMALL) -> QFont:
    """The font of numbers and of what is typed."""
    return _font(MONO, size)


def math_font(size: int = 17, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The font of mathematics, italic."""
    made = _font(MATH, size, weight)
    made.setItalic(True)
    return made


def _font(family: str, size: int, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    made = QFont(family)
    made.setPixelSize(size)
    made.setWeight(weight)
    return made


def palette(of: Theme) -> QPalette:
    """Qt's palette for what the stylesheet leaves alone: selections, links, disabled text, dialogs."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, token in {
        roles.Window: Token.PANEL,
        roles.Base: Token.PANEL,
        roles.AlternateBase: Token.CANVAS,
        roles.Button: Token.PANEL,
        roles.ToolTipBase: Token.PANEL,
        roles.Light: Token.PANEL,
        roles.Midlight: Token.LINE,
        roles.Mid: Token.LINE,
        roles.Dark: Token.LINE,
        roles.WindowText: Token.TEXT,
        roles.Text: Token.TEXT,
        roles.ButtonText: Token.TEXT,
        roles.ToolTipText: Token.TEXT,
        roles.PlaceholderText: Token.MUTED,
        roles.Highlight: Token.VALUE,
        roles.Link: Token.VALUE,
        roles.HighlightedText: Token.PANEL,
    }.items():
        made.setColor(role, QColor(of[token]))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(of[Token.NOT_YET]))
    return made
