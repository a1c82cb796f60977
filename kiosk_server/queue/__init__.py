"""The queue of a site (现场排队): tickets, whom a window calls next, how long the others wait."""
