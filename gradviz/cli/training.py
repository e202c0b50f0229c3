"""What the commands that train have in common: formula, data, bindings and settings from their arguments."""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gradviz.cli import parser as arguments
from gradviz.cli.documents import Subject, subject_input
from gradviz.cli.failure import Failure, note
from gradviz.cli.inputs import named_values, pointing_into
from gradviz.cli.tables import add_reading, one_hot_columns, table_of
from gradviz.core.graph import Graph
from gradviz.core.holes import complete
from gradviz.core.types import Array, Role
from gradviz.data.binding import Gaps, bindings_by_name, expand_columns, parse_binding
from gradviz.data.builtin import DATASETS
from gradviz.data.preparation import Preparation, prepared_samples
from gradviz.data.tables import Table
from gradviz.lang.names import canonical
from gradviz.lang.reading import Reading
from gradviz.project.project import TrainingSettings
from gradviz.train.initialisers import INITIALISERS, canonical_initialiser
from gradviz.train.optimizer import OPTIMIZERS
from gradviz.train.schedule import SCHEDULES
from gradviz.train.settings import SETTING_NAMES


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A descent as it was asked for. data: None to minimise the formula itself."""

    reading: Reading
    values: Mapping[str, Array]
    data: Mapping[str, Array] | None
    fixed: tuple[str, ...]
    settings: TrainingSettings

    @property
    def graph(self) -> Graph:
        """The graph of the loss."""
        return self.reading.graph


def add_data(parser: arguments.Parser) -> None:
    """Add --data, --bind, --gaps and --fix."""
    listed = ", ".join(DATASETS)
    parser.add_argument(
        "--data",
        metavar="CSV",
        help=f"a CSV file, one that comes along ({listed}), or made to order: circles:n=200,noise=0.1,seed=3",
    )
    parser.add_argument(
        "--bind",
        metavar="leaf=col[,col]",
        action="append",
        default=[],
        help="feed a leaf from columns (again for more leaves); a leaf named as a column needs none",
    )
    parser.add_argument(
        "--standardise", metavar="COLS", help="bring these columns, or all, to mean 0 and standard deviation 1"
    )
    add_reading(parser)
    parser.add_argument(
        "--gaps",
        choices=[gaps.value for gaps in Gaps],
        help="what to do with rows that lack a value (refuse)",
    )
    parser.add_argument("--fix", metavar="NAMES", type=arguments.names, default=(), help="leaves that stay as they are")


def add_settings(parser: arguments.Parser) -> None:
    """Add all settings of one run."""
    parser.add_argument("--rate", metavar="ε", type=arguments.number, help="the learning rate (0.1)")
    add_rule(parser)
    add_extent(parser)
    add_method(parser)


def add_method(parser: arguments.Parser) -> None:
    """Add what becomes of the rate and of the gradient, the first values, and when to stop."""
    group = parser.add_argument_group("how it descends")
    number, count = arguments.number, arguments.whole_number
    for option, metavar, kind, told in (
        ("--schedule", "NAME", str, f"how the rate changes: {', '.join(SCHEDULES)} (constant)"),
        ("--schedule-factor", "γ", number, "of the schedule, from 0 to 1"),
        ("--schedule-period", "N", count, "iterations n of the schedule (100)"),
        ("--warmup", "N", count, "iterations in which the rate rises from 0 (0)"),
        ("--weight-decay", "λ", number, "add λθ to the gradient (0)"),
        ("--clip-norm", "C", number, "shorten longer gradients to this length"),
        ("--clip-value", "C", number, "cut each element of the gradient to ±C"),
        (
            "--init",
            "NAME",
            canonical_initialiser,
            f"how parameters without a value are drawn: {', '.join(INITIALISERS)} (lecun)",
        ),
        ("--init-scale", "S", number, "multiplies what is drawn (1)"),
        ("--validation", "PART", number, "the part of the samples to keep out of training, such as 0.2 (0)"),
        ("--stop-loss", "L", number, "stop when the loss is at most this"),
        ("--stop-gradient", "G", number, "stop when the gradient is at most so long"),
        ("--patience", "N", count, "stop when the lowest loss is so many iterations old"),
        ("--max-seconds", "S", number, "stop after so long"),
    ):
        group.add_argument(option, metavar=metavar, type=kind, dest=_PLACES.get(option), help=told)
    group.add_argument(
        "--option",
        metavar="name=number",
        action="append",
        default=[],
        help="a setting of the optimizer, such as momentum=0.8 or beta2=0.99 (again for more)",
    )


_PLACES = {"--init": "initialiser", "--init-scale": "initial_scale", "--max-seconds": "stop_seconds"}
"""The settings that options of another name say."""


def add_rule(parser: arguments.Parser) -> None:
    """Add --optimizer and --seed."""
    parser.add_argument("--optimizer", metavar="NAME", help=f"one of {', '.join(OPTIMIZERS)} (sgd)")
    parser.add_argument("--seed", metavar="N", type=arguments.whole_number, help="of all random numbers (0)")


def add_extent(parser: arguments.Parser) -> None:
    """Add --steps, --batch and --reduce."""
    parser.add_argument("--steps", metavar="N", type=arguments.whole_number, help="iterations (100)")
    parser.add_argument("--batch", metavar="N", type=arguments.whole_number, help="samples an iteration (all)")
    parser.add_argument("--reduce", choices=("sum", "mean"), help="of the loss over the samples (mean)")


def job(options: argparse.Namespace) -> Job:
    """The descent that the arguments ask for."""
    table = table_of(options)
    bindings = _bindings(options.bind)
    if bindings and table is None:
        raise Failure("--bind needs --data")
    declared = {*bindings, *options.fix, *(table.columns if table is not None else ())}
    subject = subject_input(options.formula, options.values, declared)
    if table is None and subject.project is not None:
        return _project_job(subject, options)
    settings = _settings(subject, options)
    if table is not None:
        with pointing_into(subject.reading):
            complete(subject.graph)
    fixed = tuple(dict.fromkeys((*options.fix, *_constants(subject, bindings))))
    if table is None:
        return Job(subject.reading, subject.values, None, fixed, settings)
    values = subject.values if subject.project is None else named_values(options.values)
    settled = {*values, *options.fix}
    by_name = _bindings_by_name(table, bindings, subject.graph, settled)
    one_hot = _one_hot_bindings(table, {*bindings, *by_name, *settled}, subject.graph, options)
    by_name |= one_hot
    _check_bound({**bindings, **by_name}, subject.graph, values)
    data = prepared_samples(table, {**bindings, **by_name}, _preparation(table, options))
    if not options.json:
        _tell(table, by_name if bindings else one_hot)
    kept = {name: value for name, value in subject.values.items() if name not in data}
    return Job(subject.reading, kept, data, tuple(name for name in fixed if name not in data), settings)


def _project_job(subject: Subject, options: argparse.Namespace) -> Job:
    """The descent of a document with its own data."""
    project = subject.project
    assert project is not None
    data = None
    if project.table is not None and project.bound:
        preparation = project.preparation
        if options.standardise:
            preparation = replace(preparation, standardised=_columns(project.table, options.standardise))
        if options.gaps is not None:
            preparation = replace(preparation, gaps=Gaps(options.gaps))
        data = prepared_samples(project.table, project.bound, preparation)
    values = {name: value for name, value in subject.values.items() if data is None or name not in data}
    fixed = tuple(dict.fromkeys((*options.fix, *_constants(subject, data or {}))))
    return Job(subject.reading, values, data, fixed, _settings(subject, options))


def _constants(subject: Subject, bound: Iterable[str]) -> tuple[str, ...]:
    """The leaves of a document that are no parameters and not fed by data."""
    if subject.project is None:
        return ()
    return tuple(name for name, role in subject.roles.items() if role is not Role.PARAMETER and name not in set(bound))


def _settings(subject: Subject, options: argparse.Namespace) -> TrainingSettings:
    """The document's settings, or the usual ones, with those that were given."""
    usual = subject.project.training if subject.project is not None else TrainingSettings()
    given: dict[str, Any] = {name: getattr(options, name, None) for name in SETTING_NAMES if name != "options"}
    given = {name: value for name, value in given.items() if value is not None}
    if getattr(options, "option", ()):
        given["options"] = tuple({**dict(usual.options), **dict(map(_option, options.option))}.items())
    elif given.get("optimizer", usual.optimizer) != usual.optimizer:
        given["options"] = ()
    return replace(usual, **given)


def _option(text: str) -> tuple[str, float]:
    """The name and the number in `momentum=0.8`."""
    name, equals, value = text.partition("=")
    try:
        if equals and name.strip():
            return name.strip(), arguments.number(value)
    except argparse.ArgumentTypeError:
        pass
    raise Failure(f"{text} is no setting of an optimizer; write it as name=number, such as momentum=0.8")


def _preparation(table: Table, options: argparse.Namespace) -> Preparation:
    gaps = Gaps(options.gaps) if options.gaps is not None else Gaps.REFUSE
    return Preparation(_columns(table, options.standardise) if options.standardise else (), gaps)


def _columns(table: Table, text: str) -> tuple[str, ...]:
    """The columns in `a,b`, or all that hold no categories."""
    if text == "all":
        return tuple(name for name in table.columns if name not in table.labels)
    return expand_columns(table, [name.strip() for name in text.split(",") if name.strip()])


def _bindings(given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The columns of each leaf in `--bind leaf=column,column`."""
    found: dict[str, tuple[str, ...]] = {}
    for binding in map(parse_binding, given):
        leaf = canonical(binding.leaf)
        if leaf in found:
            columns = ",".join((*found[leaf], *binding.columns))
            raise Failure(f"{leaf} is bound twice; for a vector write --bind {binding.leaf}={columns}")
        found[leaf] = binding.columns
    return found


def _bindings_by_name(
    table: Table, bindings: Mapping[str, tuple[str, ...]], graph: Graph, settled: set[str]
) -> dict[str, tuple[str, ...]]:
    """Bindings of the other leaves that are named as a column which none of the given bindings uses."""
    used = {column for columns in bindings.values() for column in columns}
    open_leaves = [name for name in graph.leaves() if name not in bindings and name not in settled]
    found = bindings_by_name(table, open_leaves)
    return {name: columns for name, columns in found.items() if not used & set(columns)}


def _one_hot_bindings(
    table: Table, settled: set[str], graph: Graph, options: argparse.Namespace
) -> dict[str, tuple[str, ...]]:
    """A leaf that is named as a column which has become one-hot takes all that it has become, as a vector."""
    found = one_hot_columns(table, options)
    return {name: found[name] for name in graph.leaves() if name in found and name not in settled}


def _tell(table: Table, bindings: Mapping[str, tuple[str, ...]]) -> None:
    """Say how the table was read, and which leaves were bound without being asked for."""
    for remark in table.notes:
        note(remark)
    for name, columns in bindings.items():
        note(f"{name} is bound to {', '.join(columns)}, by its name; --fix {name} or {name}=… keeps it out")


def _check_bound(bindings: Mapping[str, tuple[str, ...]], graph: Graph, values: Mapping[str, Array]) -> None:
    leaves = graph.leaves()
    if not leaves:
        raise Failure("the formula has no names that data could feed")
    for name in bindings:
        if name not in leaves:
            raise Failure(f"the formula has no {name} to bind; its leaves are {', '.join(leaves)}")
        if name in values:
            raise Failure(f"{name} is bound to data and given a value; leave one out")
    if not bindings:
        raise Failure(f"no leaf is bound to a column; say which, such as --bind {next(iter(leaves))}=column")
