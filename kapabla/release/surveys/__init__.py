"""Open surveys on their way out: answers weighted and protected into one document that never changes."""
