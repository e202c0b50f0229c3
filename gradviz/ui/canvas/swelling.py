"""Pills and letters that stay readable when the graph is seen from afar: they swell as far as there is room.

    zoom 100 %   as large as in the picture
    zoom 55 %    up to 1.6 times that, so that a number is some ten pixels high
    no room      as large as in the picture: two pills never touch each other or a card because of it

Room is counted for numbers of `LETTERS` letters, so that a pill keeps its size while its number changes; only a longer
number, for which there is less room, is written smaller. The letters of a card swell within the card.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from gradviz.core.graph import Edge
from gradviz.export import drawing
from gradviz.export.cards import NUMBER_SIZE, PILL_GAP, PILL_HEIGHT, pill_width
from gradviz.export.label import Font, Label
from gradviz.export.picture import Card, Picture, Pill, PillKind
from gradviz.layout.types import Point
from gradviz.ui.painting import advance

MOST = 1.6
"""No pill becomes larger than so many times its size."""
READABLE = 10.0
"""Pixels: numbers that are higher need not swell."""
LETTERS = 6
LARGE_ENOUGH = 0.94
"""From this zoom on letters are as in the picture."""
LEAST, SMALL = 13.0, 8.6
"""Pixels that titles and what stands below them shall have."""
_BESIDE, _DOWN, _UP = 7.0, 4.0, 3.0
MOST_PILLS = 1200
"""On a larger picture nothing swells: it is seen from too far anyway."""
_PAIR_HEIGHT = 2 * PILL_HEIGHT + PILL_GAP
_FREE = 2.0
"""Stays free between what has swollen."""


def anchor(pill: Pill) -> Point:
    """The point of its wire from which a pill swells: its lower edge rises no farther from the wire's than it must."""
    middle, away = pill.rect.center, (PILL_HEIGHT + PILL_GAP) / 2
    return Point(middle.x, middle.y + (away if pill.kind is PillKind.VALUE else -away))


def limits(picture: Picture) -> Mapping[Edge | None, float]:
    """How many times its size the pills of each edge may become (1 … MOST); edges that may not swell are left out."""
    anchors = {pill.edge: anchor(pill) for pill in picture.pills}
    if not 0 < len(anchors) <= MOST_PILLS:
        return {}
    at = np.array([(point.x, point.y) for point in anchors.values()])
    width = pill_width("0" * LETTERS)
    apart = np.abs(at[:, None, :] - at[None, :, :])
    room = np.maximum((apart[..., 0] - _FREE) / width, (apart[..., 1] - _FREE) / _PAIR_HEIGHT)
    np.fill_diagonal(room, MOST)
    most = np.minimum(room.min(axis=1), MOST)
    if picture.cards:
        boxes = np.array(
            [(c.rect.x, c.rect.y, c.rect.x + c.rect.width, c.rect.y + c.rect.height) for c in picture.cards]
        )
        beside = np.maximum(boxes[None, :, 0] - at[:, 0, None], at[:, 0, None] - boxes[None, :, 2]) - _FREE
        above = np.maximum(boxes[None, :, 1] - at[:, 1, None], at[:, 1, None] - boxes[None, :, 3]) - _FREE
        most = np.minimum(most, np.maximum(beside / (width / 2), above / (_PAIR_HEIGHT / 2)).min(axis=1))
    return {edge: float(limit) for edge, limit in zip(anchors, most, strict=True) if limit > 1.0}


def swelling(pill: Pill, scale: float, limit: float) -> float:
    """How many times its size a pill is drawn when a unit of the scene is so many pixels."""
    wanted = READABLE / (NUMBER_SIZE * max(scale, 1e-3))
    fitting = limit * min(1.0, pill_width("0" * LETTERS) / pill.rect.width)
    return max(min(wanted, fitting, MOST), 1.0)


def letters(card: Card, scale: float) -> tuple[Label, ...]:
    """What is written on a card and below it when a unit of the scene is so many pixels."""
    labels = drawing.card_labels(card)
    if scale >= LARGE_ENOUGH:
        return labels
    return tuple(_swollen(label, card, scale) for label in labels)


def _swollen(label: Label, card: Card, scale: float) -> Label:
    if not card.rect.y < label.baseline < card.rect.bottom or not label.text:
        return label  # words below a card have their own room
    factor = _factor(label.font, label.size, label.text, card.rect.width - 2 * _BESIDE, round(scale, 3))
    away = _DOWN if label.font is Font.TEXT else -_UP if label.font is Font.MATH else 0.0
    return replace(label, size=label.size * factor, baseline=label.baseline + away * (factor - 1.0))


@lru_cache(4096)
def _factor(font: Font, size: float, text: str, room: float, scale: float) -> float:
    wanted = (SMALL if font is Font.TEXT else LEAST) / (size * max(scale, 1e-3))
    return max(int(20 * min(wanted, room / max(advance(font, size, text), 1.0), MOST)) / 20, 1.0)  # few fonts
