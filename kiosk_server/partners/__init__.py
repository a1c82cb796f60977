"""Verifying organisations (核验单位): who may look with a name, by whom and with what."""
