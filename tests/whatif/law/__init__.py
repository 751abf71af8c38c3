"""The law of rows: what a what-if tells is what a brute-force comparison finds."""
