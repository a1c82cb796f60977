# Another ID reader /staff/terminals/<number>
staff-reader = Another card reader
staff-detail-baud = Baud rate
staff-detail-reader = Slot
staff-reader-waiting = This terminal has another card reader that nobody has accepted. No card is read until then.
staff-reader-proposed = { $name } says that this reader is ours; a second person must confirm. No card is read until then.
staff-reader-refused = This reader was not accepted. No card is read.
staff-reader-replaced = A reader of before is back and must be accepted anew. No card is read until then.
staff-reader-now = Security module now
staff-reader-before = Accepted before
staff-reader-since = Seen first
staff-reader-second = You have proposed it; a colleague with the right confirms.
staff-reader-propose = It is ours, ask a colleague
staff-reader-confirm = I confirm, use it
staff-reader-refuse = It is not ours, keep it out
problem-reader-changed = The reader has changed again. See which one is there now, then decide.
problem-second-person-wanted = Who proposed it cannot confirm it. A colleague does.
