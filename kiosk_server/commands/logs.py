"""
Reading a fetched log (查看日志): every look is audited, for a machine's log tells of its people's
hours even where it names nobody.
"""

from sqlalchemy.orm import Session

from kiosk_server.audit.events import AuditEvent
from kiosk_server.audit.services import Actor, Subject, note
from kiosk_server.commands.models import Command
from kiosk_server.core.errors import NotFound
from kiosk_server.files.services import read


def look_at_log(session: Session, command_id: str, *, by: Actor) -> str:
    """Return the masked log that a terminal sent, JSON lines; `NotFound` once it is forgotten."""
    command = session.get(Command, command_id)
    if command is None or command.log_file_id is None:
        raise NotFound("log_not_found")
    text = read(session, command.log_file_id).decode()
    note(
        session,
        AuditEvent.COMMAND_LOG_SEEN,
        actor=by,
        subject=Subject("command", command_id),
        facts={"terminal": command.terminal_id},
    )
    return text
