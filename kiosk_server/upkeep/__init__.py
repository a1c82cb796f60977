"""Upkeep (运维): what is wrong with terminals, who was called for it, and when it was over."""
