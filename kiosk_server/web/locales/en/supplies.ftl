# Supplies /staff/fleet/supplies
staff-supplies = Supplies
staff-supplies-round = Round
staff-supplies-within = Within
staff-supplies-which = Supply
staff-supplies-standing = Standing
staff-supplies-left = Left
staff-supplies-when = Runs out
staff-supplies-days = { $count } days
staff-supplies-shown = { $count } of { $total } shown.
staff-supplies-means = “Earliest” is the day that one time in ten is met sooner. Paper is reckoned from what was loaded and printed, toner is what the printer says.
staff-supplies-none = Nothing runs out in these days.
staff-supplies-untold = { $count ->
    [one] { $count } supply has too few days for a forecast.
   *[other] { $count } supplies have too few days for a forecast.
}
staff-supplies-by = Who goes
staff-supplies-by-all = Everybody
staff-supplies-by-keeper = Keepers
staff-supplies-by-technician = Technicians
staff-supplies-before = Before { $day }
staff-supplies-bring = To bring (for 30 days):
staff-supplies-enough = What lies there is enough: it only has to be loaded.
staff-supplies-shelf = On the shelf
staff-supplies-on-shelf = { $packs } (counted { $day })
staff-supplies-uncounted = never counted
staff-supplies-packs = How many lie there (reams, rolls, cartridges)
staff-supplies-count = Keep
staff-supply-a4 = A4 paper
staff-supply-roll = Receipt rolls
staff-supply-toner = Toner
staff-supply-cutter = Cutter
staff-supply-left-a4 = about { $count } sheets
staff-supply-left-roll = about { $count } slips
staff-supply-left-toner = { $count }%
staff-supply-left-cutter = about { $count } cuts
staff-supply-by-counted = reckoned from loading and prints, until { $time }
staff-supply-by-sensed = sensed by the device
staff-supply-by-reported = told by the device
staff-supply-by-assumed = nobody said how much; what is usual here
staff-supply-packs-a4 = A4 paper: { $count ->
    [one] { $count } ream
   *[other] { $count } reams
}
staff-supply-packs-roll = receipt paper: { $count ->
    [one] { $count } roll
   *[other] { $count } rolls
}
staff-supply-packs-toner = toner: { $count ->
    [one] { $count } cartridge
   *[other] { $count } cartridges
}
staff-supply-packs-cutter = cutter: { $count }
staff-supply-dates = at the earliest { $early }, likely { $likely }
staff-supply-daily = { $count } a day
staff-supply-out = run out
staff-supply-low = low
staff-supply-untold = too few days ({ $days } of { $least })
staff-supply-long = lasts long
staff-supply-in-days = { $days ->
    [0] may run out today
    [one] at the earliest tomorrow
   *[other] at the earliest in { $days } days
}
staff-trouble-supply-running-out = runs out in a few days
problem-shelf-invalid = Choose one of your places and a supply, and a number from 0 to 500.
