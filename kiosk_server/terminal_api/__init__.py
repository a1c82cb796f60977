"""The terminal wire: what a terminal's host says to the server, signed, under /api/terminal/v1/."""
