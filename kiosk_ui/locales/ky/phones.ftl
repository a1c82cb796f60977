# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
row-own-phones = تەلەفونۇم
own-phones-title = تەلەفونۇم
own-phones-bind = تەلەفون بايلوو
