"""Notes what migrations do: each statement, and each migration."""
