"""What must be fast, beside what a user would do by hand; ``python dev.py bench`` tells."""
