# Draft in Uyghur: a native reader checks it before release.
dock = قوراللار
end-visit = چىقىش
help = ياردەم
speak = ئوقۇپ بېرىش
speak-stop = ئوقۇشنى توختىتىش
speak-no-voice = ئۇيغۇرچە ئاۋاز يوق
size-tool = { $size ->
    [xl] ئادەتتىكى خەت
    [l] تېخىمۇ چوڭ خەت
   *[other] چوڭ خەت
 }
contrast-tool = ئاق-قارا ئېنىق
contrast-off = ئادەتتىكى رەڭ
looks-tool = خەت ۋە رەڭ
beijing-time = بېيجىڭ ۋاقتى
open-all-day = 24 سائەت ئوچۇق
date = { $month }-ئاينىڭ { $day }-كۈنى، { $weekday ->
    [1] دۈشەنبە
    [2] سەيشەنبە
    [3] چارشەنبە
    [4] پەيشەنبە
    [5] جۈمە
    [6] شەنبە
   *[7] يەكشەنبە
 }
minutes-left = يەنە { $minutes } مىنۇت
help-phone-short = ياردەم تېلېفونى { $phone }
list-comma = {"، "}
more = يەنە بار: { $page }-بەت، جەمئىي { $pages } بەت
back = قايتىش
flow-step = { $step }-قەدەم، جەمئىي { $steps } قەدەم
flow-next = كېيىن: { $what }
flow-guide = قوللانمىنى كۆرۈش
flow-identity = كىملىكنى تەكشۈرۈش
flow-result = نەتىجىنى كۆرۈش
flow-print = ئىسپاتنى بېسىش
flow-rating = باھالاش، خالىسىڭىز
attract-title = تىل تاللاڭ، ئاندىن باشلاڭ
attract-start-zh = 开始办理
attract-start-ug = باشلاش
attract-start-ky = باشتوو
attract-start-en = Start
attract-answerable = مەسئۇل ئورۇن: { $body }
attract-help = ئادەم ياردەم بېرىدۇ: { $phone }
still-title = سىز بارمۇ؟
still-note = يەنە { $seconds } سېكۇنتتىن كېيىن ئاخىرلىشىدۇ، كىرگۈزگەنلىرىڭىز ئۆچۈرۈلىدۇ.
still-continue = مەن بار، داۋاملاشتۇرۇش
looks-title = خەت ۋە رەڭ تاللاڭ
looks-lead = بىر باسسىڭىزلا ئۆزگىرىدۇ. سىز كەتكەندە ئەسلىگە قايتىدۇ.
looks-size = خەت چوڭلۇقى
looks-theme = رەڭ
looks-reach = كۇنۇپكا ئېگىزلىكى
size-s = كىچىك
size-m = ئادەتتىكى
size-l = چوڭ
size-xl = ئەڭ چوڭ
theme-light = ئوچۇق رەڭ
theme-night = كېچە
theme-contrast = ئاق-قارا ئېنىق
theme-inverse = قارىدا يورۇق
reach-standard = كۇنۇپكا ئەسلىي جايىدا
reach-low = كۇنۇپكا پەستە، ئولتۇرۇپمۇ يېتىدۇ
help-title = ياردەم كېرەكمۇ؟
help-lead = بۇ نومۇرغا تېلېفون قىلىڭ، ئادەم جاۋاب بېرىدۇ.
help-call = ياردەم تېلېفونى
help-body = جاۋاب بېرىدىغان ئورۇن: { $body }
help-terminal = بۇ ماشىنىنىڭ نومۇرىنى ئېيتىڭ: { $terminal }
help-card = ئىسمىڭىز چىققۇچە كىملىكنى ئالماڭ
help-time = ۋاقىت يەتمىسە «مەن بار، داۋاملاشتۇرۇش»نى بېسىڭ
help-looks = خەت ۋە رەڭنى ئالماشتۇرۇش
out-title = بۇ ماشىنا ھازىر ئىشلىمەيدۇ
out-call = ياردەم ئۈچۈن { $phone } غا تېلېفون قىلىڭ
no-terminal-title = بۇ ئۆزىگە ئۆزى مۇلازىمەت ماشىنىسى ئەمەس
no-terminal-lead = ئىشلار ماشىنىدا بېجىرىلىدۇ: ماشىنا كىملىكىڭىزنى ئوقۇپ، ئىسپاتنى بېسىپ بېرىدۇ.
no-terminal-verify = ئىسپاتنىڭ راست-يالغانلىقىنى تەكشۈرۈش ئۈچۈن ئۈستىدىكى كودنى سىكاننېرلاڭ.
no-terminal-home = باش بەت
no-terminal-check = ئىسپاتنى تەكشۈرۈش
