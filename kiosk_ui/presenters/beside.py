"""What the technicians have the waiting screen say (屏幕通知), in the words of every language."""

from sqlalchemy.orm import Session

from kiosk_server.commands.queries import message_at
from kiosk_server.web.words import messages
from kiosk_ui.presenters.wording import chinese
from kiosk_ui.view_models import Beside, Language, Wording

_OTHERS = (Language.UG, Language.EN)


def beside_at(session: Session, terminal_id: str, language: Language) -> Beside | None:
    """Return what a terminal is to say beside everything else; None for nothing."""
    message = message_at(session, terminal_id)
    if message is None:
        return None
    words = f"beside-{message.text}".replace("_", "-")
    lines = [chinese(_joined(messages().text("zh", words), message.note_zh), language)]
    notes = {Language.UG: message.note_ug}
    for other in _OTHERS:
        text = _joined(messages().text(other.value, words), notes.get(other, ""))
        lines.append(Wording(text, None if other is language else other))
    return Beside(tuple(lines))


def _joined(text: str, note: str) -> str:
    return f"{text} {note}".strip()
