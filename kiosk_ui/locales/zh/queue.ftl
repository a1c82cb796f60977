# The queue at the site: take a number, check in with a booking, the ticket.
ticket-groups-title = 取号，办哪一类事？
ticket-groups-lead = 点一下就出号，不看证件。
ticket-shut-title = 现在没开门，取不了号
ticket-shut-opens = { $day } { $time } 开门（北京时间）。到时来取号就办，不用预约。
ticket-shut-unknown = 什么时候开门还没定，请打电话问。
ticket-shut-book = 预约一个时间
ticket-title = 这是您的号，请记住
ticket-title-called = 轮到您了
ticket-ahead = { $ahead ->
    [0] 前面没有人了
   *[other] 前面还有 { $ahead } 位
 }
ticket-wait = 大约再等 { $least }–{ $most } 分钟
ticket-due = 您约的是 { $time }，快到时间就叫您
ticket-window = 请到 { $window } 号窗口
ticket-listen = 看大屏、听叫号；屏幕上只有号，没有名字
ticket-scan = 手机扫码，走开也能看轮到谁
ticket-slip-asked = 号票出来了，请拿好
ticket-slip-no = 号票现在打不出来，请记住这个号，或用手机扫码
ticket-slip = 打印号票
ticket-done = 拿好了，结束
check-in-title = 请输入签到码
check-in-lead = 就是预约单上、手机上的 8 位数字。
check-in-label = 签到码（{ $digits } 位）
check-in-scan = 也可以把预约单或手机上的码对着扫码口
check-in-card = 没有码，用身份证签到
check-in-go = 签到
expected-title = 签到，是这一个吗？
expected-title-none = 今天这里没有您的预约
expected-none-do = 没关系，取个号一样能办。
expected-from = { $time } 起可以签到
expected-ticket = 取号
problem-check-in-unknown = 今天这里没有这个签到码，请看清再输。
problem-check-in-scan = 这不是签到码，请扫预约单上的码。
refusal-too-early-to-check-in = 来早了，还不能签到
refusal-too-early-to-check-in-do = 开始前 60 分钟起可以签到。不想等，取号也行。
refusal-check-in-elsewhere = 您约的不是这里
refusal-check-in-elsewhere-do = 请看预约单上的地点；在这里取号也能办。
refusal-not-expected-today = 您约的不是今天
refusal-not-expected-today-do = 请看预约单上的日子；今天想办，取号就行。
refusal-tickets-not-now = 办事大厅现在没开门
refusal-tickets-not-now-do = 开门后再来取号，或者约一个时间。
refusal-ticket-not-found = 没有这张号票
refusal-ticket-not-found-do = 请再取一个号。
refusal-no-longer-expected = 这个预约已经不作数了
refusal-no-longer-expected-do = 没关系，取个号一样能办。
