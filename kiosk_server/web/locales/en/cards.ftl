# A digital card that was scanned /c/
card-title = Digital card
card-lead = Its owner chose what stands here, and can stop it at any time.
card-name = Name
card-organisation = Acts for
card-proof = Proof
card-proof-good = valid today
card-proof-not-good = not valid today
card-look = See whether the proofs are valid
card-note = This card carries no number. A look at the proofs stands in its owner's log, without your name.
card-none-title = This card shows nothing
card-none-lead = It was stopped, or it never was a card of ours.
