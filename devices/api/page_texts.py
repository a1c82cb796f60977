"""The words of the host's own pages, in the four languages.

Order of every trouble: what happened, what is safe, what to do. The Chinese line stays on every
page (P57). Uyghur and Kyrgyz are drafts until a native reader has checked them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["zh", "ug", "ky", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "ug", "ky", "en")
NATIVE_NAMES: Mapping[Language, str] = {
    "zh": "中文",
    "ug": "ئۇيغۇرچە",
    "ky": "قىرعىزچا",
    "en": "English",
}


@dataclass(frozen=True, slots=True)
class PageTexts:
    """One language. `tag` is the BCP 47 tag of the page; a title is written in clauses, for a
    line may break between them only."""

    tag: str
    direction: Literal["ltr", "rtl"]
    place: str
    beijing_time: str
    take_card: str
    tongues: str
    again: str
    phone: str
    arrival: str
    unenrolled_title: tuple[str, ...]
    unenrolled_now: str
    unenrolled_steps: tuple[str, ...]


TEXTS: Mapping[Language, PageTexts] = {
    "zh": PageTexts(
        tag="zh-CN",
        direction="ltr",
        place="政务自助终端",
        beijing_time="北京时间",
        take_card="如果要离开，请先取走身份证。",
        tongues="其他语言",
        again="现在再试一次",
        phone="需要帮忙，请打电话",
        arrival="维护人员到场扫码",
        unenrolled_title=("这台机器", "还没有启用。"),
        unenrolled_now="需要运维人员登记后才能办事。请使用附近的其他机器或窗口。",
        unenrolled_steps=(
            "在管理页面为这台终端生成一次性登记码。",
            "在本机运行：python -m devices enrol",
            "登记完成后，本页会自动转到首页。",
        ),
    ),
    "ug": PageTexts(
        tag="ug",
        direction="rtl",
        place="ھۆكۈمەت ئىشلىرى ئۆزلۈك مۇلازىمەت ئۈسكۈنىسى",
        beijing_time="بېيجىڭ ۋاقتى",
        take_card="كەتسىڭىز، ئاۋۋال كىملىكىڭىزنى ئېلىۋېلىڭ.",
        tongues="باشقا تىللار",
        again="ھازىر قايتا سىناش",
        phone="ياردەم لازىم بولسا تېلېفون قىلىڭ",
        arrival="ئاسراش خادىمى كەلگەندە سىكانىرلايدۇ",
        unenrolled_title=("بۇ ماشىنا تېخى", "ئىشلىتىشكە بېرىلمىدى."),
        unenrolled_now="تېخنىك خادىم تىزىملىغاندىن كېيىن ئىش بېجىرگىلى بولىدۇ. "
        "يېقىندىكى باشقا ماشىنا ياكى كۆزنەكنى ئىشلىتىڭ.",
        unenrolled_steps=(
            "باشقۇرۇش بېتىدە بۇ ئۈسكۈنە ئۈچۈن بىر قېتىملىق كود چىقىرىڭ.",
            "بۇ ماشىنىدا ئىجرا قىلىڭ: python -m devices enrol",
            "تىزىملىغاندىن كېيىن بۇ بەت ئۆزى باش بەتكە ئۆتىدۇ.",
        ),
    ),
    "ky": PageTexts(
        tag="ky-Arab",
        direction="rtl",
        place="ۅكمۅت ىشتەرىن ۅزۉ تەيلۅۅ تەرمىنالى",
        beijing_time="بەيجىڭ ۇباقتىسى",
        take_card="كەتسەڭىز، اۋەلى كۉبۅلۉگۉڭۉزدۉ الىڭىز.",
        tongues="باشقا تىلدەر",
        again="ازىر قايرا سىنوو",
        phone="جاردام كەرەك بولسو تەلەفون چالىڭىز",
        arrival="تەحنىك كەلگەندە سكانەردەيت",
        unenrolled_title=("بۇل ماشىنا ازىرىنچا", "ىشكە كىرگەن جوق."),
        unenrolled_now="تەحنىك تىزمەلەگەندەن كىيىن ىش بۉتۉرۉۉگۅ بولوت. "
        "جاقىنداعى باشقا ماشىنانى جە تەرەزەنى قولدونۇڭۇز.",
        unenrolled_steps=(
            "باشقارۇۇ بەتىندە بۇل تەرمىنال ۉچۉن بىر جولقۇ كود چىعارىڭىز.",
            "بۇل ماشىنادا ىشتەتىڭىز: python -m devices enrol",
            "تىزمەلەگەندەن كىيىن بۇل بەت ۅزۉ باشقى بەتكە ۅتۅت.",
        ),
    ),
    "en": PageTexts(
        tag="en",
        direction="ltr",
        place="Government self-service",
        beijing_time="Beijing time",
        take_card="If you leave, take your ID card first.",
        tongues="Other languages",
        again="Try again now",
        phone="For help, please call",
        arrival="Maintenance staff: scan on arrival",
        unenrolled_title=("This machine is", "not in service yet."),
        unenrolled_now="A technician has to enrol it first. "
        "Please use another machine or a service window nearby.",
        unenrolled_steps=(
            "Make a one-time code for this terminal on the staff pages.",
            "Run on this machine: python -m devices enrol",
            "This screen then goes to the start by itself.",
        ),
    ),
}


def language_of(cookie: str | None, accepted: str) -> Language:
    """The language of the visit: its cookie, else the first of Accept-Language that is ours."""
    offered = [cookie or "", *(part.partition(";")[0] for part in accepted.split(","))]
    for each in offered:
        primary = each.strip().lower().replace("_", "-").partition("-")[0]
        for language in LANGUAGES:
            if primary == language:
                return language
    return "zh"
