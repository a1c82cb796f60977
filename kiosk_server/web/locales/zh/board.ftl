# 叫号屏 /board/<场所>
board-title = 叫号屏
board-clock = 北京时间
board-go = 请到 { $window } 号窗口
board-again = 第 { $times } 次
board-before = 刚才叫到
board-window = 窗口
board-none = 现在没有叫号
board-none-lead = 没有预约也能办，请取号等候。
board-closed = 现在不在办公时间
board-opens = 下次开门
board-waiting = 等候人数
board-no-wait = 不用等
board-minutes = 分钟
board-hint = 没有预约也能办：到取号机或窗口取号，不用报身份。
board-old = 线路断了，恢复后自动更新。屏上停在
board-sound-on = 打开声音
board-sound-off = 关掉声音
board-aloud = 请 { $label } 号，到 { $window } 号窗口。
# 窗口打印的号票
board-follow = 扫码看排到哪里，不用登录
