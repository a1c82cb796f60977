"""Deliveries (寄递): results go out, papers come in by courier, followed to the hand-over (P42)."""
