"""How what `/scan` found is told: words, tone, sign and sound together, never colour alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g

from kiosk_server.certificates.certificate_types import Wording, certificate_types
from kiosk_server.core import clock
from kiosk_server.credentials.offline import OfflineFacts, OfflineVerdict
from kiosk_server.credentials.reasons import OfflineReason
from kiosk_server.public.live_code import TONES
from kiosk_server.showing.looking_up import CodeRefused, Redeemed
from kiosk_server.showing.scenes import scenes
from kiosk_server.web.languages import DEFAULT

_STOP, _WARN, _ASK = ("stop", "cross"), ("warn", "clock"), ("warn", "help")


@dataclass(frozen=True)
class Telling:
    """What one outcome is told with: `words` begins the ids of its title and its lead."""

    reason: str
    """The word for programs, and for whoever writes it down; `genuine` where nothing is wrong."""
    words: str
    tone: str
    symbol: str


@dataclass(frozen=True)
class Fact:
    """One line beneath a verdict; `tongue` is the language of its value."""

    label: str
    value: str
    tongue: str = "zh-CN"


@dataclass(frozen=True)
class ScanVerdict:
    """One verdict, ready to be shown."""

    telling: Telling
    facts: tuple[Fact, ...] = ()
    sample: bool = False
    after: str | None = None
    """The message that says what to do next."""
    foreign: str | None = None
    """A stranger's text, made fit to be shown."""
    kind: str | None = None
    """The certificate's title, where there is one."""
    masked_holder: str | None = None
    scene: str | None = None
    until: str | None = None


_OFFLINE: Mapping[OfflineReason | None, Telling] = {
    None: Telling("genuine", "scan-genuine", "good", "check"),
    **{
        reason: Telling(reason.value, f"scan-{reason.value.replace('_', '-')}", tone, symbol)
        for reason, (tone, symbol) in {
            OfflineReason.UNREADABLE: _ASK,
            OfflineReason.NOT_OURS: _STOP,
            OfflineReason.UNKNOWN_ISSUER: _STOP,
            OfflineReason.ALTERED: _STOP,
            OfflineReason.WRONG_AUDIENCE: ("warn", "shield"),
            OfflineReason.NOT_YET_VALID: _WARN,
            OfflineReason.EXPIRED: _WARN,
            OfflineReason.STOPPED: _STOP,
            OfflineReason.TRUST_LIST_TOO_OLD: _WARN,
        }.items()
    },
    # What became of the certificate itself is told in the same words as for a live code.
    **{
        reason: Telling(reason.value, f"live-{reason.value}", *_STOP)
        for reason in (
            OfflineReason.WITHHELD,
            OfflineReason.SUPERSEDED,
            OfflineReason.CANCELLED,
            OfflineReason.RESCINDED,
            OfflineReason.REVOKED,
        )
    },
}


def offline_tellings() -> tuple[Telling, ...]:
    """Return what every outcome of an offline code is told with, for a page without a network."""
    return tuple(_OFFLINE.values())


def offline_words() -> dict[str, dict[str, str]]:
    """Return the names, in this page's language, of all that an offline code may speak of."""
    types = certificate_types()
    return {
        "kinds": {kind.id: in_words(kind.names) for kind in types.values()},
        "scenes": {scene.id: in_words(scene.names) for scene in scenes().values()},
        "fields": {
            f"{kind.id}.{field.id}": in_words(field.names)
            for kind in types.values()
            for field in kind.fields
        },
    }


def of_look(outcome: Redeemed | CodeRefused) -> ScanVerdict:
    """Return the verdict over a live code that was looked up."""
    if isinstance(outcome, CodeRefused):
        word = outcome.reason.value
        telling = Telling(word, f"live-{word.replace('_', '-')}", *TONES[outcome.reason])
        return ScanVerdict(telling, after="live-ask-new", kind=outcome.title)
    return ScanVerdict(
        Telling("genuine", "live-good", "good", "check"),
        facts=tuple(Fact(in_words(each.field.names), each.value) for each in outcome.fields),
        sample=outcome.sample,
        after="live-compare",
        kind=outcome.title,
        masked_holder=outcome.masked_holder,
        scene=in_words(outcome.scene.names),
    )


def of_offline(verdict: OfflineVerdict) -> ScanVerdict:
    """Return the verdict over an offline code."""
    telling, facts = _OFFLINE[verdict.reason], verdict.facts
    after = "live-compare" if verdict.reason is None else "live-ask-new"
    if facts is None:
        return ScanVerdict(telling, after=after)
    kind, scene = certificate_types().get(facts.kind), scenes().get(facts.scene)
    return ScanVerdict(
        telling,
        facts=_offline_facts(facts),
        sample=facts.sample,
        after=after,
        kind=in_words(kind.names) if kind else None,
        masked_holder=facts.masked_name,
        scene=in_words(scene.names) if scene else None,
        until=f"{clock.to_beijing(facts.expires_at):%Y-%m-%d %H:%M}",
    )


def not_ours(text: str) -> ScanVerdict:
    """Return the verdict over somebody else's code; its text was made fit to be shown."""
    return ScanVerdict(_OFFLINE[OfflineReason.NOT_OURS], foreign=text or None)


def in_words(words: Wording) -> str:
    """Return data's own words in the language of this request."""
    return words.get(g.language, words[DEFAULT])


def _offline_facts(facts: OfflineFacts) -> tuple[Fact, ...]:
    kind = certificate_types().get(facts.kind)
    if kind is None:
        return ()
    return tuple(
        Fact(in_words(field.names), facts.fields[field.id])
        for field in kind.fields
        if field.id in facts.fields
    )
