"""Work orders (工单): a fault that somebody has taken in hand, until another has looked at it."""
