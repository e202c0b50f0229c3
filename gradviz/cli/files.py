"""Answers that go to a file: checked before the work, so that nothing is computed in vain."""

import os
from pathlib import Path

from gradviz.cli.failure import Failure
from gradviz.project.replacing import reason, replace_content


def writable(name: str) -> Path:
    """The path of a file that can be written; a Failure says why when it can't."""
    path = Path(name)
    if "\0" in name:
        raise Failure(f"{name} can't be written: the name can't be one of a file")
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
        raise Failure(f"{name} can't be written: {reason(error)}") from error
    return path


def write(path: Path, content: bytes) -> None:
    """Write the file; a Failure says why when that fails, and the old file is whole then."""
    try:
        if path.exists() and not os.access(path.parent, os.W_OK):  # nothing can be written beside it
            path.write_bytes(content)
        else:
            replace_content(path, content)
    except (OSError, ValueError) as error:
        raise Failure(f"{path} can't be written: {reason(error)}") from error
