"""
The terminal (自助终端): a daemon that owns the devices and speaks for them to the server.

It shares a wire with the server and no code.
"""
