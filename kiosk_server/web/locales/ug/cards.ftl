# سىكانىرلانغان رەقەملىك كارتا /c/
# Draft: a native reader checks this file before release.
card-title = رەقەملىك كارتا
card-lead = بۇ مەزمۇننى كارتا ئىگىسى ئۆزى تاللىغان، خالىغان ۋاقىتتا توختىتالايدۇ.
card-name = ئىسمى
card-organisation = ۋەكىللىك قىلغان ئورۇن
card-proof = ئىسپات
card-proof-good = بۈگۈن كۈچكە ئىگە
card-proof-not-good = بۈگۈن كۈچكە ئىگە ئەمەس
card-look = ئىسپاتلار كۈچكە ئىگىمۇ، كۆرۈش
card-note = كارتىدا ھېچقانداق نومۇر يوق. ئىسپاتقا قاراش ئىگىسىنىڭ خاتىرىسىگە يېزىلىدۇ، كىم ئىكەنلىكىڭىز يېزىلمايدۇ.
card-none-title = بۇ كارتىدا مەزمۇن يوق
card-none-lead = ئۇ توختىتىلغان ياكى بۇ سىستېمىنىڭ كارتىسى ئەمەس.
