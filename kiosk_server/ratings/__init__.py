"""Ratings (好差评): voluntary, unforced, unaltered; staff never learn who rated (P40)."""
