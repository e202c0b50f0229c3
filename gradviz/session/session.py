"""The session: what is going on in one window. Widgets take it, connect to its signals and read it.

    document.changed(flags) → the session records a new trace → debugger.retraced()
    training.progressed()   → the shown parameters change     → debugger.retraced()
"""

from pathlib import Path

from gradviz.core.graph import Graph
from gradviz.core.types import Array, Role
from gradviz.errors import GradvizError
from gradviz.events import Signal
from gradviz.project.document import Document
from gradviz.project.project import Project
from gradviz.session.debugger import Debugger
from gradviz.session.runner import InlineRunner, Runner
from gradviz.session.selection import Selection
from gradviz.session.training import Training


class Session:
    """Document, debugger, training and selection of one window.

    sampled(): another sample is shown. reported(error): something went wrong beside the window; show it, don't stop.
    """

    def __init__(self, runner: Runner | None = None, project: Project | None = None) -> None:
        self.runner: Runner = runner if runner is not None else InlineRunner()
        self.document = Document(project)
        self.debugger = Debugger()
        self.training = Training()
        self.selection = Selection()
        self.sampled: Signal[[]] = Signal()
        self.reported: Signal[[GradvizError]] = Signal()

    @property
    def graph(self) -> Graph | None:
        """The graph that is shown, None while there is no formula."""
        return self.document.project.graph

    @property
    def sample(self) -> int:
        """The sample whose run is shown; 0 when there are no data."""
        raise NotImplementedError

    @property
    def sample_count(self) -> int:
        """The number of samples that the bound data have; 0 when there are none."""
        raise NotImplementedError

    @property
    def iteration(self) -> int:
        """The iteration whose parameters are shown."""
        raise NotImplementedError

    def values(self) -> dict[str, Array]:
        """The value of each leaf as it is shown: the document's, the sample's data, the iteration's parameters."""
        raise NotImplementedError

    def roles(self) -> dict[str, Role]:
        """The role of each leaf."""
        return self.document.project.roles

    def data(self) -> dict[str, Array]:
        """The values of all samples for each bound data leaf, with the samples along the first axis."""
        raise NotImplementedError

    def show_sample(self, sample: int) -> None:
        """Show the run of another sample; a number outside is moved to the nearest inside."""
        raise NotImplementedError

    def open(self, path: Path) -> None:
        """Open a document; raises DocumentError and changes nothing when it isn't sound."""
        raise NotImplementedError

    def open_example(self, key: str) -> None:
        """Open an example as a new, unnamed document."""
        raise NotImplementedError

    def new(self, formula: str = "") -> None:
        """Start a new, unnamed document."""
        raise NotImplementedError

    def save(self, path: Path | None = None) -> None:
        """Save the document together with the debugger's position; raises DocumentError."""
        raise NotImplementedError

    def close(self) -> None:
        """End training and forget recovery files; call when the window has closed."""
        raise NotImplementedError
