"""
Drivers: a protocol spoken over a transport, giving a contract. Real peers and simulators at the
far end of the wire are driven by the same code.
"""
