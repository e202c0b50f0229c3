"""Files written whole: at every moment the file is the old or the new one, also when the disk is full.

temporary file beside the target ─ write ─ fsync ─ rename over the target ─ fsync of the folder
"""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path


def replace_content(path: Path, content: bytes, *, mode: int | None = None) -> None:
    """Give a regular file this content at once; raises OSError or ValueError, and leaves the old file whole.

    mode: that of a new file; by default what the system gives new files. A symbolic link stays one: its target is
    replaced. What isn't a regular file raises an OSError in words.
    """
    target = Path(os.path.realpath(path))
    _replace(target, content, _mode_of(target, mode))


def _mode_of(target: Path, mode: int | None) -> int:
    try:
        found = target.stat()
    except FileNotFoundError:
        return mode if mode is not None else 0o666 & ~_umask()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(0, "there is a folder of that name")
    if not stat.S_ISREG(found.st_mode):
        raise OSError(0, "it is a device or a pipe, not a regular file")
    if not os.access(target, os.W_OK):
        raise PermissionError(0, "the file is read-only")
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


def reason(error: Exception) -> str:
    """Why a file can't be written or read, in lower case; a ValueError is a name that can't be one."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the name can't be one of a file"
