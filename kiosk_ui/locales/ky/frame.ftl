# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
dock = قۇرالدار
end-visit = بۇتۉرۉۉ
help = جاردام
speak = وقۇپ بەرۉۉ
speak-stop = وقۇۇنۇ توقتوتۇۇ
speak-no-voice = قىرعىزچا ۇن جوق
size-tool = { $size ->
    [xl] ادەتتەگى تامعا
    [l] داعى چوڭ تامعا
   *[other] چوڭ تامعا
 }
contrast-tool = اق-قارا انىق
contrast-off = ادەتتەگى تۉس
looks-tool = تامعا جانا تۉس
beijing-time = بەيجىڭ ۇباقتىسى
open-all-day = 24 ساات اچىق
date = { $month }-ايدىن { $day }-كۉنۉ، { $weekday ->
    [1] دۉيشۅمبۉ
    [2] شەيشەمبى
    [3] شارشەمبى
    [4] بەيشەمبى
    [5] جۇما
    [6] ىشەمبى
   *[7] جەكشەمبى
 }
minutes-left = داعى { $minutes } مۉنۅت
help-phone-short = جاردام تەلەفونۇ { $phone }
list-comma = {"، "}
more = داعى بار: { $page }-بەت، جالپى { $pages } بەت
back = ارتقا
flow-step = { $step }-قادام، جالپى { $steps } قادام
flow-next = كىيىنكى: { $what }
flow-guide = كۅرسۅتمۅنۉ كۅرۉۉ
flow-identity = كىملىكتى تەكشەرۉۉ
flow-result = جىيىنتىقتى كۅرۉۉ
flow-print = كۉبۅلۉكتۉ باسۇۇ
flow-rating = باالوو، قالاساڭىز
attract-title = تىل تانداڭىز، انان باشتاڭىز
attract-start-zh = 开始办理
attract-start-ug = باشلاش
attract-start-ky = باشتوو
attract-start-en = Start
attract-answerable = جوۇپتۇۇ ورۇن: { $body }
attract-help = ادام جاردام بەرەت: { $phone }
still-title = سىز بارسىزبى؟
still-note = داعى { $seconds } سەكۇنددان كىيىن بۇتۅت، جازعانىڭىز ۅچۉرۉلۅت.
still-continue = مەن بارمىن، ۇلانتۇۇ
looks-title = تامعا جانا تۉستۉ تانداڭىز
looks-lead = بىر باسساڭىز ۅزگۅرۅت. سىز كەتكەندە قالىبىنا كەلەت.
looks-size = تامعا چوڭدۇعۇ
looks-theme = تۉس
looks-reach = باسقىچ بىيىكتىگى
size-s = كىچىك
size-m = ادەتتەگى
size-l = چوڭ
size-xl = ەڭ چوڭ
theme-light = اچىق تۉس
theme-night = تۉن
theme-contrast = اق-قارا انىق
theme-inverse = قارادا جارىق
reach-standard = باسقىچ ۅز وردۇندا
reach-low = باسقىچ تۅمۅن، وتۇرۇپ دا جەتەت
help-title = جاردام كەرەكپى؟
help-lead = بۇل نومۇرعا تەلەفون چالىڭىز، ادام جوۇپ بەرەت.
help-call = جاردام تەلەفونۇ
help-body = جوۇپ بەرگەن ورۇن: { $body }
help-terminal = بۇل ماشىنانىن نومۇرۇن ايتىڭىز: { $terminal }
help-card = اتىڭىز چىققىچا كىملىكتى الباڭىز
help-time = ۇباقىت جەتپەسە «مەن بارمىن، ۇلانتۇۇ» باسىڭىز
help-looks = تامعا جانا تۉستۉ الماشتىرۇۇ
out-title = بۇل ماشىنا ازىر ىشتەبەيت
out-call = جاردام ۉچۉن { $phone } تەلەفون چالىڭىز
no-terminal-title = بۇل ۅزۉنۅ ۅزۉ تەيلۅۅ ماشىناسى ەمەس
no-terminal-lead = ىشتەر ماشىنادا بۇتۅت: ماشىنا كىملىگىڭىزدى وقۇپ، كۉبۅلۉكتۉ باسىپ بەرەت.
no-terminal-home = باش بەت
no-terminal-check = كۉبۅلۉكتۉ تەكشەرۉۉ
