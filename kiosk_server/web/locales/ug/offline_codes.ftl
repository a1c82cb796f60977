# تورسىز كود
# Draft: a native reader checks this file before release.
problem-fields-not-in-scene = تاللانغان مەزمۇن بۇ كۆرۈنۈشتە كۆرسىتىلىدىغان دائىرىدىن ھالقىپ كەتتى.
problem-status-list-full = تورسىز كودلار ۋاقىتلىق تۈگىدى، بىر قانچە مىنۇتتىن كېيىن قايتا سىناڭ.
problem-issuer-key-missing = تورسىز كودقا ئىمزا قويىدىغان ئاچقۇچ تېخى تەييار ئەمەس، سەل تۇرۇپ قايتا سىناڭ.
problem-too-many-offline-codes = تورسىز كود بەك كۆپ ئېلىندى، سەل تۇرۇپ قايتا سىناڭ.
problem-statement-not-borne-out = بۇ گۇۋاھنامە ئىسپاتلىيالايدىغان ئىشنى تاللاڭ.
problem-statement-asked-wrong = بىر ئىش تاللاپ، قارشى تەرەپنىڭ تور ئادرېسى ۋە ئاز دېگەندە 8 خانىلىق نومۇرنى تولدۇرۇڭ.
problem-too-many-presentations = ئىسپات بەك كۆپ چىقىرىلدى، سەل تۇرۇپ قايتا سىناڭ.
