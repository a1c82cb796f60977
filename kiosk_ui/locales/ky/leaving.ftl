# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
rating-title = بۇل جولۇ قانداي بولدۇ؟
rating-lead = بىر باسساڭىز بولوت. باالاباساڭىز دا بولوت، ىشىڭىزگە تاسىرى جوق.
rating-level-5 = ابدان ىرازىمىن
rating-level-4 = ىرازىمىن
rating-level-3 = نەگىزىنەن ىرازىمىن
rating-level-2 = نارازىمىن
rating-level-1 = ابدان نارازىمىن
rating-tags-good = ەمنەسى جاقشى؟ (قالاساڭىز)
rating-tags-bad = ەمنەسى جامان؟ (قالاساڭىز)
rating-skip = باالاباي بۇتۉرۉۉ
rating-send = باانى جىبەرۉۉ
take-all = كۉبۅلۉك جانا كىملىگىڭىزدى الىڭىز.
take-card = كىملىگىڭىزدى الىڭىز.
ended-title-done = بۇتتۉ، جاقشى بارىڭىز
ended-title-left = اياقتادى
ended-start = باش بەتكە قايتۇۇ
