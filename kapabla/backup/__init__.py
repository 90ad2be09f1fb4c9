"""WHAT BRINGS IT BACK: each vault under a key of its own, read back before it counts, and journals that a restore
replays, so that nobody who has left comes back."""
