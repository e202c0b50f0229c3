"""The file format: JSON with `"format": "gradviz", "version": 1`, strict to read and pleasant in a diff."""

from pathlib import Path

from gradviz.project.project import Project

SUFFIX = ".gradviz"
VERSION = 1
MAX_BYTES = 50_000_000


def encode(project: Project) -> str:
    """The project as the text of a document."""
    raise NotImplementedError


def decode(text: str | bytes) -> Project:
    """The project of a document's text; raises DocumentError saying what is wrong and where."""
    raise NotImplementedError


def load(path: Path) -> Project:
    """Read a document from a regular file; raises DocumentError."""
    raise NotImplementedError


def save(project: Project, path: Path) -> None:
    """Write a document so that at every moment the file is either the old or the new one, whole; raises DocumentError."""
    raise NotImplementedError
