# One's own phones with the ID card: stop them all, bind a new one.
row-own-phones = 我的手机
own-phones-title = 我的手机
own-phones-lead = 手机丢了，在这里停用；换了手机，在这里绑定。
own-phones-stopped = { $count ->
    [0] 没有登录着的手机，不用停用。
   *[other] 已经停用 { $count } 部手机，都退出登录了。
 }
own-phones-holder = 姓名
own-phones-count = 登录着的手机
own-phones-number = { $count } 部
own-phones-private = 这里只说有几部；是哪几部，在手机上看
own-phones-stop = 手机丢了，全部停用
own-phones-bind = 绑定一部手机
stop-phones-title = 停用全部手机？
stop-phones-lead = { $count } 部手机马上退出登录。
stop-phones-kept = 证照和办件都还在，绑定新手机后照样能用
stop-phones-go = 停用全部手机
binding-title = 在手机上填这 8 位数字
binding-lead = 用手机扫码，或打开掌上办，在“实名”里填。
binding-label = { $time } 前有效，只能用一次
binding-private = 不要给别人看；工作人员也不会问
binding-slip = 打一张凭条
binding-slip-asked = 凭条正在打印
notice-own-phones-why = 确认是您本人，才停用或绑定您的手机
notice-own-phones-kept = 姓名和证件号加密保存在您的账号里，其余不存
