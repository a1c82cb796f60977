"""The terminal's door (loopback HTTP): device API for the page, way through to the server, own
pages for when there is no server, and in development a dock to play the devices with."""
