"""
公共支付: what a resident owes, how it was paid, and what went back; integer fen, counted once.

An order is paid by the word of its channel alone: a notice whose signature holds, or its answer to
our own question. See docs/decisions/0028-the-channels-word-pays.md.
"""
