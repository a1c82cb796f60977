"""Proofs that were issued before certificates had one table of states."""

from pathlib import Path

from sqlalchemy import create_engine, text

from kiosk_server.migrations import commands

_ROW = text(
    "INSERT INTO certificate (id, number, code, kind, item_code, item_version_id, case_id,"
    " resident_id, issuer, issued_on, issued_at, masked_holder, good_for, not_good_for,"
    " bears_seal, sample, facts_sealed, state, revoked_reason)"
    " VALUES (:id, :id, :id, 'k', 'i', 'v', 'c', 'r', 'b', '2026-11-01', '2026-11-01 00:00:00',"
    " 'm', 'g', 'n', 0, 1, x'00', :state, :reason)"
)
_BEFORE = {
    "a": ("valid", None),
    "b": ("revoked", "record_corrected"),
    "c": ("revoked", "replaced"),
    "d": ("revoked", "issued_in_error"),
    "e": ("revoked", "obtained_by_deceit"),
}


def test_what_was_called_revoked_gets_its_own_name(tmp_path: Path) -> None:
    """A replaced proof is superseded, a wrong one rescinded; nothing becomes valid again."""
    url = f"sqlite:///{tmp_path / 'kiosk.sqlite3'}"
    commands.migrate(url)
    commands.migrate_down(url, "0013")
    engine = create_engine(url)
    with engine.begin() as connection:
        for name, (state, reason) in _BEFORE.items():
            connection.execute(_ROW, {"id": name, "state": state, "reason": reason})
    commands.migrate(url)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT id, state, type_id, origin, version FROM certificate ORDER BY id")
        ).all()
    engine.dispose()
    assert [row.state for row in rows] == [
        "valid", "superseded", "superseded", "rescinded", "rescinded",
    ]  # fmt: skip
    assert {(row.type_id, row.origin, row.version) for row in rows} == {("proof", "here", 1)}
