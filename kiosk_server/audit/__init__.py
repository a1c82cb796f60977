"""Audit (审计): who did what, when, to whose data; written with the deed and sealed in a chain."""
