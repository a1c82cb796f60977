"""The terminal's Debian package: what goes where, with its libraries, and nothing compiled."""
