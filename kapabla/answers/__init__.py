"""WHAT WAS SAID: placement, consents, submissions, free texts, learning, by subject. No name, no contact, no person id,
no network address, no clock time. Every primary key and unique constraint begins with the subject."""
