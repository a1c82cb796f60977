"""The console (运维台) at /staff/: which terminals want a person, and who may command them."""
