"""Tokens into a tree, by operator precedence with a stack of its own: depth of the text is never depth of the program.

weakest   < <= == != >= >          no chains
          + -                      left to right
          Σ                        sum of the product that follows
          * / @ · side by side     left to right: 1/2 (a-b)^2 is (1/2)·(a-b)^2
          log x y                  a function without brackets takes the factors that follow
          -x                       so -x^2 is -(x^2), and 2^-x is 2^(-x)
          ^                        right to left
strongest f(x)  v[i]  x²  Wᵀ
"""

from collections.abc import Sequence

from gradviz.core.op import COMPARE, PRODUCT, UNARY
from gradviz.errors import Span
from gradviz.lang import pending
from gradviz.lang.closing import closed
from gradviz.lang.lexer import Kind, Token
from gradviz.lang.pending import APPLIED, BESIDE, BINARY, CLOSING, ROOT, TOTAL, Bracket, Waiting
from gradviz.lang.reading import MAX_NESTING, beyond_nesting, fault, shortened
from gradviz.lang.syntax import (
    Binary,
    Blank,
    Call,
    Expression,
    Name,
    Negation,
    Number,
    Section,
    Setting,
)


class Parser:
    """Parses one line; `notes` collects readings that are worth saying."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0
        self.notes: list[str] = []
        self._done: list[Expression] = []
        self._stack: list[Waiting | Bracket] = []
        self._brackets: list[Bracket] = []
        self._wants_operand = True

    def parse(self) -> Expression:
        """The tree of the line; raises FormulaError."""
        while self._token.kind is not Kind.END:
            if self._wants_operand:
                self._operand()
            else:
                self._after_operand()
        bracket = self._innermost()
        if bracket is not None and not self._wants_operand:
            raise pending.unclosed(self.text, bracket)
        if self._wants_operand:
            raise pending.expected(self.text, self.tokens, self.at, self._innermost())
        self._reduce(0)
        return self._done[0]

    def _operand(self) -> None:
        token = self._token
        match token.kind:
            case Kind.NUMBER:
                self._push(Number(_value(token.text), token.span))
            case Kind.NAME:
                self._name(token)
            case Kind.FUNCTION:
                self._function(token)
            case Kind.SIGN:
                self._operand_sign(token)
            case _:
                raise pending.expected(self.text, self.tokens, self.at, self._innermost())

    def _name(self, token: Token) -> None:
        bracket = self._innermost()
        if self._next.is_sign("="):
            starts_item = bracket is not None and bracket.kind == "call" and self._stack[-1] is bracket
            if bracket is None or not starts_item or bracket.setting is not None:
                raise fault(
                    self.text,
                    self._next.span,
                    "`=` can't stand here",
                    "write == to compare, or a name = formula as a line",
                )
            bracket.setting = token
            self.at += 2
            return
        self._push(Name(token.text, token.span))

    def _operand_sign(self, token: Token) -> None:
        bracket = self._innermost()
        if token.text == "-" and self._is_negative_number():
            number = self.tokens[self.at + 1]
            self.at += 1
            self._push(Number(-_value(number.text), token.span.covering(number.span)))
        elif token.text == "-":
            self._wait("negate", UNARY)
        elif token.text == "+":
            self.at += 1
        elif token.text == "?":
            self._push(Blank(token.span))
        elif token.text in ("√", "Σ"):
            self._named_sign(token)
        elif token.text in ("(", "[") or token.text in ("|", "‖"):
            self._open(token.text)
        elif token.text == ":" and bracket is not None and bracket.kind == "index" and self._stack[-1] is bracket:
            self._colon(bracket, None)
        elif bracket is not None and self._stack[-1] is bracket and token.text in ("]", ")", ","):
            self._close_empty(bracket, token)
        else:
            raise pending.expected(self.text, self.tokens, self.at, self._innermost())

    def _is_negative_number(self) -> bool:
        """True before -2, but not before -2^x, which is -(2^x)."""
        if self._next.kind is not Kind.NUMBER:
            return False
        after = self.tokens[self.at + 2]
        return after.kind is not Kind.SUPERSCRIPT and not after.is_sign("^", "⊤")

    def _named_sign(self, token: Token) -> None:
        function = Token(Kind.FUNCTION, "sqrt" if token.text == "√" else "sum", token.span)
        if token.text == "√" and self._next.is_sign("("):
            self.at += 1
            self._open("call", function)
        else:
            self._stack.append(Waiting("apply", ROOT if token.text == "√" else TOTAL, function))
            self.at += 1

    def _function(self, token: Token) -> None:
        self.at += 1
        exponent = self._function_exponent(token)
        if self._token.is_sign("("):
            self._open("call", token, exponent)
        elif self._token.kind in (Kind.NUMBER, Kind.NAME, Kind.FUNCTION) or self._token.is_sign(
            "-", "√", "|", "[", "?"
        ):
            self._stack.append(Waiting("apply", APPLIED, token, exponent))
        else:
            raise fault(self.text, token.span, f"`{token.text}` needs an operand", f"write {token.text}(x)")

    def _function_exponent(self, token: Token) -> Number | None:
        """The 2 of sin²(x), sin^2(x) or \\sin^{2}(x)."""
        start = self.at
        if self._token.kind is Kind.SUPERSCRIPT and _is_numeral(self._token.text):
            found, self.at = self._token, self.at + 1
        elif self._token.is_sign("^"):
            bracketed = self._next.is_sign("(")
            place = self.at + 1 + bracketed
            found = self.tokens[min(place, len(self.tokens) - 1)]
            closes = not bracketed or self.tokens[min(place + 1, len(self.tokens) - 1)].is_sign(")")
            if found.kind is not Kind.NUMBER or not closes:
                raise fault(
                    self.text, token.span, f"the power of `{token.text}` can't be read", f"write ({token.text}(x))^n"
                )
            self.at = place + 1 + bracketed
        else:
            return None
        value = _value(found.text)
        if value < 0:
            remedy = f"write 1/{token.text}(x)"
            raise fault(self.text, token.span, f"`{token.text}` to the power {found.text} has two meanings", remedy)
        return Number(value, self.tokens[start].span.covering(found.span))

    def _after_operand(self) -> None:
        token = self._token
        if token.kind is Kind.SUPERSCRIPT:
            self._superscript(token)
        elif token.kind is Kind.SIGN and token.text in BINARY:
            self._binary(token.text)
        elif token.kind is Kind.SIGN:
            self._sign_after_operand(token)
        elif (
            token.kind is Kind.NUMBER
            and isinstance(self._done[-1], Number)
            and self.tokens[self.at - 1].kind is Kind.NUMBER
        ):
            raise fault(self.text, token.span, "two numbers stand side by side", "write * between them")
        else:
            self._beside()

    def _sign_after_operand(self, token: Token) -> None:
        bracket = self._innermost()
        match token.text:
            case "(" | "√" | "Σ" | "?":
                self._beside()
            case "[":
                if self.tokens[self.at - 1].kind is Kind.NUMBER:
                    self._beside()
                else:
                    self._open("index")
            case "⊤":
                self._postfix(
                    Call("transpose", (self._done[-1],), (), self._done[-1].span.covering(token.span), token.span)
                )
            case "|" | "‖" if bracket is None or bracket.kind != token.text:
                self._beside()
            case ")" | "]" | "|" | "‖" | "," | ":":
                self._in_bracket(token, bracket)
            case "=":
                raise fault(
                    self.text, token.span, "`=` can't stand here", "write == to compare, or name = formula as a line"
                )
            case _:
                raise fault(self.text, token.span, f"unexpected `{token.text}`", "delete it")

    def _in_bracket(self, token: Token, bracket: Bracket | None) -> None:
        if bracket is None:
            raise pending.closes_nothing(self.text, token)
        self._reduce(0)
        if token.text == ":":
            self._colon(bracket, self._done.pop())
        elif token.text == ",":
            self._comma(bracket, token)
        elif token.text != CLOSING[bracket.kind]:
            raise pending.wrong_closing(self.text, token, bracket)
        else:
            self._item(bracket, self._done.pop())
            self._close(bracket, token)

    def _superscript(self, token: Token) -> None:
        exponent = Number(_value(token.text), token.span) if _is_numeral(token.text) else Name(token.text, token.span)
        base = self._done[-1]
        self._postfix(Binary("^", base, exponent, base.span.covering(token.span)))

    def _postfix(self, expression: Expression) -> None:
        self._done[-1] = expression
        self.at += 1

    def _binary(self, sign: str) -> None:
        strength = BINARY[sign]
        self._reduce(strength, is_right_to_left=sign == "^")
        top = self._stack[-1] if self._stack else None
        if strength == COMPARE and isinstance(top, Waiting) and top.strength == COMPARE:
            raise fault(self.text, self._token.span, "comparisons can't be chained", "write (a < b) * (b < c)")
        self._wait(sign, strength)

    def _beside(self) -> None:
        """Two operands side by side are multiplied; what follows `log x` still belongs to the logarithm."""
        is_function = self._token.kind is Kind.FUNCTION
        strength = BESIDE if self._is_applying() and not is_function else PRODUCT
        self._reduce(strength)
        self._stack.append(Waiting("·", strength, self._token))
        self._wants_operand = True
        if strength == BESIDE:
            self._note_application()

    def _is_applying(self) -> bool:
        for waiting in reversed(self._stack):
            if isinstance(waiting, Bracket) or waiting.strength < APPLIED:
                return False
            if waiting.sign == "apply" and waiting.strength == APPLIED:
                return True
        return False

    def _note_application(self) -> None:
        function = next(w for w in reversed(self._stack) if isinstance(w, Waiting) and w.strength == APPLIED)
        shown = shortened(self.text[function.token.span.start : self._token.span.stop])
        self.notes.append(f"`{shown}` is read as {function.token.text} of the whole product")

    def _open(self, kind: str, function: Token | None = None, exponent: Number | None = None) -> None:
        if len(self._brackets) >= MAX_NESTING:
            raise beyond_nesting(self.text, self._token.span)
        self._brackets.append(Bracket(kind, self._token, function, exponent))
        self._stack.append(self._brackets[-1])
        self.at += 1
        self._wants_operand = True

    def _comma(self, bracket: Bracket, token: Token) -> None:
        if bracket.kind in ("|", "‖") or (bracket.kind == "(" and not self._is_setting_value(bracket)):
            raise fault(
                self.text,
                token.span,
                "a comma can't stand here",
                "it separates operands of a function and elements of a list",
            )
        self._item(bracket, self._done.pop())
        self.at += 1
        self._wants_operand = True

    def _is_setting_value(self, bracket: Bracket) -> bool:
        """True for the inner bracket of reshape(x, shape=(2, 3)) and of reshape(x, (2, 3))."""
        outer = self._brackets[-2] if len(self._brackets) > 1 else None
        if outer is None or outer.function is None or self._brackets[-1] is not bracket:
            return False
        return outer.setting is not None or (outer.function.text == "reshape" and bool(outer.items))

    def _item(self, bracket: Bracket, item: Expression) -> None:
        if bracket.section is not None:
            bracket.items.append(self._section(bracket, item))
        elif bracket.setting is not None:
            bracket.settings.append(Setting(bracket.setting.text, item, bracket.setting.span.covering(item.span)))
            bracket.setting = None
        elif bracket.settings:
            raise fault(
                self.text, item.span, "an operand stands after a setting", "operands come first: sum(x, axis=0)"
            )
        else:
            bracket.items.append(item)

    def _colon(self, bracket: Bracket, part: Expression | None) -> None:
        if bracket.kind != "index" or (bracket.section and len(bracket.section) == 2):
            raise fault(
                self.text, self._token.span, "`:` can't stand here", "it belongs between index brackets, as in x[1:]"
            )
        bracket.section = [*(bracket.section or []), part]
        self.at += 1
        self._wants_operand = True

    def _section(self, bracket: Bracket, last: Expression | None) -> Section:
        parts = [*(bracket.section or []), last]
        bracket.section = None
        return Section(tuple(parts), bracket.token.span.covering(self._token.span))

    def _close_empty(self, bracket: Bracket, token: Token) -> None:
        """Read `]`, `)` or a comma with nothing before it: the end of a section, or a mistake."""
        if bracket.section is not None and token.text in ("]", ","):
            bracket.items.append(self._section(bracket, None))
            if token.text == "]":
                self._close(bracket, token)
            else:
                self.at += 1
        elif token.text == CLOSING[bracket.kind] and bracket.kind == "call" and not (bracket.items or bracket.settings):
            assert bracket.function is not None
            name = bracket.function.text
            raise fault(
                self.text, bracket.token.span.covering(token.span), f"`{name}` needs an operand", f"write {name}(x)"
            )
        elif token.text == CLOSING[bracket.kind] and bracket.kind == "[" and not bracket.items:
            raise fault(self.text, bracket.token.span.covering(token.span), "the list is empty", "write [1, 2]")
        else:
            raise pending.expected(self.text, self.tokens, self.at, self._innermost())

    def _close(self, bracket: Bracket, token: Token) -> None:
        self._stack.pop()
        self._brackets.pop()
        self._push(self._closed(bracket, bracket.token.span.covering(token.span)))

    def _closed(self, bracket: Bracket, span: Span) -> Expression:
        return closed(bracket, self._done.pop() if bracket.kind == "index" else None, span)

    def _push(self, expression: Expression) -> None:
        self._done.append(expression)
        self.at += 1
        self._wants_operand = False

    def _wait(self, sign: str, strength: int) -> None:
        self._stack.append(Waiting(sign, strength, self._token))
        self.at += 1
        self._wants_operand = True

    def _reduce(self, strength: int, *, is_right_to_left: bool = False) -> None:
        """Complete the operators on top that bind more strongly than what comes."""
        while self._stack:
            top = self._stack[-1]
            if isinstance(top, Bracket) or top.strength < strength or (is_right_to_left and top.strength == strength):
                return
            if top.strength == strength == COMPARE:
                return
            self._stack.pop()
            self._complete(top)

    def _complete(self, waiting: Waiting) -> None:
        right = self._done.pop()
        span = waiting.token.span.covering(right.span)
        if waiting.sign == "negate":
            self._done.append(Negation(right, span))
        elif waiting.sign == "apply":
            call = Call(waiting.token.text, (right,), (), span, waiting.token.span)
            self._done.append(call if waiting.exponent is None else Binary("^", call, waiting.exponent, span))
        else:
            left = self._done.pop()
            self._done.append(Binary(waiting.sign, left, right, left.span.covering(right.span)))

    def _innermost(self) -> Bracket | None:
        return self._brackets[-1] if self._brackets else None

    @property
    def _token(self) -> Token:
        return self.tokens[min(self.at, len(self.tokens) - 1)]

    @property
    def _next(self) -> Token:
        return self.tokens[min(self.at + 1, len(self.tokens) - 1)]


def _value(numeral: str) -> float:
    return float(numeral)  # beyond the largest float64 this is inf, however many digits there are


def _is_numeral(text: str) -> bool:
    return text.lstrip("+-").isdigit()
