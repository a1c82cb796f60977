"""Rules of the asset book."""
