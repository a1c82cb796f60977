"""Rules of days in figures."""
