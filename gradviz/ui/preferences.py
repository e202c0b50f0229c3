"""What the program remembers of a person between runs: theme, last files, where the docks were.

One small JSON file in the user's configuration folder. A file that can't be read is put aside, never an obstacle.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

import platformdirs

MOST_RECENT = 10


@dataclass(slots=True)
class Preferences:
    """Settings of the interface; documents never depend on them.

    geometry, docks: Qt's own notes on window and docks, in base 64. export: the last choices of the export dialog.
    message_speed: of what travels along the edges.
    functions: the lines that define the person's own ops, such as `swing(x) = sin(x)^2`.
    presented: what a presentation shows. presents_edges: its steps are edges, not nodes.
    """

    theme: str = "system"
    recent: list[str] = field(default_factory=list)
    geometry: str = ""
    docks: str = ""
    is_animated: bool = True
    message_speed: str = "usual"
    export: dict[str, Any] = field(default_factory=dict)
    functions: list[str] = field(default_factory=list)
    presented: list[str] = field(default_factory=lambda: ["formula", "timeline", "explain"])
    presents_edges: bool = False

    @classmethod
    def load(cls, file: Path | None = None) -> Self:
        """The remembered settings; the defaults when there are none or they make no sense."""
        place = file or preferences_file()
        try:
            found = json.loads(place.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls()
        except (OSError, ValueError, RecursionError):
            with suppress(OSError):
                place.replace(place.with_suffix(".unreadable"))
            return cls()
        return cls(**_sound(found))

    def save(self, file: Path | None = None) -> None:
        """Remember the settings; a disk that can't be written is no reason to disturb anybody."""
        place = file or preferences_file()
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_suffix(".new")
            draft.write_text(json.dumps({f.name: getattr(self, f.name) for f in fields(self)}, indent=1))
            draft.replace(place)

    def remember(self, path: Path) -> None:
        """Put a file first among the recent ones."""
        name = str(path.resolve())
        self.recent = [name, *(other for other in self.recent if other != name)][:MOST_RECENT]


def preferences_file() -> Path:
    """Where the settings are kept."""
    return Path(platformdirs.user_config_dir("gradviz", appauthor=False)) / "settings.json"


def _sound(found: object) -> dict[str, Any]:
    """The known settings of the right type."""
    if not isinstance(found, dict):
        return {}
    usual = Preferences()
    kept = {
        f.name: found[f.name]
        for f in fields(Preferences)
        if isinstance(found.get(f.name), type(getattr(usual, f.name)))
    }
    for key in ("recent", "functions", "presented"):
        if not all(isinstance(text, str) for text in kept.get(key, [])):
            del kept[key]
    return kept
