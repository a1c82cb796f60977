"""The phone's door to the same counter (移动端)."""
