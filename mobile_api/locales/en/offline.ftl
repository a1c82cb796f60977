# Offline codes: shown without a network
m-kept-title = Offline codes
m-kept-fetch-title = Show without a network
m-kept-fetch-lead = Fetch codes now and keep them on this phone; they can be shown where there is no network.
m-kept-row = Fetch codes first and keep them on the phone
m-kept-show = Show the kept codes
m-kept-show-row = Show the codes that this phone keeps
m-kept-says = A code says the kind, the masked name
m-kept-how-long = For how long?
m-kept-hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
  }
m-kept-fetch = Fetch and keep
m-kept-done = Kept
m-kept-done-lead = They serve until
m-kept-open = Open the codes
m-kept-window = Each code serves for { $minutes } minutes, then the next one takes its place; a photograph is soon worth nothing.
m-kept-unseen = Whoever scans offline has no network either: such a look does not stand in your log.
m-kept-sealed = The codes are sealed on this phone with your PIN: five wrong ones, or signing out, clear them. If the certificate is taken back, scanners see it once their list is fresh.
m-kept-drop = Stop the codes fetched before
m-kept-none = This phone keeps no codes
m-kept-none-lead = With a network, choose a certificate under “Show” and fetch them.
m-kept-lead = No network is needed. The PIN is compared on this phone alone.
m-kept-pin-wrong = The PIN is wrong. Tries left:
m-kept-gone = Five wrong PINs: the codes on this phone are cleared.
m-kept-code = The offline code to be scanned
m-kept-next-in = The next code in
m-kept-until = These codes serve until
m-kept-serves-until = This code serves until
m-kept-over = These codes are over
m-kept-no-script = This browser cannot keep codes; this one can be shown now.
