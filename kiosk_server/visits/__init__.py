"""Visits (办理会话): one person's time at a terminal, and the proofs given in it."""
