# Problems told on pages that no surface words more closely.
# Draft: a native reader checks this file before release.
problem-internal = بۇ يەردە كاشىلا چىقتى، ئىش پۈتمىدى. ماتېرىيالىڭىز يوقالمىدى، قايتا سىناڭ.
problem-busy = ھازىر ئالدىراش، ئىش پۈتمىدى. ماتېرىيالىڭىز يوقالمىدى، بىر نەچچە سېكۇنتتىن كېيىن سىناڭ.
problem-invalid = بەزى مەزمۇنلار توغرا ئەمەس، ھەر بىرىنى تەكشۈرۈپ قايتا سىناڭ.
problem-not-found = بۇ بەت تېپىلمىدى.
problem-refused = بۇ يەردە بۇنداق بېجىرگىلى بولمايدۇ.
problem-conflict = ھازىر بۇنداق بېجىرگىلى بولمايدۇ، ئالدىنقى قەدەمگە قايتىڭ.
problem-wrong-state = بۇ قەدەم بېجىرىلىپ بولغان ياكى تېخى كەلمىگەن.
problem-too-many = سىناش سانى بەك كۆپ، سەل تۇرۇپ قايتا سىناڭ.
problem-unavailable = لازىملىق سىستېما ھازىر جاۋاب بەرمىدى، سەل تۇرۇپ سىناڭ.
problem-bad-request = كەلگەن مەزمۇننى ئوقۇغىلى بولمىدى، بۇ قەدەمنى قايتا باشلاڭ.
problem-method-not-allowed = بۇ ئادرېسنى بۇنداق ئىشلەتكىلى بولمايدۇ.
problem-too-large = ھۆججەت بەك چوڭ.
problem-media-type-unknown = بۇ خىل ھۆججەتنى ئوقۇغىلى بولمايدۇ.
problem-form-expired = بۇ بەت بەك ئۇزۇن ئوچۇق تۇردى، ئالدىنقى بەتتىن قايتا ئېچىڭ.
problem-sign-in-needed = ئاۋۋال كىرىڭ.
problem-what-next = ياردەم لازىم بولسا { $phone } غا تېلېفون قىلىڭ.
problem-reference = مەلۇم قىلغاندا بۇ نومۇرنى ئېيتىڭ:
problem-way-out = باش بەتكە قايتىش
problem-slip-not-possible = كىچىك قەغەز پرىنتېرى ھازىر باسالمايدۇ. بېسىش كودىنى خاتىرىلىۋېلىڭ.
