# The first page and the verify pages, / and /v/
public-product = Government Self-Service
public-languages = Languages
public-help = For help, call { $phone }.
public-home-title = Government self-service system
public-home-lead = Every certificate that a terminal prints can be checked here.
public-home-verify = Check a certificate
public-home-staff = Staff sign-in
public-home-terminal = Services open on the terminals only. Please go to one near you.

verify-entry-title = Check a certificate
verify-entry-lead = Scanning the code on the paper is quickest. If you cannot, type the code beside it.
verify-entry-code = Code (26 letters and digits, capitals or not)
verify-entry-go = Check
verify-entry-note = 0 and O, 1 and I may be mixed up; spaces and hyphens may be left out.
verify-entry-fault = A code has 26 letters and digits. Please compare with the paper once more.

verify-genuine-title = This certificate is genuine
verify-genuine-lead = The code is genuine. Now compare the paper with this page: if they differ, the paper was altered.
verify-genuine-document-title = This document is genuine
verify-genuine-document-lead = Your file is, byte for byte, the one that was issued.
verify-unknown-title = No such certificate
verify-unknown-lead = No certificate was issued with this code. If you typed it, compare it with the paper; if you scanned it, do not trust the paper.
verify-altered-title = This code was altered
verify-altered-lead = The check inside the code does not hold. Do not trust this paper.
verify-altered-document-title = Not the document that was issued
verify-altered-document-lead = Your file differs from the one that was issued: it may have been altered, or it is a scan or a photo. Do not rely on it alone.
verify-revoked-title = This certificate was revoked
verify-revoked-lead = It was issued, and later withdrawn by the issuing body. It no longer serves.
verify-expired-title = This certificate has expired
verify-expired-lead = It is genuine, but its time is over. Please ask for a new print.
verify-sample = Sample: simulated data, proves nothing.

verify-kind = Certificate
verify-issuer = Issued by
verify-number = Number
verify-issued-on = Issued on
verify-valid-until = Valid until
verify-holder = Holder
verify-good-for = Good for
verify-no-seal = Bears no electronic seal
verify-revoked-for = Why revoked
verify-revoked-record-corrected = the record was corrected
verify-revoked-issued-in-error = issued in error
verify-revoked-obtained-by-deceit = obtained by deceit
verify-revoked-replaced = replaced by a new one

verify-look = Show the facts and compare
verify-look-note = The holder will see that somebody checked; not who you are or where.
verify-compare-title = Compare with the paper, line by line
verify-compare-note = If one line differs, the paper was altered. Do not accept it.
verify-document = Have the file? Choose the PDF to compare (not kept, at most 5 MB)
verify-document-go = Compare the file
verify-document-no-pdf = Please choose a PDF file.
verify-another = Check another

# The rating code of a slip, /r/
rate-title = How was it this time?
rate-lead = Choose one. You may leave it; what you choose has no effect on your matters.
rate-tags-title = Anything to add?
rate-tags = May be left out
rate-text = In your words (optional, at most { $longest } characters)
rate-fault = Too long, or a choice that does not belong here. At most { $longest } characters.
rate-send = Send the rating
rate-note = A rating keeps neither your name nor your number; staff cannot see who gave it. It cannot be changed.
rate-other-level = Choose another
rate-done-title = Received, thank you
rate-done-lead = Each service is rated once, and this one is.
rate-home = To the first page
problem-rating-link-unknown = This rating code is not right, or older than 30 days.
