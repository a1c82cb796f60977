"""Papers as they come from the press: what stands on them, and what cannot."""

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk_server.printing.documents.papers import Column, Rendered, Seal, Table
from kiosk_server.printing.documents.press import CannotBeSet, Press
from tests.support.papers import VERIFY_URL, codes_on, picture_of, proof, texts_of

MM_PER_INCH = 25.4


@pytest.fixture(scope="module")
def press() -> Press:
    """A press with the committed fonts only."""
    return Press(())


def test_a_paper_says_what_it_must(press: Press) -> None:
    """Issuer, number, holder, facts, purpose, terminal, Beijing time and page are on the sheet."""
    (text,) = texts_of(press.render(proof()).pdf)
    for said in (
        "阿图什市社会保险中心",
        "编号TEST-2026-000468",
        "阿依古丽·测试，公民身份号码653001********0022，截至2026年11月",
        "城镇职工基本养老保险参保缴费2012-03177",
        "用途：办理住房贷款。",
        "2026年11月21日",
        "终端AT-0001",
        "打印时间2026-11-2103:12（北京时间）",
        "127.0.0.1:8000/v",
        "核验码7Q2M9XKD4HWR7Q2M9XKD4HWR7Q",
        "第1页，共1页",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("promise", "printed"),
    [
        ("查询结果不用于其他目的", "本人承诺：查询结果不用于其他目的。"),
        ("我承诺：只用于所选目的。", "我承诺：只用于所选目的。"),
    ],
)
def test_a_promise_is_printed_once(press: Press, promise: str, printed: str) -> None:
    """What was promised stands on the sheet as a promise, whether its words say so or not."""
    (text,) = texts_of(press.render(proof(promise=promise)).pdf)
    assert printed in text
    assert text.count("承诺") == 1


@pytest.mark.policy("P36")
def test_a_paper_without_a_seal_says_so_and_what_it_does_not_serve(press: Press) -> None:
    """Without a seal the sheet says that it bears none, what it serves and what it does not."""
    (text,) = texts_of(press.render(proof(seal=None)).pdf)
    assert "未加盖电子印章：供本人查询、核对使用，不作为须加盖印章的证明文件使用。" in text


@pytest.mark.policy("P36")
def test_a_sealed_paper_names_the_seal_and_when_it_was_verified(press: Press) -> None:
    """With a verified seal the sheet says whose it is and no longer that none is there."""
    paper = proof()
    ring = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7h-7z"/></svg>'
    )
    seal = Seal("测试机关", ring, paper.printed_at)
    (text,) = texts_of(press.render(proof(seal=seal)).pdf)
    assert "已加盖测试机关电子印章（2026-11-2103:12核验有效）" in text
    assert "未加盖" not in text


def test_simulated_data_and_second_prints_are_marked(press: Press) -> None:
    """A sample and a second print say so on every sheet."""
    rows = (("测试", "1"),) * 60
    table = Table((Column("项目"), Column("数", numeric=True)), rows)
    pages = texts_of(press.render(proof(table=table, sample=True, reprint=True)).pdf)
    assert len(pages) > 1
    for text in pages:
        assert "样张·模拟数据，不作证明使用" in text
        assert "重打" in text
    assert "重打" not in texts_of(press.render(proof()).pdf)[0]


def test_a_long_table_goes_on_with_its_header(press: Press) -> None:
    """Every further page repeats the header, bears number and code, and counts the pages."""
    table = Table((Column("年月"), Column("金额", numeric=True)), (("2026-01", "100.00"),) * 90)
    rendered = press.render(proof(table=table))
    pages = texts_of(rendered.pdf)
    assert rendered.pages == len(pages) == 4
    for number, text in enumerate(pages, start=1):
        assert "年月金额" in text
        assert "TEST-2026-000468" in text
        assert f"第{number}页，共4页" in text
    assert sum(text.count("2026-01100.00") for text in pages) == 90


def test_the_code_on_every_page_is_the_verify_url(press: Press) -> None:
    """An independent decoder reads the verify URL from the 20 mm code on each printed page."""
    table = Table((Column("年月"),), (("2026-01",),) * 40)
    rendered = press.render(proof(table=table))
    assert rendered.pages == 2
    for page in range(rendered.pages):
        assert codes_on(picture_of(rendered.pdf, page=page)) == [VERIFY_URL]


def test_a_paper_is_black_on_white(press: Press) -> None:
    """No pixel has a colour: the printers of the terminals are black only."""
    picture = picture_of(press.render(proof()).pdf, dpi=60).convert("RGB")
    colours = picture.getcolors(maxcolors=picture.width * picture.height)
    assert all(red == green == blue for _, (red, green, blue) in colours)


def test_a_paper_is_a4(press: Press) -> None:
    """The sheet is 210 by 297 mm."""
    picture = picture_of(press.render(proof()).pdf, dpi=100)
    width, height = (round(side / 100 * MM_PER_INCH) for side in picture.size)
    assert (width, height) == (210, 297)


def test_text_is_never_markup(press: Press) -> None:
    """What a person is called or writes is printed literally, whatever typst would make of it."""
    name = '#import "x": * · [*a*] $x$ `c` \\ <l> @r'
    (text,) = texts_of(press.render(proof(holder_name=name, purpose='#read("/etc/passwd")')).pdf)
    assert "".join(name.split()) in text
    assert '用途：#read("/etc/passwd")' in text


@settings(max_examples=25)
@given(st.text(alphabet="#[]$*_`\\<>@/\"{}%=+-~'()·测a ", min_size=1, max_size=30))
def test_no_text_breaks_a_paper(press: Press, name: str) -> None:
    """Any mixture of the characters that mean something to typst gives a paper of one page."""
    assert press.render(proof(holder_name=name)).pages == 1


@pytest.mark.policy("P57")
@pytest.mark.parametrize("name", ["测试·𬭩", "测试·𠮷㛃", "𠮷"])
def test_rare_characters_are_on_the_paper(press: Press, name: str) -> None:
    """A rare character of a name stands on the sheet as itself."""
    (text,) = texts_of(press.render(proof(holder_name=name)).pdf)
    assert f"{name}，公民身份号码" in text


def test_a_character_in_no_font_stops_the_press(press: Press) -> None:
    """Instead of a box, the press answers with the characters that it cannot set."""
    with pytest.raises(CannotBeSet) as stopped:
        press.render(proof(holder_name="测试·𪚥"))
    assert stopped.value.missing == ("𪚥",)


def test_the_same_paper_gives_the_same_bytes(press: Press) -> None:
    """Another press, another thread, the same digest: so an offered document can be compared."""
    found: list[Rendered] = []
    thread = threading.Thread(target=lambda: found.append(Press(()).render(proof())))
    thread.start()
    thread.join()
    assert found[0] == press.render(proof())
    assert found[0].digest != press.render(proof(reprint=True)).digest


def test_threads_share_a_press(press: Press) -> None:
    """Papers set at the same time do not take each other's data."""
    pdfs: dict[str, bytes] = {}

    def work(number: int) -> None:
        for turn in range(5):
            name = f"测试·第{number}人第{turn}次"
            pdfs[name] = press.render(proof(holder_name=name)).pdf

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(pdfs) == 15
    assert all(name in texts_of(pdf)[0] for name, pdf in pdfs.items())


def test_a_paper_claims_archival_form(press: Press) -> None:
    """The document declares PDF/A part 2, level B, and has its fonts inside."""
    pdf = press.render(proof()).pdf
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in pdf


def test_a_row_with_too_few_cells_is_no_table() -> None:
    """A table whose rows do not fit its columns is refused where it is made."""
    with pytest.raises(ValueError, match="cells"):
        Table((Column("甲"), Column("乙")), (("一",),))


@pytest.mark.policy("P52")
def test_the_visit_s_mark_is_in_the_file_and_not_on_the_sheet(press: Press) -> None:
    """The mark stands in the clear in the metadata, the sheet looks the same, and still PDF/A."""
    mark = "0123456789abcdef0123456789abcdef"
    marked, plain = press.render(proof(mark=mark)).pdf, press.render(proof()).pdf
    assert mark.encode() in marked
    assert b"<pdfaid:part>2" in marked
    assert texts_of(marked) == texts_of(plain)
    assert picture_of(marked).tobytes() == picture_of(plain).tobytes()
