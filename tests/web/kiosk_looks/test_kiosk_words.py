"""The words of the kiosk: complete in Chinese, English and Uyghur, with the same variables."""

import re
from pathlib import Path

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

import kiosk_ui

LOCALES = Path(kiosk_ui.__file__).parent / "locales"
WIRE_CODES = [
    "nonce_unknown",
    "nonce_used",
    "nonce_stale",
    "wrong_terminal",
    "card_expired",
    "number_invalid",
    "name_unprintable",
    "not_this_card",
    "card_kind_not_served",
    "visit_over",
    "card_moved",
    "card_unreadable",
    "reader_absent",
    "reader_fault",
    "reader_not_accepted",
    "address_unconfirmed",
    "timeout",
    "line_dead",
]
TROUBLES = [
    "paper_out",
    "paper_low",
    "cover_open",
    "jam",
    "toner_low",
    "toner_empty",
    "offline",
    "not_authorised",
    "fault",
    "unknown",
]
FULL_TITLE = 20


class _Variables(Visitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ast.VariableReference) -> None:
        self.names.add(node.id.name)


def messages_of(language: str) -> dict[str, set[str]]:
    """Message id -> the variables that its words use."""
    found: dict[str, set[str]] = {}
    for path in sorted((LOCALES / language).glob("*.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            assert not isinstance(entry, ast.Junk), f"{path.name}: {entry.content}"
            if isinstance(entry, ast.Message):
                assert entry.id.name not in found, f"{language}: {entry.id.name} twice"
                variables = _Variables()
                variables.visit(entry)
                found[entry.id.name] = variables.names
    return found


@pytest.mark.parametrize("language", ["en", "ug"])
def test_every_message_is_there_with_the_same_variables(language: str) -> None:
    """English and Uyghur have every message of Chinese, and each uses the same values."""
    assert messages_of(language) == messages_of("zh")


def test_a_draft_adds_no_message_of_its_own() -> None:
    """Kyrgyz, a draft, has nothing that Chinese lacks, and the same values in what it has."""
    chinese = messages_of("zh")
    for name, variables in messages_of("ky").items():
        assert variables == chinese[name], name


@pytest.mark.parametrize("code", WIRE_CODES)
def test_every_refusal_says_what_happened_and_what_to_do(code: str) -> None:
    """Each refusal code of the terminal wire has a sentence, and a second one that helps."""
    name = "refusal-" + code.replace("_", "-")
    assert {name, f"{name}-do"} <= set(messages_of("zh"))


@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_trouble_says_what_is_safe_first(trouble: str) -> None:
    """A printer's trouble tells that the certificate is not lost before it tells what to do."""
    text = (LOCALES / "zh" / "paper.ftl").read_text(encoding="utf-8")
    name = "trouble-" + trouble.replace("_", "-")
    found = re.search(rf"^{name} = (.*)$", text, re.MULTILINE)
    assert found is not None
    assert "没有丢" in found.group(1)
    assert f"\n{name}-do = " in text


def test_titles_are_short_and_free_of_office_phrases() -> None:
    """A Chinese title has at most 20 characters; nobody is told 请按照提示 or 系统异常."""
    for path in (LOCALES / "zh").glob("*.ftl"):
        text = path.read_text(encoding="utf-8")
        words = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
        assert not re.search("请按照提示|系统异常|操作失败", words), path.name
        for name, title in re.findall(r"^([a-z-]+-title) = (.*)$", words, re.MULTILINE):
            assert len(title) <= FULL_TITLE, name


def test_drafts_say_that_they_are_drafts() -> None:
    """Uyghur and Kyrgyz files of the kiosk's words that are drafts say so in their first line."""
    for language in ("ug", "ky"):
        for name in ("frame", "service", "identity", "paper", "leaving", "refusal"):
            path = LOCALES / language / f"{name}.ftl"
            assert path.read_text(encoding="utf-8").startswith("# Draft in"), path
