# تەقلىدىي پۇل تاپشۇرۇش بېتى، /pay/simulated/
cashier-title = تەقلىدىي كاسسا
cashier-simulated = بۇ تەقلىدىي: پۇل تۇتۇلمايدۇ، ھېچكىمگە پۇل تۆلەنمەيدۇ. پەقەت سىناق ۋە كۆرسىتىش ئۈچۈن.
cashier-for = نېمە ئۈچۈن
cashier-amount = سومما
cashier-yuan = { $amount } يۈەن
cashier-number = تالون نومۇرى
cashier-pay = تەقلىدىي تۆلەش
cashier-paid = تەقلىدىي تۆلەندى
cashier-back = نەتىجىنى كۆرۈش ئۈچۈن ئالدىنقى بەتكە قايتىڭ. بۇ بەت تاپشۇرۇش ئىسپاتى ئەمەس.
cashier-over = بۇ تالون تاقالدى، تۆلىگىلى بولمايدۇ
problem-payment-page-not-found = بۇنداق تەقلىدىي تالون يوق.
