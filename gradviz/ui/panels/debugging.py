"""The dock of the debugger: breakpoints, watches and ready-made watches, one page each, made when it is first seen."""

from functools import cached_property
from typing import TypeVar

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gradviz.project.changes import ChangeFlags
from gradviz.session.session import Session
from gradviz.ui.panels.advice_list import AdviceList
from gradviz.ui.panels.breakpoint_list import BreakpointList
from gradviz.ui.panels.watch_list import WatchList
from gradviz.ui.panels.widgets import ElidedLabel

Page = TypeVar("Page", bound=QWidget)


class DebugPanel(QWidget):
    """Three pages, chosen by the buttons above them."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setObjectName("debugPanel")
        self.setAccessibleName("Breakpoints and watches")
        self.pages = QStackedWidget()
        self.buttons = QButtonGroup(self)
        self.status = ElidedLabel()
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 0)
        row.setSpacing(6)
        for index, (words, tip) in enumerate(
            (
                ("Breakpoints", "Where a run stops by itself"),
                ("Watches", "Expressions that stay in sight, with their curves"),
                ("Ready-made", "What usually goes wrong: NaN, vanishing gradients, dead units …"),
            )
        ):
            button = QPushButton(words)
            button.setProperty("look", "choice")
            button.setObjectName(f"page{words.replace('-', '')}")
            button.setCheckable(True)
            button.setToolTip(tip)
            self.buttons.addButton(button, index)
            room = QWidget()
            QVBoxLayout(room).setContentsMargins(0, 0, 0, 0)
            self.pages.addWidget(room)
            row.addWidget(button)
        row.addWidget(self.status, 1)
        self.buttons.button(0).setChecked(True)
        self.buttons.idClicked.connect(self.show_page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.pages, 1)
        session.document.changed.connect(self._changed)
        session.watching.changed.connect(self._show_status)
        session.debugger.moved.connect(self._show_status)
        session.debugger.retraced.connect(self._show_status)
        self._show_status()

    def sizeHint(self) -> QSize:
        return QSize(640, 210)

    @cached_property
    def breakpoints(self) -> BreakpointList:
        """The page of breakpoints."""
        return self._put(0, BreakpointList(self._session))

    @cached_property
    def watches(self) -> WatchList:
        """The page of watches."""
        return self._put(1, WatchList(self._session))

    @cached_property
    def advice(self) -> AdviceList:
        """The page of ready-made watches."""
        return self._put(2, AdviceList(self._session))

    def show_page(self, index: int) -> None:
        """Show breakpoints (0), watches (1) or ready-made watches (2)."""
        self.buttons.button(index).setChecked(True)
        self._make(index)
        self.pages.setCurrentIndex(index)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make(self.pages.currentIndex())

    def _make(self, index: int) -> QWidget:
        match index:
            case 0:
                return self.breakpoints
            case 1:
                return self.watches
            case _:
                return self.advice

    def _put(self, index: int, page: Page) -> Page:
        room = self.pages.widget(index)
        assert room is not None
        column = room.layout()
        assert column is not None
        column.addWidget(page)
        return page

    def _changed(self, flags: ChangeFlags) -> None:
        if flags & (ChangeFlags.BREAKPOINTS | ChangeFlags.REPLACED):
            self._show_status()

    def _show_status(self) -> None:
        project, hit = self._session.document.project, self._session.debugger.hit
        for index, words, count in (
            (0, "Breakpoints", len(project.breakpoints)),
            (1, "Watches", len(project.watches)),
        ):
            self.buttons.button(index).setText(f"{words} {count}" if count else words)
        if self._session.watching.is_searching:
            self.status.show_text("Looking through the iterations… (F6 ends it)")
        else:
            what = "Stopped" if hit is not None and hit.halts else "Here"
            self.status.show_text(f"{what}: {hit.cause}" if hit is not None else "")
