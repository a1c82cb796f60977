"""Names of rows."""

from concurrent.futures import ThreadPoolExecutor

from kiosk_server.core.identifiers import is_id, new_code, new_id


def test_ids_keep_the_order_in_which_they_were_made() -> None:
    """However many rows one millisecond brings, a list by id is a list by time."""
    made = [new_id() for _ in range(5_000)]
    assert made == sorted(set(made))
    assert all(map(is_id, made))


def test_threads_never_share_an_id() -> None:
    """Threads that name rows at once get different names."""
    with ThreadPoolExecutor(8) as pool:
        made = [each for batch in pool.map(_a_batch, range(8)) for each in batch]
    assert len(set(made)) == len(made) == 8_000


def _a_batch(_: int) -> list[str]:
    return [new_id() for _ in range(1_000)]


def test_codes_use_every_place_and_character_alike() -> None:
    """A code has the length and the alphabet that were asked for, leading zeros too."""
    made = [new_code(3, "01") for _ in range(400)]
    assert set(made) == {f"{number:03b}" for number in range(8)}
    assert len(new_code(11)) == 11
