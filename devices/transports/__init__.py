"""
The pipes between a driver and its device. A driver has one; it never is one.
"""
