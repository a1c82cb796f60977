"""What a production server refuses to start with."""

import base64

import pytest

from kiosk_server.settings import DEVELOPMENT_KEY, Settings, SettingsFault


def key(mark: str) -> str:
    return base64.b64encode(mark.encode() * 32).decode()


GOOD = {
    "KIOSK_ENVIRONMENT": "production",
    "KIOSK_PUBLIC_ORIGIN": "https://fuwu.example.cn",
    "KIOSK_SECRET": "s" * 32,
    "KIOSK_METRICS_TOKEN": "m" * 32,
    "KIOSK_FIELD_KEYS": f"k2:{key('f')}",
    "KIOSK_INDEX_KEY": key("i"),
    "KIOSK_AUDIT_KEY": key("a"),
    "KIOSK_COMMAND_KEYS": f"c2:{key('c')}",
    "KIOSK_RECORDS": "https://share.example.cn/v1",
    "KIOSK_RECORDS_KEY": key("r"),
}


def test_good_settings_are_taken() -> None:
    """With secrets of its own and real partners a production server starts."""
    assert Settings.from_environment(GOOD).production


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"KIOSK_SECRET": ""}, "KIOSK_SECRET"),
        ({"KIOSK_METRICS_TOKEN": ""}, "KIOSK_METRICS_TOKEN"),
        ({"KIOSK_FIELD_KEYS": ""}, "KIOSK_FIELD_KEYS"),
        ({"KIOSK_FIELD_KEYS": f"k1:{DEVELOPMENT_KEY},k2:{key('f')}"}, "KIOSK_FIELD_KEYS"),
        ({"KIOSK_INDEX_KEY": ""}, "KIOSK_INDEX_KEY"),
        ({"KIOSK_AUDIT_KEY": ""}, "KIOSK_AUDIT_KEY"),
        ({"KIOSK_COMMAND_KEYS": ""}, "KIOSK_COMMAND_KEYS"),
        ({"KIOSK_COMMAND_KEYS": f"c2:{key('a')}"}, "each needs a key of its own"),
        ({"KIOSK_AUDIT_KEY": key("i")}, "each needs a key of its own"),
        ({"KIOSK_RECORDS_KEY": ""}, "KIOSK_RECORDS_KEY"),
        ({"KIOSK_RECORDS": "simulated"}, "made-up people"),
        ({"KIOSK_RECORDS": "http://share.example.cn/v1"}, "https:// alone"),
        ({"KIOSK_PUBLIC_ORIGIN": "http://fuwu.example.cn"}, "KIOSK_PUBLIC_ORIGIN"),
        ({"KIOSK_SERVERS": "2"}, "KIOSK_DATABASE_URL"),
        ({"KIOSK_SERVERS": "2"}, "KIOSK_FILES"),
        ({"KIOSK_SECERT": "x"}, "KIOSK_SECERT: there is no such setting"),
        ({"KIOSK_OFFLINE_CODE_MINUTES": "61"}, "KIOSK_OFFLINE_CODE_MINUTES: must be between"),
        ({"KIOSK_STATUS_LIST_HOURS": "0"}, "KIOSK_STATUS_LIST_HOURS"),
        ({"KIOSK_TRUST_LIST_DAYS": "14"}, "KIOSK_ISSUER_KEY_ANNOUNCED_DAYS: must exceed"),
        ({"KIOSK_TRUST_LIST_DAYS": "30"}, "KIOSK_ISSUER_KEY_RETIRING_DAYS: must exceed"),
        ({"KIOSK_ISSUER_KEY_DAYS": "14"}, "KIOSK_ISSUER_KEY_DAYS: must exceed"),
    ],
)
def test_what_production_refuses(changes: dict[str, str], named: str) -> None:
    """Development secrets, shared keys, made-up records and clear text are named and refused."""
    with pytest.raises(SettingsFault, match=named):
        Settings.from_environment(GOOD | changes)


def test_all_faults_are_named_at_once() -> None:
    """Whoever sets a server up is told everything that is wrong in one go."""
    with pytest.raises(SettingsFault) as fault:
        Settings.from_environment({"KIOSK_ENVIRONMENT": "production", "KIOSK_SERVERS": "many"})
    told = str(fault.value)
    names = ("SECRET", "FIELD_KEYS", "INDEX_KEY", "AUDIT_KEY", "METRICS_TOKEN", "RECORDS")
    assert all(f"KIOSK_{name}" in told for name in (*names, "PUBLIC_ORIGIN", "SERVERS"))
