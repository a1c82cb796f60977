"""The screen of the self-service terminal (自助终端): its pages, their looks and their words."""
