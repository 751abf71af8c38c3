"""Compares tables that one connection can read together, before and after, in SQL: its joins find
which rows answer to which, and only counts and a few rows come back."""
