"""Starting the window: one application, its windows, their look, and what happens with errors nobody caught."""

import faulthandler
import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gradviz.errors import GradvizError
from gradviz.export.theme import LIGHT, Token
from gradviz.project.files import SUFFIX
from gradviz.ui.collecting import Collecting
from gradviz.ui.icons import icon
from gradviz.ui.jobs import QtRunner
from gradviz.ui.main_window import MainWindow
from gradviz.ui.preferences import Preferences
from gradviz.ui.theme import Choice, theme
from gradviz.ui.windows import fit_screen

log = logging.getLogger("gradviz")


def run(argv: Sequence[str]) -> int:
    """Open a window for each document or formula that was asked for, and stay until the last one closes."""
    application = make_application(argv)
    _log_to_file()
    preferences = Preferences.load()
    theme().choose(Choice(preferences.theme) if preferences.theme in set(Choice) else Choice.SYSTEM)
    window = open_window(preferences, *argv[1:])
    sys.excepthook = _Hook(lambda: window.windows.active)
    if not preferences.geometry:
        fit_screen(window)
    window.show()
    QTimer.singleShot(0, window.offer_lost_work)
    collecting = Collecting(lambda: any(each.session.training.is_running for each in window.windows.all))
    window.windows.ended.connect(lambda: application.exit(0))  # Qt would wait for any other thing that is still shown
    code = application.exec()
    collecting.close()
    sys.excepthook = sys.__excepthook__
    window.deleteLater()
    application.processEvents()
    return code


def make_application(argv: Sequence[str] = ()) -> QApplication:
    """The one application of this process, dressed."""
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication(list(argv[:1]) or ["gradviz"])
    application.setApplicationName("gradviz")
    application.setApplicationDisplayName("")
    application.setDesktopFileName("gradviz")
    application.setWindowIcon(icon("gradviz", LIGHT[Token.VALUE], 64))
    theme().install(application)
    return application


def open_window(preferences: Preferences, *what: str) -> MainWindow:
    """A window that shows a document, a formula, or the start page; what else there is opens beside it."""
    window = MainWindow(QtRunner(), preferences)
    for index, each in enumerate(what):
        _show(window if not index else window.open_beside(), each)
    return window


def _show(window: MainWindow, what: str) -> None:
    path = Path(what)
    if what.endswith(SUFFIX) or path.is_file():
        window.files.open_all([path])
    else:
        window.open_formula(what)


class _Hook:
    """What nobody caught is written to the log and shown without stopping anybody."""

    def __init__(self, find: Callable[[], MainWindow | None]) -> None:
        self._find = find

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        window = self._find()
        if issubclass(kind, KeyboardInterrupt):
            if window is not None:
                window.windows.close_all()
            return
        log.error("not caught:\n%s", "".join(traceback.format_exception(kind, error, trace)))
        if isinstance(error, GradvizError):
            message = error.message
        else:
            what = str(error) or kind.__name__
            message = f"Something went wrong inside gradviz: {what}. Details are in {log_file()}."
        if window is not None:
            window.notice.say(message)


def log_file() -> Path:
    """Where errors are written that nobody caught."""
    return user_log_path("gradviz", appauthor=False) / "gradviz.log"


def _log_to_file() -> None:
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_file(), maxBytes=500_000, backupCount=2, delay=True, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.propagate = False
    if sys.stderr is not None and not faulthandler.is_enabled():
        faulthandler.enable()
