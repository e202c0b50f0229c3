"""The command line: `gradviz [FILE]` opens the window, `gradviz COMMAND …` answers without one.

Importing it loads no Qt; only the window, the tour and raster or PDF pictures do, when they are asked for.

Exit codes: 0 done; 1 the check failed, training diverged or a breakpoint was hit; 2 bad input; 70 a fault of
gradviz itself; 130 Ctrl+C.
"""

import contextlib
import errno
import os
import sys
from collections.abc import Sequence

from gradviz.cli import commands
from gradviz.cli.failure import BAD_INPUT, FAULT, INTERRUPTED, READER_GONE, Failure, report
from gradviz.errors import GradvizError

TRACEBACK = "GRADVIZ_TRACEBACK"
"""The environment variable that shows where a fault of gradviz itself happened."""


_OUTPUT_TROUBLE = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF)
"""What a write to standard output ends in; files that are written or read have names."""


def main(argv: Sequence[str]) -> int:
    """Run one command with its arguments; returns the exit code. Errors go to standard error as one line."""
    _accept_every_letter()
    try:
        code = _dispatch(list(argv))
        if sys.stdout is not None:  # `gradviz … >&-` closes it
            sys.stdout.flush()
    except Failure as failure:
        report(failure.message, failure.lines)
        code = failure.code
    except GradvizError as error:
        report(error.message)
        code = BAD_INPUT
    except BrokenPipeError:
        _discard_output()
        code = READER_GONE
    except OSError as error:
        report(_os_message(error))
        code = BAD_INPUT
    except (MemoryError, RecursionError):
        report("this is too large for the memory of this machine; give a smaller formula or smaller values")
        code = BAD_INPUT
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Exception as error:
        if TRACEBACK in os.environ:
            raise
        report(f"a fault inside gradviz, {type(error).__name__}: {error}; {TRACEBACK}=1 shows where")
        code = FAULT
    except SystemExit as leaving:  # argparse leaves so after --help and --version
        code = leaving.code if isinstance(leaving.code, int) else 0
    return code


def _dispatch(argv: list[str]) -> int:
    if argv and argv[0] in commands.COMMANDS:
        return commands.run(argv[0], argv[1:])
    from gradviz.cli import window  # what finds packages and desktops is slow to load, and no command needs it

    return window.run(argv)


def _accept_every_letter() -> None:
    """A terminal that can't show a letter gets its code instead of an error."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # streams that a test or an embedder put there
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # TextIO lacks it


def _discard_output() -> None:
    """Nobody reads any more (`gradviz … | head`): what is left goes nowhere, without a complaint at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _os_message(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.filename:
        return f"{error.filename}: {reason}"
    return f"the answer can't be written: {reason}" if error.errno in _OUTPUT_TROUBLE else reason
