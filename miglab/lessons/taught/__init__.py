"""What each lesson asks, sets and tries: one module a lesson."""
