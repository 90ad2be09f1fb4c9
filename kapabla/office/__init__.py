"""THE COUNTY'S DESK: staff and their sessions, access, approvals, registers. Nothing about one participant."""
