"""Terminals (自助终端): which machines are ours, how each one is, and what it can do now."""
