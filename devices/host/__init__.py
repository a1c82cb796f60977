"""What the terminal does with its devices: supervise them, read cards, bring paper out safely."""
