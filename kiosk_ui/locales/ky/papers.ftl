# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
papers-name = قاعازدى ۉيدۅن الۇۇ
papers-begin = قاعازدى ۉيدۅن الدىرۇۇ
papers-what-title = قايسى قاعازدار؟
papers-where-title = قاعاز قايدا بارات؟
papers-from-title = قايدان الىنات؟
papers-order = كۇريەردى چاقىرۇۇ
