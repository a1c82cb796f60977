# Card, second proof, result.
card-title = 请把身份证放在读卡区
card-lead = { $side ->
    [left] 读卡区在屏幕下方左边，亮着灯。放好后不要移动，看到名字再拿起。
   *[right] 读卡区在屏幕下方右边，亮着灯。放好后不要移动，看到名字再拿起。
 }
card-waiting = 正在等您放卡
card-seconds = 还有 { $seconds } 秒，不着急，可以再来
card-reading = 正在读卡，请不要移动
card-reading-note = 一般要 2 秒
card-sending = 正在核对
card-done = 读好了：{ $name }
card-done-note = 可以拿起身份证了
card-again = 再读一次
card-none = 没带身份证？去窗口
card-assure-read = 只读需要的 { $fields } 项，只用于这次办理
card-assure-machine = 您离开后，这台机器上什么也不留
card-left = 身份证还在读卡区。
card-left-do = 请一起拿走。
card-forgotten = 读卡区有一张别人忘记的卡。
card-forgotten-do = 请拿开，交给管理员。您可以照常办理。
proof-card-read = 身份证读好了：{ $name }
proof-title = 再核对一次，确认是您本人
proof-lead = 这件事要防别人冒用。两个办法，选一个。
proof-face = 看一下摄像头
proof-face-note = 和公安的照片比对，不留照片
proof-phone = 收一条短信验证码
proof-phone-note = 发到登记的手机 { $phone }
proof-window = 都不方便？去窗口
phone-title = 请输入短信里的数字
phone-lead = 已发到 { $phone }，{ $minutes } 分钟内有效。
phone-label = 验证码（{ $digits } 位数字）
phone-resend = 没收到？再发一次
phone-go = 确认
phone-simulated = 模拟短信，不是真的：{ $code }
phone-simulated-coming = 模拟短信正在路上……
code-missing = 还差 { $missing } 位
keypad = 数字键盘
keypad-clear = 清空
keypad-erase = 删除一位
face-title = 请看摄像头
face-lead = 正在核对是不是{ $name }本人。
face-simulated = 这是模拟的人脸比对。
face-simulated-note = 没有拍照，也没有比对。请选一个结果，看后面的步骤。
face-answer-same = 模拟：是本人
face-answer-other = 模拟：不是本人
face-answer-unclear = 模拟：看不清
face-waiting = 正在比对
face-waiting-note = 一般要 3 秒
face-assure = 比对由公安的系统做，这里只收到“是”或“不是”
face-other-way = 换个办法
working-record = 正在查您的记录
working-document = 正在生成证明
working-card = 正在核对身份证
working-words = 请稍等，不用操作
working-seconds = 一般要 { $usual } 秒，最多 { $longest } 秒
decision-title-granted = 查到了，可以打印
decision-title-none = 没有查到，可以打印结果
decision-title-refused = 这次没有办成
decision-holder = { $name } 本人
decision-at-once = 由系统按公开的规则当场决定，没有人工参与
decision-no-seal = 证明未加盖电子印章，供查询、核对使用
decision-reasons = 看决定的理由
decision-human = 请人来看
decision-print = { $pages ->
    [0] 打印证明
   *[other] 打印证明（{ $pages } 页）
 }
reasons-title = 为什么是这个结果？
reasons-version = 规则 { $rule } · 指南版本 { $version } · { $time } 北京时间
reasons-inputs = 依据的内容
reason-met = （符合）
reason-unmet = （不符合）
