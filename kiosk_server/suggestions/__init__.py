"""Suggestions (办事建议): what may be due, by fixed rules from one's own certificates and cases."""
