"""What anyone may open: the first page, and whether a paper is genuine (核验)."""
