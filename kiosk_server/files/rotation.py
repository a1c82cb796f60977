"""Seal files again under the current key, a few at a time, while the server runs."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kiosk_server.core.cryptography import SealBroken
from kiosk_server.core.database import Database, keyring_of
from kiosk_server.core.rotation import Rotation
from kiosk_server.files.models import StoredFile
from kiosk_server.files.services import place_of, store_of

BATCH = 20


def files_left(session: Session) -> int:
    """Return how many files are still sealed with an older key."""
    current = keyring_of(session).current_key_id
    return (
        session.scalar(select(func.count(StoredFile.id)).where(StoredFile.key_id != current)) or 0
    )


def rotate_files(database: Database) -> Rotation:
    """Seal every file again that an older key sealed; may be stopped and started at any time."""
    resealed, broken, after = 0, [], ""
    while True:
        with database.unit_of_work() as session:
            current = keyring_of(session).current_key_id
            files = session.scalars(
                select(StoredFile)
                .where(StoredFile.key_id != current, StoredFile.id > after)
                .order_by(StoredFile.id)
                .limit(BATCH)
                # A file that is deleted meanwhile must not come back.
                .with_for_update()
            ).all()
            for file in files:
                if _reseal(session, file):
                    resealed += 1
                else:
                    broken.append(f"stored_file/{file.id}")
        if not files:
            return Rotation(resealed=resealed, broken=tuple(broken))
        after = files[-1].id


def _reseal(session: Session, file: StoredFile) -> bool:
    keyring = keyring_of(session)
    store = store_of(session, file)
    sealed = store.get(session, file.id)
    if sealed is None:
        return False
    try:
        data = keyring.open_bytes(sealed, place=place_of(file))
    except SealBroken:
        return False
    store.put(session, file.id, keyring.seal_bytes(data, place=place_of(file)))
    file.key_id = keyring.current_key_id
    return True
