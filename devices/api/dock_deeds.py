"""What can be played at the dock: each button's words, and what it says to which simulator."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from devices.contracts.states import DeviceKind


@dataclass(frozen=True, slots=True)
class Deed:
    """One button: what it says in both languages, and the verb that it sends."""

    zh: str
    en: str
    device: DeviceKind
    verb: str
    arguments: Mapping[str, object] = field(default_factory=dict)


_READER = DeviceKind.ID_READER
_A4 = DeviceKind.A4_PRINTER
_SLIP = DeviceKind.RECEIPT_PRINTER
_PAPERS = DeviceKind.DOCUMENT_SCANNER
_SCANNER = DeviceKind.QR_SCANNER
_CABINET = DeviceKind.CABINET

DEEDS: Mapping[str, Deed] = {
    "card-take": Deed("取走身份证", "take the card", _READER, "take_card"),
    "reader-off": Deed("拔掉读卡器", "unplug", _READER, "pull_cable"),
    "reader-on": Deed("插回读卡器", "plug in", _READER, "plug_cable"),
    "reader-swapped": Deed("换一台读卡器", "another reader", _READER, "swap_reader"),
    "reader-pulled": Deed(
        "读一半时拔掉", "unplug mid-read", _READER, "pull_cable", {"after_bytes": 200}
    ),
    "a4-paper-out": Deed("没纸", "paper out", _A4, "take_paper"),
    "a4-one-sheet": Deed("只剩一张", "one sheet left", _A4, "load_paper", {"sheets": 1}),
    "a4-paper-in": Deed("装纸", "load paper", _A4, "load_paper"),
    "a4-cover-open": Deed("开盖", "open cover", _A4, "open_cover"),
    "a4-cover-closed": Deed("合盖", "close cover", _A4, "close_cover"),
    "a4-jam": Deed("卡纸", "jam", _A4, "jam"),
    "a4-jam-cleared": Deed("取出卡纸", "clear jam", _A4, "clear_jam"),
    "a4-toner-low": Deed("墨粉少", "toner low", _A4, "set_toner", {"percent": 5}),
    "a4-toner-out": Deed("墨粉尽", "toner out", _A4, "set_toner", {"percent": 0}),
    "a4-toner-full": Deed("换墨粉", "new toner", _A4, "set_toner", {"percent": 100}),
    "a4-off": Deed("关打印机", "switch off", _A4, "switch_off"),
    "a4-on": Deed("开打印机", "switch on", _A4, "switch_on"),
    "a4-answer-lost": Deed("收下但不答", "lose the answer", _A4, "lose_next_answer"),
    "slip-paper-out": Deed("没纸", "paper out", _SLIP, "take_paper"),
    "slip-paper-low": Deed("纸快完", "paper low", _SLIP, "load_paper", {"mm": 1000}),
    "slip-paper-in": Deed("装纸", "load paper", _SLIP, "load_paper"),
    "slip-cover-open": Deed("开盖", "open cover", _SLIP, "open_cover"),
    "slip-cover-closed": Deed("合盖", "close cover", _SLIP, "close_cover"),
    "slip-off": Deed("关打印机", "switch off", _SLIP, "switch_off"),
    "slip-on": Deed("开打印机", "switch on", _SLIP, "switch_on"),
    "papers-lay": Deed("放上材料", "lay a page", _PAPERS, "lay", {"page": "certificate"}),
    "papers-card": Deed("放上证件", "lay a card", _PAPERS, "lay", {"page": "card"}),
    "papers-take": Deed("取走材料", "take it away", _PAPERS, "take_away"),
    "papers-cover-open": Deed("开盖", "open cover", _PAPERS, "open_cover"),
    "papers-cover-closed": Deed("合盖", "close cover", _PAPERS, "close_cover"),
    "papers-off": Deed("拔掉高拍仪", "unplug", _PAPERS, "pull_cable"),
    "papers-on": Deed("插回高拍仪", "plug in", _PAPERS, "plug_cable"),
    "scanner-off": Deed("拔掉扫码器", "unplug", _SCANNER, "pull_cable"),
    "scanner-on": Deed("插回扫码器", "plug in", _SCANNER, "plug_cable"),
    "door-open": Deed("开柜门", "open door", _CABINET, "make", {"contact": "door_open"}),
    "door-shut": Deed("关柜门", "shut door", _CABINET, "part", {"contact": "door_open"}),
    "key-turned": Deed("拧维护钥匙", "turn key", _CABINET, "make", {"contact": "key_turned"}),
    "key-back": Deed("拧回钥匙", "turn back", _CABINET, "part", {"contact": "key_turned"}),
    "mains-lost": Deed("停电", "mains lost", _CABINET, "make", {"contact": "on_battery"}),
    "mains-back": Deed("来电", "mains back", _CABINET, "part", {"contact": "on_battery"}),
    "cabinet-hot": Deed("过热", "hot", _CABINET, "warm", {"celsius": 68}),
    "cabinet-cool": Deed("降温", "cool", _CABINET, "warm", {"celsius": 28}),
    "board-restarts": Deed("灯板断电", "board restarts", _CABINET, "lose_power"),
    "board-off": Deed("拔掉灯板", "unplug", _CABINET, "pull_cable"),
    "board-on": Deed("插回灯板", "plug in", _CABINET, "plug_cable"),
}

NAMES: Mapping[DeviceKind, tuple[str, str]] = {
    _READER: ("身份证阅读器", "ID card reader"),
    _A4: ("A4 打印机", "A4 printer"),
    _SLIP: ("凭条打印机", "slip printer"),
    _SCANNER: ("扫码器", "code scanner"),
    _PAPERS: ("高拍仪", "document scanner"),
    _CABINET: ("机柜：灯和门", "cabinet: lamps and door"),
}

LAMPS: Mapping[str, tuple[str, str]] = {
    "reader": ("读卡区", "reader"),
    "paper_exit": ("出纸口", "paper exit"),
    "in_service": ("可用", "in service"),
    "out_of_service": ("停用", "out of service"),
}
