"""
The words of a call (告警短信), in Chinese: short messages reach phones, not the console.

A code that nobody has worded yet goes out as itself: an odd word is better than no call.
"""

from kiosk_server.upkeep.causes import TERMINAL, Cause

_DEVICES = {
    "id_reader": "读卡器",
    "a4_printer": "A4 打印机",
    "receipt_printer": "凭条打印机",
    "qr_scanner": "扫码器",
    "card_slot": "卡槽",
    "document_scanner": "高拍仪",
    "cabinet": "机柜",
    "speaker": "喇叭",
}
_TROUBLES = {
    "absent": "没有应答",
    "check_failed": "有检查没有通过",
    "card_forgotten": "读卡区有遗忘的卡，请去收好",
    "clock_skew": "时钟偏差大",
    "cover_open": "盖子没关",
    "cutter": "切刀卡住",
    "door_open": "柜门打开了，没有登记检修",
    "fault": "故障，要维修",
    "garbled": "应答读不懂",
    "hardware": "硬件故障",
    "jam": "卡纸",
    "key_turned": "维护钥匙还没有拧回",
    "low": "快用完",
    "needs_attention": "要人处理",
    "not_authorised": "没有授权",
    "not_supported": "不支持",
    "offline": "没有应答",
    "on_battery": "停电，正在用电池",
    "output_full": "出纸口满了",
    "overheated": "过热",
    "paper_low": "纸不多了",
    "paper_out": "纸用完了",
    "paused": "打印机被暂停",
    "residue_found": "查到办事残留，已停止服务",
    "residue_unchecked": "长时间没有完成残留检查",
    "self_test_failed": "自检没有通过",
    "supply_running_out": "纸或耗材几天内会用完，请准备",
    "strange_parts": "检查发现可疑加装物",
    "toner_empty": "墨粉用完了",
    "toner_low": "墨粉不多了",
    "reader_swapped": "换了读卡器，要两个人确认",
    "tray_missing": "纸盒没装好",
    "waste_full": "废粉盒满了",
}
_SILENT = "没有消息，可能停电或断网"


def trouble_words(cause: Cause) -> str:
    """Return what is wrong, as a technician says it: `A4 打印机：纸用完了`."""
    if cause.device == TERMINAL:
        return _SILENT if cause.kind == "offline" else _TROUBLES.get(cause.kind, cause.kind)
    device = _DEVICES.get(cause.device, cause.device)
    return f"{device}：{_TROUBLES.get(cause.kind, cause.kind)}"
