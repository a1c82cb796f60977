"""
财政电子票据: the bill that a government fee owes its payer, issued by the treasury's system, and
turned red (冲红) when money goes back. It follows the money and never moves any.
"""
