"""Papers (A4 纸质结果): values in, PDF/A-2b bytes out. Nothing here reads a database or a clock."""
