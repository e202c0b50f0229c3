"""Answers that go to a file: checked before the work, so that nothing is computed in vain."""

import os
from pathlib import Path

from gradviz.cli.failure import Failure


def writable(name: str) -> Path:
    """The path of a file that can be written; a Failure says why when it can't."""
    path = Path(name)
    try:
        if path.is_dir():
            raise Failure(f"{name} can't be written: there is a folder of that name")
        if path.exists() and not path.is_file():
            raise Failure(f"{name} can't be written: it is a device or a pipe, not a file")
        if not path.parent.is_dir():
            raise Failure(f"{name} can't be written: there is no folder {path.parent}")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            raise Failure(f"{name} can't be written: permission denied")
    except (OSError, ValueError) as error:
        raise Failure(f"{name} can't be written: {_reason(error)}") from error
    return path


def write(path: Path, content: bytes) -> None:
    """Write the file; a Failure says why when that fails."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Failure(f"{path} can't be written: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the name can't be one of a file"
