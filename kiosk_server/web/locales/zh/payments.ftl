# 模拟收银台，/pay/simulated/
cashier-title = 模拟收银台
cashier-simulated = 这里是模拟的：不扣钱，也不给任何人付钱。只供测试和演示。
cashier-for = 缴什么
cashier-amount = 金额
cashier-yuan = { $amount } 元
cashier-number = 订单号
cashier-pay = 模拟付款
cashier-paid = 已模拟付款
cashier-back = 请回到原来的页面看结果。本页不作缴费凭证。
cashier-over = 这笔缴费单已经关闭，付不了了
problem-payment-page-not-found = 没有这笔模拟缴费单。
