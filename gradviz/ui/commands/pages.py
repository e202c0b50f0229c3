"""File > Export report and Export replay: the document at hand as a web page, written in a worker."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from gradviz.errors import GradvizError
from gradviz.export.choice import Choice
from gradviz.export.film import positions
from gradviz.export.replay import MOST_POSITIONS, replay
from gradviz.export.report import Report, formula_html
from gradviz.session.runner import CancelToken
from gradviz.session.session import Session
from gradviz.text.plain import plain
from gradviz.ui.canvas.view import GraphView
from gradviz.ui.commands.run import Handlers
from gradviz.ui.exporting import write_whole
from gradviz.ui.preferences import Preferences

FILTER = "Web page (*.html)"
Writer = Callable[[], str]


class PageCommands:
    """Writes reports and replays of what a window shows."""

    def __init__(
        self,
        session: Session,
        window: QWidget,
        canvas: GraphView,
        preferences: Preferences,
        say: Callable[[str], None],
    ) -> None:
        self._session = session
        self._window = window
        self._canvas = canvas
        self._preferences = preferences
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {"export_report": self.export_report, "export_replay": self.export_replay}

    def export_report(self) -> None:
        """Ask where to, and write the report."""
        self._export("report", self._report())

    def export_replay(self) -> None:
        """Ask where to, and write the replay."""
        self._export("replay", self._replay())

    def _export(self, kind: str, write: Writer | None) -> None:
        if self._session.veil.is_on:
            self._say(f"End the quiz first: a {kind} would tell its answers.")
            return
        if write is None:
            self._say(f"There is no run yet for a {kind}: write a formula, and give its leaves values.")
            return
        path = self._asked(kind)
        if path is not None:
            self._write(path, write)

    def _asked(self, kind: str) -> Path | None:
        document = self._session.document
        folder = document.path.parent if document.path else Path(str(self._preferences.export.get("folder", "")))
        start = folder / f"{Path(document.name).stem}-{kind}.html"
        name, _ = QFileDialog.getSaveFileName(self._window, f"Export a {kind}", str(start), FILTER)
        if not name:
            return None
        path = Path(name) if Path(name).suffix else Path(name).with_suffix(".html")
        self._preferences.export["folder"] = str(path.parent)
        return path

    def _write(self, path: Path, write: Writer) -> None:
        def work(_token: CancelToken) -> int:
            content = write().encode()
            write_whole(path, content)
            return len(content)

        def failed(error: Exception) -> None:
            reason = error.message if isinstance(error, GradvizError) else getattr(error, "strerror", None) or error
            self._say(f"{path.name} can't be written: {str(reason)[:1].lower()}{str(reason)[1:]}")

        self._say(f"Writing {path.name}…")
        self._session.runner.submit(work, lambda size: self._say(f"Saved {path.name}, {size / 1000:.0f} kB."), failed)

    def _report(self) -> Writer | None:
        """What writes the report, from what is known now; None without a graph."""
        film, graph, project = self._canvas.mirror.film(), self._session.graph, self._session.document.project
        if film is None or graph is None:
            return None
        training = self._session.training
        return Report(
            title=self._title(),
            formula=project.formula,
            graph=graph,
            picture=film.at(None, Choice()),
            roles=self._session.roles(),
            trace=self._session.debugger.trace,
            notes=project.notes,
            comments=tuple(comment.text for comment in project.comments),
            samples=self._sample_words(),
            settings=project.training,
            iteration=training.shown_iteration if len(training.history) else None,
            history=training.history,
        ).written

    def _replay(self) -> Writer | None:
        """What writes the replay; None without a run."""
        film, graph, trace = self._canvas.mirror.film(), self._session.graph, self._session.lens.trace
        if film is None or graph is None or trace is None:
            return None
        title, formula = self._title(), formula_html(graph)
        places = positions(film.last, most=MOST_POSITIONS)
        return lambda: replay(film, trace, places, title=title, formula=formula)

    def _title(self) -> str:
        document, graph = self._session.document, self._session.graph
        if document.project.title:
            return document.project.title
        return Path(document.name).stem if document.path or graph is None else plain(graph)

    def _sample_words(self) -> str:
        count = self._session.sample_count
        return f"Values of sample {self._session.sample} of {count}." if count else ""
