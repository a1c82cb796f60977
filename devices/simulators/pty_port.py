"""
A pseudo-terminal behind a link, as udev keeps one to a port: pulled and plugged in again, the
device is another one under the same name.
"""

import os
import shutil
import tempfile
import tty
from pathlib import Path


class PtyPort:
    """The far end of a serial line; *link* is where a driver finds the near one."""

    def __init__(self, link: Path | None = None) -> None:
        self._own_folder = None if link else Path(tempfile.mkdtemp(prefix="port-"))
        self._ends: tuple[int, int] | None = None
        self.link = link or Path(str(self._own_folder), "port")

    def plug(self) -> int:
        """Make a new pseudo-terminal, let the link lead to it, and return the far end's handle."""
        near, far = os.openpty()
        tty.setraw(far)
        self._ends = (near, far)
        self.link.parent.mkdir(parents=True, exist_ok=True)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(os.ttyname(far))
        return near

    def pull(self) -> None:
        """Break the line and remove the link, as the kernel and udev do."""
        ends, self._ends = self._ends, None
        if ends is not None:
            self.link.unlink(missing_ok=True)
            for end in ends:
                os.close(end)

    def remove(self) -> None:
        """Pull, and leave no folder behind; `plug` makes it again."""
        self.pull()
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)
