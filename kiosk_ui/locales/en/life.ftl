# Services of everyday life: what there is, who answers for it, the way on (P47).
row-life = Everyday services
outcome-life = Bills, post, notary, legal aid
life-title = Everyday services: which one?
life-lead = No sign-in, no ID card. Each says who does it and who answers for it.
life-bills = Pay here. For connections and faults ask the supplier.
life-notary = Proof of a will, a power, a contract or a fact. Book a window to ask.
life-legal-aid = If you cannot pay a lawyer, ask for free legal help.
life-post = Letters and parcels: a post office, or have them fetched.
life-telecom = Cards, cards in your name, faults: ask your carrier.
life-book = Book a window
life-pay = Pay bills
life-where = Window and print
life-all = See everything
fact-answers = Who answers
fact-basis = By which law
fact-site = Official site
decision-legal-aid = Not content? Legal aid is free
