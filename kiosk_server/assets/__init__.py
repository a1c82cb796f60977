"""Assets (资产台账): what each machine is made of, who minds it, how its place is reached."""
