"""Names for generated Python: plain ASCII, never a keyword, never taken twice.

    W → W     θ → theta     x_1 → x_1     lambda → lambda_     print → print_     __name__ → name

A formula's names are not Python's: what a person typed reaches the code only through here.
"""

import builtins
import keyword
import unicodedata
from collections.abc import Iterable

_LONGEST = 40
_GREEK = "GREEK SMALL LETTER ", "GREEK CAPITAL LETTER "


class Names:
    """Gives out names, each once."""

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._taken = {*keyword.kwlist, *keyword.softkwlist, *dir(builtins), *reserved}
        self._counts: dict[str, int] = {}

    def fresh(self, wish: str) -> str:
        """A name near to the wish that nobody has yet."""
        stem = identifier(wish)
        name, count = stem, 1
        while name in self._taken:
            count += 1
            name = f"{stem}_" if count == 2 and stem + "_" not in self._taken else f"{stem}_{count}"
        self._taken.add(name)
        return name

    def numbered(self, stem: str) -> str:
        """The first free name of stem1, stem2, …"""
        while True:
            self._counts[stem] = self._counts.get(stem, 0) + 1
            name = f"{stem}{self._counts[stem]}"
            if name not in self._taken:
                self._taken.add(name)
                return name


def identifier(name: str) -> str:
    """The name in letters, digits and underscores that Python takes; different names may become the same one."""
    plain = "".join(map(_letter, unicodedata.normalize("NFKC", name)))[:_LONGEST].lstrip("_")
    return plain if plain and not plain[0].isdigit() else f"u{plain}"


def _letter(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() or letter == "_" else "_"
    words = unicodedata.name(letter, "")
    small, capital = _GREEK
    if words.startswith(small) and words.removeprefix(small).isalpha():
        return words.removeprefix(small).lower().replace("lamda", "lambda")
    if words.startswith(capital) and words.removeprefix(capital).isalpha():
        return words.removeprefix(capital).capitalize().replace("Lamda", "Lambda")
    return f"u{ord(letter):x}"
