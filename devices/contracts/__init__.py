"""
What the kiosk needs of a device, and the words for its state.

Each contract is drawn at the height of the need, not of the wire: a method is something the
kiosk wants done, and whatever a person can cause or cure (no paper, card lifted, cable pulled)
comes back as a value to be handled with `match`, never as an exception.
"""
