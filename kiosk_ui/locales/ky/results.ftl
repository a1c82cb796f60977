# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
row-results = ئىشتەرىم
results-title = ئىشتەرىم
