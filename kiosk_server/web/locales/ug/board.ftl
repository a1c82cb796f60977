# The call board, /board/<site>
# Draft: a native reader checks this file before release.
board-title = نومۇر چاقىرىش ئېكرانى
board-clock = بېيجىڭ ۋاقتى
board-go = { $window }-كۆزنەككە كېلىڭ
board-again = { $times }-قېتىم
board-before = باياتىن چاقىرىلغانلار
board-window = كۆزنەك
board-none = ھازىر چاقىرىلغان نومۇر يوق
board-none-lead = ئالدىن زاكاز قىلمىسىڭىزمۇ بولىدۇ، نومۇر ئېلىپ ساقلاڭ.
board-closed = ھازىر ئىش ۋاقتى ئەمەس
board-opens = كېيىنكى ئېچىلىش ۋاقتى
board-waiting = ساقلاۋاتقانلار
board-no-wait = ساقلاش ھاجەتسىز
board-minutes = مىنۇت
board-hint = ئالدىن زاكاز قىلمىسىڭىزمۇ بولىدۇ: ماشىنىدىن ياكى كۆزنەكتىن نومۇر ئېلىڭ، كىملىكىڭىز سورالمايدۇ.
board-old = لىنىيە ئۈزۈلدى، ئەسلىگە كەلسە ئۆزى يېڭىلىنىدۇ. ئېكراندىكىسى مۇشۇ ۋاقىتنىڭ:
board-sound-on = ئاۋازنى ئېچىش
board-sound-off = ئاۋازنى تاقاش
board-aloud = { $label } نومۇر، { $window }-كۆزنەككە كېلىڭ.
# On the number that a window prints
board-follow = كودنى سىكانىرلاپ نۆۋىتىڭىزنى كۆرۈڭ، كىرىش ھاجەتسىز
