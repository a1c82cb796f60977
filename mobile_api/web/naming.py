"""What a browser is called on the list of phones: maker's family and system, no version."""

_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
UNKNOWN = "Browser"


def name_of_browser(user_agent: str) -> str:
    """Return how the holder will recognise this browser: `Android · WeChat`."""
    parts = [
        next((name for mark, name in table if mark in user_agent), None)
        for table in (_SYSTEMS, _BROWSERS)
    ]
    return " · ".join(part for part in parts if part) or UNKNOWN
