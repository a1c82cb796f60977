# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
row-life = ىڭعايلۇۇ قىزمات
outcome-life = سۇۇ-توك اقىسى، پوچتا، ۇقۇقتۇق جاردام
life-title = ىڭعايلۇۇ قىزمات: قايسىنىسى؟
life-book = تەرەزەگە جازىلۇۇ
life-pay = اقى تۅلۅۅ
life-all = باردىعىن كۅرۉۉ
fact-answers = كىم جوۇپتۇۇ
