"""Documents on disk: read with limits, and written so that at every moment the file is the old or the new one, whole.

temporary file beside the target ─ write ─ fsync ─ rename over the target ─ fsync of the folder
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from gradviz.errors import DocumentError
from gradviz.project.format import decode, encode
from gradviz.project.project import Project

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
        raise DocumentError(f"{path.name} can't be opened: {_reason(error)}") from None
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
        target = Path(os.path.realpath(path))
        mode = _mode_of(target, path.name, mode)
        content = text.encode()
        if len(content) > MAX_BYTES:
            raise DocumentError(f"{path.name} can't be saved: it would be larger than {MAX_BYTES // 1_000_000} MB")
        _replace(target, content, mode)
    except (OSError, ValueError) as error:
        raise DocumentError(f"{path.name} can't be saved: {_reason(error)}; the old file is unchanged") from None


def _mode_of(target: Path, name: str, mode: int | None) -> int:
    try:
        found = target.stat()
    except FileNotFoundError:
        return mode if mode is not None else 0o666 & ~_umask()
    if stat.S_ISDIR(found.st_mode):
        raise DocumentError(f"{name} can't be saved: there is a folder of that name")
    if not stat.S_ISREG(found.st_mode):
        raise DocumentError(f"{name} can't be saved: it is a device or a pipe, not a regular file")
    if not os.access(target, os.W_OK):
        raise DocumentError(f"{name} can't be saved: the file is read-only")
    return stat.S_IMODE(found.st_mode)


def _replace(target: Path, content: bytes, mode: int) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=".gradviz-", suffix=".tmp", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        os.replace(temporary, target)  # noqa: PTH105  # the one call that is known to be atomic
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last; systems that can't (Windows, some network disks) are content without."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the name can't be one of a file"
