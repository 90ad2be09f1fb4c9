"""ACTS FOR OTHERS: claims outbox rows and does each once; the only process that is given every vault."""
