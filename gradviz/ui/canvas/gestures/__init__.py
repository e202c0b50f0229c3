"""What a hand can do on the canvas, one object a gesture."""

from gradviz.ui.canvas.gestures.add import QuickAdd
from gradviz.ui.canvas.gestures.band import Band
from gradviz.ui.canvas.gestures.base import Canvas, Gesture
from gradviz.ui.canvas.gestures.choose import Choose
from gradviz.ui.canvas.gestures.connect import Connect
from gradviz.ui.canvas.gestures.drag import Drag
from gradviz.ui.canvas.gestures.edit import EditCard
from gradviz.ui.canvas.gestures.fold import Handle, Unfold
from gradviz.ui.canvas.gestures.keys import Keys
from gradviz.ui.canvas.gestures.note import HandleNote
from gradviz.ui.canvas.gestures.pan import Pan
from gradviz.ui.canvas.gestures.walk import Walk
from gradviz.ui.canvas.gestures.wire import DrawWire
from gradviz.ui.canvas.gestures.zoom import Zoom

__all__ = [
    "Band",
    "Canvas",
    "Choose",
    "Connect",
    "Drag",
    "DrawWire",
    "EditCard",
    "Gesture",
    "Handle",
    "HandleNote",
    "Keys",
    "Pan",
    "QuickAdd",
    "Unfold",
    "Walk",
    "Zoom",
    "gestures",
]


def gestures() -> tuple[Gesture, ...]:
    """Every gesture of the canvas; each event is offered to all in turn until one takes it.

    Connecting takes every key while it lasts. Quick add comes before pan: it must see the press that makes a tapped
    Space a drag. A wire is drawn where a card or the canvas would be dragged otherwise.
    """
    first = (Connect(), HandleNote(), Unfold(), EditCard(), QuickAdd(), Handle(), DrawWire())
    return (*first, Band(), Drag(), Pan(), Choose(), Zoom(), Walk(), Keys())
