"""Can a window be opened here at all? Asked before Qt is imported, because Qt ends the process when it can't.

`trouble()` gives one line that says what is missing and what would do, or None. It imports no Qt: shared libraries
are loaded by their names, as the system's own loader would.
"""

import ctypes
import ctypes.util
import os
import sys
from collections.abc import Callable, Mapping
from importlib.util import find_spec

# library → Debian package, for every Qt window
GENERAL = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
# and these for a window on X11
ON_X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
ADVICE = "`gradviz tour -o DIR` and all other commands work without a display"


def trouble(environment: Mapping[str, str] = os.environ, *, platform: str = sys.platform) -> str | None:
    """What keeps a window from opening, in one line; None when nothing is known to."""
    if find_spec("PySide6") is None:
        return "the window needs PySide6: run `pip install gradviz` again, in an environment of its own"
    if not platform.startswith("linux"):
        return None
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if not chosen and not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        return f"there is no display to open a window on (DISPLAY is not set); {ADVICE}"
    is_x11 = chosen == "xcb" or (not chosen and not environment.get("WAYLAND_DISPLAY"))
    return missing_libraries(GENERAL | ON_X11 if is_x11 else GENERAL) or (
        _silent_display(environment) if is_x11 else None
    )


def missing_libraries(needed: Mapping[str, str], load: Callable[[str], object] = ctypes.CDLL) -> str | None:
    """One line that names the packages of the libraries that can't be loaded; None when all can."""
    packages = [package for library, package in needed.items() if not _loads(library, load)]
    if not packages:
        return None
    what = "a system library" if len(packages) == 1 else f"{len(packages)} system libraries"
    return f"the window needs {what}: run `apt-get install {' '.join(packages)}`; {ADVICE}"


def _loads(library: str, load: Callable[[str], object]) -> bool:
    try:
        load(library)
    except OSError:
        return False
    return True


def _silent_display(environment: Mapping[str, str]) -> str | None:
    """One line when the X server that DISPLAY names does not answer."""
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    name = environment.get("DISPLAY", "")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    connection = x11.XOpenDisplay(name.encode())
    if not connection:
        return f"the display {name} does not answer; {ADVICE}"
    x11.XCloseDisplay(connection)
    return None
