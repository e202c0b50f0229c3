"""What holds for the code as a whole."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import gradviz
import gradviz.core.ops
from gradviz.core.op import OPS, declare

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "gradviz").rglob("*.py"))
MOST_LINES = 400

PUBLIC_NAMES = [
    "parse", "record", "compile", "differentiate", "hessian", "descend", "show", "Graph", "Trace", "Run",
    "GradvizError", "__version__",
]  # fmt: skip


def python(code: str) -> str:
    """What a fresh interpreter prints for the code."""
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    return finished.stdout.strip()


def test_layers_import_only_what_is_below_them() -> None:
    code = "import sys; from importlinter.cli import lint_imports_command as lint; sys.exit(lint(['--no-cache']))"
    finished = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_command_line_loads_no_qt() -> None:
    loaded = python(
        "import sys, gradviz.cli, gradviz.cli.commands as c\n"
        "from importlib import import_module\n"
        "[import_module(f'gradviz.cli.{module}') for module, _ in c.COMMANDS.values()]\n"
        "print([name for name in sys.modules if name.partition('.')[0] in ('PySide6', 'shiboken6', 'pyqtgraph')])"
    )
    assert loaded == "[]"


def test_importing_gradviz_loads_neither_numpy_nor_sympy() -> None:
    assert python("import sys, gradviz; print([m for m in ('numpy', 'sympy') if m in sys.modules])") == "[]"


def test_public_names_are_listed_and_there() -> None:
    assert gradviz.__all__ == PUBLIC_NAMES
    assert set(PUBLIC_NAMES) <= set(dir(gradviz))
    for name in PUBLIC_NAMES:
        assert getattr(gradviz, name) is not None


def test_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute nonsense"):
        gradviz.nonsense  # noqa: B018


def test_second_op_of_one_name_is_refused() -> None:
    with pytest.raises(ValueError, match="add is declared twice"):
        declare(OPS["add"])


def test_ops_are_declared_in_core_ops_alone() -> None:
    declares = re.compile(r"= (elementwise|reduction|declare)\(")
    found = {path.parent.name for path in SOURCES if declares.search(path.read_text("utf-8"))}
    assert found == {"ops"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_short_and_says_why_it_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.count("\n") <= MOST_LINES
    assert ast.get_docstring(ast.parse(text))


def test_no_op_is_asked_for_by_name_where_its_declaration_should_answer() -> None:
    by_name = re.compile(r"\bop\.name\s*(==|!=|in\b)")
    may_name = {"ops", "lang", "text"}  # the declarations, and what reads and writes names
    table = {ROOT / "gradviz/core/op.py"}
    elsewhere = [path for path in SOURCES if path.parent.name not in may_name and path not in table]
    assert [path for path in elsewhere if by_name.search(path.read_text("utf-8"))] == []


def test_nothing_typed_is_evaluated_as_python() -> None:
    forbidden = {"eval", "exec", "__import__", "sympify", "parse_expr"}
    calls = {
        (path.name, node.func.id)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden
    }
    assert calls == {("codegen.py", "exec")}  # its text holds only names made there (test_compile.py, test_fused.py)


def test_no_module_reads_pickles_or_the_network() -> None:
    forbidden = {"pickle", "marshal", "shelve", "socket", "urllib", "http", "requests"}
    imported = {
        (path.name, name)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _imported(node)
        if name.partition(".")[0] in forbidden
    }
    assert imported == {("messages.py", "pickle")}  # between a window and its own child process, over a pipe


def _imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case _:
            return []


def test_every_picture_that_the_documents_show_is_there() -> None:
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = [
        (document.parent / place).resolve()
        for document in documents
        for place in re.findall(r"!\[[^]]*\]\(([^)]+)\)", document.read_text("utf-8"))
    ]
    assert shown
    assert [path for path in shown if not path.is_file()] == []
