"""One package an audience: participant, admin, research, public, api. They never import one another."""
