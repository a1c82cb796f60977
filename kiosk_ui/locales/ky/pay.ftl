# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
pay-total = باارى
pay-code-title = تەلەفون مەنەن توولوڭ
paid-title = اقچا كەلدى
pay-slip-done = الدىم، بۇتۇردۇم
