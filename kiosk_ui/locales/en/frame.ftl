# The frame of every page: top, dock, steps, waiting screen, looks.
dock = Tools
end-visit = End my visit
help = Help
speak = Read aloud
speak-stop = Stop reading
speak-no-voice = No voice for English here
size-tool = { $size ->
    [xl] Normal text
    [l] Larger still
   *[other] Large text
 }
contrast-tool = Black on white
contrast-off = Usual colours
looks-tool = Size, colour
beijing-time = Beijing time
open-all-day = Open 24 hours
date = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
 } { $day }/{ $month }
minutes-left = { $minutes } min left
help-phone-short = Help { $phone }
list-comma = {", "}
more = More: page { $page } of { $pages }
back = Back
flow-step = Step { $step } of { $steps }
flow-next = Next: { $what }
flow-guide = Read the guide
flow-identity = Identity
flow-result = Result
flow-print = Print
flow-rating = rating, if you like
attract-title = Choose a language to start
attract-start-zh = 开始办理
attract-start-ug = باشلاش
attract-start-ky = باشتوو
attract-start-en = Start
attract-answerable = Run by { $body }
attract-help = A person helps: { $phone }
still-title = Are you still there?
still-note = This ends in { $seconds } s. What you entered is erased.
still-continue = Yes, go on
looks-title = Choose size and colours
looks-lead = One touch changes it. It goes back when you leave.
looks-size = Text size
looks-theme = Colours
looks-reach = Height of buttons
size-s = Small
size-m = Normal
size-l = Large
size-xl = Largest
theme-light = Light
theme-night = Night
theme-contrast = Black on white
theme-inverse = On black
reach-standard = Buttons where they are
reach-low = Buttons low, for sitting
help-title = Need help?
help-lead = Call this number; a person answers. Nothing here is lost.
help-call = Help line
help-body = Answered by { $body }
help-terminal = Tell them this machine's number: { $terminal }
help-card = Leave the card in place until your name appears
help-time = Short of time? Press “Yes, go on”
help-looks = Size and colours
out-title = This machine is closed now
out-call = For help call { $phone }
no-terminal-title = This is not a terminal
no-terminal-lead = The service runs on the machines: they read your ID card and print the certificate.
no-terminal-verify = To check a certificate, scan the code on the paper or open the check page.
no-terminal-home = Home page
no-terminal-check = Check a certificate
