# Draft in Uyghur: a native reader checks it before release.
ticket-groups-title = نومۇر، قايسى ئىشقا؟
ticket-groups-lead = بىر باسسىڭىز نومۇر چىقىدۇ، كىملىك سورالمايدۇ.
ticket-shut-title = ھازىر تاقاق، نومۇر يوق
ticket-shut-opens = { $day } { $time } دا ئېچىلىدۇ (بېيجىڭ ۋاقتى). كېلىپ نومۇر ئالسىڭىز بولىدۇ، زاكاز ھاجەتسىز.
ticket-shut-unknown = قاچان ئېچىلىدىغىنى تېخى بېكىتىلمىدى، تېلېفوندا سوراڭ.
ticket-shut-book = ۋاقىت زاكاز قىلىش
ticket-title = نومۇرىڭىز مۇشۇ، ئېسىڭىزدە تۇتۇڭ
ticket-title-called = نۆۋىتىڭىز كەلدى
ticket-ahead = { $ahead ->
    [0] ئالدىڭىزدا ئادەم يوق
   *[other] ئالدىڭىزدا { $ahead } كىشى بار
 }
ticket-wait = يەنە تەخمىنەن { $least }–{ $most } مىنۇت
ticket-due = { $time } گە زاكاز قىلغان، ۋاقتى كەلگەندە چاقىرىلىسىز
ticket-window = { $window } نومۇرلۇق كۆزنەككە بېرىڭ
ticket-listen = چوڭ ئېكرانغا قاراڭ، نومۇرنى ئاڭلاڭ؛ ئىسىم كۆرسىتىلمەيدۇ
ticket-scan = تېلېفوندا سىكانىرلىسىڭىز، يىراقتىنمۇ كۆرەلەيسىز
ticket-slip-asked = تالون چىقتى، ئېلىۋېلىڭ
ticket-slip-no = تالون چىقمايدۇ، نومۇرنى ئېسىڭىزدە تۇتۇڭ ياكى سىكانىرلاڭ
ticket-slip = تالون بېسىش
ticket-done = ئالدىم، تۈگىتىش
check-in-title = تىزىملىتىش كودىنى كىرگۈزۈڭ
check-in-lead = تالوندىكى ياكى تېلېفوندىكى 8 خانىلىق سان.
check-in-label = تىزىملىتىش كودى ({ $digits } خانە)
check-in-scan = ياكى تالون، تېلېفوندىكى كودنى سىكانىرغا تۇتۇڭ
check-in-card = كود يوق، كىملىك بىلەن
check-in-go = تىزىملىتىش
expected-title = تىزىملىتىش: مۇشۇمۇ؟
expected-title-none = بۈگۈن بۇ يەردە زاكازىڭىز يوق
expected-none-do = ھېچقىسى يوق، نومۇر ئالسىڭىزمۇ بېجىرىلىدۇ.
expected-from = { $time } دىن باشلاپ تىزىملىتىلىدۇ
expected-ticket = نومۇر ئېلىش
problem-check-in-unknown = بۈگۈن بۇ يەردە بۇنداق كود يوق، قايتا قاراڭ.
problem-check-in-scan = بۇ تىزىملىتىش كودى ئەمەس، تالوندىكى كودنى سىكانىرلاڭ.
refusal-too-early-to-check-in = بالدۇر كەلدىڭىز
refusal-too-early-to-check-in-do = 60 مىنۇت بۇرۇندىن باشلاپ تىزىملىتىلىدۇ. نومۇر ئالسىڭىزمۇ بولىدۇ.
refusal-check-in-elsewhere = زاكازىڭىز باشقا جايدا
refusal-check-in-elsewhere-do = تالوندىكى جايغا قاراڭ؛ بۇ يەردە نومۇر ئالسىڭىزمۇ بولىدۇ.
refusal-not-expected-today = زاكازىڭىز بۈگۈن ئەمەس
refusal-not-expected-today-do = تالوندىكى كۈنگە قاراڭ؛ بۈگۈن بولسا نومۇر ئېلىڭ.
refusal-tickets-not-now = مۇلازىمەت زالى ھازىر تاقاق
refusal-tickets-not-now-do = ئېچىلغاندا كېلىپ نومۇر ئېلىڭ، ياكى ۋاقىت زاكاز قىلىڭ.
refusal-ticket-not-found = بۇنداق تالون يوق
refusal-ticket-not-found-do = نومۇرنى قايتا ئېلىڭ.
refusal-no-longer-expected = بۇ زاكاز كۈچتىن قالغان
refusal-no-longer-expected-do = ھېچقىسى يوق، نومۇر ئالسىڭىزمۇ بېجىرىلىدۇ.
