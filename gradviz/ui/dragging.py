"""What travels when something is dragged from the palette to the graph: text of two kinds.

application/x-gradviz-op      the op's name
application/x-gradviz-part    leaf:NAME | number:VALUE | part:FORMULA | function:DEFINITION, NAME may be empty
"""

from PySide6.QtCore import QByteArray, QMimeData

from gradviz.core.op import OPS
from gradviz.ui.search import Found, Kind

OP_TYPE, PART_TYPE = "application/x-gradviz-op", "application/x-gradviz-part"
MOST_BYTES = 100_000

_WORDS = {Kind.LEAF: "leaf", Kind.NUMBER: "number", Kind.PART: "part", Kind.FUNCTION: "function"}


def mime_of(found: Found) -> QMimeData:
    """What a drag carries."""
    data = QMimeData()
    if found.kind is Kind.OP:
        data.setData(OP_TYPE, QByteArray(found.key.encode()))
    else:
        data.setData(PART_TYPE, QByteArray(f"{_WORDS[found.kind]}:{found.key}".encode()))
    return data


def found_of(data: QMimeData) -> Found | None:
    """What was dragged; None for what comes from elsewhere or makes no sense."""
    if data.hasFormat(OP_TYPE):
        name = _text(data, OP_TYPE)
        return Found(Kind.OP, name, name) if name in OPS else None
    word, _, key = _text(data, PART_TYPE).partition(":")
    kind = next((kind for kind, known in _WORDS.items() if known == word), None)
    return Found(kind, key, key or word) if kind is not None else None


def _text(data: QMimeData, kind: str) -> str:
    content = bytes(data.data(kind).data())
    return content.decode("utf-8", errors="replace") if len(content) <= MOST_BYTES else ""
