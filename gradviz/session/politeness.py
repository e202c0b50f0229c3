"""How a worker that computes for long leaves the interpreter to the window: threads change sooner than usual.

The interval is one for the whole process, and a worker may still end while the next one runs. So workers are
counted: the first one shortens it, and the last one gives it back.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# Measured with a window's handlers beside it: this keeps the wait for the interpreter's lock at a millisecond or two.
_SWITCH_SECONDS = 0.0005


class _Workers:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.count = 0
        self.usual = 0.0


_WORKERS = _Workers()


@contextmanager
def polite() -> Iterator[None]:
    """Let the interpreter change threads sooner than after its usual 5 ms: a window often needs it back at once."""
    with _WORKERS.lock:
        if _WORKERS.count == 0:
            _WORKERS.usual = sys.getswitchinterval()
            sys.setswitchinterval(_SWITCH_SECONDS)
        _WORKERS.count += 1
    try:
        yield
    finally:
        with _WORKERS.lock:
            _WORKERS.count -= 1
            if _WORKERS.count == 0:
                sys.setswitchinterval(_WORKERS.usual)
