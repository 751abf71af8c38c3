"""Each finding, by its id."""
