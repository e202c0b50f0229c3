"""Runs of letters into names, by what is declared.

    Wx        W · x            no name Wx is declared
    rate x    rate · x         rate is declared
    W1x       W1 · x           digits belong to the letter before them
    x_iy_i    x_i · y_i
    sofmax(z) error: unknown function `sofmax`, did you mean `softmax`?

At each place of a run the longest declared name or function name wins, then a Greek name, then one letter with its
digits or its subscript.
"""

import difflib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from gradviz.errors import FormulaError, Span
from gradviz.lang import names
from gradviz.lang.lexer import Kind, Token
from gradviz.lang.reading import fault, shortened

_ATTACHED = re.compile(
    r"[0-9]*(?:_(?:[0-9]+|(?:hat|bar|tilde)(?![A-Za-z])|[A-Za-z]+?(?=[A-Za-z]_[A-Za-z])|[A-Za-z]+[0-9]*))*"
)
_LONG_GREEK = sorted((name for name in names.GREEK_NAMES if len(name) > 3), key=len, reverse=True)
_ABSENT = frozenset(
    ("sec", "csc", "cot", "arcsec", "arccsc", "arccot", "sech", "csch", "coth", "expit", "argmax", "argmin", "erf")
)
"""Functions that people expect; where no op gives them they are not read by letters."""
_LONGEST_FUNCTION = 30
_SETTING_WORDS = ("true", "false", "none")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One name in a run: run[start:stop] means `name`."""

    start: int
    stop: int
    name: str
    kind: Kind = Kind.NAME
    is_letter: bool = False
    """Read letter by letter, not because anyone declared it."""


class WordReader:
    """Cuts the words of one formula; `notes` collects what is worth saying."""

    def __init__(self, text: str, declared: Collection[str]) -> None:
        self.text = text
        self.declared = frozenset(declared)
        self.notes: list[str] = []
        self._spellings = {spelled: name for name in declared for spelled in names.spellings(name)}
        self._longest = max(map(len, self._spellings), default=0)

    def read(self, tokens: Sequence[Token]) -> list[Token]:
        """The tokens with each WORD replaced by what it means; raises FormulaError for an unknown function."""
        found: list[Token] = []
        for place, token in enumerate(tokens):
            if token.kind is not Kind.WORD:
                found.append(token)
            elif self._is_transposing(tokens, place):
                found[-1] = Token(Kind.SIGN, "⊤", found[-1].span.covering(token.span))
                self._note(f"`^{token.text}` is read as the transpose")
            else:
                found += self._read_word(token, tokens[place - 1] if place else None, tokens[place + 1])
        return found

    def names_in(self, run: str) -> list[str]:
        """The names that a run of letters means when nothing follows it."""
        return [piece.name for piece in self._pieces(run, is_called=False)]

    def _read_word(self, token: Token, before: Token | None, after: Token) -> list[Token]:
        run = token.text
        if after.is_sign("=") or (before and before.is_sign("=") and run.lower() in _SETTING_WORDS):
            return [Token(Kind.NAME, names.canonical(run), token.span)]
        if run in names.RESERVED and run not in self._spellings:
            raise fault(
                self.text,
                token.span,
                f"`{run}` is a word of programming languages",
                "a formula has names, numbers and functions",
            )
        if run in names.CONSTANTS or names.canonical(run) == "pi":
            constant = names.canonical(run)
            if constant in names.NO_NUMBERS or constant not in self.declared:
                return [self._constant(constant, token)]
        pieces = self._pieces(run, is_called=after.is_sign("("))
        if after.is_sign("(") and after.span.start == token.span.stop:
            self._check_call(token, pieces)
        self._say(run, pieces)
        return [
            Token(piece.kind, piece.name, Span(token.positions[piece.start], token.positions[piece.stop]))
            for piece in pieces
        ]

    def _pieces(self, run: str, *, is_called: bool) -> list[_Piece]:
        functions = names.function_names()
        pieces: list[_Piece] = []
        start = 0
        while start < len(run):
            rest = names.canonical(run[start:]) if len(run) - start <= _LONGEST_FUNCTION else ""
            declared = self._declared_at(run, start)
            is_function = rest in functions and (
                is_called or (start == 0 and rest not in names.GREEK_NAMES and len(rest) > 1)
            )
            if is_function and not (declared and declared.stop == len(run) and not (is_called and rest == run[start:])):
                pieces.append(_Piece(start, len(run), rest, Kind.FUNCTION))
            else:
                pieces.append(declared or self._greek_at(run, start) or self._letter_at(run, start))
            start = pieces[-1].stop
        return pieces

    def _declared_at(self, run: str, start: int) -> _Piece | None:
        """The longest declared name at a place; it may not leave digits or a subscript behind."""
        for stop in range(min(len(run), start + self._longest), start, -1):
            name = self._spellings.get(run[start:stop])
            if name is not None and not (stop < len(run) and (run[stop].isdigit() or run[stop] == "_")):
                return _Piece(start, stop, name)
        return None

    def _greek_at(self, run: str, start: int) -> _Piece | None:
        if run[start] in names.GREEK:
            stop = self._attached(run, start + 1)
            return _Piece(start, stop, names.canonical(run[start:stop]))
        for name in _LONG_GREEK:
            if run.startswith(name, start):
                stop = self._attached(run, start + len(name))
                return _Piece(start, stop, run[start:stop])
        stem = re.match("[A-Za-z]+", run) if start == 0 else None
        if stem and stem[0] in names.GREEK_NAMES and self._attached(run, stem.end()) == len(run):
            return _Piece(0, len(run), run)
        return None

    def _letter_at(self, run: str, start: int) -> _Piece:
        stop = self._attached(run, start + 1)
        return _Piece(start, stop, names.canonical(run[start:stop]), is_letter=True)

    def _attached(self, run: str, start: int) -> int:
        """Where the digits and subscripts after a letter end; in x_iy_i the y begins a new name."""
        match = _ATTACHED.match(run, start)
        return match.end() if match else start

    def _check_call(self, token: Token, pieces: list[_Piece]) -> None:
        """Refuse `foo(`: three letters or more before a bracket are meant as a function."""
        head = pieces[:-1] if pieces[-1].kind is Kind.FUNCTION else pieces
        if (head and token.text in _ABSENT) or (
            head and all(piece.is_letter for piece in head) and self._resembles(token.text)
        ):
            raise self.unknown_function(token.text, token.span)
        if head != pieces or not pieces[-1].is_letter:
            return
        letters = 0
        for piece in reversed(pieces):
            if not piece.is_letter or (letters and piece.stop - piece.start > 1):
                break
            letters += 1
        if letters >= 3:
            raise self.unknown_function(token.text[pieces[-letters].start :], token.span)
        if len(pieces) == 1 and token.text in ("f", "g", "h"):
            self._note(f"`{token.text}(…)` is read as the product {token.text}·(…); there is no function of that name")

    def _resembles(self, run: str) -> bool:
        """True for a slip such as sofmax, but not for W·tanh."""
        close = difflib.get_close_matches(run, names.function_names(), 1, 0.8) if len(run) > 3 else []
        return bool(close) and not run.endswith(close[0])

    def unknown_function(self, name: str, span: Span) -> FormulaError:
        """The error for a call of a function that doesn't exist."""
        what, close = f"unknown function `{shortened(name)}`", names.closest_function(name)
        if close is not None:
            return fault(self.text, span, what, f", did you mean `{close}`?", close)
        return fault(self.text, span, what, "for a product, put a space or * before the bracket")

    def _constant(self, name: str, token: Token) -> Token:
        if name == "pi":
            self._note(f"`{token.text}` is read as the number 3.14159…; to use it as a name, give it a value (pi = 1)")
        return Token(Kind.NUMBER, repr(names.CONSTANTS[name]), token.span)

    def _say(self, run: str, pieces: list[_Piece]) -> None:
        if len(pieces) > 1:
            self._note(f"`{shortened(run)}` is read as {shortened('·'.join(piece.name for piece in pieces[:30]), 60)}")
        for character in run:
            twin = names.lookalike(character)
            if twin is not None:
                self._note(f"`{character}` (U+{ord(character):04X}) looks like the Latin {twin}, but is another name")

    def _is_transposing(self, tokens: Sequence[Token], place: int) -> bool:
        """True for T in W^T, unless T is declared; 2^T is a power."""
        is_power = place >= 2 and tokens[place - 1].is_sign("^") and tokens[place].text == "T"
        return is_power and "T" not in self.declared and tokens[place - 2].kind is not Kind.NUMBER

    def _note(self, note: str) -> None:
        if note not in self.notes:
            self.notes.append(note)
