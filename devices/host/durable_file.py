"""Small files that survive a power cut: the old content or the new, never half of either."""

import os
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Replace *path* by *data*, readable by the host alone; on disk when this returns."""
    aside = path.with_suffix(path.suffix + ".new")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
