# One's own phones with the ID card: stop them all, bind a new one.
row-own-phones = My phone
own-phones-title = My phone
own-phones-lead = Lost a phone? Stop it here. A new one? Bind it here.
own-phones-stopped = { $count ->
    [0] No phone was signed in; nothing had to be stopped.
    [one] One phone was stopped and is signed out.
   *[other] { $count } phones were stopped and are signed out.
 }
own-phones-holder = Name
own-phones-count = Phones signed in
own-phones-number = { $count }
own-phones-private = Only how many is said here; which ones, your phone says
own-phones-stop = Phone lost: stop all
own-phones-bind = Bind a phone
stop-phones-title = Stop all phones?
stop-phones-lead = { $count ->
    [one] One phone is signed out at once.
   *[other] { $count } phones are signed out at once.
 }
stop-phones-kept = Certificates and requests stay; a new phone shows them again
stop-phones-go = Stop all phones
binding-title = Type these 8 digits on your phone
binding-lead = Scan with your phone, or open its pages and type them under “Prove who you are”.
binding-label = Good until { $time }, once
binding-private = Show it to nobody; staff never ask for it
binding-slip = Print a slip
binding-slip-asked = The slip is being printed
notice-own-phones-why = To stop or bind your phones for you and nobody else
notice-own-phones-kept = Name and number encrypted in your account; nothing else
