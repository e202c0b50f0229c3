"""Taking numbers and formulas out of the inspector: as text, NumPy or LaTeX, or to a file as .npy or CSV."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from gradviz.core.trace import Trace
from gradviz.core.types import Array
from gradviz.text.array_text import as_csv, as_latex, as_numpy, as_text
from gradviz.ui.panels.formula_section import derivative_text, formula_text, lines_of
from gradviz.ui.panels.subject import Numbers, Sight

MOST_COPIED = 2_000_000
"""An array with more numbers is saved to a file, not copied."""
FILTERS = {".npy": "NumPy array (*.npy)", ".csv": "Comma-separated values (*.csv)"}

Say = Callable[[str], None]


def fill_menu(menu: QMenu, seen: Sight, trace: Trace, say: Say) -> None:
    """Fill a menu with all that can be taken of a subject."""
    menu.clear()
    for one in seen.numbers:
        if one.array is not None:
            _offer_array(menu, one, say)
    menu.addSeparator()
    lines = lines_of(trace, seen.subject)
    text = formula_text(trace.graph, seen.subject)
    if text:
        _offer(menu, "Copy the formula", text, say)
    _offer(menu, "Copy the formula as LaTeX", lines[0].latex, say)
    for line in lines[1]:
        name = line.equation.parts[0].text
        _offer(menu, f"Copy {name} as LaTeX", line.equation.latex, say)
        written = derivative_text(line)
        if written:
            _offer(menu, f"Copy {name} as formula", written, say)


def _offer_array(menu: QMenu, one: Numbers, say: Say) -> None:
    array = one.array
    assert array is not None
    entry = menu.addMenu(f"{one.name.capitalize()}")
    for words, write in (("as text", as_text), ("as NumPy", as_numpy), ("as LaTeX", as_latex)):
        if np.size(array) <= MOST_COPIED or write is as_latex:
            entry.addAction(f"Copy {words}").triggered.connect(partial(_copy, write, array, say))
    entry.addSeparator()
    for suffix, words in ((".npy", "Save as .npy…"), (".csv", "Save as CSV…")):
        entry.addAction(words).triggered.connect(partial(_ask_and_save, one.name, array, suffix, menu, say))


def _offer(menu: QMenu, words: str, text: str, say: Say) -> None:
    menu.addAction(words).triggered.connect(partial(_copy, str, text, say))  # type: ignore[arg-type]  # str of a text


def _copy(write: Callable[[Array], str], array: Array, say: Say, _checked: bool = False) -> None:
    text = write(array)
    QGuiApplication.clipboard().setText(text)
    say(f"Copied {len(text):,} characters.".replace(",", "\u202f"))


def _ask_and_save(name: str, array: Array, suffix: str, parent: QWidget, say: Say, _checked: bool = False) -> None:
    window = parent.window()
    chosen, _ = QFileDialog.getSaveFileName(window, f"Save the {name}", f"{name}{suffix}", FILTERS[suffix])
    if chosen:
        save(Path(chosen), array, suffix, say)


def save(path: Path, array: Array, suffix: str, say: Say) -> None:
    """Write an array to a file: first beside it, then in its place, so that a full disk leaves the old one whole."""
    whole = path if path.suffix else path.with_suffix(suffix)
    draft = whole.with_name(f".{whole.name}.new")
    try:
        if suffix == ".npy":
            with draft.open("wb") as file:
                np.save(file, np.asarray(array), allow_pickle=False)
        else:
            draft.write_text(as_csv(array), encoding="utf-8")
        draft.replace(whole)
    except OSError as error:
        draft.unlink(missing_ok=True)
        say(f"{whole.name} could not be written: {error.strerror or error}")
        return
    say(f"Saved {whole.name}.")
