"""Bookings (预约): places at windows by the hour. None is given twice; nobody is made to book."""
