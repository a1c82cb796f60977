"""
生活缴费: bills of those who supply water, electricity, gas, heat and the like, paid and booked.

A bill is paid when its biller has booked it (销账). Money whose biller does not book it goes back.
See docs/decisions/0030-a-bill-is-paid-when-it-is-booked.md.
"""
