# Offline codes
problem-fields-not-in-scene = What was chosen goes beyond what this scene shows.
problem-status-list-full = All offline codes are given out. Please try again in a few minutes.
problem-issuer-key-missing = The key that signs offline codes is not ready yet. Please try again later.
problem-too-many-offline-codes = Offline codes were fetched too often. Please try again a little later.
