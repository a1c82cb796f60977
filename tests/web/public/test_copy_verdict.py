"""What a stranger reads who scans a copy that was made for one purpose."""

import re
from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from kiosk_server.audit.services import Actor
from kiosk_server.certificates import copies
from kiosk_server.certificates.copies import CopyTools, CopyWish
from kiosk_server.certificates.models import Certificate
from kiosk_server.core import clock
from kiosk_server.core.database import Database
from kiosk_server.gateways.seals import NoSealSystem
from tests.support.inspect_page import faults_of
from tests.support.wallets import FilledPlatform, QuickPress, licence, mother, opened

WISH = CopyWish("办理车辆保险", "测试保险公司", ("number", "vehicle_class"), date(2026, 12, 1))


def _touch(client: FlaskClient, page: str, action: str) -> str:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    return client.post(action, data={"csrf_token": token[1]}).text


@pytest.mark.policy("P34")
def test_purpose_and_last_day_come_first_and_the_lines_after_a_touch(
    client: FlaskClient, database: Database
) -> None:
    """A GET names purpose and last day and counts nothing; the touch shows what was chosen; after
    its last day it is refused and shows nothing more."""
    with clock.frozen(datetime(2026, 11, 20, 4, tzinfo=UTC)):
        her, platform = mother(database), FilledPlatform()
        platform.hold("driving_licence", licence())
        opened(database, platform, her, types=["driving_licence"])
        with database.reading() as session:
            certificate = session.scalars(select(Certificate.id)).one()
        press, by = QuickPress(), Actor("resident", her.id)
        tools = CopyTools(press, NoSealSystem(), "http://127.0.0.1:8000")
        copies.produce(database, tools, her.id, certificate, WISH, by=by)
        annotation = press.papers[0].annotation
        assert annotation is not None
        path = annotation.verify_url.removeprefix("http://127.0.0.1:8000")
        page = client.get(path)
        assert faults_of(page.text, page.headers["Content-Security-Policy"]) == []
        for words in ("这份证明是真的", "办理车辆保险", "测试保险公司", "2026-12-01", "JZ-2026-"):
            assert words in page.text
        assert "准驾车型" not in page.text
        told = client.get(path, headers={"Accept": "application/json"}).get_json()
        assert (told["genuine"], told["purpose"]) == (True, "办理车辆保险")
        assert "准驾车型" in _touch(client, page.text, f"{path}/look")
    with clock.frozen(datetime(2026, 12, 2, 4, tzinfo=UTC)):
        over = _touch(client, page.text, f"{path}/look")
        assert "已经过期" in over
        assert "准驾车型" not in over
