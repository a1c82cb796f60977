# 生活缴费：提醒，被拒的原因。
problem-bill-not-found = 没有这笔账单。
problem-biller-not-found = 没有这个收费单位。
problem-bills-invalid = 这些账单不能放在一起缴，请分开缴。
problem-bill-stale = 查询的时间太久了，请再查一次。没有扣您的钱。
problem-bill-changed = 金额变了，请看一看新的金额再缴。没有扣您的钱。
problem-bill-in-order = 这笔账单已有一张没付的缴费单，可能家里人正在缴。缴完或等它关闭后再试。
problem-bill-paid = 这笔账单已经缴过了，不用再缴。
problem-biller-silent = 收费单位现在没有应答，请过一会儿再试。没有扣您的钱。
problem-too-many-bill-questions = 查得太多了，请过一会儿再查。
problem-too-many-bill-accounts = 输错号码的次数太多了，请过一会儿再试，或打收费单位的电话。
m-told-bill-settled = “{ $name }”已经入账，欠费已销
m-told-bill-not-booked = “{ $name }”收费单位没有入账，钱按原路退回
