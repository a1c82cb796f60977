"""`/v/<token>/document`: compare an offered PDF with the documents that were issued."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from kiosk_server.public import looking
from kiosk_server.public.showing import verdict_page

LARGEST_DOCUMENT_BYTES = 5 * 1024 * 1024
_PDF = b"%PDF-"


def add_routes(blueprint: Blueprint) -> None:
    """Open the comparison in *blueprint*."""
    blueprint.add_url_rule("/v/<token>/document", view_func=compare, methods=["POST"])


def compare(token: str) -> ResponseReturnValue:
    """Say whether the offered file is, byte for byte, one that was issued; keep nothing of it."""
    offered = request.files.get("document")
    data = offered.stream.read(LARGEST_DOCUMENT_BYTES + 1) if offered is not None else b""
    if len(data) > LARGEST_DOCUMENT_BYTES:
        abort(413)
    if not data.startswith(_PDF):
        finding = looking.judge(token)
        return verdict_page(token, finding, document_fault="verify-document-no-pdf"), 422
    look = looking.look(token, offered=data)
    return verdict_page(token, look.finding, facts=look.facts, document_compared=True)
