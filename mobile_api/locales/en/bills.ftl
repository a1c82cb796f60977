# Bills: notices, reasons of refusals.
problem-bill-not-found = There is no such bill.
problem-biller-not-found = There is no such biller.
problem-bills-invalid = These bills cannot be paid together. Please pay them one by one.
problem-bill-stale = It is a while since you asked. Please ask again. Nothing was taken.
problem-bill-changed = The amount has changed. Please look at the new one first. Nothing was taken.
problem-bill-in-order = Somebody, perhaps of your family, is about to pay this bill. Please try again when that is done or over.
problem-bill-paid = This bill is paid already.
problem-biller-silent = The biller does not answer now. Please try again in a while. Nothing was taken.
problem-too-many-bill-questions = Asked too often. Please wait a while.
problem-too-many-bill-accounts = Too many wrong numbers. Please wait a while, or call the biller.
m-told-bill-settled = Booked: { $name } is paid
m-told-bill-not-booked = The biller did not book { $name }; the money goes back the way it came
