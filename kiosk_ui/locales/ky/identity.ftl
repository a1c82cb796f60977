# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
card-title = كىملىگىڭىزدى وقۇعۇچقا قويۇڭۇز
card-lead = { $side ->
    [left] وقۇعۇچ ەكراندىن استىندا، سول جاقتا، چىراعى كۉيۉپ تۇرات. اتىڭىز چىققىچا قىمىلداتپاڭىز.
   *[right] وقۇعۇچ ەكراندىن استىندا، وڭ جاقتا، چىراعى كۉيۉپ تۇرات. اتىڭىز چىققىچا قىمىلداتپاڭىز.
 }
card-waiting = كىملىگىڭىزدى كۉتۉپ جاتابىز
card-seconds = داعى { $seconds } سەكۇند بار، شاشپاڭىز
card-reading = وقۇپ جاتات، قىمىلداتپاڭىز
card-sending = تەكشەرىپ جاتات
card-done = وقۇلدۇ: { $name }
card-done-note = كىملىكتى السا بولوت
card-again = قايرا وقۇۇ
card-assure-machine = سىز كەتكەندەن كىيىن بۇل ماشىنادا ەچنەرسە قالبايت
card-left = كىملىك وقۇعۇچتا قالدى.
card-left-do = بىرگە الىپ كەتىڭىز.
card-forgotten = وقۇعۇچتا بىرۅۅنۉن كارتىسى قالىپتىر.
card-forgotten-do = انى الىپ، باشقارۇۇچۇعا بەرىڭىز. ىشىڭىزدى ۇلانتا بەرىڭىز.
proof-card-read = كىملىك وقۇلدۇ: { $name }
proof-title = ۅزۉڭۉز ەكەندىگىن داعى بىر تەكشەرەلى
proof-face = كامەراعا قاروو
proof-phone = قىسقا قاباردا كود الۇۇ
proof-phone-note = كاتتالعان تەلەفونعا: { $phone }
phone-title = قاباردىن كودۇن كىرگىزىڭىز
phone-go = ىراستوو
code-missing = داعى { $missing } سان
keypad = سان باسقىچتارى
keypad-clear = تازالوو
keypad-erase = بىردى ۅچۉرۉۉ
face-title = كامەراعا قاراڭىز
decision-title-granted = تابىلدى، باسسا بولوت
decision-title-none = تابىلبادى، جىيىنتىعىن باسسا بولوت
decision-title-refused = بۇل جولۇ بۇتپۅدۉ
decision-reasons = چەچىمدىن سەبەبىن كۅرۉۉ
decision-human = ادامدان سۇروو
decision-print = { $pages ->
    [0] باسۇۇ
   *[other] باسۇۇ ({ $pages } بەت)
 }
reasons-title = ەمنە ۉچۉن مىنداي جىيىنتىق؟
