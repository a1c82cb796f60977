"""Supplies (耗材): what is left in machines and on shelves, and who runs out when."""
