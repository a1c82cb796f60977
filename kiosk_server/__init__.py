"""The counter: rooms of the policy, surfaces that use them, and the frame they stand on."""
