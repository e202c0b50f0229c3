"""SymPy in a process of its own, with a time limit: python -m gradviz.text.sympy_child.

SymPy can take minutes over a formula of one line, and nothing stops a thread. So it works in a child that reads one
question a line and answers with one line; a child that takes too long is ended, and the next question starts another.
What goes to and fro is plain JSON: the nodes of a graph of scalars.
"""

import atexit
import contextlib
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradviz.core.graph import Apply, Graph, Leaf, Literal
from gradviz.core.op import OPS, as_value
from gradviz.core.types import SCALAR, NodeId

SECONDS = 5.0
"""How long SymPy may think about one formula."""
START_SECONDS = 30.0
"""How long it may take to load."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What SymPy has found. form: None when there is none; note: why, where there is more to say than that."""

    form: Graph | None
    note: str = ""


def simplest(graph: Graph, name: str, seconds: float = SECONDS) -> Answer:
    """The simplest derivative by a leaf that SymPy finds in time, of a graph of scalars."""
    nodes = _sayable(graph)
    if nodes is None:
        return Answer(None)
    question = json.dumps({"nodes": nodes, "output": graph.output, "name": name})
    try:
        line = _CHILD.ask(question, seconds)
    except TimeoutError:
        return Answer(None, f"SymPy had no simpler form after {seconds:g} seconds and was stopped")
    except OSError:
        return Answer(None, "SymPy could not be started: the form is by the rules of the operations alone")
    found = json.loads(line) if line else None
    return Answer(_graph(found["nodes"], found["output"]) if found else None)


class Child:
    """The process, started when it is first asked. command: what is started; its first line says that it is ready."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-P", "-m", "gradviz.text.sympy_child")) -> None:
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def ask(self, question: str, seconds: float) -> str:
        """The answer to a question; raises TimeoutError when it takes too long, OSError when there is no child."""
        with self._lock:
            process = self._process if self._process is not None and self._process.poll() is None else self._started()
            try:
                assert process.stdin is not None
                process.stdin.write(question + "\n")
                process.stdin.flush()
                return _line_of(process, seconds)
            except (TimeoutError, OSError):
                self._end()
                raise

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()

    def _started(self) -> "subprocess.Popen[str]":
        self._end()
        paths = os.pathsep.join(entry for entry in sys.path if entry)
        self._process = subprocess.Popen(  # our own module, in the interpreter that runs us
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": paths},
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would show a console
        )
        _line_of(self._process, START_SECONDS)
        return self._process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was not sent is nobody's any more
                    pipe.close()


def _line_of(process: "subprocess.Popen[str]", seconds: float) -> str:
    """The next line of a process; raises TimeoutError after so many seconds, OSError when it has ended."""
    found: list[str] = []

    def read() -> None:
        with contextlib.suppress(OSError, ValueError):
            assert process.stdout is not None
            found.append(process.stdout.readline())

    reader = threading.Thread(target=read, name="gradviz sympy", daemon=True)
    reader.start()
    reader.join(seconds)
    if reader.is_alive():
        process.kill()  # the end of its output lets the reader go
        reader.join()
        raise TimeoutError
    if not found or not found[0]:
        raise BrokenPipeError("the process of SymPy has ended")
    return found[0].strip()


def _sayable(graph: Graph) -> list[list[Any]] | None:
    """The nodes as JSON; None for arrays and settings, which have no SymPy form here."""
    nodes: list[list[Any]] = []
    for node in graph.nodes:
        match node:
            case Leaf():
                nodes.append(["leaf", node.name])
            case Literal() if node.value.shape == SCALAR:
                nodes.append(["number", float(node.value)])
            case Apply() if not node.attrs and OPS.get(node.op.name) is node.op:
                nodes.append(["op", node.op.name, list(node.operands)])
            case _:
                return None
    return nodes


def _graph(nodes: list[list[Any]], output: int) -> Graph:
    made: list[Leaf | Literal | Apply] = []
    for kind, what, *operands in nodes:
        match kind:
            case "leaf":
                made.append(Leaf(what))
            case "number":
                made.append(Literal(as_value(what)))
            case _:
                made.append(Apply(OPS[what], tuple(map(NodeId, operands[0]))))
    return Graph(tuple(made), NodeId(output))


def _answered(line: str) -> str:
    from gradviz.text.sympy_form import by_sympy  # slow to load, and only ever needed in this process

    question = json.loads(line)
    form = by_sympy(_graph(question["nodes"], question["output"]), question["name"])
    nodes = None if form is None else _sayable(form)
    return "null" if form is None or nodes is None else json.dumps({"nodes": nodes, "output": form.output})


def main() -> None:
    """Answer questions until the input ends."""
    import gradviz.core.ops
    import gradviz.text.sympy_form  # noqa: F401  # loaded before the first question, whose time it would take

    for line in itertools.chain([None], sys.stdin):
        sys.stdout.write(f"{'ready' if line is None else _answered(line)}\n")
        sys.stdout.flush()


_CHILD = Child()
atexit.register(_CHILD.close)

if __name__ == "__main__":
    main()
