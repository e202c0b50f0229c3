"""Finding the name that was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: `, did you mean petal_width?`, or what there is instead."""
    names = list(known)
    folded = {candidate.casefold(): candidate for candidate in names}
    close = get_close_matches(name.casefold(), folded, n=1)
    if close:
        return f", did you mean {folded[close[0]]}?"
    listed = ", ".join(names[:8]) + (", …" if len(names) > 8 else "")
    return f"; there is {listed}" if names else ""
