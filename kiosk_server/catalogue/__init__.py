"""Catalogue (事项目录): what can be applied for, in published versions (实施清单、办事指南)."""
