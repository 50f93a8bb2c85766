"""Folders of the user's."""

import os
from pathlib import Path

__all__ = ["cache"]


def cache() -> Path:
    """What can be made again lies here: ``CONVLAB_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("CONVLAB_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "convlab"
