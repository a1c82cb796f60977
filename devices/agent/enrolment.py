"""Enrolment (终端登记): a one-time code and a public key against a place in the fleet."""

import base64
import json
from pathlib import Path

from devices.agent import identity, wire
from devices.agent.clock import SERVER_TIME_HEADER, ServerClock
from devices.agent.command_keys import CommandKeys
from devices.agent.identity import Identity
from devices.agent.line import ServerLine, problem_code
from devices.host.ports import LineDead, Refused, Reply

_PATH = "/api/terminal/v1/enrolments"


def enrol(
    *, origin: str, code: str, model: str, state: Path, ca_file: str | None = None
) -> Identity | Refused | LineDead:
    """Offer *code* and this terminal's public key to the server at *origin*.

    On success the identity is on disk when this returns. The key is made on the first try and
    kept, so that an answer lost on the way costs a new code but no new key. Raises
    `IdentityError` when *state* cannot hold a key.
    """
    key = identity.private_key(state)
    offered = base64.b64encode(identity.public_bytes(key)).decode()
    line = ServerLine(origin, None, ServerClock(), ca_file=ca_file)
    try:
        reply = line.send(
            "POST",
            _PATH,
            headers={"Content-Type": "application/json", "Accept": "application/json"},
            body=json.dumps(wire.enrolment_body(code, offered, model)).encode(),
        )
    finally:
        line.close()
    match reply:
        case LineDead():
            return reply
        case Reply(status=201):
            try:
                given = wire.enrolment(json.loads(reply.body))
            except ValueError:
                return LineDead("not the wire")
        case Reply():
            if reply.header(SERVER_TIME_HEADER) is None and reply.status == 404:
                return LineDead("no server of this product")
            return Refused(problem_code(reply), reply.status)
    admitted = Identity(
        terminal=given.terminal,
        key_id=given.key_id,
        server_origin=origin,
        site_name=given.site_name,
        site_place=given.site_place,
        private_key=key,
    )
    # Before the identity: a terminal that knows who it is knows whom to obey.
    CommandKeys(state).pin(given.command_keys)
    identity.keep(state, admitted)
    return admitted
