"""A verifier of an approved organisation as the log and the holder see him: one way to say it."""

from kiosk_server.partners.rules import Verifier
from kiosk_server.showing.rules import Looker


def looker_of(verifier: Verifier) -> Looker:
    """Return *verifier* as a looker; his desk is the bound device, the program, or the sign."""
    return Looker(
        organisation_id=verifier.organisation_id,
        name=verifier.name,
        member_id=verifier.member_id,
        terminal_id=verifier.desk_id,
        scenes=verifier.scenes,
    )
