"""What a language lacks is said in Chinese, in its own direction."""

from pathlib import Path

import pytest

from kiosk_server.web.messages import Messages


@pytest.fixture
def words(tmp_path: Path) -> Messages:
    """Two sentences in Chinese, one of them in Uyghur."""
    for code, text in (
        ("zh", "paid = 钱收到了。\nnext = 下一步。\n"),
        ("ug", "paid = پۇل كەلدى.\n"),
    ):
        (tmp_path / code).mkdir()
        (tmp_path / code / "words.ftl").write_text(text, encoding="utf-8")
    return Messages([tmp_path], strict=True)


@pytest.mark.parametrize(
    ("language", "message", "said"),
    [
        ("ug", "paid", "پۇل كەلدى."),
        ("ug", "next", "\u2066下一步。\u2069"),
        ("ky", "paid", "\u2066钱收到了。\u2069"),
        ("en", "next", "下一步。"),
        ("zh", "next", "下一步。"),
    ],
)
def test_chinese_keeps_its_full_stop_at_its_end(
    words: Messages, language: str, message: str, said: str
) -> None:
    """On a page that runs from right to left it is set apart; elsewhere it is what it is."""
    assert words.text(language, message) == said
