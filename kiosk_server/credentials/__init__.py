"""Credentials (数字凭证): offline codes, selective disclosure, the keys and lists behind both."""
