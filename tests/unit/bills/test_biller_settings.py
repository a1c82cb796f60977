"""Partners of billers are named in one file; what is wrong in it is said, nothing is guessed."""

import base64
from pathlib import Path

import pytest

from kiosk_server.gateways.billers_assembly import biller_gateways
from kiosk_server.settings import Settings
from kiosk_server.settings_billers import SIMULATED_BILLERS, BillerSettings, as_billers
from tests.support.biller_server import KEY

GOOD = '[water]\naddress = "https://water.example/api/"\nunit = "653001888"\nkey_file = "key"\n'


def written(folder: Path, text: str) -> str:
    """A file of partners with its key beside it."""
    (folder / "key").write_bytes(base64.b64encode(KEY))
    file = folder / "billers.toml"
    file.write_text(text, "utf-8")
    return str(file)


def test_one_word_names_nobody_or_plays_all() -> None:
    """`none` and `simulated` need no file."""
    assert as_billers("none") == BillerSettings()
    assert as_billers("simulated") is SIMULATED_BILLERS


def test_a_partner_is_read_with_its_key(tmp_path: Path) -> None:
    """Its key stands in a file of its own, and is not shown with the rest."""
    read = as_billers(written(tmp_path, GOOD))
    terms = read.partners["water"]
    assert (terms.address, terms.unit) == ("https://water.example/api", "653001888")
    assert terms.key == KEY
    assert "key" not in repr(terms).replace("key_file", "")
    assert read.addresses == (terms.address,)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "names no partner"),
        ("water = 1", "needs address"),
        ("[water", "Expected"),
        (GOOD + 'more = "x"\n', "nothing else"),
        (GOOD.replace("https://", "ftp://"), "must begin with https"),
        (GOOD.replace('"653001888"', '" "'), "needs unit"),
        (GOOD.replace('"key"', '"nowhere"'), "cannot read nowhere"),
    ],
)
def test_every_fault_is_said(tmp_path: Path, text: str, fault: str) -> None:
    """Whoever writes the file reads what is wrong with it."""
    with pytest.raises(ValueError, match=fault):
        as_billers(written(tmp_path, text))
    with pytest.raises(ValueError, match="cannot be read"):
        as_billers(str(tmp_path / "nowhere.toml"))


def test_production_plays_no_biller(tmp_path: Path) -> None:
    """`simulated` means none there, and money is booked over https alone."""
    played = Settings(environment="production", billers=SIMULATED_BILLERS)
    assert biller_gateways(played, database=None) == {}  # type: ignore[arg-type]
    named = Settings(environment="production", billers=as_billers(written(tmp_path, GOOD)))
    found = biller_gateways(named, database=None)  # type: ignore[arg-type]
    assert [(name, each.simulated) for name, each in found.items()] == [("water", False)]
