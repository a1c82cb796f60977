"""The words around the kept guides (办事指南) and places, in the four languages.

The guides' own words come from the catalogue. Uyghur and Kyrgyz are drafts until a native reader
has checked them; `§` stands for a figure.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.api.page_texts import Language

WEEK = (1, 2, 3, 4, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class GuideTexts:
    """One language. `facts` label the facts of a guide by code, `days` name the seven days."""

    guides_title: str
    places_title: str
    note: str
    sample: str
    handled_by: str
    window: str
    address: str
    phone: str
    hours: str
    machines: str
    here: str
    facts: Mapping[str, str]
    days: tuple[str, ...]
    workdays: str
    everyday: str
    back: str
    again: str
    more: str
    where: str


GUIDE_TEXTS: Mapping[Language, GuideTexts] = {
    "zh": GuideTexts(
        guides_title="办事指南",
        places_title="附近能办事的地方",
        note="断网时保存在这台机器上的内容；以窗口为准。",
        sample="示例",
        handled_by="办理单位",
        window="窗口",
        address="地址",
        phone="电话",
        hours="时间",
        machines="§ 台自助机",
        here="这里",
        facts={
            "bring": "要带什么",
            "for_whom": "服务对象",
            "limit": "办结时限",
            "outcome": "拿到什么",
            "fee": "收费",
            "elsewhere": "哪里还能办",
            "where": "哪里能办",
        },
        days=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        workdays="工作日",
        everyday="每天",
        back="上一步",
        again="试着连网",
        more="更多",
        where="去哪里办",
    ),
    "ug": GuideTexts(
        guides_title="ئىش بېجىرىش قوللانمىسى",
        places_title="يېقىندىكى جايلار",
        note="تور ئۈزۈلگەندە بۇ ماشىنىدا ساقلانغان مەزمۇن؛ كۆزنەكتىكىسى ئاساس.",
        sample="مىسال",
        handled_by="بېجىرىدىغان ئورۇن",
        window="كۆزنەك",
        address="ئادرېس",
        phone="تېلېفون",
        hours="ۋاقتى",
        machines="§ ماشىنا",
        here="مۇشۇ يەر",
        facts={
            "bring": "نېمە ئېلىۋېلىش",
            "for_whom": "كىملەر ئۈچۈن",
            "limit": "پۈتۈش ۋاقتى",
            "outcome": "قولغا نېمە تېگىدۇ",
            "fee": "ھەق ئېلىش",
            "elsewhere": "يەنە نەدە بولىدۇ",
            "where": "نەدە بېجىرگىلى بولىدۇ",
        },
        days=("دۈشەنبە", "سەيشەنبە", "چارشەنبە", "پەيشەنبە", "جۈمە", "شەنبە", "يەكشەنبە"),
        workdays="خىزمەت كۈنى",
        everyday="ھەر كۈنى",
        back="قايتىش",
        again="تورنى سىناش",
        more="يەنە بار",
        where="نەگە بېرىش",
    ),
    "ky": GuideTexts(
        guides_title="ىش بۉتۉرۉۉ كۅرسۅتمۅسۉ",
        places_title="جاقىنقى جەرلەر",
        note="تور ۉزۉلگۅندۅ بۇل ماشىنادا ساقتالعان مازمۇن؛ تەرەزەدەگى نەگىز.",
        sample="ۉلگۉ",
        handled_by="بۉتۉرۉۉچۉ ورۇن",
        window="تەرەزە",
        address="دارەگى",
        phone="تەلەفون",
        hours="ۇباقتىسى",
        machines="§ ماشىنا",
        here="ۇشۇل جەر",
        facts={
            "bring": "ەمنە الىپ كەلۉۉ",
            "for_whom": "كىمدەر ۉچۉن",
            "limit": "بۉتۉۉ ۇباقتى",
            "outcome": "قولعو ەمنە تيەت",
            "fee": "اقى",
            "elsewhere": "داعى قايدا بۉتۅت",
            "where": "قايدا بۉتۅت",
        },
        days=("دۉيشۅنبۉ", "شەيشەنبى", "شارشەنبى", "بەيشەنبى", "جۇما", "ىشەنبى", "جەكشەنبى"),
        workdays="جۇمۇش كۉندۅرۉ",
        everyday="كۉن سايىن",
        back="ارتقا",
        again="توردۇ سىنوو",
        more="داعى بار",
        where="قايدا بارۇۇ",
    ),
    "en": GuideTexts(
        guides_title="Guides",
        places_title="Places nearby",
        note="Kept on this machine for a dead line; what the window says counts.",
        sample="sample",
        handled_by="Handled by",
        window="Window",
        address="Address",
        phone="Phone",
        hours="Hours",
        machines="machines: §",
        here="here",
        facts={
            "bring": "What to bring",
            "for_whom": "For whom",
            "limit": "How long",
            "outcome": "What you get",
            "fee": "Fee",
            "elsewhere": "Also handled at",
            "where": "Handled at",
        },
        days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        workdays="Workdays",
        everyday="Every day",
        back="Back",
        again="Try the line",
        more="More",
        where="Where to go",
    ),
}


def days_in_words(days: tuple[int, ...], texts: GuideTexts) -> str:
    """Days of the week (Monday = 1, in order) in one or few words."""
    if days == WEEK:
        return texts.everyday
    if days == WEEK[:5]:
        return texts.workdays
    return " ".join(texts.days[day - 1] for day in days)
