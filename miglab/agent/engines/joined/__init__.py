"""Compares tables before and after in SQL, for engines in which one connection can read both. Joins
find which rows match, and only counts and a few rows come back."""
