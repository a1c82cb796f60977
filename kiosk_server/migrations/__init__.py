"""Migrations (数据库迁移): numbered, up and down on both engines, one after another."""
