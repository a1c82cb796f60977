"""From the sheet in a hand to the verdict on a phone: nothing in between is assumed."""

import io
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from kiosk_server.certificates import queries, services
from kiosk_server.core.database import Database
from kiosk_server.printing.documents.press import Press
from kiosk_server.settings import Settings
from tests.support.certificates import issued
from tests.support.inspect_page import inspect
from tests.support.papers import codes_on, picture_of, proof


@pytest.mark.policy("P36")
def test_the_printed_code_leads_to_a_genuine_verdict(
    client: FlaskClient, database: Database, settings: Settings
) -> None:
    """A proof is issued, set and drawn; its QR, read from the picture, opens its own verdict."""
    with database.unit_of_work() as session:
        certificate = issued(session)
        url = f"{settings.public_origin}/v/{queries.token_of(session, certificate)}"
        paper = proof(
            document_number=certificate.number, verify_url=url, verify_code=certificate.code
        )
        rendered = Press(()).render(paper)
        services.attach_document(session, certificate, file_id="f", content=rendered.pdf)
    (scanned,) = codes_on(picture_of(rendered.pdf))
    assert scanned == url
    path = urlsplit(scanned).path
    response = client.get(path)
    page = inspect(response)
    assert "这份证明是真的" in response.text
    assert certificate.number is not None
    assert certificate.number in response.text
    assert ("post", f"{path}/look?lang=zh") in page.actions
    token = response.text.split('name="csrf_token" value="')[1].split('"')[0]
    compared = client.post(
        f"{path}/document",
        data={"csrf_token": token, "document": (io.BytesIO(rendered.pdf), "proof.pdf")},
    )
    assert "与出具的一字不差" in compared.text
