"""Cases (办件): one application from receipt to result, decided by a stated rule."""
