"""Makes, copies and drops databases: one file for each engine."""
