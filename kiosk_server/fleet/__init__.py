"""The fleet (机队): moves and ends of terminals, the live list, and days of service in figures."""
