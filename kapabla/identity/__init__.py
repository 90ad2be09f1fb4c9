"""WHO: people, cohorts, invitations, messages, live sessions. Holds no answer, no consent to research, and no date or
time of anything a participant did."""
