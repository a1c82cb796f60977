"""
The far end of the wire: peers that the real drivers talk to where there is no hardware, each with
misfortunes that can be called by name.
"""
