"""`read`: all the way from text to a graph.

text → tokens (lexer, latex_reader) → lines → names (words) → tree (parser) → graph (lowering)

Lines that define a function (definitions) are read first, each body as a small formula of its own.
"""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from gradviz.core.graph import Function
from gradviz.errors import LimitError
from gradviz.lang import latex_reader, lines, names
from gradviz.lang.definitions import (
    Defined,
    Definition,
    Scope,
    calls_of,
    defined_twice,
    defining,
    definition,
    only_named,
    with_calls,
)
from gradviz.lang.further import Rewriting, rewritten, with_functions
from gradviz.lang.lines import RawLine
from gradviz.lang.lowering import Lowering
from gradviz.lang.parser import Parser
from gradviz.lang.reading import MAX_CHARACTERS, Reading, fault
from gradviz.lang.syntax import Line, Name
from gradviz.lang.words import WordReader

_NONE: Mapping[str, Rewriting] = MappingProxyType({})


def read(text: str, declared: Collection[str] = (), *, further: Mapping[str, Rewriting] = _NONE) -> Reading:
    """The formula that a text stands for.

    declared: names that are read as one name though they have several letters, and that are leaves.
    further: functions that only this text has, such as `isnan`; each call of one is rewritten.
    Only what leads to the last line is kept; see `read_all`.
    Raises FormulaError with the span of what is wrong, LimitError for what is too long, too deep or too large.
    """
    return _Text(text, declared, further).lowered().reading()


def read_all(text: str, declared: Collection[str] = ()) -> Reading:
    """The formula that a text stands for, with all its lines: what doesn't lead to the last line is a loose part."""
    return _Text(text, declared, _NONE).lowered().whole_reading()


def read_functions(text: str, declared: Collection[str] = ()) -> dict[str, Function]:
    """The functions that a text of nothing but definitions defines, in order; raises FormulaError."""
    whole = _Text(text, declared, _NONE, is_definitions=True)
    for line in whole.raw_lines:
        if line not in whole.defining:
            raise fault(text, line.span, "this defines no function", "write f(x) = x^2")
    return {name: found.function for name, found in whole.functions().items()}


class _Text:
    """One text on its way from tokens to a tree."""

    def __init__(
        self, text: str, declared: Collection[str], further: Mapping[str, Rewriting], *, is_definitions: bool = False
    ) -> None:
        if len(text) > MAX_CHARACTERS:
            raise LimitError(f"the formula has {len(text):,} characters; the limit is {MAX_CHARACTERS:,}")
        self.text = text
        self.further = further
        self.known = {names.canonical(name) for name in declared}
        self.raw_lines = lines.split(text, latex_reader.tokens(text))
        self.defining = defining(self.raw_lines, self.known, all_of_them=is_definitions)
        self.line_names = {
            line.name.text for line in self.raw_lines if line.name is not None and line not in self.defining
        }
        self.function_lines = {line.name.text: line.number for line in self.defining if line.name is not None}
        self.calls = calls_of(self.defining)
        self.notes: list[str] = []

    def lowered(self) -> Lowering:
        """The nodes of all lines that define no function."""
        scope = Scope(self.functions(), self.function_lines)
        words = WordReader(self.text, self.known | self.line_names)
        self.notes = words.notes
        self.notes += only_named(self.raw_lines, self.defining)
        rest = [line for line in self.raw_lines if line not in self.defining]
        return Lowering(self.text, self._tree(rest, words), self.known, self.notes, scope)

    def functions(self) -> dict[str, Defined]:
        """The functions that are defined, each knowing those above it."""
        found: dict[str, Defined] = {}
        formulas = self._formulas()
        for line in self.defining:
            known = definition(self.text, line)
            if known.name in found or known.name in self.line_names:
                raise defined_twice(self.text, line)
            found[known.name] = self._function(known, found, formulas)
        return found

    def _function(self, known: Definition, before: Mapping[str, Defined], formulas: Collection[str]) -> Defined:
        inner = {line.name.text for line in known.lines if line.name is not None}
        words = WordReader(self.text, {*self.known, *self.line_names, *known.params, *inner})
        foreign = {*formulas} - {*known.params, *inner}
        scope = Scope(dict(before), self.function_lines, foreign, within=known.name, calls=self.calls)
        tree = self._tree(known.lines, words)
        return Lowering(self.text, tree, {*self.known, *known.params}, words.notes, scope).body(
            known.name, known.params
        )

    def _formulas(self) -> set[str]:
        """The names of lines that are formulas, not just values."""
        return {
            line.name.text
            for line in self.raw_lines
            if line.name is not None and line not in self.defining and not _is_value(line)
        }

    def _tree(self, raw_lines: Sequence[RawLine], words: WordReader) -> tuple[Line, ...]:
        tree = []
        for line in raw_lines:
            tokens = with_calls(with_functions(line.tokens, self.further), self.function_lines)
            parser = Parser(self.text, words.read(tokens))
            expression = rewritten(parser.parse(), self.further) if self.further else parser.parse()
            name = Name(line.name.text, line.name.span) if line.name is not None else None
            tree.append(Line(expression, line.span, name, line.number))
            words.notes.extend(parser.notes)
        return tuple(tree)


def _is_value(line: RawLine) -> bool:
    """True for a line such as W = [[1, 2], [3, 4]]."""
    return not any(token.text.isalpha() for token in line.tokens[:-1])
