"""Documents on disk: read with limits, and written so that the file is always the old or the new one, whole."""

import os
import stat
from pathlib import Path

from gradviz.errors import DocumentError
from gradviz.project.format import decode, encode
from gradviz.project.project import Project
from gradviz.project.replacing import reason, replace_content

SUFFIX = ".gradviz"
MAX_BYTES = 50_000_000


def load(path: Path) -> Project:
    """Read a document from a regular file; raises DocumentError."""
    return decode(read_limited(path))


def save(project: Project, path: Path) -> None:
    """Write a document; raises DocumentError, and leaves the old file whole, when that fails."""
    write_whole(encode(project), path)


def stamp_of(path: Path) -> tuple[int, int, int] | None:
    """What tells whether another program has written a file meanwhile; None when it can't be looked at."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def read_limited(path: Path) -> bytes:
    """The bytes of a regular file; raises DocumentError for anything else, without waiting on a pipe or a device."""
    try:
        content = _content(path)
    except (OSError, ValueError) as error:
        raise DocumentError(f"{path.name} can't be opened: {reason(error)}") from None
    if content is None:
        raise DocumentError(f"{path.name} can't be opened: it is not a regular file")
    if len(content) > MAX_BYTES:
        raise DocumentError(f"{path.name} is too large: a document has at most {MAX_BYTES // 1_000_000} MB")
    return content


def _content(path: Path) -> bytes | None:
    """Up to one byte more than allowed; None when it isn't a regular file."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(MAX_BYTES + 1)
    finally:
        os.close(descriptor)


def write_whole(text: str, path: Path, *, mode: int | None = None) -> None:
    """Replace a file's content at once, keeping its mode; raises DocumentError.

    mode: that of a new file; by default what the system gives new files. A symbolic link stays one: its target is
    replaced.
    """
    try:
        content = text.encode()
        if len(content) > MAX_BYTES:
            raise DocumentError(f"{path.name} can't be saved: it would be larger than {MAX_BYTES // 1_000_000} MB")
        replace_content(path, content, mode=mode)
    except (OSError, ValueError) as error:
        raise DocumentError(f"{path.name} can't be saved: {reason(error)}; the old file is unchanged") from None
