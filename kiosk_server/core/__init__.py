"""What every room stands on: time, identity, errors, lives as tables, database, secrets."""
