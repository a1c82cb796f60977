# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
row-bills = تۇرمۇش تولومدورۇ
bills-title = ەمنە تولويسۇز؟
bill-kind-water = سۇۇ اقىسى
bill-kind-electricity = توك اقىسى
bill-kind-gas = گاز اقىسى
bill-kind-heat = جىلۇۇ اقىسى
bill-kind-telephone = تەلەفون اقىسى
bill-kind-fine = ايىپ
bill-call = تەلەفون
bill-sum = باارى تولوندۇ
bill-done-settled-title = تولوندۇ
bill-done-go = بولدۇ
