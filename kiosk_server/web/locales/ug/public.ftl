# The first page and the verify pages, / and /v/
# Draft: a native reader checks this file before release.
public-product = ھۆكۈمەت ئىشلىرى ئۆزلۈكىدىن مۇلازىمىتى
public-languages = تىللار
public-help = ياردەم لازىم بولسا { $phone } غا تېلېفون قىلىڭ.
public-home-title = ھۆكۈمەت ئىشلىرى ئۆزلۈكىدىن مۇلازىمەت سىستېمىسى
public-home-lead = ماشىنىدا بېسىلغان ھەر بىر ئىسپاتنىڭ راست-يالغانلىقىنى بۇ يەردە تەكشۈرگىلى بولىدۇ.
public-home-verify = ئىسپاتنىڭ راستلىقىنى تەكشۈرۈش
public-home-staff = خىزمەتچىلەر كىرىش
public-home-terminal = ئىش بېجىرىش بەتلىرى پەقەت ماشىنىدىلا ئېچىلىدۇ، يېقىن ماشىنىغا بېرىڭ.

verify-entry-title = ئىسپاتنى تەكشۈرۈش
verify-entry-lead = قەغەزدىكى كودنى سىكاننىرلاش ئەڭ تېز. سىكاننىرلىيالمىسىڭىز، يېنىدىكى كودنى كىرگۈزۈڭ.
verify-entry-code = تەكشۈرۈش كودى (26 خانە، ھەرپنىڭ چوڭ-كىچىكى پەرقلەنمەيدۇ)
verify-entry-go = تەكشۈرۈش
verify-entry-note = 0 بىلەن O، 1 بىلەن I ئارىلىشىپ كەتسىمۇ بولىدۇ، بوشلۇق ۋە سىزىقچە يازمىسىڭىزمۇ بولىدۇ.
verify-entry-fault = كود 26 خانە سان ۋە ھەرپ بولۇشى كېرەك، قەغەزگە يەنە بىر قاراڭ.

verify-genuine-title = بۇ ئىسپات راست
verify-genuine-lead = كود راست. ئەمدى قەغەزدىكى مەزمۇننى بۇ يەردىكى بىلەن سېلىشتۇرۇڭ: ئوخشىمىسا، ئۆزگەرتىلگەن بولىدۇ.
verify-genuine-document-title = بۇ ھۆججەت راست
verify-genuine-document-lead = سىز بەرگەن ھۆججەت چىقىرىلغىنى بىلەن پۈتۈنلەي ئوخشاش.
verify-unknown-title = بۇ ئىسپات تېپىلمىدى
verify-unknown-lead = بۇ كودلۇق ئىسپات چىقىرىلمىغان. قولدا كىرگۈزگەن بولسىڭىز، قەغەزگە قاراپ قايتا كىرگۈزۈڭ؛ سىكاننىرلىغان بولسىڭىز، بۇ قەغەزگە ئىشەنمەڭ.
verify-altered-title = بۇ كود ئۆزگەرتىلگەن
verify-altered-lead = كودتىكى تەكشۈرۈش توغرا ئەمەس، بۇ قەغەزگە ئىشەنمەڭ.
verify-altered-document-title = بۇ چىقىرىلغان ھۆججەت ئەمەس
verify-altered-document-lead = سىز بەرگەن ھۆججەت چىقىرىلغىنى بىلەن ئوخشىمايدۇ، ئۆزگەرتىلگەن ياكى سۈرەتكە ئېلىنغان بولۇشى مۇمكىن. پەقەت ئۇنىڭغىلا تايانماڭ.
verify-revoked-title = بۇ ئىسپات بىكار قىلىنغان
verify-revoked-lead = ئۇ چىقىرىلغان، كېيىن چىقارغان ئورۇن بىكار قىلغان، ئەمدى ئىشلەتكىلى بولمايدۇ.
verify-expired-title = بۇ ئىسپاتنىڭ ۋاقتى ئۆتكەن
verify-expired-lead = ئۇ راست، لېكىن ۋاقتى ئۆتكەن، ئىگىسى قايتا بېسىپ كەلسۇن.
verify-sample = ئۈلگە: مەزمۇنى تەقلىدىي سانلىق مەلۇمات، ئىسپات بولالمايدۇ.

verify-kind = ئىسپات
verify-issuer = چىقارغان ئورۇن
verify-number = نومۇرى
verify-issued-on = چىقىرىلغان كۈن
verify-valid-until = كۈچكە ئىگە ۋاقتى
verify-holder = ئىگىسى
verify-good-for = ئىشلىتىش دائىرىسى
verify-no-seal = ئېلېكترونلۇق تامغا بېسىلمىغان
verify-revoked-for = بىكار قىلىش سەۋەبى
verify-revoked-record-corrected = خاتىرە تۈزىتىلدى
verify-revoked-issued-in-error = خاتا چىقىرىلغان
verify-revoked-obtained-by-deceit = ناتوغرا ئۇسۇلدا ئېلىنغان
verify-revoked-replaced = يېڭىسىغا ئالماشتۇرۇلغان

verify-look = مەزمۇننى كۆرسىتىپ، قەغەز بىلەن سېلىشتۇرۇش
verify-look-note = ئاچسىڭىز «بىراۋ تەكشۈردى» دەپ خاتىرىلىنىدۇ، ئىگىسى كۆرەلەيدۇ؛ سىزنىڭ كىم ۋە نەدە ئىكەنلىكىڭىز خاتىرىلەنمەيدۇ.
verify-compare-title = قەغەز بىلەن بىرمۇبىر سېلىشتۇرۇڭ
verify-compare-note = بىر تۈرى ئوخشىمىسا، ئۆزگەرتىلگەن بولىدۇ، قوبۇل قىلماڭ.
verify-document = ئېلېكترونلۇق ھۆججىتى بارمۇ؟ PDF تاللاپ سېلىشتۇرۇڭ (ساقلانمايدۇ، ئەڭ چوڭ 5 MB)
verify-document-go = ھۆججەتنى سېلىشتۇرۇش
verify-document-no-pdf = PDF ھۆججىتى تاللاڭ.
verify-another = باشقىسىنى تەكشۈرۈش

# The rating code of a slip, /r/
rate-title = بۇ قېتىم قانداق بېجىرىلدى؟
rate-lead = بىرنى تاللاڭ. باھا بەرمىسىڭىزمۇ بولىدۇ، ئىشىڭىزغا تەسىر قىلمايدۇ.
rate-tags-title = يەنە دەيدىغىنىڭىز بارمۇ؟
rate-tags = تاللىمىسىڭىزمۇ بولىدۇ
rate-text = دېمەكچى بولغىنىڭىز (يازمىسىڭىزمۇ بولىدۇ، ئەڭ كۆپ { $longest } خەت)
rate-fault = بەك ئۇزۇن ياكى تاللاش توغرا ئەمەس. ئەڭ كۆپ { $longest } خەت.
rate-send = باھانى يوللاش
rate-note = باھادا ئىسمىڭىز ۋە نومۇرىڭىز خاتىرىلەنمەيدۇ، خىزمەتچىلەر كىم باھا بەرگىنىنى كۆرەلمەيدۇ. يوللىغاندىن كېيىن ئۆزگەرتكىلى بولمايدۇ.
rate-other-level = باشقا باھا تاللاش
rate-done-title = باھا تاپشۇرۇۋېلىندى، رەھمەت
rate-done-lead = ھەر قېتىملىق ئىشقا بىر قېتىم باھا بېرىلىدۇ، بۇ قېتىمقىسى بېرىلدى.
rate-home = باش بەتكە قايتىش
problem-rating-link-unknown = بۇ باھا كودى توغرا ئەمەس ياكى 30 كۈندىن ئېشىپ كەتكەن.
