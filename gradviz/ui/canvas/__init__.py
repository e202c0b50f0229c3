"""The graph on the screen."""

from gradviz.ui.canvas.view import GraphView

__all__ = ["GraphView"]
