# Offline codes
problem-fields-not-in-scene = What was chosen goes beyond what this scene shows.
problem-status-list-full = All offline codes are given out. Please try again in a few minutes.
problem-issuer-key-missing = The key that signs offline codes is not ready yet. Please try again later.
problem-too-many-offline-codes = Offline codes were fetched too often. Please try again a little later.
problem-statement-not-borne-out = Choose what this certificate bears out.
problem-statement-asked-wrong = Choose a statement, and give the other's address and his number of 8 characters or more.
problem-too-many-presentations = Too many statements were made. Please try again a little later.
