"""Showing a certificate from the phone (亮证): scenes, live codes, what was asked, who has seen."""
