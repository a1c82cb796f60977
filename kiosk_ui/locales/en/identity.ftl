# Card, second proof, result.
card-title = Place your ID card on the reader
card-lead = { $side ->
    [left] The reader is lit, below the screen at the left. Leave the card until you see your name.
   *[right] The reader is lit, below the screen at the right. Leave the card until you see your name.
 }
card-waiting = Waiting for your card
card-seconds = { $seconds } s left. No hurry, you can try again
card-reading = Reading. Leave the card in place
card-reading-note = This takes about 2 s
card-sending = Checking
card-done = Read: { $name }
card-done-note = You may take your card
card-again = Read again
card-none = No card? Use a window
card-assure-read = Only the { $fields } facts needed, for this service only
card-assure-machine = Nothing stays on this machine when you leave
card-left = Your ID card is still on the reader.
card-left-do = Please take it with you.
card-forgotten = Someone forgot a card on the reader.
card-forgotten-do = Please take it off and hand it to the keeper. You can go on as usual.
proof-card-read = Card read: { $name }
proof-title = One more check that it is you
proof-lead = It keeps others from using your card. Choose one way.
proof-face = Look into the camera
proof-face-note = Compared with the police photo; none is kept
proof-phone = Get a code by text message
proof-phone-note = To the phone on record, { $phone }
proof-window = Neither? Use a window
phone-title = Enter the code from the message
phone-lead = Sent to { $phone }; good for { $minutes } minutes.
phone-label = Code ({ $digits } digits)
phone-resend = Nothing came? Send again
phone-go = Confirm
phone-simulated = Simulated message, not real: { $code }
phone-simulated-coming = The simulated message is on its way …
code-missing = { $missing } missing
keypad = Number keys
keypad-clear = Clear
keypad-erase = Delete one
face-title = Look into the camera
face-lead = We check that you are { $name }.
face-simulated = This comparison is simulated.
face-simulated-note = No photo is taken or compared. Choose a result to see what follows.
face-answer-same = Simulate: same person
face-answer-other = Simulate: another person
face-answer-unclear = Simulate: unclear
face-waiting = Comparing
face-waiting-note = This takes about 3 s
face-assure = The police system compares; we only learn yes or no
face-other-way = Another way
working-record = Looking up your record
working-document = Making your certificate
working-card = Checking your card
working-words = Please wait, nothing to do
working-seconds = Usually { $usual } s, at most { $longest } s
decision-title-granted = Found. You can print it.
decision-title-none = Nothing found. You can print that.
decision-title-refused = It could not be done
decision-holder = { $name }, in person
decision-at-once = Decided at once by published rules, without a person
decision-no-seal = The paper bears no electronic seal; for information and checking
decision-reasons = Reasons for this decision
decision-human = Ask a person
decision-print = { $pages ->
    [0] Print
   *[other] Print ({ $pages } p.)
 }
reasons-title = Why this result?
reasons-version = Rule { $rule } · guide { $version } · { $time } Beijing time
reasons-inputs = What it rests on
reason-met = (met)
reason-unmet = (not met)
