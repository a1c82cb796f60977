# Draft in Uyghur: a native reader checks it before release.
card-title = كىملىكىڭىزنى ئوقۇغۇچقا قويۇڭ
card-lead = { $side ->
    [left] ئوقۇغۇچ ئېكراننىڭ ئاستىدا، سول تەرەپتە، چىرىغى يېنىپ تۇرىدۇ. ئىسمىڭىز چىققۇچە مىدىرلاتماڭ.
   *[right] ئوقۇغۇچ ئېكراننىڭ ئاستىدا، ئوڭ تەرەپتە، چىرىغى يېنىپ تۇرىدۇ. ئىسمىڭىز چىققۇچە مىدىرلاتماڭ.
 }
card-waiting = كىملىكىڭىزنى كۈتۈۋاتىمىز
card-seconds = يەنە { $seconds } سېكۇنت بار، ئالدىرىماڭ
card-reading = ئوقۇۋاتىدۇ، مىدىرلاتماڭ
card-reading-note = ئادەتتە 2 سېكۇنت
card-sending = تەكشۈرۈۋاتىدۇ
card-done = ئوقۇلدى: { $name }
card-done-note = كىملىكنى ئالسىڭىز بولىدۇ
card-again = يەنە ئوقۇش
card-none = كىملىك يوقمۇ؟ كۆزنەككە بېرىڭ
card-assure-read = پەقەت كېرەكلىك { $fields } تۈر ئوقۇلىدۇ، مۇشۇ ئىشقىلا ئىشلىتىلىدۇ
card-assure-machine = سىز كەتكەندىن كېيىن بۇ ماشىنىدا ھېچنېمە قالمايدۇ
card-left = كىملىك ئوقۇغۇچتا قالدى.
card-left-do = بىللە ئېلىۋېلىڭ.
card-forgotten = ئوقۇغۇچتا بىراۋنىڭ كارتىسى قاپتۇ.
card-forgotten-do = ئۇنى ئېلىپ باشقۇرغۇچىغا بېرىڭ. ئىشىڭىزنى داۋاملاشتۇرسىڭىز بولىدۇ.
proof-card-read = كىملىك ئوقۇلدى: { $name }
proof-title = ئۆزىڭىز ئىكەنلىكىنى يەنە بىر تەكشۈرەيلى
proof-lead = باشقىلار ئورنىڭىزدا ئىشلىتىۋالمىسۇن. بىرىنى تاللاڭ.
proof-face = كامېراغا قاراش
proof-face-note = ساقچىدىكى رەسىم بىلەن سېلىشتۇرۇلىدۇ، ساقلانمايدۇ
proof-phone = قىسقا ئۇچۇردا كود ئېلىش
proof-phone-note = تىزىملانغان تېلېفونغا: { $phone }
proof-window = ھېچقايسىسى بولمامدۇ؟ كۆزنەككە
phone-title = ئۇچۇردىكى كودنى كىرگۈزۈڭ
phone-lead = { $phone } غا ئەۋەتىلدى، { $minutes } مىنۇت كۈچكە ئىگە.
phone-label = كود ({ $digits } خانە)
phone-resend = كەلمىدىمۇ؟ يەنە ئەۋەتىش
phone-go = جەزملەش
phone-simulated = تەقلىد ئۇچۇر، راست ئەمەس: { $code }
phone-simulated-coming = تەقلىد ئۇچۇر كېلىۋاتىدۇ…
code-missing = يەنە { $missing } خانە
keypad = سان كۇنۇپكىسى
keypad-clear = تازىلاش
keypad-erase = بىرنى ئۆچۈرۈش
face-title = كامېراغا قاراڭ
face-lead = { $name } ئۆزى ئىكەنلىكىنى تەكشۈرۈۋاتىمىز.
face-simulated = بۇ تەقلىد قىلىنغان سېلىشتۇرۇش.
face-simulated-note = رەسىم تارتىلمىدى، سېلىشتۇرۇلمىدى. بىر نەتىجىنى تاللاڭ.
face-answer-same = تەقلىد: ئۆزى
face-answer-other = تەقلىد: باشقا ئادەم
face-answer-unclear = تەقلىد: ئېنىق كۆرۈنمىدى
face-waiting = سېلىشتۇرۇۋاتىدۇ
face-waiting-note = ئادەتتە 3 سېكۇنت
face-assure = ساقچى سىستېمىسى سېلىشتۇرىدۇ، بۇ يەرگە «شۇ» ياكى «ئەمەس»لا كېلىدۇ
face-other-way = باشقا ئامال
working-record = خاتىرىڭىزنى ئىزدەۋاتىدۇ
working-document = ئىسپات تەييارلىنىۋاتىدۇ
working-card = كىملىكنى تەكشۈرۈۋاتىدۇ
working-words = سەل ساقلاڭ
working-seconds = ئادەتتە { $usual } سېكۇنت، ئەڭ ئۇزۇن { $longest } سېكۇنت
decision-title-granted = تېپىلدى، بېسىشقا بولىدۇ
decision-title-none = تېپىلمىدى، نەتىجىنى بېسىشقا بولىدۇ
decision-title-refused = بۇ قېتىم پۈتمىدى
decision-holder = { $name } ئۆزى
decision-at-once = سىستېما ئاشكارا قائىدە بويىچە نەق مەيداندا قارار قىلدى، ئادەم قاتناشمىدى
decision-no-seal = ئىسپاتقا ئېلېكترونلۇق تامغا بېسىلمىدى، كۆرۈش ۋە تەكشۈرۈش ئۈچۈن
decision-reasons = قارارنىڭ سەۋەبىنى كۆرۈش
decision-human = ئادەمدىن سوراش
decision-print = { $pages ->
    [0] بېسىش
   *[other] بېسىش ({ $pages } بەت)
 }
reasons-title = نېمىشقا بۇ نەتىجە چىقتى؟
reasons-version = قائىدە { $rule } · قوللانما { $version } · { $time } بېيجىڭ ۋاقتى
reasons-inputs = ئاساس قىلىنغان مەزمۇن
reason-met = (ئۇيغۇن)
reason-unmet = (ئۇيغۇن ئەمەس)
