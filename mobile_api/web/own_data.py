"""
My data (我的数据): what is kept, why, until when; a copy; what staff opened; erasing, closing.

The copy is in clear and therefore a POST behind the PIN. Closing an account waits seven days, in
which any phone of it can keep it open.
"""

from flask import Blueprint, make_response, redirect, request
from flask.typing import ResponseReturnValue

from kiosk_server.core import clock
from kiosk_server.core.errors import NotFound
from kiosk_server.own_data.queries import looks_by_staff
from kiosk_server.own_data.rules import DataKind
from kiosk_server.residents.assurance import Act, allows
from kiosk_server.residents.closing import WAITS
from kiosk_server.web.request_context import database
from mobile_api.access import holder
from mobile_api.v1.own_data import (
    Erasure,
    ask_to_close,
    copy_data,
    erase_data,
    keep_open,
    see_data,
)
from mobile_api.wallets import actor_id
from mobile_api.web.certificate import behind_pin, handed_out
from mobile_api.web.frame import page
from mobile_api.web.guard import may

HERE = "/m/data"
ERASE = "/m/data/erase"


def add_routes(blueprint: Blueprint) -> None:
    """Open the pages of one's own data."""
    blueprint.get("/data", endpoint="own_data_data")(data)
    blueprint.get("/data/looks", endpoint="own_data_looks")(looks)
    blueprint.post("/data/copy", endpoint="own_data_read_copy")(read_copy)
    blueprint.post("/data/copy.json", endpoint="own_data_fetch_copy")(fetch_copy)
    blueprint.get("/data/erase", endpoint="own_data_erase_page")(erase_page)
    blueprint.post("/data/erase/<kind>", endpoint="own_data_erase_kind")(erase_kind)
    blueprint.post("/data/close", endpoint="own_data_close")(close)
    blueprint.post("/data/keep", endpoint="own_data_keep")(keep)


def data() -> ResponseReturnValue:
    """Show what is kept of the holder."""
    may(Act.SEE_OWN_DATA)
    return page("m/data.html", tab="me", seen=see_data())


def looks() -> ResponseReturnValue:
    """Show what staff opened of the holder's."""
    may(Act.SEE_OWN_DATA)
    with database().reading() as session:
        found = looks_by_staff(session, actor_id())
    return page("m/data_looks.html", tab="me", looks=found)


def read_copy() -> ResponseReturnValue:
    """Show everything in clear, on one page."""
    may(Act.SEE_OWN_DATA)
    return behind_pin(
        HERE,
        lambda: make_response(page("m/data_copy.html", tab="me", copy=copy_data())),
    )


def fetch_copy() -> ResponseReturnValue:
    """Hand everything out as JSON."""
    may(Act.SEE_OWN_DATA)
    return behind_pin(
        HERE,
        lambda: handed_out(
            copy_data().model_dump_json(indent=1).encode(),
            "application/json",
            f"my-data-{clock.beijing_today().isoformat()}.json",
        ),
    )


def erase_page() -> ResponseReturnValue:
    """Show what can be erased now, and what the law has kept."""
    may(Act.SEE_OWN_DATA)
    erased = request.args.get("erased", "")
    return page(
        "m/data_erase.html",
        tab="me",
        seen=see_data(),
        erased=erased if erased in set(DataKind) else None,
        sure=allows(holder().level, Act.ERASE_OWN_DATA),
        days=WAITS.days,
    )


def erase_kind(kind: str) -> ResponseReturnValue:
    """Erase one kind now."""
    may(Act.ERASE_OWN_DATA)
    if kind not in set(DataKind):
        raise NotFound
    erase_data(Erasure(kind=DataKind(kind)))
    return redirect(f"{ERASE}?erased={kind}", code=303)


def close() -> ResponseReturnValue:
    """Ask for the account's end."""
    may(Act.ERASE_OWN_DATA)

    def asked() -> ResponseReturnValue:
        ask_to_close()
        return redirect(ERASE, code=303)

    return behind_pin(ERASE, lambda: make_response(asked()))


def keep() -> ResponseReturnValue:
    """Let the account stay."""
    may(Act.SEE_OWN_DATA)
    keep_open()
    return redirect(ERASE, code=303)
