# Payments: why something was refused.
problem-order-invalid = These fees cannot be right, so there is nothing to pay.
problem-order-not-found = There is no such payment.
problem-order-over = The time for this payment is over. Please begin anew; no money was taken.
problem-order-open = There is a payment for this that has not ended. Pay that one, or wait until it is closed.
problem-already-paid = This is paid already. There is nothing more to pay.
problem-channel-not-connected = This way of paying is not connected here. Please choose another.
problem-attempts-enough = This was tried too often. Begin anew once the payment is closed, or pay at a window.
m-told-payment-paid = Payment received: { $name }
m-told-payment-closed = The payment for { $name } was closed; nothing was taken
m-told-payment-refunded = Money for { $name } went back the way it came
m-told-payment-cash-waits = Cash for { $name } waits for you: fetch it at a window with the code on your receipt
