# Printing: true progress, trouble, the ends, the print code.
printing-title = Printing, please wait
printing-lead-a4 = The paper comes out below the screen, face up.
printing-lead-slip = The slip comes out beside the screen.
printing-reprinted = This copy is marked as printed again (重打).
progress = Progress
page-of = Page { $page } of { $pages }
seconds-more = about { $seconds } s more
step-identity = Identity checked
step-record = Record found
step-document = Certificate made
step-queued = Printer has it
step-printing = Printing
step-take = Take paper and card
sheets-pages = { $first ->
    [1] { $last ->
        [1] Page 1
       *[other] Pages 1–{ $last }
     }
   *[other] Pages { $first }–{ $last }
 }
sheets-done = done, take it
sheets-waiting = saved, not yet printed
trouble-paper-out = Out of paper. Your certificate is safe.
trouble-paper-out-do = No need to start again. It goes on when paper is in.
trouble-paper-low = Paper is low. Your certificate is safe.
trouble-paper-low-do = Still printing, please wait.
trouble-cover-open = The cover is open. Your certificate is safe.
trouble-cover-open-do = Press the printer's cover shut; it then goes on.
trouble-jam = Paper is jammed. Your certificate is safe.
trouble-jam-do = Please do not pull. It goes on when the keeper has cleared it.
trouble-toner-low = Toner is low. Your certificate is safe.
trouble-toner-low-do = Still printing; it may be pale.
trouble-toner-empty = Out of toner. Your certificate is safe.
trouble-toner-empty-do = No need to start again. It goes on with new toner.
trouble-offline = The printer is silent. Your certificate is safe.
trouble-offline-do = We are reconnecting; it then goes on.
trouble-not-authorised = The printer failed its check. Your certificate is safe.
trouble-not-authorised-do = Please print at another machine.
trouble-fault = The printer stopped. Your certificate is safe.
trouble-fault-do = No need to start again. Choose one of these ways.
trouble-unknown = The printer is unclear. Your certificate is safe.
trouble-unknown-do = No need to start again. Choose one of these ways.
trouble-kept = Your certificate is saved
trouble-goes-on = It goes on when the printer is well: nothing twice, nothing lost.
trouble-told = The keeper was told at { $time }.
trouble-wait = Wait here
trouble-reprint = Get a print code
nearby = Nearest places to print
nearby-now = open now
reprint-elsewhere = Print at another machine
reprint-how = Note the print code. It works at any machine until { $day }/{ $month } { $time }, with your ID card.
reprint-slip = Print a slip with the code
came-out-title = Did it come out?
came-out-lead = The printer says { $pages } page(s) are printed. Please look.
came-out-yes = Yes, all { $pages }
came-out-no = No, or not all
not-printed-title = Not printed. Your certificate is safe.
not-printed-lead = No need to start again; print once more.
not-printed-retry = Print again here
not-printed-finish = Not now, finish
not-printed-window = Call the help line, or have it printed at a window with your ID card.
unknown-title = The printer is unclear. Please look
unknown-lead = There are { $pages } page(s). Did they come out?
unknown-safe = Your certificate is saved. A second copy is marked 重打.
unknown-yes = Yes, all there
unknown-no = No, or not all
reprint-title = Enter the print code
reprint-lead = 8 digits, from the slip or screen. The same ID card is asked for next.
reprint-label = Print code ({ $digits } digits)
reprint-go = Next
tries-left = { $tries } more tries
