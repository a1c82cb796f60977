"""Presenters: what the rooms know, put into the classes that the kiosk's templates read."""
