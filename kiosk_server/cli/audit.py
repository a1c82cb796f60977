"""`audit verify` and `audit seal`."""

import argparse

from kiosk_server.audit.assembly import head_folder, sealer_for
from kiosk_server.audit.verify import Fault, verify
from kiosk_server.cli.frame import Commands, opened
from kiosk_server.settings import Settings

_SENTENCES = {
    "entry_altered": "the entry was altered after it was sealed",
    "entry_missing": "the entry is gone",
    "reordered": "another entry stands in this place",
    "link_altered": "the link was altered",
    "links_missing": "links are gone",
    "cut_off": "the chain was cut off: a head kept elsewhere reached farther",
    "head_differs": "a head kept elsewhere shows another link: the chain was made anew",
    "head_forged": "a head kept elsewhere is spoilt or was not signed by us",
}


def add_commands(commands: Commands) -> None:
    """Add the commands of this room."""
    audit = commands.add_parser("audit", help="seal and verify the audit")
    deeds = audit.add_subparsers(required=True, metavar="DEED")
    check = deeds.add_parser("verify", help="name what was altered, moved, removed or cut off")
    check.set_defaults(command=_verify)
    seal = deeds.add_parser("seal", help="link what is not linked yet")
    seal.set_defaults(command=_seal)


def _verify(given: argparse.Namespace, settings: Settings) -> int:
    heads = head_folder(settings).heads()
    with opened(settings) as database, database.reading() as session:
        found = verify(session, key=settings.audit_key, heads=heads)
    for fault in found.faults:
        print(_line(fault))
    print(
        f"{found.links} links, {found.heads} heads kept elsewhere, "
        f"{found.unsealed} entries not linked yet, {len(found.faults)} faults."
    )
    if found.links > found.vouched:
        print(
            f"No head vouches for {found.vouched + 1} to {found.links}: had more stood there, its "
            "loss would not be seen here. Compare with the heads in the collected logs."
        )
    # A chain without any head proves nothing of its length: who cut it may have taken the heads.
    return 1 if found.faults or (found.links and not found.vouched) else 0


def _line(fault: Fault) -> str:
    place = f"{fault.sequence}"
    if fault.until != fault.sequence:
        place += f" to {fault.until}"
    entry = f" (entry {fault.entry_id})" if fault.entry_id is not None else ""
    return f"{place}{entry}: {fault.kind.value}: {_SENTENCES[fault.kind]}"


def _seal(given: argparse.Namespace, settings: Settings) -> int:
    with opened(settings) as database:
        print(f"{sealer_for(database, settings).seal_all()} entries linked.")
    return 0
