# 机柜、喇叭、读卡区遗忘的卡
staff-device-cabinet = 机柜
staff-device-speaker = 喇叭
staff-trouble-door-open = 柜门开着，没有用维护钥匙
staff-trouble-key-turned = 维护钥匙没有拧回
staff-trouble-on-battery = 停电，正在用电池
staff-trouble-card-left = 读卡区有卡，正在提醒
staff-trouble-card-forgotten = 读卡区有遗忘的卡
staff-detail-celsius = 柜内温度（℃）
staff-detail-cards-forgotten = 遗忘的卡（本次开机以来）
staff-detail-prompts = 语音提示条数
staff-detail-recorded = 已有人声录音
staff-detail-stand-in = 合成语音
