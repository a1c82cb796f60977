# Alerts, /staff/alerts
staff-alerts = Alerts
staff-alerts-live = Renewed every 15 seconds
staff-alerts-count = { $count ->
    [one] 1 alert
   *[other] { $count } alerts
 }
staff-filter = Filter
staff-all = All
staff-sift = Filter
staff-site-short = Site
staff-alerts-open = Want somebody
staff-alerts-silenced = Taken on
staff-alerts-closed = Over
staff-alerts-none-open = Nothing wants anybody now.
staff-alerts-none-silenced = No alert is silenced.
staff-alerts-none-closed = No alert is over yet.
staff-severity-urgent = Urgent
staff-severity-serious = Serious
staff-severity-soon = Warning
staff-severity-over = Over
staff-col-severity = Severity
staff-col-told = Who was told
staff-col-since = Since
staff-alert-facts = About this alert
staff-alert-closed = Over at
staff-alert-group = Silent together
staff-alert-group-size = The whole site, { $count } terminals; one call for all
staff-alert-together = The whole site, { $count } terminals: { $terminals }
staff-call-sent = { $time } { $name } told by message
staff-call-simulated = { $time } { $name } told (simulated: no message was sent)
staff-call-waiting = { $time } telling { $name }
staff-call-refused = { $time } { $name } not told: the channel refused the message
staff-call-answer-lost = { $time } { $name } called; whether it arrived is not known
staff-call-not-needed = { $time } { $name } was to be told; not needed any more
staff-call-no-channel = { $time } { $name } not told: there is no message channel
staff-call-due = Who is on call is told at { $time }
staff-call-nobody = Nobody is on call; next look at { $time }
staff-call-none = Nobody was told yet.
staff-silenced = Taken on by { $name }: { $why }; no calls until { $until }
staff-silence = I take it on
staff-silence-means = Choose a reason and an end: until then nobody else is called. The alert stays on the list under your name, and closes by itself when its cause is gone.
staff-silence-for = For how long
staff-silence-for-missing = Please choose for how long.
staff-silence-do = Silence the alert
staff-silence-on-my-way = I am on my way
staff-silence-part-ordered = Waiting for a part
staff-silence-planned-work = Planned work
staff-silence-power-cut = Power or line is cut, known
staff-silence-known = Known, in hand
staff-hours = { $count ->
    [one] 1 hour
    [72] 3 days
    [168] 7 days
   *[other] { $count } hours
 }
staff-wake = End the silence and call now
staff-happened = What happened
staff-happened-nothing = No change in the last two weeks.
staff-happened-alert = Alert: { $trouble }
staff-happened-over = Alert over: { $trouble }
staff-happened-enrolled = Enrolled, in service
staff-printed-today = Printed today
staff-printed = { $printed } printed, { $failed } not
staff-trouble-ready = well
staff-trouble-clock-skew = the clock is far off
staff-trouble-check-failed = a check did not pass
staff-trouble-strange-parts = a check found something strange attached
staff-trouble-residue-found = a trace of an earlier visit was found; it has closed itself
staff-trouble-residue-unchecked = no residue check for too long

staff-kind = Cause
staff-on-call = On call
staff-on-call-lists = Who is on call
staff-on-call-means = When a terminal fails, people are told by message in this order: those near it first, then those of the divisions above. After 15 minutes in which nobody took it on, the next is told.
staff-on-call-empty = Nobody is on call yet. When something fails, nobody will be told.
staff-on-call-rank = No. { $rank }
staff-on-call-remove = Take off
staff-on-call-add = Put on the list
staff-on-call-division = Division
staff-on-call-phone = Mobile number (kept sealed, for calls only)
staff-on-call-order = Called as number
staff-on-call-wrong-division = Please choose a division.
staff-on-call-wrong-staff = There is no such account, or it is not in your division.
staff-on-call-wrong-phone = Please give a mobile number of 11 digits.
staff-on-call-wrong-rank = Please give 1 to 99.

problem-already-on-call = This person is on this list already.
problem-duty-not-found = This duty was not found, or is not in your division.
problem-alert-not-found = This alert was not found, or is not in your division.
problem-alert-closed = This alert is over.
problem-alert-not-silenced = This alert is not silenced.
