# Printing: true progress, trouble, the ends, the print code.
printing-title = 正在打印，请稍等
printing-lead-a4 = 证明从屏幕下面的出纸口出来，正面朝上。
printing-lead-slip = 凭条从屏幕旁边的小口出来。
printing-reprinted = 这一份会标明“重打”。
progress = 打印进度
page-of = 第 { $page } 页，共 { $pages } 页
seconds-more = 大约还要 { $seconds } 秒
step-identity = 已核对身份
step-record = 已查到记录
step-document = 已生成证明
step-queued = 打印机已收到
step-printing = 正在打印
step-take = 取走证明和身份证
sheets-pages = { $first ->
    [1] { $last ->
        [1] 第 1 页
       *[other] 第 1–{ $last } 页
     }
   *[other] 第 { $first }–{ $last } 页
 }
sheets-done = 已打好，请拿走
sheets-waiting = 还没打，已保存
trouble-paper-out = 纸用完了。您的证明没有丢。
trouble-paper-out-do = 不用重新办。装好纸后会接着打。
trouble-paper-low = 纸快用完了。您的证明没有丢。
trouble-paper-low-do = 还在打，请稍等。
trouble-cover-open = 打印机盖子开着。您的证明没有丢。
trouble-cover-open-do = 请把打印机的盖子按到底，合上后会接着打。
trouble-jam = 卡纸了。您的证明没有丢。
trouble-jam-do = 请不要硬拉纸。维护员取出后会接着打。
trouble-toner-low = 墨快用完了。您的证明没有丢。
trouble-toner-low-do = 还在打，字可能浅一点。
trouble-toner-empty = 没墨了。您的证明没有丢。
trouble-toner-empty-do = 不用重新办。换好墨后会接着打。
trouble-offline = 打印机没有应答。您的证明没有丢。
trouble-offline-do = 正在重新连接，连上后会接着打。
trouble-not-authorised = 打印机没有通过检查。您的证明没有丢。
trouble-not-authorised-do = 这台机器不能打，请换一台。
trouble-fault = 打印机停了。您的证明没有丢。
trouble-fault-do = 不用重新办。下面的办法选一个。
trouble-unknown = 打印机没说清楚。您的证明没有丢。
trouble-unknown-do = 不用重新办。下面的办法选一个。
trouble-kept = 证明已经保存
trouble-goes-on = 打印机好了会接着打，不会多打，也不会少打。
trouble-told = { $time } 已通知维护员。
trouble-wait = 在这里等
trouble-reprint = 不等了，要打印码
nearby = 最近能打印的地方
nearby-now = 现在可用
reprint-elsewhere = 换一台机器打
reprint-how = 记下打印码，{ $month }月{ $day }日 { $time } 前在任何一台自助机上都能打，要带身份证。
reprint-slip = 打一张凭条，带上打印码
came-out-title = 证明出来了吗？
came-out-lead = 打印机说已打印，共 { $pages } 页。请看一下出纸口。
came-out-yes = 出来了，{ $pages } 页都在
came-out-no = 没有，或不全
not-printed-title = 没有打好。您的证明没有丢。
not-printed-lead = 不用重新办，可以再打一次。
not-printed-retry = 在这里再打一次
not-printed-finish = 先不打，结束办理
not-printed-window = 请打求助电话，或带身份证到窗口打印。
unknown-title = 打印机没说清楚，请您看看
unknown-lead = 证明一共 { $pages } 页。出纸口里有吗？
unknown-safe = 您的证明已经保存。再打一份会标明“重打”。
unknown-yes = 有，都在
unknown-no = 没有，或不全
reprint-title = 请输入打印码
reprint-lead = 8 位数字，在凭条或屏幕上。接下来还要放同一张身份证。
reprint-label = 打印码（{ $digits } 位数字）
reprint-go = 下一步
tries-left = 还可以试 { $tries } 次
