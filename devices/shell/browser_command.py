"""
How the screen's browser is started: Chromium over the whole panel, with nothing of its own.

What a person could do with it is closed by the managed policies (`policies/kiosk.json`); these
arguments are about the panel, the profile and the remote control.
"""

from dataclasses import dataclass
from pathlib import Path

PROGRAM = "/usr/lib/chromium/chromium"
"""Not the wrapper in /usr/bin, which adds arguments of its own: remote extensions among them."""
REST = "/kiosk/"
"""The path of the waiting screen: whoever is there has no visit."""

_OFF = (
    # A swipe must not leave the page, nor a page be kept alive behind the next person's.
    "BackForwardCache",
    "Translate",
    "LensOverlay",
    "Prerender2",
)


@dataclass(frozen=True, slots=True)
class ScreenPlan:
    """What to show and where the browser may write.

    `profiles` is a directory in memory; a profile in it lives no longer than one visit. `more` are
    further arguments, for a display or a test.
    """

    origin: str
    profiles: Path
    program: str = PROGRAM
    more: tuple[str, ...] = ()

    @property
    def start_address(self) -> str:
        """Where the screen rests."""
        return self.origin + REST


def arguments(plan: ScreenPlan, profile: Path) -> list[str]:
    """Program and arguments of one browser with its own *profile*."""
    return [
        plan.program,
        f"--user-data-dir={profile}",
        f"--disk-cache-dir={profile / 'cache'}",
        "--kiosk",
        "--remote-debugging-pipe",
        "--no-first-run",
        "--no-default-browser-check",
        "--no-pings",
        "--noerrdialogs",
        "--hide-crash-restore-bubble",
        "--disable-infobars",
        "--disable-breakpad",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-domain-reliability",
        "--disable-sync",
        "--disable-pinch",
        "--overscroll-history-navigation=0",
        "--password-store=basic",
        f"--disable-features={','.join(_OFF)}",
        *plan.more,
        plan.start_address,
    ]
