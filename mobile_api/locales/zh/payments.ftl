# 缴费：被拒的原因。
problem-order-invalid = 这笔费用的内容不对，没有生成缴费单。
problem-order-not-found = 没有这笔缴费单。
problem-order-over = 这笔缴费单已过时，请重新生成。没有扣您的钱。
problem-order-open = 这件事还有一笔缴费单没有结束，请先缴那一笔，或等它关闭。
problem-already-paid = 这件事已经缴过费了，不用再缴。
problem-channel-not-connected = 这种缴费方式这里还没有接通，请换一种。
problem-attempts-enough = 试的次数太多了，请等这笔缴费单关闭后重新生成，或到窗口缴。
m-told-payment-paid = 已收到“{ $name }”的费用
m-told-payment-closed = “{ $name }”的缴费单已关闭，没有收费
m-told-payment-refunded = “{ $name }”的费用已退回，按原路到账
m-told-payment-cash-waits = “{ $name }”的现金可以退了：凭缴费凭证上的退款码，到窗口领取
