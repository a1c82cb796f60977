# The simulated cashier, /pay/simulated/
cashier-title = Simulated cashier
cashier-simulated = This is simulated: no money is taken, and nobody is paid. For tests and demonstrations only.
cashier-for = For
cashier-amount = Amount
cashier-yuan = { $amount } yuan
cashier-number = Order number
cashier-pay = Pretend to pay
cashier-paid = Payment was played
cashier-back = Go back to the page you came from. This page is no receipt.
cashier-over = This payment is closed and cannot be paid
problem-payment-page-not-found = There is no such simulated payment.
