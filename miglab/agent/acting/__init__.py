"""What migrations do: each statement and migration noted, and the way back one at a time."""
