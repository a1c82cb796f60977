# Draft in Uyghur: a native reader checks it before release.
row-own-phones = تېلېفونىم
own-phones-title = تېلېفونىم
own-phones-lead = تېلېفون يۈتۈپ كەتسە مۇشۇ يەردە توختىتىڭ، يېڭىسىنى مۇشۇ يەردە باغلاڭ.
own-phones-stopped = { $count ->
    [0] كىرگەن تېلېفون يوق، توختىتىش ھاجەتسىز.
   *[other] { $count } تېلېفون توختىتىلدى، ھەممىسى چېكىندى.
 }
own-phones-holder = ئىسمى
own-phones-count = كىرگەن تېلېفونلار
own-phones-number = { $count }
own-phones-private = بۇ يەردە پەقەت سانى دېيىلىدۇ، قايسىلىقىنى تېلېفوندىن كۆرۈڭ
own-phones-stop = تېلېفون يۈتتى، ھەممىنى توختىتىش
own-phones-bind = تېلېفون باغلاش
stop-phones-title = ھەممە تېلېفون توختىتىلسۇنمۇ؟
stop-phones-lead = { $count } تېلېفون دەرھال چېكىنىدۇ.
stop-phones-kept = گۇۋاھنامە ۋە ئىشلار ساقلىنىدۇ، يېڭى تېلېفوندا يەنە بار
stop-phones-go = ھەممىنى توختىتىش
binding-title = بۇ 8 خانىنى تېلېفونغا كىرگۈزۈڭ
binding-lead = تېلېفوندا سىكانىرلاڭ ياكى كىملىك جەزملەش بېتىگە كىرگۈزۈڭ.
binding-label = { $time } غىچە، بىر قېتىم كۈچكە ئىگە
binding-private = ھېچكىمگە كۆرسەتمەڭ، خىزمەتچىمۇ سورىمايدۇ
binding-slip = تالون بېسىش
binding-slip-asked = تالون بېسىلىۋاتىدۇ
notice-own-phones-why = ئۆزىڭىز ئىكەنلىكىنى جەزملەپ، تېلېفونىڭىزنى توختىتىش ياكى باغلاش ئۈچۈن
notice-own-phones-kept = ئىسىم ۋە نومۇر ھېساباتىڭىزدا مەخپىي ساقلىنىدۇ، باشقىسى ساقلانمايدۇ
