"""The process in which long descents run: python -m gradviz.session.trainer_process.

It reads orders from standard input and answers on standard output (messages.py). It ends when its input does, so it
never outlives the window.
"""

import contextlib
import os
import sys
import threading
import time
from queue import SimpleQueue
from typing import BinaryIO

from gradviz.session.advance import ALONE, advance
from gradviz.session.messages import Ask, Beat, Ended, Halt, Order, Ready, Report, UnsayableError, receive, send
from gradviz.train.descent import Descent

BEAT_SECONDS = 0.01

_NICE = 5
"""The window goes first where there are fewer cores than work."""


class _Wishes:
    """What the window wants, as a thread that listens to it has heard."""

    def __init__(self, source: BinaryIO) -> None:
        self.orders: SimpleQueue[Order] = SimpleQueue()
        self.halt = threading.Event()
        self.ask = threading.Event()
        self._source = source
        threading.Thread(target=self._listen, name="orders", daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(EOFError, OSError, UnsayableError):
            while True:
                match receive(self._source):
                    case Order() as order:
                        self.halt.clear()
                        self.ask.set()
                        self.orders.put(order)
                    case Ask():
                        self.ask.set()
                    case Halt():
                        self.halt.set()
        os._exit(0)  # the window has gone: nobody wants what is being computed


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Carry out orders until the input ends."""
    send(sink, Ready())
    wishes = _Wishes(source)
    while True:
        _carry_out(wishes.orders.get(), wishes, sink)


def _carry_out(order: Order, wishes: _Wishes, sink: BinaryIO) -> None:
    descent = Descent(order.recipe())
    descent.catch_up(order.progress)
    sentry = order.guard(descent.plan) if order.guard is not None else None
    told, beaten = descent.state.iteration, time.monotonic()

    def report(descent: Descent) -> None:
        nonlocal told, beaten
        if time.monotonic() - beaten < BEAT_SECONDS:
            return
        if wishes.ask.is_set():
            wishes.ask.clear()
            send(sink, Report(descent.progress(told), sentry.report() if sentry is not None else None))
            told = descent.state.iteration
        else:
            send(sink, Beat())
        beaten = time.monotonic()

    outcome = advance(descent, order.goal, ALONE, is_over=wishes.halt.is_set, report=report, sentry=sentry)
    send(sink, Ended(descent.progress(told), outcome))


def main() -> None:
    """Serve the program at the other end of standard input and output."""
    import gradviz.core.ops  # noqa: F401  # an order may come any moment; what it needs is imported by then

    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library may print must not stand among the messages
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):
            os.nice(_NICE)
    serve(sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
