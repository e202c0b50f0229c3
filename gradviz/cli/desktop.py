"""`gradviz --install-desktop`: gradviz in the menus of a Linux desktop, and .gradviz files opened by a double-click.

    ~/.local/share/applications/gradviz.desktop
                   mime/packages/gradviz.xml
                   icons/hicolor/scalable/apps/gradviz.svg, …/mimetypes/gradviz-document.svg

Nothing outside the user's own folder is touched, and `--remove-desktop` takes all of it away again.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from gradviz import resources
from gradviz.cli.failure import Failure

PLACES = {
    "desktop/gradviz.desktop": "applications/gradviz.desktop",
    "desktop/gradviz.xml": "mime/packages/gradviz.xml",
    "icons/gradviz.svg": "icons/hicolor/scalable/apps/gradviz.svg",
    "desktop/gradviz-document.svg": "icons/hicolor/scalable/mimetypes/gradviz-document.svg",
}
"""Each file that comes with gradviz, and where it goes in the user's data folder."""
_PATIENCE_SECONDS = 60


def install(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> int:
    """Put gradviz on the desktop; returns the exit code."""
    folder = _data_folder(environment, platform)
    try:
        for source, place in PLACES.items():
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_content(source), encoding="utf-8")
    except OSError as error:
        raise Failure(f"{error.filename or folder}: {(error.strerror or str(error)).lower()}") from None
    _tell_the_desktop(folder)
    print(f"gradviz is in the menus now, and .gradviz files open with it ({folder}).")
    print("`gradviz --remove-desktop` takes it away again.")
    return 0


def remove(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> int:
    """Take gradviz off the desktop; returns the exit code."""
    folder = _data_folder(environment, platform)
    try:
        for place in PLACES.values():
            (folder / place).unlink(missing_ok=True)
    except OSError as error:
        raise Failure(f"{error.filename or folder}: {(error.strerror or str(error)).lower()}") from None
    _tell_the_desktop(folder)
    print("gradviz is no longer in the menus.")
    return 0


def command() -> str:
    """The command that starts this gradviz, as a desktop entry writes it."""
    script = Path(sys.executable).with_name("gradviz")
    return _quoted(str(script)) if script.is_file() else f"{_quoted(sys.executable)} -m gradviz"


def _content(source: str) -> str:
    text = resources.path(source).read_text(encoding="utf-8")
    return text.replace("Exec=gradviz", f"Exec={command()}") if source.endswith(".desktop") else text


def _quoted(path: str) -> str:
    """A path as an argument of Exec: in quotes where it needs them, with % doubled."""
    path = path.replace("%", "%%")
    if not set(path) & set(" \t\n\"'\\><~|&;$*?#()`"):
        return path
    escaped = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in path)
    return '"' + escaped.replace("\\", "\\\\") + '"'


def _data_folder(environment: Mapping[str, str], platform: str) -> Path:
    if not platform.startswith("linux"):
        raise Failure("desktop entries are for Linux; elsewhere, open .gradviz files with gradviz by the system's menu")
    given = environment.get("XDG_DATA_HOME", "")
    return Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"


def _tell_the_desktop(folder: Path) -> None:
    """Let the desktop read its lists anew; where a tool is missing, it does so at the next login."""
    for tool, place in (
        ("update-mime-database", "mime"),
        ("update-desktop-database", "applications"),
        ("gtk-update-icon-cache", "icons/hicolor"),
    ):
        found = shutil.which(tool)
        if found is not None and (folder / place).is_dir():
            options = ["-q", "-t", "-f"] if tool.startswith("gtk") else []
            subprocess.run(
                [found, *options, str(folder / place)], capture_output=True, timeout=_PATIENCE_SECONDS, check=False
            )
