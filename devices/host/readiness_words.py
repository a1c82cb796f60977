"""The words of the readiness report (开机就绪报告), Chinese first and English beside it.

A code that nobody has worded yet stands as itself: an odd word is better than a gap.
"""

from collections.abc import Mapping

DEVICES: Mapping[str, str] = {
    "id_reader": "证件阅读器 ID reader",
    "a4_printer": "A4 打印机 A4 printer",
    "receipt_printer": "凭条打印机 Slip printer",
    "qr_scanner": "扫码器 Scanner",
    "card_slot": "卡槽 Chip slot",
    "document_scanner": "拍摄台 Document camera",
    "cabinet": "机柜 Cabinet",
    "speaker": "喇叭 Speaker",
    "screen": "屏幕 Screen",
    "line": "网络 Line",
    "machine": "整机 Machine",
}
CONDITIONS: Mapping[str, str] = {
    "ready": "正常 ready",
    "low": "可用 usable",
    "needs_attention": "要人处理 needs a hand",
    "fault": "故障 fault",
    "absent": "没有应答 no answer",
}
CODES: Mapping[str, str] = {
    "paper_out": "缺纸 out of paper",
    "paper_low": "纸不多 paper low",
    "cover_open": "盖子没关 cover open",
    "jam": "卡纸 jam",
    "toner_low": "墨粉不多 toner low",
    "toner_empty": "墨粉用完 toner empty",
    "waste_full": "废粉盒满 waste full",
    "output_full": "出纸口满 output full",
    "tray_missing": "纸盒没装好 tray missing",
    "paused": "已暂停 paused",
    "busy": "忙 busy",
    "cutter": "切刀卡住 cutter",
    "overheated": "过热 too hot",
    "self_test_failed": "自检不过 self-test failed",
    "not_authorised": "没有授权 not authorised",
    "not_supported": "不支持 not supported",
    "garbled": "应答读不懂 garbled",
    "offline": "没有应答 no answer",
    "hardware": "硬件故障 hardware",
    "door_open": "门开着 door open",
    "key_turned": "维护钥匙未拧回 key turned",
    "on_battery": "正在用电池 on battery",
    "card_left": "卡没取走 card left",
    "card_forgotten": "有遗忘的卡 card forgotten",
    "absent": "没有应答 no answer",
    "not_fitted": "未安装 not fitted",
    "not_right": "看着不正常 found not right",
    "not_tested": "还没有自检 no self-test yet",
    "not_confirmed": "没有人确认 not confirmed",
    "not_tried": "未测试 not tried",
    "nothing_to_hand": "手边没有 nothing to hand",
    "broken_already": "已知有故障 known fault",
    "not_now": "以后再测 later",
    "residue_found": "查到办事残留 residue found",
    "disk_low": "存储空间不足 storage low",
    "memory_low": "内存不足 memory low",
    "clock_skew": "时钟偏差大 clock off",
    "dead_zones": "触摸有死区 dead zones",
    "line_dead": "断网 line dead",
    "line_slow": "网络太慢 line slow",
    "timeout": "没有等到 nothing came",
    "glyph_missing": "字体缺字 characters missing",
    "font_unreadable": "字体读不出 fonts unreadable",
    "no_voice": "没有声音 no voice",
    "number_invalid": "号码校验不过 number invalid",
    "not_printed": "没有打出 not printed",
}
TESTS: Mapping[str, str] = {
    "picture": "画面 picture",
    "touch": "触摸 touch",
    "ruler": "尺寸 size (px/mm)",
    "round_trip": "往返 round trip (ms)",
    "rate": "速率 rate (bytes/s)",
    "clock": "时钟 clock (s)",
    "storage": "存储 storage (MB)",
    "memory": "内存 memory (MB)",
    "fonts": "字体 fonts",
    "page": "测试页 page",
    "slip": "测试凭条 slip",
    "code": "扫码 code",
    "card": "读卡 card",
    "chip": "芯片卡 chip",
    "voice": "语音 voice",
    "lamps": "灯 lamps",
    "contacts": "门和钥匙 door and key",
}
RESULTS: Mapping[str, str] = {
    "pass": "合格 passed",
    "fail": "不合格 failed",
    "skipped": "未测 skipped",
}
RESIDUES: Mapping[str, str] = {
    "clean": "没有残留 clean",
    "found": "有残留 found",
    "not_checked": "没有查全 not checked",
}
DETAILS: Mapping[str, str] = {
    "sam_id": "SAM",
    "model": "型号 model",
    "serial": "序列号 serial",
    "baud": "波特率 baud",
    "media": "纸张 media",
    "levels": "余量 levels",
    "trays": "纸盒 trays",
    "alerts": "告警 alerts",
    "width_mm": "纸宽 width (mm)",
    "celsius": "温度 °C",
    "reader": "读卡器 reader",
}


def code_words(code: str) -> str:
    """Return *code* in words."""
    return CODES.get(code, code)
