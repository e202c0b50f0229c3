"""A picture with some of its numbers hidden: where the veil lies a pill shows "?"."""

from dataclasses import replace

from gradviz.export.cards import PILL_HEIGHT, pill_width
from gradviz.export.picture import Picture, Pill
from gradviz.export.picture import State as PartState
from gradviz.layout.types import Rect
from gradviz.session.veil import Veil

HIDDEN = "?"


def veiled(picture: Picture, veil: Veil) -> Picture:
    """The picture as it may be seen."""
    if not veil.is_on:
        return picture
    return replace(picture, pills=tuple(_veiled(pill, veil) for pill in picture.pills))


def _veiled(pill: Pill, veil: Veil) -> Pill:
    if pill.text is None or not veil.hides((pill.kind.value, pill.edge)):
        return pill
    state = PartState.DONE if pill.state is PartState.FAILED else pill.state  # red would tell that it is NaN
    rect = Rect.around(pill.rect.center, pill_width(HIDDEN), PILL_HEIGHT)
    return replace(pill, text=HIDDEN, rect=rect, state=state)
