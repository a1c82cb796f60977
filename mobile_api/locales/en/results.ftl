## Results: printed by oneself, collected at a window, sent

m-told-result-print-it = { $name } is paid: print it with your ID card at any terminal within 24 hours, or the money goes back by itself
m-told-result-collect = { $name }: your result waits for you here; please bring your ID card
m-told-result-money-back = Nobody took the paper of { $name }: the money is on its way back

problem-result-missing = There is no paper to be had for this yet.
problem-result-gone = The paper was printed, handed out or given to the courier, so this cannot be changed any more.
problem-fee-unpaid = Please pay first, then print or collect it.
problem-still-printing = It is being printed. Please wait a moment and try again.
problem-nothing-to-return = There is no money to be given back.
