"""
The words of a message of the technicians (屏幕通知) on the host's own pages, in the four languages;
the same as on the server's pages (`beside`). Uyghur and Kyrgyz are drafts.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.api.page_texts import Language
from devices.host.screen_message import Message

MESSAGE_TEXTS: Mapping[str, Mapping[Language, str]] = {
    "maintenance_soon": {
        "zh": "这台机器稍后检修，请优先使用附近的机器。",
        "ug": "بۇ ماشىنا بىردەمدىن كېيىن رېمونت قىلىنىدۇ، يېقىندىكى ماشىنىنى ئىشلىتىڭ.",
        "ky": "بۇل ماشىنا بىر ازدان كىيىن وڭدولوت، جاقىنداعى ماشىنانى قولدونۇڭۇز.",
        "en": "This machine will be serviced soon. Please use one nearby if you can.",
    },
    "paper_coming": {
        "zh": "纸快用完了，工作人员马上来加。",
        "ug": "قەغەز تۈگەي دەپ قالدى، خادىم ھازىر كېلىپ قاچىلايدۇ.",
        "ky": "قاعاز تۉگۅپ بارات، قىزماتكەر ازىر كەلىپ سالات.",
        "en": "Paper is running out. Somebody is coming to load it.",
    },
    "line_slow": {
        "zh": "网络较慢，请多等一会儿。",
        "ug": "تور ئاستا، بىرئاز ساقلاڭ.",
        "ky": "تور جاي، بىر از كۉتۉڭۉز.",
        "en": "The line is slow. Please wait a little longer.",
    },
    "use_another": {
        "zh": "请使用旁边的机器。",
        "ug": "يېنىدىكى ماشىنىنى ئىشلىتىڭ.",
        "ky": "جانىنداعى ماشىنانى قولدونۇڭۇز.",
        "en": "Please use the machine beside this one.",
    },
    "window_open": {
        "zh": "窗口也可以办理。",
        "ug": "كۆزنەكتىمۇ بېجىرگىلى بولىدۇ.",
        "ky": "تەرەزەدەن دا بۉتۉرۉۉگۅ بولوت.",
        "en": "The window can help you too.",
    },
}


@dataclass(frozen=True, slots=True)
class MessageWords:
    """A message as a page shows it: in its language, and in Chinese."""

    own: str
    chinese: str


def message_words(message: Message | None, language: Language) -> MessageWords | None:
    """Return *message* for a page in *language*; None for no message, or for one whose code these
    words do not know."""
    texts = MESSAGE_TEXTS.get(message.text) if message is not None else None
    if message is None or texts is None:
        return None
    notes: Mapping[Language, str] = {"zh": message.note_zh, "ug": message.note_ug}
    own = f"{texts[language]} {notes.get(language, '')}".strip()
    return MessageWords(own, f"{texts['zh']} {message.note_zh}".strip())
