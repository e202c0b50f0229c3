"""A stretch of gradient descent as one generated function: the loop over the iterations stands inside the text.

    def once(a0):                                  a: what stays as it is
        v1 = f0(a0)                                what depends on nothing that moves
        return (v1,)

    def loop(rounds, stride, t, p0, g0, a0, v1):   p: parameters, g: gradients, m: memory
        rows = []
        total = 0.0
        for _ in range(rounds):
            for _ in range(stride):
                p0 = (p0 - (c0 * g0))              update: the optimizer's rule, applied to expressions
                v3 = p0 * p0                       measure: loss and gradients, as `compile` writes them
                …
                loss, g0 = v7, (c1 * v3)
                total += loss
            rows.append((loss, g0 * g0, p0, g0))
        return rows, total

So an iteration costs what its arithmetic costs. Arrays are updated in place: the function owns those that it is given
as p and m. Nothing is checked on the way, for whatever is not finite stays so: in p, in m, and in `total`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gradviz.core.codegen import Scope, Writer, defined, program_of
from gradviz.core.compile import Derived, fast_names
from gradviz.core.expr import Expr, Tape
from gradviz.core.graph import Leaf
from gradviz.core.types import SCALAR, Shape

Row = tuple[Any, ...]
"""Loss, Σ g² (None where there are arrays), then the parameters, their gradients, and what is remembered of each."""

ExprRule = Callable[[Expr, Expr, tuple[Expr, ...], Expr], tuple[Expr, tuple[Expr, ...]]]
"""rule(θ, g, memory, t) -> (new θ, new memory), as expressions; t counts iterations from 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """run(rounds, stride, t, *parameters, *gradients, *memory, *fixed leaves, *once(*fixed leaves)) -> rows, total."""

    source: str
    once: Callable[..., tuple[Any, ...]]
    run: Callable[..., tuple[list[Row], float]]


def compile_loop(derived: Derived, rule: ExprRule, remembered: int) -> Loop:
    """The loop that descends along the gradients of a loss by a rule.

    remembered: how many values of its shape the rule keeps of each parameter. Fixed are the leaves of the loss that
    have no gradient, in the order of `derived.leaf_shapes`.
    """
    scope = Scope()
    shapes = [derived.leaf_shapes[name] for name in derived.gradients]
    update, carried = _update(scope, rule, shapes, remembered)
    once, measure, found = _measure(scope, derived)
    gradients = [f"g{i}" for i in range(len(shapes))]
    arguments = ["rounds", "stride", "t", *carried[: len(shapes)], *gradients, *carried[len(shapes) :]]
    inner = [*update, *measure, f"{', '.join(['loss', *gradients])} = {', '.join(found)}", "total += loss"]
    squares = " + ".join(f"{g} * {g}" for g in gradients) if not any(shapes) else "None"
    row = ", ".join(["loss", squares, *arguments[3:]])
    fixed = list(_fixed_text(derived).values())
    prepared = [line.partition(" = ")[0] for line in once]
    lines = [
        f"def once({', '.join(fixed)}):",
        *_indented(1, [*once, f"return ({''.join(f'{name}, ' for name in prepared)})", ""]),
        f"def loop({', '.join([*arguments, *fixed, *prepared])}):",
        *_indented(1, ["rows = []", "total = 0.0", "for _ in range(rounds):"]),
        *_indented(2, ["for _ in range(stride):"]),
        *_indented(3, inner),
        *_indented(2, [f"rows.append(({row},))"]),
        *_indented(1, ["return rows, total"]),
    ]
    source = "\n".join(lines) + "\n"
    made = defined(source, fast_names(scope.names))
    return Loop(source, made["once"], made["loop"])


def _update(scope: Scope, rule: ExprRule, shapes: Sequence[Shape], remembered: int) -> tuple[list[str], list[str]]:
    """The lines of the update, and the names that it moves: parameters, then memory."""
    tape = Tape()
    t = tape.leaf("t", SCALAR)
    moves: dict[str, Expr] = {}
    memories: dict[str, Expr] = {}
    for i, shape in enumerate(shapes):
        memory = tuple(tape.leaf(f"m{i}_{j}", shape) for j in range(remembered))
        moves[f"p{i}"], kept = rule(tape.leaf(f"p{i}", shape), tape.leaf(f"g{i}", shape), memory, t)
        memories |= {f"m{i}_{j}": value for j, value in enumerate(kept)}
    moves |= memories
    program = program_of(list(moves.values()))
    names = {node.name: node.name for node in program.nodes if isinstance(node, Leaf)}
    writer = Writer(program, scope, names, value="u", array="w")
    writer.write_over(moves)
    lines = writer.write()
    targets, values = list(moves), writer.results()
    if "t" in names:
        targets, values = [*targets, "t"], [*values, "t + 1.0"]
    return [*lines, f"{', '.join(targets)} = {', '.join(values)}"], list(moves)


def _measure(scope: Scope, derived: Derived) -> tuple[list[str], list[str], list[str]]:
    """The lines that are written once, those of each iteration, and the texts of the loss and the gradients."""
    program = program_of((derived.loss, *derived.gradients.values()))
    fixed = _fixed_text(derived)
    moving = {name: f"p{i}" for i, name in enumerate(derived.gradients)}
    writer = Writer(program, scope, {**fixed, **moving}, fixed=frozenset(fixed))
    writer.keep_arrays()
    lines = writer.write()
    return writer.once, lines, writer.results()


def _fixed_text(derived: Derived) -> Mapping[str, str]:
    names = [name for name in derived.leaf_shapes if name not in derived.gradients]
    return {name: f"a{i}" for i, name in enumerate(names)}


def _indented(depth: int, lines: Sequence[str]) -> list[str]:
    return ["    " * depth + line for line in lines]
