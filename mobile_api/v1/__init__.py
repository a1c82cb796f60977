"""The resources of the phone's API, version 1: one file each, a table of doors at its end."""
