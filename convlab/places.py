"""Folders of the user's, and files in them."""

import os
import tempfile
from pathlib import Path

__all__ = ["cache", "write"]


def cache() -> Path:
    """What can be made again lies here: ``CONVLAB_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("CONVLAB_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "convlab"


def write(path: Path, content: bytes) -> None:
    """Let a file appear, whole, in a folder that is there. Raises OSError where it cannot."""
    with tempfile.NamedTemporaryFile("wb", dir=path.parent, suffix=".tmp", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)
