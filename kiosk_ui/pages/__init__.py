"""The pages of the kiosk, one module for each group that changes for the same reason."""
