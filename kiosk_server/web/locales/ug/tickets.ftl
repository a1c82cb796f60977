# A ticket of the queue, /q/
# Draft: a native reader checks this file before release.
ticket-yours = سىزنىڭ نومۇرىڭىز
ticket-waiting = ئالدىڭىزدا يەنە { $ahead } كىشى بار
ticket-waiting-lead = تەخمىنەن { $minutes } مىنۇت ساقلايسىز. زالدا تۇرۇڭ، نۆۋىتىڭىز كەلگەندە كۆزنەك بۇ يەردە كۆرسىتىلىدۇ.
ticket-next = كېيىنكىسى سىز
ticket-next-lead = نومۇر چاقىرىش ئېكرانىغا قاراڭ، نۆۋىتىڭىز كەلگەندە كۆزنەك بۇ يەردە كۆرسىتىلىدۇ.
ticket-called = { $window }-كۆزنەككە كېلىڭ
ticket-called-lead = كۆزنەك سىزنى چاقىرىۋاتىدۇ.
ticket-parked = كۆزنەك نومۇرىڭىزنى ساقلاپ قويدى
ticket-parked-lead = ماتېرىيالنى ئېلىپ كېلىپ { $window }-كۆزنەككە قايتىڭ، كۆزنەك سىزنى يەنە چاقىرىدۇ، قايتا ئۆچىرەت ئالمايسىز.
ticket-missed = چاقىرغاندا جاۋاب بولمىدى
ticket-missed-lead = زالدا بولسىڭىز خىزمەتچىگە ئېيتىڭ: يېرىم سائەت ئىچىدە ئەسلىدىكى نۆۋىتىڭىزگە قايتالايسىز.
ticket-finished = ئىشىڭىز پۈتتى
ticket-finished-lead = بۇ نومۇر ئىشلىتىلدى.
ticket-left = بۇ نومۇر قايتۇرۇلدى
ticket-left-lead = يەنە ئىشىڭىز بولسا يېڭىدىن نومۇر ئېلىڭ، زاكاز قىلمىسىڭىزمۇ بولىدۇ.
ticket-as-of = بېيجىڭ ۋاقتى { $time } دىكى ئەھۋال، ئۆزى يېڭىلىنىدۇ.
ticket-leave = ساقلىمايمەن
ticket-leave-means = نومۇرنى قايتۇرسىڭىز، يېڭىدىن ئۆچىرەت ئالىسىز.
ticket-leave-now = بۇ نومۇرنى قايتۇرۇش
ticket-none = بۇنداق نومۇر يوق
ticket-none-lead = ئىش پۈتكەندىن كېيىن بىر نەچچە كۈندە نومۇر ئۆچۈرۈلىدۇ. ئادرېسنى ياكى قەغەزدىكى ئىككىلىك كودنى تەكشۈرۈڭ.
