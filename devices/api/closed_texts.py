"""The words of a terminal that is out of service (暂停服务), in the four languages.

Why, what becomes of a paper under way, where to go. Uyghur and Kyrgyz are drafts until a native
reader has checked them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.api.page_texts import Language
from devices.host.closure import ClosedFor


@dataclass(frozen=True, slots=True)
class ClosedTexts:
    """One reason in one language; a title is written in clauses, for a line may break between
    them only."""

    title: tuple[str, ...]
    now: str
    heading: str
    steps: tuple[str, ...]


_ZH_STEPS = ("请用附近的其他机器，或到窗口办理。", "已经交给打印机的纸，会接着打完。")
_UG_STEPS = (
    "يېقىندىكى باشقا ماشىنا ياكى كۆزنەكنى ئىشلىتىڭ.",
    "پرىنتېرغا بېرىلگەن قەغەز داۋاملىق بېسىلىدۇ.",
)
_KY_STEPS = (
    "جاقىنداعى باشقا ماشىنانى جە تەرەزەنى قولدونۇڭۇز.",
    "پرىنتەرگە بەرىلگەن قاعاز ۇلانتىلىپ باسىلات.",
)
_EN_STEPS = (
    "Use another machine or a service window nearby.",
    "Paper that the printer has taken will come out.",
)

CLOSED_TEXTS: Mapping[ClosedFor, Mapping[Language, ClosedTexts]] = {
    ClosedFor.RESTARTING: {
        "zh": ClosedTexts(
            title=("这台机器", "正在重新启动。"),
            now="几分钟后会自动恢复，不用操作。",
            heading="您可以",
            steps=_ZH_STEPS,
        ),
        "ug": ClosedTexts(
            title=("بۇ ماشىنا", "قايتا قوزغىلىۋاتىدۇ."),
            now="بىر نەچچە مىنۇتتىن كېيىن ئۆزى ئەسلىگە كېلىدۇ.",
            heading="قىلالايدىغىنىڭىز",
            steps=_UG_STEPS,
        ),
        "ky": ClosedTexts(
            title=("بۇل ماشىنا", "قايرا ىشكە كىرۉۉدۅ."),
            now="بىر نەچە مىنۅتتۅن كىيىن ۅزۉ قالىبىنا كەلەت.",
            heading="قىلا الاتىنىڭىز",
            steps=_KY_STEPS,
        ),
        "en": ClosedTexts(
            title=("This machine is", "starting again."),
            now="It will be back by itself within minutes.",
            heading="What you can do",
            steps=_EN_STEPS,
        ),
    },
    ClosedFor.TESTING: {
        "zh": ClosedTexts(
            title=("这台机器", "正在自检。"),
            now="一两分钟后会自动恢复，不用操作。",
            heading="您可以",
            steps=_ZH_STEPS,
        ),
        "ug": ClosedTexts(
            title=("بۇ ماشىنا", "ئۆزىنى تەكشۈرۈۋاتىدۇ."),
            now="بىر-ئىككى مىنۇتتىن كېيىن ئۆزى ئەسلىگە كېلىدۇ.",
            heading="قىلالايدىغىنىڭىز",
            steps=_UG_STEPS,
        ),
        "ky": ClosedTexts(
            title=("بۇل ماشىنا", "ۅزۉن تەكشەرۉۉدۅ."),
            now="بىر-ەكى مىنۅتتۅن كىيىن ۅزۉ قالىبىنا كەلەت.",
            heading="قىلا الاتىنىڭىز",
            steps=_KY_STEPS,
        ),
        "en": ClosedTexts(
            title=("This machine is", "testing itself."),
            now="It will be back by itself in a minute or two.",
            heading="What you can do",
            steps=_EN_STEPS,
        ),
    },
    ClosedFor.SERVICING: {
        "zh": ClosedTexts(
            title=("这台机器", "正在维护。"),
            now="维护人员在机器上，做完会自动恢复。",
            heading="您可以",
            steps=_ZH_STEPS,
        ),
        "ug": ClosedTexts(
            title=("بۇ ماشىنا", "ئاسرىلىۋاتىدۇ."),
            now="خادىم ماشىنىنى ئاسراۋاتىدۇ، پۈتكەندە ئۆزى ئەسلىگە كېلىدۇ.",
            heading="قىلالايدىغىنىڭىز",
            steps=_UG_STEPS,
        ),
        "ky": ClosedTexts(
            title=("بۇل ماشىنا", "تەكشەرىلۉۉدۅ."),
            now="تەحنىك بۇل ماشىنانى وڭدوودو. بۉتكۅندۅ ۅزۉ قالىبىنا كەلەت.",
            heading="قىلا الاتىنىڭىز",
            steps=_KY_STEPS,
        ),
        "en": ClosedTexts(
            title=("This machine is", "being looked after."),
            now="Somebody is at work on it. It will be back by itself when that is done.",
            heading="What you can do",
            steps=_EN_STEPS,
        ),
    },
    ClosedFor.LOCKED: {
        "zh": ClosedTexts(
            title=("这台机器", "暂停服务。"),
            now="技术人员在处理这台机器，处理好以前这里不办事。",
            heading="您可以",
            steps=_ZH_STEPS,
        ),
        "ug": ClosedTexts(
            title=("بۇ ماشىنا", "ۋاقتىنچە توختىدى."),
            now="تېخنىك خادىم بۇ ماشىنىنى بىر تەرەپ قىلىۋاتىدۇ. پۈتكۈچە بۇ يەردە ئىش بېجىرىلمەيدۇ.",
            heading="قىلالايدىغىنىڭىز",
            steps=_UG_STEPS,
        ),
        "ky": ClosedTexts(
            title=("بۇل ماشىنا", "ۇباقتىلۇۇ توقتودۇ."),
            now="تەحنىك بۇل ماشىنانى وڭدوودو. بۉتكۅنچۅ بۇل جەردە ىش بۉتپۅيت.",
            heading="قىلا الاتىنىڭىز",
            steps=_KY_STEPS,
        ),
        "en": ClosedTexts(
            title=("This machine is", "out of service."),
            now="A technician is seeing to it. It serves nobody until that is done.",
            heading="What you can do",
            steps=_EN_STEPS,
        ),
    },
    ClosedFor.UNIDENTIFIED: {
        "zh": ClosedTexts(
            title=("这台机器", "暂停服务。"),
            now="机器的身份文件读不出来，连不上中心。技术人员处理好以前，这里不办事。",
            heading="接下来",
            steps=(*_ZH_STEPS, "机器不能自己通知技术人员，请打页面上的电话告诉我们。"),
        ),
        "ug": ClosedTexts(
            title=("بۇ ماشىنا", "ۋاقتىنچە توختىدى."),
            now="ماشىنىنىڭ كىملىك ھۆججىتىنى ئوقۇغىلى بولمىدى. "
            "تېخنىك خادىم بىر تەرەپ قىلغۇچە بۇ يەردە ئىش بېجىرىلمەيدۇ.",
            heading="ئەمدى",
            steps=(*_UG_STEPS, "ماشىنا ئۆزى خەۋەر قىلالمايدۇ، بەتتىكى تېلېفونغا خەۋەر قىلىڭ."),
        ),
        "ky": ClosedTexts(
            title=("بۇل ماشىنا", "ۇباقتىلۇۇ توقتودۇ."),
            now="ماشىنانىن ۅزدۉك بەلگىسى وقۇلبادى. تەحنىك وڭدومويۇنچا بۇل جەردە ىش بۉتپۅيت.",
            heading="ەمى",
            steps=(*_KY_STEPS, "ماشىنا ۅزۉ قابار بەرە البايت، بەتتەگى تەلەفونعو قابار بەرىڭىز."),
        ),
        "en": ClosedTexts(
            title=("This machine is", "out of service."),
            now="It cannot read the file that says who it is, and reaches no service. "
            "It serves nobody until a technician has seen to it.",
            heading="What now",
            steps=(*_EN_STEPS, "It cannot call a technician: please ring the number on this page."),
        ),
    },
    ClosedFor.RESIDUE: {
        "zh": ClosedTexts(
            title=("这台机器", "暂停服务。"),
            now="例行检查发现，机器上还留有以前办事的痕迹。清除干净以前，这里不办事。",
            heading="接下来",
            steps=(*_ZH_STEPS, "机器会自己通知技术人员。"),
        ),
        "ug": ClosedTexts(
            title=("بۇ ماشىنا", "ۋاقتىنچە توختىدى."),
            now="تەكشۈرۈشتە ماشىنىدا ئىلگىرىكى ئىشنىڭ ئىزى قالغانلىقى بايقالدى. "
            "تازىلانغۇچە بۇ يەردە ئىش بېجىرىلمەيدۇ.",
            heading="ئەمدى",
            steps=(*_UG_STEPS, "ماشىنا تېخنىك خادىمغا ئۆزى خەۋەر قىلىدۇ."),
        ),
        "ky": ClosedTexts(
            title=("بۇل ماشىنا", "ۇباقتىلۇۇ توقتودۇ."),
            now="تەكشەرۉۉدۅ ماشىنادا مۇرۇنقۇ ىشتىن ىزى قالعانى بىلىندى. "
            "تازالانعانعا چەيىن بۇل جەردە ىش بۉتپۅيت.",
            heading="ەمى",
            steps=(*_KY_STEPS, "ماشىنا تەحنىككە ۅزۉ قابار بەرەت."),
        ),
        "en": ClosedTexts(
            title=("This machine is", "out of service."),
            now="A check found a trace of earlier use on this machine. "
            "It serves nobody until the trace is erased.",
            heading="What now",
            steps=(*_EN_STEPS, "The machine calls a technician by itself."),
        ),
    },
}
