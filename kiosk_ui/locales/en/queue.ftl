# The queue at the site: take a number, check in with a booking, the ticket.
ticket-groups-title = A number for what?
ticket-groups-lead = One touch; no document asked.
ticket-shut-title = Closed now: no numbers
ticket-shut-opens = Opens { $day } { $time } (Beijing time). Come and take a number; no booking needed.
ticket-shut-unknown = When it opens is not known yet. Please call.
ticket-shut-book = Book a time
ticket-title = Your number, please remember it
ticket-title-called = It is your turn
ticket-ahead = { $ahead ->
    [0] Nobody before you
   *[other] { $ahead } before you
 }
ticket-wait = About { $least }–{ $most } minutes more
ticket-due = You booked { $time }; you are called about then
ticket-window = Please go to window { $window }
ticket-listen = Watch the board, listen for your number; no names are shown
ticket-scan = Scan it to follow the queue from anywhere
ticket-slip-asked = Your slip is out, please take it
ticket-slip-no = No slip can be printed: remember the number, or scan it
ticket-slip = Print the number
ticket-done = I have it, end
check-in-title = Please type your check-in code
check-in-lead = The 8 digits on your slip or phone.
check-in-label = Check-in code ({ $digits } digits)
check-in-scan = Or hold the code on slip or phone to the scanner
check-in-card = No code: use the ID card
check-in-go = Check in
expected-title = Check in: is it this one?
expected-title-none = No booking of yours here today
expected-none-do = Never mind: take a number, it serves as well.
expected-from = Check in from { $time }
expected-ticket = Take a number
problem-check-in-unknown = No such code here today. Please look again.
problem-check-in-scan = This is no check-in code. Scan the one on your slip.
refusal-too-early-to-check-in = Too early to check in
refusal-too-early-to-check-in-do = You can from 60 minutes before. Or take a number.
refusal-check-in-elsewhere = Your booking is for another place
refusal-check-in-elsewhere-do = See the place on your slip; here you can take a number.
refusal-not-expected-today = Your booking is for another day
refusal-not-expected-today-do = See the day on your slip; for today take a number.
refusal-tickets-not-now = The service hall is closed now
refusal-tickets-not-now-do = Come when it is open and take a number, or book a time.
refusal-ticket-not-found = There is no such ticket
refusal-ticket-not-found-do = Please take a number again.
refusal-no-longer-expected = That booking stands no longer
refusal-no-longer-expected-do = Never mind: take a number, it serves as well.
