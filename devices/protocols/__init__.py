"""
Bytes to values and back, without any input or output: each file is one language of a wire.
"""
