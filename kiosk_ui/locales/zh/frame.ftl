# The frame of every page: top, dock, steps, waiting screen, looks. Verb + noun, 您, no 请按照提示.
dock = 常用按钮
end-visit = 结束使用
help = 帮助
speak = 朗读
speak-stop = 停止朗读
speak-no-voice = 没有这种语言的声音
size-tool = { $size ->
    [xl] 标准字
    [l] 更大字
   *[other] 大字
 }
contrast-tool = 黑白分明
contrast-off = 平常颜色
looks-tool = 字号和颜色
beijing-time = 北京时间
open-all-day = 24 小时开放
date = { $month }月{ $day }日 { $weekday ->
    [1] 星期一
    [2] 星期二
    [3] 星期三
    [4] 星期四
    [5] 星期五
    [6] 星期六
   *[7] 星期日
 }
minutes-left = 还剩 { $minutes } 分钟
help-phone-short = 求助电话 { $phone }
list-comma = 、
more = 更多：第 { $page } 页，共 { $pages } 页
back = 上一步
flow-step = 第 { $step } 步，共 { $steps } 步
flow-next = 接下来：{ $what }
flow-guide = 看办事指南
flow-identity = 核对身份
flow-result = 查看结果
flow-print = 打印证明
flow-rating = 评价，可不评
attract-title = 请选择语言，开始办理
attract-start-zh = 开始办理
attract-start-ug = باشلاش
attract-start-ky = باشتوو
attract-start-en = Start
attract-answerable = 由{ $body }负责
attract-help = 需要人帮忙：{ $phone }
still-title = 您还在吗？
still-note = 还有 { $seconds } 秒就会结束，填的内容会清除。
still-continue = 我还在，继续
looks-title = 选择字号和颜色
looks-lead = 点一下就变。您离开后恢复原样。
looks-size = 字号
looks-theme = 颜色
looks-reach = 按钮高度
size-s = 小
size-m = 标准
size-l = 大
size-xl = 特大
theme-light = 浅色
theme-night = 夜间
theme-contrast = 黑白分明
theme-inverse = 黑底亮字
reach-standard = 按钮在原来的高度
reach-low = 按钮放低，坐着也够得着
help-title = 需要帮忙？
help-lead = 打这个电话，有人接。不用挂断这里的办理。
help-call = 求助电话
help-body = 接电话的是{ $body }
help-terminal = 请说这台机器的编号：{ $terminal }
help-card = 身份证要一直放到名字出现，再拿起来
help-time = 时间不够时，按“我还在，继续”
help-looks = 换字号和颜色
out-title = 这台机器现在办不了
out-call = 需要帮忙，请打 { $phone }
no-terminal-title = 这里不是自助机
no-terminal-lead = 办理要在自助机上进行：机器会读您的身份证，并把证明打印出来。
no-terminal-verify = 手里有证明要核对真伪，请扫证明上的二维码，或打开核验页面。
no-terminal-home = 看首页
no-terminal-check = 核验证明
