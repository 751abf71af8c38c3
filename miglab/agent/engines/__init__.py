"""Reads databases, compares their rows and keeps projects to their copies: a room for each engine,
what each has to offer, and the list of them."""
