"""Outbox (发件箱): side effects as rows, written with the change that causes them."""
