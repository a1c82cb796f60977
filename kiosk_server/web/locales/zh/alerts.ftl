# 告警 /staff/alerts
staff-alerts = 告警
staff-alerts-live = 每 15 秒自动更新
staff-alerts-count = { $count } 条告警
staff-filter = 筛选
staff-all = 全部
staff-sift = 筛选
staff-site-short = 场所
staff-alerts-open = 要人去看
staff-alerts-silenced = 已有人负责
staff-alerts-closed = 已结束
staff-alerts-none-open = 现在没有要人去看的告警。
staff-alerts-none-silenced = 没有静默的告警。
staff-alerts-none-closed = 还没有结束的告警。
staff-severity-urgent = 紧急
staff-severity-serious = 严重
staff-severity-soon = 预警
staff-severity-over = 已结束
staff-col-severity = 级别
staff-col-told = 通知了谁
staff-col-since = 开始
staff-alert-facts = 告警情况
staff-alert-closed = 结束
staff-alert-group = 一起失联
staff-alert-group-size = 整个场所 { $count } 台，只通知一次
staff-alert-together = 整个场所 { $count } 台：{ $terminals }
staff-call-sent = { $time } 已短信通知{ $name }
staff-call-simulated = { $time } 已通知{ $name }（模拟短信，没有真的发出）
staff-call-waiting = { $time } 正在通知{ $name }
staff-call-refused = { $time } 通知{ $name }没有成功，短信通道拒收
staff-call-answer-lost = { $time } 通知{ $name }，不知道是否收到
staff-call-not-needed = { $time } 本要通知{ $name }，已不需要
staff-call-no-channel = { $time } 没能通知{ $name }：没有接短信通道
staff-call-due = { $time } 通知值班人员
staff-call-nobody = 没有人值班，{ $time } 再看
staff-call-none = 还没有通知任何人。
staff-silenced = { $name }负责：{ $why }，{ $until } 前不再通知
staff-silence = 我来负责
staff-silence-means = 选好原因和时间，到期前不再通知别人。告警还留在列表里，由您的名字负责；故障消失后自己结束。
staff-silence-for = 多长时间
staff-silence-for-missing = 请选多长时间。
staff-silence-do = 静默告警
staff-silence-on-my-way = 我在路上
staff-silence-part-ordered = 等配件
staff-silence-planned-work = 计划检修
staff-silence-power-cut = 停电或断网，已知
staff-silence-known = 情况已知，在处理
staff-hours = { $count ->
    [72] 3 天
    [168] 7 天
   *[other] { $count } 小时
 }
staff-wake = 取消静默，马上通知
staff-happened = 发生了什么
staff-happened-nothing = 最近两周没有变化。
staff-happened-alert = 告警：{ $trouble }
staff-happened-over = 告警结束：{ $trouble }
staff-happened-enrolled = 登记，投入使用
staff-printed-today = 今天打印
staff-printed = 打好 { $printed } 份，没打成 { $failed } 份
staff-trouble-ready = 正常
staff-trouble-clock-skew = 时钟偏差大

problem-alert-not-found = 没有找到这条告警，或者它不在您的片区。
problem-alert-closed = 这条告警已经结束。
problem-alert-not-silenced = 这条告警没有静默。
