"""Colours for groups, by keyboard: a list of them for the selected cards, or for the chosen note."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QWidget

from gradviz.project.placing import COLOURS
from gradviz.project.placing_commands import paint
from gradviz.session.session import Session
from gradviz.ui.canvas.colours import painting_name, swatch
from gradviz.ui.canvas.notes import Notes
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.command_palette import Choice, Chooser

_NOTHING = "Select the cards or the note to colour: click them in the graph."


class ColourCommands:
    """Colours what is selected. window: what the list opens over."""

    def __init__(
        self, session: Session, window: QWidget, notes: Callable[[], Notes], say: Callable[[str], None]
    ) -> None:
        self._session = session
        self._window = window
        self._notes = notes
        self._say = say

    def handlers(self) -> Handlers:
        """The handler of each action."""
        found: dict[str, Callable[[], object]] = {"colour": self.choose}
        for colour in (None, *COLOURS):
            found[f"colour_{colour or 'none'}"] = partial(self.give, colour)
        return found

    def give(self, colour: str | None) -> None:
        """Give this colour to what is selected."""
        number = self._notes().selected
        if number is not None:
            self._notes().colour(number, colour)
        elif self._session.selection.nodes:
            self._paint(colour)
        else:
            self._say(_NOTHING)

    def choose(self) -> None:
        """Open the list of colours."""
        number, nodes = self._notes().selected, self._session.selection.nodes
        if number is not None:
            present = self._session.document.project.comments[number].colour
            self._open("a colour for the note…", present, "Usual", partial(self._notes().colour, number))
        elif nodes:
            present = self._session.document.project.colours.get(nodes[-1])
            what = "the card" if len(nodes) == 1 else f"{len(nodes)} cards"
            self._open(f"a colour for {what}…", present, "None", self._paint)
        else:
            self._say(_NOTHING)

    def _open(self, question: str, present: str | None, usual: str, take: Callable[[str | None], object]) -> None:
        choices = [
            Choice(
                usual if colour is None else colour.capitalize(),
                partial(_take, take, colour),
                hint="now" if colour == present else "",
                icon=None if colour is None else swatch(colour),
            )
            for colour in (None, *COLOURS)
        ]
        middle = self._window.mapToGlobal(QPoint(self._window.width() // 2, min(140, self._window.height() // 4)))
        Chooser(choices, question, self._window).open_at(middle)

    def _paint(self, colour: str | None) -> None:
        self._session.document.apply(paint(self._session.selection.nodes, colour), painting_name(colour))


def _take(take: Callable[[str | None], object], colour: str | None) -> None:
    take(colour)
