# A ticket of the queue, /q/
ticket-yours = Your number
ticket-waiting = { $ahead ->
    [one] { $ahead } person before you
   *[other] { $ahead } people before you
}
ticket-waiting-lead = About { $minutes } minutes still. Please stay in the hall; the window stands here when it is your turn.
ticket-next = You are next
ticket-next-lead = Watch the board; the window stands here when it is your turn.
ticket-called = Please go to window { $window }
ticket-called-lead = The window is calling you.
ticket-parked = The window keeps your number
ticket-parked-lead = Come back to window { $window } with what is missing. It calls you again; you do not queue a second time.
ticket-missed = You were called and did not answer
ticket-missed-lead = Tell the staff if you are still here: within half an hour you have your old place back.
ticket-finished = All done
ticket-finished-lead = This number has been used.
ticket-left = This number was given back
ticket-left-lead = Take a new one if you still need something; no booking is needed.
ticket-as-of = As of { $time }, Beijing time; this page keeps itself fresh.
ticket-leave = I do not want to wait
ticket-leave-means = Once given back, you would queue anew.
ticket-leave-now = Give this number back
ticket-none = There is no such number
ticket-none-lead = Numbers are forgotten some days after they were used. Please check the address, or the code on your slip.
problem-tickets-not-now = No numbers are given now. They are given from half an hour before opening until closing.
problem-check-in-elsewhere = This booking is for another place. Please see the address on your slip.
problem-not-expected-today = This booking is not for today. Please see the day on your slip. You can take a number without a booking.
problem-too-early-to-check-in = It is early: check in from an hour before your time. You can take a number without a booking.
problem-no-longer-expected = This booking was cancelled or moved, or its time has passed. You can take a number without a booking.
problem-not-missed-yet = The booked time has not begun, so nobody has missed it. Put it aside and call again.
problem-window-busy = Somebody is still at this window. Finish, put aside or send on first.
problem-window-not-found = There is no such window.
problem-transfer-invalid = No window of this site takes such matters.
problem-missed-too-long-ago = The call was missed more than half an hour ago. Please take a new number.
problem-walk-in-invalid = No window of this site takes such matters. Please choose another.
