"""The pages on which anyone checks a paper."""

import io
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from kiosk_server.audit.models import AuditEntry
from kiosk_server.audit.services import SYSTEM
from kiosk_server.certificates import queries, services, versions
from kiosk_server.certificates.lives import ChangeReason
from kiosk_server.certificates.models import Certificate, UsageRecord
from kiosk_server.core import clock
from kiosk_server.core.database import Base, Database
from tests.support.certificates import issued
from tests.support.inspect_page import inspect

PDF = b"%PDF-1.7 of this test"
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Paper:
    """One issued proof, its document and its token."""

    def __init__(self, database: Database, **changes: Any) -> None:
        with database.unit_of_work() as session:
            certificate = issued(session, **changes)
            services.attach_document(session, certificate, file_id="f", content=PDF)
            self.token = queries.token_of(session, certificate)
        self.id, self.code, self.number = certificate.id, certificate.code, certificate.number or ""


@pytest.fixture
def paper(database: Database, app: Flask) -> Paper:
    """A genuine paper in the app's database."""
    return Paper(database)


def looks(database: Database) -> list[tuple[str, str]]:
    """Channel and outcome of every recorded look."""
    with database.reading() as session:
        found = session.scalars(select(UsageRecord).order_by(UsageRecord.at))
        return [(record.channel, record.outcome) for record in found]


def audited(database: Database) -> list[str]:
    """Names of audited events, without the issuing."""
    with database.reading() as session:
        events = session.scalars(select(AuditEntry.event).order_by(AuditEntry.id))
        return [event for event in events if event != "certificate.issued"]


def rows(database: Database) -> dict[str, int]:
    """How many rows every table has."""
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def touch(client: FlaskClient, page: str, action: str, **fields: Any) -> Any:
    """Open `page` and send one of its forms with its token."""
    found = TOKEN.search(client.get(page).text)
    assert found is not None
    return client.post(action, data={"csrf_token": found.group(1), **fields})


def test_a_right_code_is_genuine_and_a_get_changes_nothing(
    client: FlaskClient, database: Database, paper: Paper
) -> None:
    """The page says genuine, names the paper, hides the facts, and no table gains a row."""
    before = rows(database)
    response = client.get(f"/v/{paper.token}")
    inspect(response)
    assert rows(database) == before
    assert response.status_code == 200
    for said in ("这份证明是真的", "个人参保证明", paper.number, "阿***·测试", "社会保险中心"):
        assert said in response.text
    assert "阿依古丽" not in response.text
    assert "城镇职工" not in response.text
    assert "noindex" in response.headers["X-Robots-Tag"]


@pytest.mark.policy("P34", "P37")
def test_facts_come_after_one_touch_that_the_holder_sees(
    client: FlaskClient, database: Database, paper: Paper
) -> None:
    """The facts to compare are shown after a POST, which records the look for the holder."""
    response = touch(client, f"/v/{paper.token}", f"/v/{paper.token}/look")
    inspect(response)
    assert "城镇职工基本养老保险" in response.text
    assert "177" in response.text
    assert looks(database) == [("scan", "genuine")]
    assert audited(database) == ["certificate.verified"]


def test_a_look_needs_the_pages_own_token(
    client: FlaskClient, database: Database, paper: Paper
) -> None:
    """Another site cannot make a visitor's browser leave a look."""
    assert client.post(f"/v/{paper.token}/look").status_code == 400
    assert looks(database) == []


def test_a_typed_code_leads_to_the_paper(
    client: FlaskClient, database: Database, paper: Paper
) -> None:
    """A code in groups and capitals is read, and the look is recorded as typed."""
    inspect(client.get("/v/"))
    typed = " ".join(paper.code.upper()[start : start + 4] for start in range(0, 26, 4))
    response = touch(client, "/v/", "/v/", code=typed)
    assert response.status_code == 303
    assert response.headers["Location"] == f"/v/{paper.code}"
    assert "这份证明是真的" in client.get(response.headers["Location"]).text
    touch(client, f"/v/{paper.code}", f"/v/{paper.code}/look")
    assert looks(database) == [("typed", "genuine")]


def test_a_pasted_address_is_taken(client: FlaskClient, paper: Paper) -> None:
    """Who pastes the whole address of the QR gets to the same page."""
    pasted = f"http://127.0.0.1:8000/v/{paper.token}"
    response = touch(client, "/v/", "/v/?lang=en", code=pasted)
    assert response.headers["Location"] == f"/v/{paper.token}?lang=en"


def test_a_mistyped_code_is_told_at_the_field(client: FlaskClient) -> None:
    """What cannot be a code is kept in its field, with the sentence that says what is wrong."""
    response = touch(client, "/v/", "/v/", code="7Q2M u!")
    assert response.status_code == 422
    inspect(response)
    assert "核验码应是 26 位" in response.text
    assert 'value="7Q2M u!"' in response.text


def test_an_unknown_code_says_so_and_is_audited(client: FlaskClient, database: Database) -> None:
    """A made-up code is not genuine, shows nothing, and stands in the audit."""
    response = client.get("/v/" + "0" * 26)
    inspect(response)
    assert "查不到这份证明" in response.text
    assert audited(database) == ["certificate.refused"]


def test_an_altered_code_lends_no_name(
    client: FlaskClient, database: Database, paper: Paper
) -> None:
    """A right code with a wrong check is altered, and nothing of the real paper is shown."""
    wrong = paper.token[:-1] + ("0" if paper.token[-1] != "0" else "1")
    response = client.get(f"/v/{wrong}")
    inspect(response)
    assert "这个码被改动过" in response.text
    assert paper.number not in response.text
    assert "阿***" not in response.text
    assert client.get(f"/v/{wrong}", headers={"Accept": "application/json"}).json == {
        "genuine": False,
        "reason": "altered",
        "number": None,
        "issuer": None,
        "kind": None,
        "issued_on": None,
        "valid_until": None,
        "masked_holder": None,
        "bears_seal": None,
        "sample": None,
    }
    assert audited(database) == ["certificate.refused"] * 2


def test_a_revoked_paper_says_why(client: FlaskClient, database: Database, paper: Paper) -> None:
    """A revoked paper is not genuine any more and says the reason in words."""
    with database.unit_of_work() as session:
        held = session.get_one(Certificate, paper.id)
        versions.revoke(session, held, reason=ChangeReason.ISSUED_IN_ERROR, by=SYSTEM)
    response = client.get(f"/v/{paper.token}")
    inspect(response)
    assert "已被吊销" in response.text
    assert "出具有误" in response.text


def test_an_expired_paper_says_so(client: FlaskClient, database: Database) -> None:
    """After its last day a paper is expired, and its own data still stand beside the verdict."""
    with clock.frozen(datetime(2026, 11, 20, 19, 12, tzinfo=UTC)):
        old = Paper(database, valid_until=date(2026, 11, 21))
    with clock.frozen(datetime(2026, 11, 22, 3, 0, tzinfo=UTC)):
        response = client.get(f"/v/{old.token}")
    inspect(response)
    assert "已经过期" in response.text
    assert "2026-11-21" in response.text


def test_the_issued_document_is_recognised(
    client: FlaskClient, database: Database, paper: Paper
) -> None:
    """The very file that was issued is genuine, and the look is recorded as one by document."""
    document = (io.BytesIO(PDF), "proof.pdf")
    page = f"/v/{paper.token}"
    response = touch(client, page, f"{page}/document", document=document)
    inspect(response)
    assert "与出具的一字不差" in response.text
    assert looks(database) == [("document", "genuine")]


@pytest.mark.policy("P37")
def test_offered_document_touches_no_disk(
    client: FlaskClient, paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A larger file is compared in memory too: nobody's proof lies in a temporary folder."""

    def no_disk(*_: object, **__: object) -> None:
        pytest.fail("an upload went to the disk")

    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", no_disk)
    document = (io.BytesIO(PDF + bytes(1024 * 1024)), "proof.pdf")
    page = f"/v/{paper.token}"
    assert touch(client, page, f"{page}/document", document=document).status_code == 200


def test_an_edited_document_is_altered(
    client: FlaskClient, database: Database, paper: Paper
) -> None:
    """One changed byte makes a file altered: no facts, the refusal audited, the holder told."""
    document = (io.BytesIO(PDF + b" "), "proof.pdf")
    page = f"/v/{paper.token}"
    response = touch(client, page, f"{page}/document", document=document)
    inspect(response)
    assert "不是出具的那份" in response.text
    assert paper.number not in response.text
    assert looks(database) == [("document", "altered")]
    assert "certificate.refused" in audited(database)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 a picture"])
def test_another_kind_of_file_is_told_at_the_field(
    client: FlaskClient, database: Database, paper: Paper, data: bytes
) -> None:
    """What is no PDF is not compared and leaves no look."""
    page = f"/v/{paper.token}"
    response = touch(client, page, f"{page}/document", document=(io.BytesIO(data), "x.pdf"))
    assert response.status_code == 422
    inspect(response)
    assert "请选一个 PDF 文件" in response.text
    assert looks(database) == []


def test_a_file_over_five_megabytes_is_refused(client: FlaskClient, paper: Paper) -> None:
    """A file that is too large is refused as such, not compared in part."""
    page = f"/v/{paper.token}"
    document = (io.BytesIO(PDF + bytes(5 * 1024 * 1024)), "proof.pdf")
    assert touch(client, page, f"{page}/document", document=document).status_code == 413


def test_a_program_gets_json(client: FlaskClient, paper: Paper) -> None:
    """A program that asks for JSON gets the verdict and what the page says before the touch."""
    answer = client.get(f"/v/{paper.token}", headers={"Accept": "application/json"}).json
    assert answer is not None
    assert answer["genuine"] is True
    assert answer["reason"] is None
    assert answer["number"] == paper.number
    assert answer["masked_holder"] == "阿***·测试"
    assert "facts" not in answer


@pytest.mark.policy("P36")
def test_a_page_says_that_no_seal_is_borne(client: FlaskClient, paper: Paper) -> None:
    """Without a seal the page says so, and for what the paper does not serve."""
    response = client.get(f"/v/{paper.token}")
    assert "未加盖电子印章" in response.text
    assert "不作为须加盖印章的证明文件使用" in response.text
    assert "样张" in response.text


@pytest.mark.parametrize(("language", "direction"), [("zh", "ltr"), ("ug", "rtl"), ("en", "ltr")])
@pytest.mark.parametrize("path", ["/", "/v/", "/v/{token}", "/v/00000000000000000000000000"])
def test_every_page_in_every_language(
    client: FlaskClient, paper: Paper, path: str, language: str, direction: str
) -> None:
    """Each public page is whole in Chinese, Uyghur and English, in its own direction."""
    response = client.get(path.format(token=paper.token), query_string={"lang": language})
    page = inspect(response)
    assert page.direction == direction
    assert response.text.count("?lang=") >= 3


@pytest.mark.policy("P57")
@pytest.mark.parametrize(
    ("path", "chinese"),
    [("/", "政务自助服务系统"), ("/v/", "查证明的真伪"), ("/v/{token}", "这份证明是真的")],
)
def test_the_chinese_line_is_kept(
    client: FlaskClient, paper: Paper, path: str, chinese: str
) -> None:
    """In another language every page keeps its heading in Chinese beneath the chosen one."""
    for language in ("ug", "en"):
        response = client.get(path.format(token=paper.token), query_string={"lang": language})
        assert f'<span class="kept" lang="zh-CN" dir="ltr">{chinese}</span>' in response.text


@pytest.mark.policy("P57")
def test_languages_without_whole_words_fall_back_to_chinese(
    client: FlaskClient, paper: Paper
) -> None:
    """Kyrgyz and foreign languages, whose words are not complete here, are answered in Chinese."""
    for query, accepted in (({"lang": "ky"}, ""), ({}, "fr-FR,fr"), ({"lang": "xx"}, "")):
        response = client.get("/v/", query_string=query, headers={"Accept-Language": accepted})
        assert 'lang="zh-CN" dir="ltr"' in response.text


def test_text_in_the_address_is_only_text(client: FlaskClient) -> None:
    """A code that carries markup is answered as unknown and never becomes markup."""
    response = client.get('/v/"><script>alert(1)<%2fscript>')
    assert "<script>alert" not in response.text
