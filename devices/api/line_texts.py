"""The words of a dead line (断网), in the four languages: what happened, what is kept, what to do.

What is said of a visit depends on how far it was, and promises nothing that the terminal does not
keep. `§minutes`, `§seconds` and `§time` stand for figures. Uyghur and Kyrgyz are drafts until a
native reader has checked them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from devices.api.page_texts import Language
from devices.host.kept_visit import GivenUpFor, Phase


@dataclass(frozen=True, slots=True)
class LineTexts:
    """One language. Titles are written in clauses, for a line may break between them only; `kept`
    says for each phase what is safe and until when, `given_up` why a visit ended here."""

    title: tuple[str, ...]
    since: str
    trying: str
    kept_heading: str
    kept: Mapping[Phase, tuple[str, ...]]
    stay: str
    given_up_title: tuple[str, ...]
    given_up: Mapping[GivenUpFor, str]
    given_up_kept: str
    guides: str
    places: str
    end: str


_ZH_HERE = "§minutes 分钟内连上，从这里接着办。"
_EN_HERE = "If the line is back within §minutes min, you go on from here."
_UG_HERE = "§minutes مىنۇت ئىچىدە ئۇلانسا، مۇشۇ يەردىن داۋاملاشتۇرىسىز."
_KY_HERE = "§minutes مۉنۅت ىچىندە تۇتاشسا، ۇشۇل جەردەن ۇلانتاسىز."

LINE_TEXTS: Mapping[Language, LineTexts] = {
    "zh": LineTexts(
        title=("网络暂时断了。", "正在重新连接。"),
        since="§time 起断线",
        trying="每 10 秒试一次，连上后自动回到原来的页面。",
        kept_heading="请放心",
        kept={
            Phase.WAITING: (
                "您没有正在办的事，什么都不会丢。",
                "可以先看办事指南，也可以去附近的地方办。",
            ),
            Phase.CHOOSING: ("还没有读卡，您的信息没有交给任何地方。", _ZH_HERE),
            Phase.PROVING: ("证件信息没有留在这台机器上，还没有作出决定。", _ZH_HERE),
            Phase.DECIDING: ("交到服务器的申请都保存着，不会办两次。", _ZH_HERE),
            Phase.PRINTING: (
                "交给打印机的纸会接着打完。",
                "没交给打印机的，您走后不会打出来。",
                _ZH_HERE,
            ),
            Phase.RATING: ("您的事已经办好了。", "评价可以不做，现在就可以走。"),
        },
        stay="还在吗？§seconds 秒内请点“现在再试一次”，不然就在本机结束。",
        given_up_title=("网络还没有恢复。", "这次办理已在本机结束。"),
        given_up={
            GivenUpFor.NOBODY: "很久没有人点屏幕，先结束，免得别人看到您的内容。",
            GivenUpFor.TOO_LONG: "断线超过 5 分钟，不再让您等下去。",
            GivenUpFor.LEFT: "您结束了这次办理。",
        },
        given_up_kept="已提交的保存在服务器上，可以到窗口查；没有提交的已经丢弃。",
        guides="看办事指南",
        places="附近能办事的地方",
        end="结束办理",
    ),
    "ug": LineTexts(
        title=("تور ۋاقتىنچە ئۈزۈلدى.", "قايتا ئۇلىنىۋاتىدۇ."),
        since="§time دىن باشلاپ ئۈزۈلگەن",
        trying="ھەر 10 سېكۇنتتا بىر سىنايدۇ، ئۇلانغاندا باياتىقى بەتكە ئۆزى قايتىدۇ.",
        kept_heading="خاتىرجەم بولۇڭ",
        kept={
            Phase.WAITING: (
                "بېجىرىۋاتقان ئىشىڭىز يوق، ھېچنېمە يوقالمايدۇ.",
                "قوللانمىنى كۆرۈڭ ياكى يېقىندىكى جايغا بېرىڭ.",
            ),
            Phase.CHOOSING: ("كىملىك تېخى ئوقۇلمىدى، ئۇچۇرىڭىز ھېچ يەرگە بېرىلمىدى.", _UG_HERE),
            Phase.PROVING: ("كىملىك ئۇچۇرىڭىز بۇ ماشىنىدا قالمىدى، تېخى قارار چىقمىدى.", _UG_HERE),
            Phase.DECIDING: (
                "مۇلازىمېتىرغا بارغان ئىلتىماس ساقلانغان، ئىككى قېتىم بېجىرىلمەيدۇ.",
                _UG_HERE,
            ),
            Phase.PRINTING: (
                "پرىنتېرغا بېرىلگەن قەغەز داۋاملىق بېسىلىدۇ.",
                "بېرىلمىگىنى سىز كەتكەندىن كېيىن بېسىلمايدۇ.",
                _UG_HERE,
            ),
            Phase.RATING: ("ئىشىڭىز پۈتتى.", "باھالىمىسىڭىزمۇ بولىدۇ، ھازىر كەتسىڭىز بولىدۇ."),
        },
        stay="بارمۇسىز؟ §seconds سېكۇنتتا «ھازىر قايتا سىناش»نى باسمىسىڭىز، بۇ ئىش ئاخىرلىشىدۇ.",
        given_up_title=("تور تېخى ئەسلىگە كەلمىدى.", "بۇ ئىش مۇشۇ ماشىنىدا ئاخىرلاشتى."),
        given_up={
            GivenUpFor.NOBODY: "ئۇزۇنغىچە ھېچكىم باسمىدى؛ باشقىلار كۆرۈپ قالمىسۇن دەپ ئاخىرلاشتى.",
            GivenUpFor.TOO_LONG: "5 مىنۇتتىن ئارتۇق ئۈزۈلدى، ئەمدى ساقلىمايمىز.",
            GivenUpFor.LEFT: "بۇ ئىشنى ئۆزىڭىز ئاخىرلاشتۇردىڭىز.",
        },
        given_up_kept="يوللانغىنى مۇلازىمېتىردا ساقلاندى، كۆزنەكتە سورىسىڭىز بولىدۇ؛ "
        "يوللانمىغىنى تاشلاندى.",
        guides="قوللانمىنى كۆرۈش",
        places="يېقىندىكى جايلار",
        end="ئاخىرلاشتۇرۇش",
    ),
    "ky": LineTexts(
        title=("تور ۇباقتىلۇۇ ۉزۉلدۉ.", "قايرا تۇتاشىپ جاتات."),
        since="§time دان بەرى ۉزۉلگۅن",
        trying="ار 10 سەكۇندا بىر سىنايت، تۇتاشقاندا مۇرۇنقۇ بەتكە ۅزۉ قايتات.",
        kept_heading="كۅڭۉلۉڭۉز تىنچ بولسۇن",
        kept={
            Phase.WAITING: (
                "بۉتۉرۉپ جاتقان ىشىڭىز جوق، ەچنەرسە جوعولبويت.",
                "كۅرسۅتمۅنۉ كۅرۉڭۉز جە جاقىنقى جەرگە بارىڭىز.",
            ),
            Phase.CHOOSING: ("كۉبۅلۉك وقۇلا ەلەك، ماالىماتىڭىز ەچ جەرگە بەرىلگەن جوق.", _KY_HERE),
            Phase.PROVING: (
                "كۉبۅلۉك ماالىماتىڭىز بۇل ماشىنادا قالعان جوق، چەچىم چىعا ەلەك.",
                _KY_HERE,
            ),
            Phase.DECIDING: ("سەرۋەرگە جەتكەن ارىزىڭىز ساقتالدى، ەكى جولۇ بۉتۉرۉلبۅيت.", _KY_HERE),
            Phase.PRINTING: (
                "پرىنتەرگە بەرىلگەن قاعاز ۇلانتىلىپ باسىلات.",
                "بەرىلبەگەنى سىز كەتكەندەن كىيىن باسىلبايت.",
                _KY_HERE,
            ),
            Phase.RATING: ("ىشىڭىز بۉتتۉ.", "باالاباساڭىز دا بولوت، ازىر كەتسەڭىز بولوت."),
        },
        stay="بارسىزبى؟ §seconds سەكۇند ىچىندە «ازىر قايرا سىنوو» باسباساڭىز، بۇل ىش اياقتايت.",
        given_up_title=("تور دالى قالىبىنا كەلە ەلەك.", "بۇل ىش ۇشۇل ماشىنادا اياقتادى."),
        given_up={
            GivenUpFor.NOBODY: "كۅپكۅ چەيىن ەچ كىم باسقان جوق؛ "
            "باشقالار كۅرۉپ قالباسىن دەپ اياقتادى.",
            GivenUpFor.TOO_LONG: "5 مۉنۅتتۅن اشىق ۉزۉلدۉ، مىندان ارى كۉتتۉربۅيبۉز.",
            GivenUpFor.LEFT: "بۇل ىشتى ۅزۉڭۉز اياقتاتتىڭىز.",
        },
        given_up_kept="جىبەرىلگەنى سەرۋەردە ساقتالدى، تەرەزەدەن سۇراساڭىز بولوت؛ "
        "جىبەرىلبەگەنى تاشتالدى.",
        guides="كۅرسۅتمۅنۉ كۅرۉۉ",
        places="جاقىنقى جەرلەر",
        end="اياقتاتۇۇ",
    ),
    "en": LineTexts(
        title=("The line is down for now.", "We are connecting again."),
        since="Down since §time",
        trying="One try every 10 seconds. This screen then returns to your page by itself.",
        kept_heading="Nothing is lost",
        kept={
            Phase.WAITING: (
                "You have nothing under way, so nothing can be lost.",
                "Read the guides, or go to a place nearby.",
            ),
            Phase.CHOOSING: ("No card was read. Nothing of you went anywhere.", _EN_HERE),
            Phase.PROVING: ("Nothing of your card stays here. Nothing is decided yet.", _EN_HERE),
            Phase.DECIDING: ("A request that arrived is kept, and never handled twice.", _EN_HERE),
            Phase.PRINTING: (
                "Paper that the printer has taken will come out.",
                "Any other will not come out after you have left.",
                _EN_HERE,
            ),
            Phase.RATING: ("Your service is done.", "You may go now, without a rating."),
        },
        stay="Still here? Touch “Try again now” within §seconds s, or this visit ends.",
        given_up_title=("The line is still down.", "Your visit has ended here."),
        given_up={
            GivenUpFor.NOBODY: "Nobody touched the screen, so it was cleared for your privacy.",
            GivenUpFor.TOO_LONG: "The line was down for 5 minutes; you need not wait longer.",
            GivenUpFor.LEFT: "You ended this visit.",
        },
        given_up_kept="What you sent is kept on the server; ask at a window. The rest is gone.",
        guides="Read the guides",
        places="Places nearby",
        end="End my visit",
    ),
}


def filled(text: str, **figures: object) -> str:
    """*text* with its figures."""
    for name, figure in figures.items():
        text = text.replace(f"§{name}", str(figure))
    return text
