r"""LaTeX as it is pasted from slides, into the same tokens as everything else.

    \frac{1}{2} \left(\mathbf{W} x + b\right)^{2}     ((1)/(2)) (W x + b)^(2)

Braces become brackets; a command that takes arguments leaves on the stack of open braces what is to be written
between and after them. What can't be read is refused by name, never skipped.
"""

import difflib
import re
from dataclasses import dataclass

from gradviz.errors import FormulaError, Span
from gradviz.lang import names
from gradviz.lang.latex_commands import (
    ACCENTS,
    FACES,
    FUNCTIONS,
    LAYOUTS,
    LETTERS,
    MATRICES,
    REFUSED,
    SIGNS,
    SPACES,
    WORDS,
)
from gradviz.lang.lexer import Kind, Lexer, Token
from gradviz.lang.reading import MAX_NESTING, beyond_nesting, fault

_COMMAND = re.compile(r"\\([A-Za-z]+\*?|.)", re.DOTALL)
_SIMPLE = re.compile(r"\s*\{\s*(\\?[A-Za-z]+[0-9]*)\s*\}|\s*(\\[A-Za-z]+|[A-Za-z])")
_GREEK_ARGUMENT = re.compile(rf"\\({'|'.join([*names.GREEK_NAMES, *LETTERS])})(?![A-Za-z])")
_TRANSPOSED = re.compile(
    r"\s*(?:\\(?:top|intercal)(?![A-Za-z])|\{\s*\\(?:top|intercal|math[a-z]+\s*\{?\s*T\s*\}?)\s*\})"
)


@dataclass(frozen=True, slots=True)
class _Open:
    """An open brace: what is written when it closes, and whether a second argument follows."""

    at: int
    closing: str = ")"
    then: str = ""


@dataclass(frozen=True, slots=True)
class _Matrix:
    """An open matrix; a column of numbers is a vector, so its rows have no brackets."""

    name: str
    is_column: bool


def tokens(text: str) -> list[Token]:
    """The tokens of a formula, in plain notation or in LaTeX; raises FormulaError."""
    return LatexLexer(text).run()


class LatexLexer(Lexer):
    """The lexer with commands and braces."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._open: list[_Open] = []
        self._matrices: list[_Matrix] = []
        self._is_latex = "\\" in text or text.strip().startswith("$")

    def run(self) -> list[Token]:
        """All tokens; raises FormulaError, also for a brace that is never closed."""
        found = super().run()
        if self._open:
            span = Span(self._open[-1].at, self._open[-1].at + 1)
            raise fault(self.text, span, "`{` is never closed", "add `}`")
        if self._matrices:
            raise fault(self.text, found[-1].span, rf"\begin{{{self._matrices[-1].name}}} is never closed", r"add \end")
        return found

    def sign(self) -> None:
        """Read a command, a brace or any other sign."""
        character = self.text[self.at]
        span = Span(self.at, self.at + 1)
        if character == "\\":
            self._command()
        elif character == "{":
            self.at += 1
            self._push(_Open(span.start), span)
        elif character == "}":
            self._close(span)
        elif character == "&" and self._is_latex:
            self.at += 1
            if self._matrices:
                self.emit(Kind.SIGN, ",", span)
        elif character in "$~" and self._is_latex:
            self.at += 1
        elif character == "^" and (match := _TRANSPOSED.match(self.text, self.at + 1)):
            self.take(Kind.SIGN, match.end() - self.at, "⊤")
        else:
            super().sign()

    def subscript_of_bracket(self) -> None:
        """Read `_{…}` after a bracket as an index, and refuse a subscript of a function."""
        if self.text.startswith("_{", self.at) and self.tokens and self.tokens[-1].is_sign(")", "]"):
            span = Span(self.at, self.at + 2)
            self.at += 2
            self.emit(Kind.SIGN, "[", span)
            self._open.append(_Open(span.start, closing="]"))
        else:
            super().subscript_of_bracket()

    def _push(self, opened: _Open, span: Span) -> None:
        if len(self._open) >= MAX_NESTING:
            raise beyond_nesting(self.text, span)
        self.emit(Kind.SIGN, "(", span)
        self._open.append(opened)

    def _close(self, span: Span) -> None:
        if not self._open:
            raise fault(self.text, span, "`}` closes nothing", "delete it, or add `{` before")
        self.at += 1
        opened = self._open.pop()
        self.emit(Kind.SIGN, opened.closing, span)
        self._after(opened.then, span)

    def _after(self, then: str, span: Span) -> None:
        """Write what follows an argument: the second half of a fraction, a root's exponent, or nothing."""
        if then == "over":
            self.emit(Kind.SIGN, "/", span)
            self._argument("end", span)
        elif then == "end":
            self.emit(Kind.SIGN, ")", span)
        elif then.startswith("root "):
            for kind, text in _root_exponent(then[5:]):
                self.emit(kind, text, span)

    def _argument(self, then: str, span: Span) -> None:
        """Begin an argument of a command: a group in braces, or a single letter or digit."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        character = self.text[self.at : self.at + 1]
        if character == "{":
            self.at += 1
            self._push(_Open(self.at - 1, then=then), Span(self.at - 1, self.at))
        elif character.isascii() and character.isdigit():
            self.take(Kind.NUMBER, 1, character)
            self._after(then, span)
        elif character and names.letter(character):
            here = Span(self.at, self.at + 1)
            self.tokens.append(Token(Kind.WORD, names.letter(character) or "", here, (here.start, here.stop)))
            self.at += 1
            self._after(then, span)
        elif match := _GREEK_ARGUMENT.match(self.text, self.at):
            self.at = match.end()
            self._operand(match[1], Span(*match.span()))
            self._after(then, span)
        else:
            raise self._lacking(then, span)

    def _lacking(self, then: str, span: Span) -> FormulaError:
        """The error for a command without its argument, or for a fraction without its second one."""
        if then == "end":
            return fault(self.text, span, r"`\frac` lacks its denominator", r"write \frac{…}{…}")
        what = f"`{self.text[span.start : span.stop]}` lacks an argument"
        return fault(self.text, span, what, "write it in braces {…}")

    def _command(self) -> None:
        match = _COMMAND.match(self.text, self.at)
        if match is None:
            raise self.unexpected()
        name, span = match[1], Span(*match.span())
        if not match[1][0].isalpha() and match[1] == "\\":
            self._new_row(span)
            return
        self.at = match.end()
        if len(self.tokens) and self.tokens[-1].is_sign("^") and name in ("top", "intercal"):
            self.tokens.pop()
        if name in SIGNS:
            self.emit(Kind.SIGN, SIGNS[name], span)
        elif name in ("left", "right"):
            self._delimiter(span)
        elif name in FUNCTIONS:
            self._function(name, span)
        elif name in ("begin", "end"):
            self._environment(name, span)
        elif name not in SPACES:
            self._operand(name, span)

    def _operand(self, name: str, span: Span) -> None:
        greek = LETTERS.get(name, name)
        if name in ("frac", "dfrac", "tfrac"):
            self.emit(Kind.SIGN, "(", span)
            self._argument("over", span)
        elif name == "sqrt":
            self._root(span)
        elif name == "sum":
            self._sum(span)
        elif name == "infty":
            self.emit(Kind.NUMBER, "inf", span)
        elif greek in names.GREEK_NAMES or greek == "ell":
            self._letters(greek, span, names.is_name(greek))
        elif name in FACES | WORDS | ACCENTS.keys():
            self._styled(name, span)
        else:
            raise self._unknown(name, span)

    def _styled(self, name: str, span: Span) -> None:
        match = _SIMPLE.match(self.text, self.at)
        if match is None:
            if name in FACES:
                return  # a face of a longer formula: its braces are brackets
            raise fault(self.text, span, rf"\{name} holds no single name", "write letters and digits in its braces")
        raw = match[1] or match[2]
        inner = raw.lstrip("\\")
        inner = LETTERS.get(inner, inner)
        if raw.startswith("\\") and inner not in names.GREEK_NAMES | {"ell"}:
            if name in FACES:
                return
            raise self._unknown(inner, span)
        self.at = match.end()
        whole = Span(span.start, self.at)
        if name in WORDS and inner in names.function_names():
            self._function(inner, whole)
        else:
            accent = ACCENTS.get(name)
            self._letters(f"{inner}_{accent}" if accent else inner, whole, name in WORDS or raw.startswith("\\"))

    def _letters(self, spelled: str, span: Span, is_one_name: bool) -> None:
        """Add a name, with the subscript that follows it."""
        subscript = ""
        match = re.compile(r"\s*_\s*(?:\{([A-Za-z0-9, ]+)\}|([A-Za-z0-9]))").match(self.text, self.at)
        if match:
            subscript = "_" + re.sub("[, ]", "", match[1] or match[2])
            self.at = match.end()
        span = Span(span.start, self.at)
        spelled += subscript
        kind = Kind.NAME if is_one_name and len(spelled) > 1 and spelled not in ("pi", "sigma") else Kind.WORD
        self.tokens.append(Token(kind, spelled, span, (span.start,) * len(spelled) + (span.stop,)))

    def _function(self, name: str, span: Span) -> None:
        match = re.compile(r"\s*_").match(self.text, self.at)
        if match:
            remedy = "write log(x)/log(2)" if name == "log" else f"write {name}(…) of a vector"
            raise fault(self.text, Span(span.start, match.end()), rf"\{name} with a subscript can't be read", remedy)
        self.tokens.append(Token(Kind.WORD, name, span, (span.start,) * len(name) + (span.stop,)))

    def _sum(self, span: Span) -> None:
        match = re.compile(r"\s*(?:\\(?:no)?limits)?\s*[_^]").match(self.text, self.at)
        if match:
            raise fault(
                self.text,
                Span(span.start, match.end()),
                r"\sum with an index can't be read",
                "write sum(…), which adds the elements of a vector; samples of a data set are summed in training",
            )
        self.emit(Kind.SIGN, "Σ", span)

    def _root(self, span: Span) -> None:
        match = re.compile(r"\s*\[\s*([0-9]{1,6})\s*\]").match(self.text, self.at)
        if match:
            self.at = match.end()
            self.emit(Kind.SIGN, "(", span)
            self._argument(f"root {match[1]}", span)
        else:
            self.emit(Kind.SIGN, "√", span)
            self._argument("", span)

    def _delimiter(self, span: Span) -> None:
        r"""Read what follows \left or \right: a bracket, a bar, or a dot for none."""
        rest = re.compile(r"\s*(\\\||\\[{}]|\\[a-zA-Z]+|[()\[\].|/])").match(self.text, self.at)
        if rest is None:
            raise fault(
                self.text, span, f"`{self.text[span.start : span.stop]}` lacks its bracket", "write ( or ) after it"
            )
        delimiter = rest[1].lstrip("\\")
        spelled = SIGNS.get(delimiter, delimiter) if rest[1].startswith("\\") else delimiter
        self.at = rest.end()
        if spelled in "()[]|‖":
            self.emit(Kind.SIGN, spelled, Span(span.start, self.at))
        elif spelled != ".":
            raise fault(self.text, Span(span.start, self.at), f"`{rest[1]}` is no bracket", "use ( ) or [ ]")

    def _environment(self, which: str, span: Span) -> None:
        match = re.compile(r"\s*\{\s*([A-Za-z]+\*?)\s*\}(?:\{[lcr| ]*\})?").match(self.text, self.at)
        name = match[1] if match else ""
        if match is None or name not in MATRICES | LAYOUTS:
            known = "aligned, pmatrix, bmatrix and the like can be read"
            raise fault(self.text, span, rf"\{which}{{{name}}} can't be read", known)
        self.at = match.end()
        if name in MATRICES:
            self._matrix(which, name, Span(span.start, self.at))

    def _matrix(self, which: str, name: str, span: Span) -> None:
        if which == "begin":
            if len(self._matrices) >= MAX_NESTING:
                raise beyond_nesting(self.text, span)
            end = self.text.find(rf"\end{{{name}}}", self.at)
            self._matrices.append(_Matrix(name, is_column="&" not in self.text[self.at : max(end, self.at)]))
            signs = "[" if self._matrices[-1].is_column else "[["
        else:
            if not self._matrices:
                raise fault(self.text, span, rf"\end{{{name}}} closes nothing", rf"add \begin{{{name}}} before")
            signs = "]" if self._matrices.pop().is_column else "]]"
        for sign in signs:
            self.emit(Kind.SIGN, sign, span)

    def _new_row(self, span: Span) -> None:
        self.at = span.stop
        if not self._matrices:
            self.emit(Kind.BREAK, "\n", span)
        elif not re.compile(r"\s*\\end\b").match(self.text, self.at):
            for sign in "," if self._matrices[-1].is_column else "],[":
                self.emit(Kind.SIGN, sign, span)

    def _unknown(self, name: str, span: Span) -> FormulaError:
        if name in REFUSED:
            return fault(self.text, span, rf"\{name} can't be read", REFUSED[name])
        known = [
            *SIGNS,
            *FUNCTIONS,
            *names.GREEK_NAMES,
            *FACES,
            *WORDS,
            *ACCENTS,
            *LETTERS,
            "frac",
            "sqrt",
            "sum",
        ]
        close = difflib.get_close_matches(name, known, 1)
        if close:
            return fault(
                self.text, span, rf"unknown command \{name}", rf", did you mean `\{close[0]}`?", f"\\{close[0]}"
            )
        if name in names.function_names():
            return fault(
                self.text, span, rf"unknown command \{name}", rf", write `\operatorname{{{name}}}` or `{name}`"
            )
        return fault(self.text, span, rf"unknown command \{name}", "delete it, or write what it stands for")


def _root_exponent(index: str) -> list[tuple[Kind, str]]:
    """The tokens ^(1/n) and the closing bracket."""
    signs = [(Kind.SIGN, "^"), (Kind.SIGN, "("), (Kind.NUMBER, "1"), (Kind.SIGN, "/"), (Kind.NUMBER, index)]
    return [*signs, (Kind.SIGN, ")"), (Kind.SIGN, ")")]
