# The pages of booking: matters, place, day, time; my bookings.
m-book-title = Book a visit
m-book-step = Step { $step } of { $of }
m-book-matters = What do you come for?
m-book-matters-lead = Matters of one group are done in one visit, { $most } at most.
m-book-minutes = about { $minutes } minutes
m-book-none-chosen = Please choose what you come for.
m-book-to-place = Next: the place
m-book-place = Where would you go?
m-book-place-none = There is no place that can be booked now.
m-book-first-free = First free
m-book-none-free = Full for now; you can wait for a place
m-book-day = Which day?
m-book-day-lead = The number under a day says how many times are free.
m-book-day-free = { $count ->
    [one] { $count } free time
   *[other] { $count } free times
  }
m-book-day-full = full, you can wait for a place
m-book-day-full-short = full
m-book-day-closed = cannot be booked
m-book-no-day-free = All of these days are full. Choose a full day to wait for a place.
m-book-earlier = Earlier days
m-book-later = Later days
m-book-time = What time?
m-book-time-lead = Touch a time: we keep it for you, and you confirm on the next page.
m-book-move-lead = Touch a time to move there. Until then the old time stays yours.
m-book-moving = You are moving this booking
m-book-full = This day is full
m-book-full-lead = You can wait: a place that is given back is kept for you in order, and you are told at once.
m-book-wait = Wait for a place
m-book-day-shut = This day cannot be booked.
m-book-other-day = Another day
m-book-other-place = Another place
m-book-priority = Green channel (optional)
m-book-priority-lead = If you belong to one of these groups, say so here and show your card at the window.
m-book-priority-none = Not needed
m-book-anyway = You can also simply come
m-book-anyway-lead = Places are kept each day for whoever comes: take a ticket in the hall.
m-book-anyway-today = Open today
m-book-anyway-closed = Closed today.
m-book-anyway-next = Opens next
m-book-beijing = Beijing time
m-book-missed = If you cannot come, please cancel in time so that somebody else can. After 3 missed bookings within 60 days you can have one at a time; coming without a booking is always possible.
m-book-missed-now = You missed 3 bookings lately, so you can have one at a time. You can come without a booking as ever.
m-day = { $weekday }, { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
  }
m-weekday-1 = Monday
m-weekday-2 = Tuesday
m-weekday-3 = Wednesday
m-weekday-4 = Thursday
m-weekday-5 = Friday
m-weekday-6 = Saturday
m-weekday-7 = Sunday
m-weekday-short-1 = Mon
m-weekday-short-2 = Tue
m-weekday-short-3 = Wed
m-weekday-short-4 = Thu
m-weekday-short-5 = Fri
m-weekday-short-6 = Sat
m-weekday-short-7 = Sun
m-bookings-title = My bookings
m-room-bookings = Book, move, cancel, wait for a place
m-bookings-ahead = Ahead
m-bookings-none = No bookings yet
m-bookings-none-lead = What you book will appear here. You can also simply come.
m-bookings-past = Before
m-bookings-waiting = Waiting for a place
m-bookings-waiting-lead = A place that is given back is kept for you, and you are told.
m-bookings-leave = Wait no longer
m-bookings-new = Book a visit
m-next-booking = Next booking
m-booking-title = Booking
m-booking-state-held = To be confirmed
m-booking-state-offered = Kept for you, to be confirmed
m-booking-state-confirmed = Booked
m-booking-state-checked-in = Checked in, please wait to be called
m-booking-state-called = You are called
m-booking-state-served = Done
m-booking-state-cancelled = Cancelled
m-booking-state-moved = Moved to another time
m-booking-state-no-show = Missed
m-booking-state-expired = Not confirmed in time, given back
m-booking-keep = Please confirm before { $time }
m-booking-keep-lead = This time is kept for you; nobody else can take it.
m-booking-offered-lead = This was kept for you. If you do not want it, it goes to the next person.
m-booking-left-before = Left:
m-booking-left-after = (min:s)
m-booking-over = The time for which it was kept is over.
m-booking-again = Choose again
m-booking-yes = Yes, book this time
m-booking-no = No, thank you
m-booking-other-time = Another time
m-booking-where = Place
m-booking-address = Address
m-booking-matters = Matters
m-booking-phone = Telephone
m-booking-code = Check-in code
m-booking-code-lead = When you are there, scan this code at a terminal in the hall, type its eight digits, or lay down your ID card.
m-booking-code-from = Check in from an hour before it begins.
m-booking-calendar = Add to calendar
m-booking-calendar-end = Take out of calendar
m-booking-move = Another time
m-booking-cancel = Cancel booking
m-booking-cancel-title = Cancel this booking?
m-booking-cancel-lead = The place goes to somebody else at once. You can book again, or simply come.
m-booking-cancel-yes = Cancel booking
m-booking-cancel-no = Keep it
m-booking-stands-for = The time before: { $time }
m-booking-to-new = See the booking as it is now
m-booking-ended-own-wish = You cancelled it.
m-booking-ended-by-staff = The window cancelled it. Call if you have a question.
m-booking-ended-site-closed = The place was closed at short notice.
m-booking-missed-lead = You were missed this time. You can book again, or simply come.
m-booking-bring = Please bring your ID card and your papers.
m-calendar-title = Visit: { $site }
m-calendar-note = Booked for { $time } (Beijing time). If you cannot come, please move or cancel it. Telephone: { $phone }
m-ticket-label = Your ticket
m-ticket-ahead = { $ahead ->
    [0] You are next
    [one] { $ahead } person before you
   *[other] { $ahead } people before you
  }
m-ticket-wait = about { $least }–{ $most } minutes more
m-ticket-soon = It is nearly your turn: please wait in the hall
m-ticket-go = Please go to window { $window }
m-ticket-parked = The window put your ticket aside and calls you again
m-ticket-missed = Your ticket was called. Please tell the desk in the hall; you can still be served
m-ticket-finished = Done
m-ticket-left = No longer in the queue
m-ticket-fresh = This keeps itself up to date.
