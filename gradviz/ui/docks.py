"""The docks around the graph: what stands where, how wide, and how all comes back as it was.

┌───────┬────────────────────┬─────────┐
│ build │       graph        │ explain │
│       ├────────────────────┤         │
│       │      timeline      │         │
├───────┴─────────┬──────────┤         │
│ loss rates      │ fit data │         │
└─────────────────┴──────────┴─────────┘
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, QPointF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QLabel, QMainWindow, QTabBar, QTabWidget, QToolButton, QWidget
from shiboken6 import isValid

from gradviz.export.theme import Token
from gradviz.ui.icons import icon
from gradviz.ui.theme import theme

SIDE_WIDTH, EXPLAIN_WIDTH, PLOT_HEIGHT = 206, 318, 216
NARROW_WINDOW, LOW_WINDOW = 1180, 800
"""A window narrower or lower than this gets smaller docks."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dock stands at first: its area, and the dock that it is a tab of ("" for none)."""

    title: str
    area: Qt.DockWidgetArea
    tab_of: str = ""
    has_own_title: bool = False
    """True for a panel that says itself what it is: its dock has only a grip."""
    is_shown: bool = True
    """False for a panel that is shown only when somebody asks for it."""


_LEFT, _RIGHT, _BELOW = (
    Qt.DockWidgetArea.LeftDockWidgetArea,
    Qt.DockWidgetArea.RightDockWidgetArea,
    Qt.DockWidgetArea.BottomDockWidgetArea,
)

PLACES: Mapping[str, Place] = {
    "lecture": Place("Lecture", _LEFT, has_own_title=True, is_shown=False),
    "build": Place("Build", _LEFT, has_own_title=True),
    "explain": Place("Explain", _RIGHT, has_own_title=True),
    "loss": Place("Loss", _BELOW),
    "rates": Place("Learning-rate lab", _BELOW, tab_of="loss"),
    "surface": Place("Loss surface", _BELOW, tab_of="loss"),
    "debug": Place("Breakpoints", _BELOW, tab_of="loss"),
    "sweep": Place("Sweep", _BELOW, tab_of="loss"),
    "fit": Place("Data and fit", _BELOW, has_own_title=True),
    "flow": Place("Gradient flow", _BELOW, tab_of="loss", is_shown=False),
    "compare": Place("Compare", _BELOW, tab_of="loss", is_shown=False),
    "pinned": Place("Pinned", _BELOW, tab_of="loss", is_shown=False),
    "quiz": Place("Quiz", _RIGHT, has_own_title=True, is_shown=False),
    "formula": Place("Formula", _BELOW, tab_of="loss", is_shown=False),
    "derivation": Place("Derivation", _BELOW, tab_of="loss", is_shown=False),
    "history": Place("History", _RIGHT, has_own_title=True, is_shown=False),
}


class Grip(QWidget):
    """The thin bar by which a side dock is moved, with a button that closes it."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setObjectName("grip")
        self.setToolTip("Drag to move this panel; double-click to make it a window")
        self._close = _close_button(dock)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 2, 0)
        row.addStretch(1)
        row.addWidget(self._close)

    def sizeHint(self) -> QSize:
        return QSize(80, 13)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 13)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme().current[Token.NOT_YET]))
        for offset in (-8, 0, 8):
            painter.drawEllipse(QPointF(self.width() / 2 + offset, 8), 1.5, 1.5)
        painter.end()


class Title(QWidget):
    """The title of a dock that is no tab, looking like one."""

    def __init__(self, dock: QDockWidget) -> None:
        super().__init__(dock)
        self.setToolTip("Drag to move this panel; double-click to make it a window")
        label = QLabel(dock.windowTitle())
        label.setStyleSheet("font-size: 12px; font-weight: 600; padding: 8px 2px 5px 2px;")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 6, 0)
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(_close_button(dock))


class Docks:
    """All docks of a window, by key."""

    def __init__(self, window: QMainWindow, panels: Mapping[str, QWidget]) -> None:
        self._window = window
        self._is_shown = True
        self._hidden_state = QByteArray()
        self._size_class: tuple[bool, bool] | None = None
        window.setDockOptions(
            QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        window.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        window.setCorner(Qt.Corner.BottomLeftCorner, _BELOW)
        window.setCorner(Qt.Corner.BottomRightCorner, _RIGHT)
        self._by_key = {key: self._make(key, panels[key]) for key in PLACES if key in panels}
        self.reset()

    def __getitem__(self, key: str) -> QDockWidget:
        return self._by_key[key]

    def __iter__(self) -> Iterator[QDockWidget]:
        return iter(self._by_key.values())

    def names(self) -> tuple[str, ...]:
        """The keys of the docks that this window has."""
        return tuple(self._by_key)

    def _make(self, key: str, panel: QWidget) -> QDockWidget:
        place = PLACES[key]
        dock = QDockWidget(place.title, self._window)
        dock.setObjectName(f"dock-{key}")
        dock.setAccessibleName(place.title)
        dock.setWidget(panel)
        if place.has_own_title:
            dock.setTitleBarWidget(Grip(dock))
        else:
            dock.visibilityChanged.connect(self._show_titles)
            dock.dockLocationChanged.connect(self._show_titles)
            dock.topLevelChanged.connect(self._show_titles)
        return dock

    def reveal(self, key: str) -> None:
        """Bring a dock into view, in front of its tabs."""
        self[key].show()
        self[key].raise_()

    def toggles(self) -> list[QAction]:
        """One action a dock, that shows or hides it."""
        return [dock.toggleViewAction() for dock in self]

    def reset(self) -> None:
        """Put all docks where they were at first."""
        for key, dock in self._by_key.items():
            dock.setFloating(False)
            self._window.addDockWidget(PLACES[key].area, dock)
        if "loss" in self._by_key and "fit" in self._by_key:
            self._window.splitDockWidget(self["loss"], self["fit"], Qt.Orientation.Horizontal)
        for key, dock in self._by_key.items():
            if PLACES[key].tab_of in self._by_key:
                self._window.tabifyDockWidget(self[PLACES[key].tab_of], dock)
        for key in ("loss", "fit"):
            if key in self._by_key:
                self[key].raise_()
        for key, dock in self._by_key.items():
            dock.setVisible(self._is_shown and PLACES[key].is_shown)
        self._size_class = None
        self.fit_window()

    def fit_window(self) -> None:
        """Give the docks sizes that suit the window, when it has become small or large."""
        size_class = (self._window.width() < NARROW_WINDOW, self._window.height() < LOW_WINDOW)
        if size_class == self._size_class or not self._is_shown:
            return
        self._size_class = size_class
        is_narrow, is_low = size_class
        widths = (186, 256) if is_narrow else (SIDE_WIDTH, EXPLAIN_WIDTH)
        sides = [self[key] for key in ("build", "explain") if key in self._by_key]
        self._window.resizeDocks(sides, list(widths[: len(sides)]), Qt.Orientation.Horizontal)
        below = [self[key] for key in ("loss", "fit") if key in self._by_key]
        if below:
            height = 150 if is_low else PLOT_HEIGHT
            self._window.resizeDocks(below, [height] * len(below), Qt.Orientation.Vertical)
            self._window.resizeDocks(below, [500] * len(below), Qt.Orientation.Horizontal)

    def settle(self) -> None:
        """Give titles and sizes anew, after docks were shown or hidden by others; once Qt has laid them out."""
        self._size_class = None
        QTimer.singleShot(0, self._window, self.fit_window)
        QTimer.singleShot(0, self._window, self._show_titles)

    def show_all(self, is_shown: bool) -> None:
        """Hide all docks (on the start page), or bring them back as they were."""
        if is_shown == self._is_shown:
            return
        if is_shown:
            self._is_shown = True
            if self._hidden_state.isEmpty() or not self._window.restoreState(self._hidden_state):
                self.reset()
            self._size_class = None
            QTimer.singleShot(0, self._window, self.fit_window)  # once the docks have been laid out
            QTimer.singleShot(0, self._window, self._show_titles)
        else:
            self._hidden_state = self._window.saveState()
            self._is_shown = False
            for dock in self:
                dock.hide()

    def state(self) -> str:
        """Where all docks are, as text."""
        found = self._window.saveState() if self._is_shown else self._hidden_state
        return bytes(found.toBase64().data()).decode()

    def restore(self, state: str) -> None:
        """Put the docks where they were; what makes no sense changes nothing."""
        found = QByteArray.fromBase64(state.encode())
        if self._is_shown:
            self._window.restoreState(found)
        elif not found.isEmpty():
            self._hidden_state = found

    def dress_tabs(self) -> None:
        """Let the tabs of docks stand on the left, without a frame."""
        for bar in self._window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly):
            bar.setDrawBase(False)
            bar.setExpanding(False)
            bar.setDocumentMode(True)
            bar.setElideMode(Qt.TextElideMode.ElideNone)
            bar.setUsesScrollButtons(True)  # many tabs must not make their dock wide

    def _show_titles(self, *_what: object) -> None:
        """Tabs name themselves; a dock alone needs a title."""
        if not isValid(self._window):  # docks are hidden once more while their window is taken apart
            return
        for key, dock in self._by_key.items():
            if PLACES[key].has_own_title:
                continue
            is_tab = bool(self._window.tabifiedDockWidgets(dock)) and not dock.isFloating()
            present = dock.titleBarWidget()
            if is_tab == isinstance(present, Title) or present is None:
                dock.setTitleBarWidget(_NoTitle(dock) if is_tab else Title(dock))
                if present is not None:
                    present.deleteLater()
        QTimer.singleShot(0, self._window, self.dress_tabs)  # the bars are made after the docks have moved


class _NoTitle(QWidget):
    """No title at all."""

    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)


def _close_button(dock: QDockWidget) -> QToolButton:
    button = QToolButton(dock)
    button.setProperty("look", "flat")
    button.setIcon(icon("close", theme().current[Token.NOT_YET]))
    button.setIconSize(QSize(9, 9))
    button.setStyleSheet("min-height: 10px; max-height: 12px; padding: 0 1px;")
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setAccessibleName(f"Close {dock.windowTitle()}")
    button.setToolTip(f"Close {dock.windowTitle()}; it comes back through the View menu")
    button.clicked.connect(dock.close)
    return button
