"""Residents (办事人): who a case is for; found by number, never by name alone."""
