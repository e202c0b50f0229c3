"""What the pointer can be over."""

from gradviz.core.graph import Edge
from gradviz.core.types import NodeId

Target = NodeId | Edge | None
"""What is under the pointer; None is empty canvas (or the output's stub)."""
