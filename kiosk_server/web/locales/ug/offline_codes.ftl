# تورسىز كود
# Draft: a native reader checks this file before release.
problem-fields-not-in-scene = تاللانغان مەزمۇن بۇ كۆرۈنۈشتە كۆرسىتىلىدىغان دائىرىدىن ھالقىپ كەتتى.
problem-status-list-full = تورسىز كودلار ۋاقىتلىق تۈگىدى، بىر قانچە مىنۇتتىن كېيىن قايتا سىناڭ.
problem-issuer-key-missing = تورسىز كودقا ئىمزا قويىدىغان ئاچقۇچ تېخى تەييار ئەمەس، سەل تۇرۇپ قايتا سىناڭ.
problem-too-many-offline-codes = تورسىز كود بەك كۆپ ئېلىندى، سەل تۇرۇپ قايتا سىناڭ.
