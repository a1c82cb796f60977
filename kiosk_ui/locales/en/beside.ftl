# What stands beside everything else: the technicians' words, and the last minute before a restart
beside-maintenance-soon = This machine will be serviced soon. Please use one nearby if you can.
beside-paper-coming = Paper is running out. Somebody is coming to load it.
beside-line-slow = The line is slow. Please wait a little longer.
beside-use-another = Please use the machine beside this one.
beside-window-open = The window can help you too.
beside-closing = This machine will restart in { $seconds } s. What you submitted is kept.
