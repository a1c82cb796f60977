# Draft in Kyrgyz (Arabic script of this region): a native reader checks it before release.
# What is missing is shown in Chinese.
refusal-again = داعى سىناپ كۅرۉۉ
refusal-window = تەرەزەگە بارۇۇ
refusal-home = باش بەتكە قايتۇۇ
refusal-call = جاردام ۉچۉن { $phone } تەلەفون چالىڭىز
refusal-card-moved = كىملىك ەرتە الىندى
refusal-card-moved-do = قايرا قويۇڭۇز، اتىڭىز چىققاندا الىڭىز.
refusal-card-unreadable = كىملىكتى وقۇۇعا بولبودۇ
refusal-card-unreadable-do = قابىنان چىعارىپ، تەگىز قويۇپ قايرا سىناڭىز.
refusal-timeout = كىملىك قويۇلعان جوق
refusal-timeout-do = شاشپاڭىز، دايار بولعوندو قايرا سىناڭىز.
refusal-line-dead = تور ۉزۉلدۉ
refusal-line-dead-do = قايرا ۇلانۇۇدا. بىر از كۉتۉپ قايرا سىناڭىز.
refusal-card-expired = كىملىكتىن مۅۅنۅتۉ ۅتۉپ كەتتى
refusal-card-expired-do = ادەگەندە ساقچىدا كىملىكتى الماشتىرىڭىز. شاشىلىش بولسو تەرەزەدەن سۇراڭىز.
problem-code-wrong = سان تۇۇرا ەمەس، قايرا كىرگىزىڭىز.
problem-code-short = داعى { $missing } سان كەم، ۇلانتىپ كىرگىزىڭىز.
