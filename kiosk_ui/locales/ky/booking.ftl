# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
row-at-window = تەرەزە: نومۇر الۇۇ، جازىلۇۇ
at-window-ticket = نومۇر الۇۇ
at-window-book = ۇباقىتقا جازىلۇۇ
