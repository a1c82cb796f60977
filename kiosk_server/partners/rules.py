"""
The life of a verifying organisation (核验单位), and how long what it is given serves. Pure.

An organisation looks with a name only while it is approved; people, devices, credentials and signs
of one that is not are worth nothing, without being touched.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from kiosk_server.core.transitions import Transitions

INVITATION_LIFE = timedelta(hours=72)
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(minutes=60)
DEVICE_LIFE = timedelta(days=400)
"""As long as browsers keep a cookie (RFC 6265bis)."""
TOKEN_LIFE = timedelta(minutes=10)
SIGN_LIFE = timedelta(days=365)
CONTACT_KEPT = timedelta(days=180)
"""How long whom to call is kept of an organisation that was refused or closed."""
PEOPLE_PER_MINUTE, PEOPLE_PER_DAY = 30, 1_000
"""What one person looks at; a program's quotas stand at its credential."""
PROGRAM_PER_MINUTE, PROGRAM_PER_DAY = 60, 2_000
MOST_PER_MINUTE, MOST_PER_DAY = 1_200, 200_000


class OrganisationState(StrEnum):
    """Where an organisation stands."""

    APPLIED = "applied"
    APPROVED = "approved"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class OrganisationVerb(StrEnum):
    """What an administrator does with one."""

    APPROVE = "approve"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    CLOSE = "close"


ORGANISATION_LIFE: Transitions[OrganisationState, OrganisationVerb] = Transitions(
    {
        (OrganisationState.APPLIED, OrganisationVerb.APPROVE): OrganisationState.APPROVED,
        (OrganisationState.APPLIED, OrganisationVerb.REFUSE): OrganisationState.REFUSED,
        (OrganisationState.APPROVED, OrganisationVerb.SUSPEND): OrganisationState.SUSPENDED,
        (OrganisationState.SUSPENDED, OrganisationVerb.RESUME): OrganisationState.APPROVED,
        (OrganisationState.APPROVED, OrganisationVerb.CLOSE): OrganisationState.CLOSED,
        (OrganisationState.SUSPENDED, OrganisationVerb.CLOSE): OrganisationState.CLOSED,
    }
)


class OrganisationKind(StrEnum):
    """What an organisation is, as it says itself."""

    AUTHORITY = "authority"
    """政府部门."""
    SERVICE = "service"
    """Hospital, bank, school, utility: 公共服务."""
    LODGING = "lodging"
    TRANSPORT = "transport"
    TOURISM = "tourism"
    OTHER = "other"


@dataclass(frozen=True)
class Verifier:
    """Who looks in an organisation's name now: a person at a device, a program, or a sign."""

    organisation_id: str
    name: str
    """What the holder of a certificate reads."""
    scenes: frozenset[str] = field(default_factory=frozenset)
    member_id: str | None = None
    device_id: str | None = None
    credential_id: str | None = None
    sign_id: str | None = None
    per_minute: int = PEOPLE_PER_MINUTE
    per_day: int = PEOPLE_PER_DAY

    @property
    def desk_id(self) -> str | None:
        """The one thing at which answers arrive: device, credential or sign."""
        return self.device_id or self.credential_id or self.sign_id


def packed(scenes: Iterable[str]) -> str:
    """Return ids of scenes as a column keeps them."""
    return ",".join(sorted(set(scenes)))


def unpacked(kept: str) -> frozenset[str]:
    """Return the ids of scenes that a column keeps."""
    return frozenset(name for name in kept.split(",") if name)


def sign_holds(revoked_at: datetime | None, ends_at: datetime, now: datetime) -> bool:
    """Return whether a sign still asks for anybody."""
    return revoked_at is None and now < ends_at


def session_holds(
    revoked_at: datetime | None, created_at: datetime, last_seen_at: datetime, now: datetime
) -> bool:
    """Return whether a sign-in is still good."""
    young = now - created_at < SESSION_LIFE and now - last_seen_at < SESSION_IDLE
    return revoked_at is None and young


def unknown_scenes(scenes: Collection[str], offered: Collection[str]) -> bool:
    """Return whether *scenes* is empty or names one that is not *offered*."""
    return not scenes or not set(scenes) <= set(offered)
