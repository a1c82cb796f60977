"""
Where partners tell us of what happened at theirs (回调): a door each, a guard each.

A guard reads no more than a notice can hold and believes nothing but a signature; what it lets
pass is kept once, so that a notice which comes again changes nothing.
"""
