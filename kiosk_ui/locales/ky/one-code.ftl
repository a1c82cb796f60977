# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
one-code-number-title = تەلەفونۇڭۇزدا ۇشۇل سانبى؟
one-code-named-title = بۇل سىزبى؟
one-code-named-no = مەن ەمەس
