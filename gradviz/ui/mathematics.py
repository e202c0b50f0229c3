"""The mathematics of the formula, for one window: the panel of its dresses and that of its derivation."""

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from gradviz.session.session import Session
from gradviz.ui.commands.run import Handlers
from gradviz.ui.panels.derivation import DerivationPanel
from gradviz.ui.panels.dresses import FormulaPanel


class Mathematics:
    """Both panels and their commands. reveal(key): brings a dock into view; say: shows a line to the person."""

    def __init__(self, session: Session, reveal: Callable[[str], None], say: Callable[[str], None]) -> None:
        self._reveal = reveal
        self.formula = FormulaPanel(session)
        self.derivation = DerivationPanel(session)
        for panel in (self.formula, self.derivation):
            panel.said.connect(say)

    @property
    def docks(self) -> Mapping[str, QWidget]:
        """The panels that stand in docks, by key."""
        return {"formula": self.formula, "derivation": self.derivation}

    def handlers(self) -> Handlers:
        """The handler of each action."""
        return {"dresses": self.show_dresses, "derivation": self.show_derivation}

    def show_dresses(self) -> None:
        """Show the formula in every dress, ready for the arrow keys."""
        self._reveal("formula")
        self.formula.cards["typeset"].view.setFocus()

    def show_derivation(self) -> None:
        """Show the derivation, ready for the arrow keys."""
        self._reveal("derivation")
        self.derivation.setFocus()

    @property
    def is_waiting(self) -> bool:
        """True while a panel's text is on its way."""
        return self.formula.is_waiting or self.derivation.is_waiting
