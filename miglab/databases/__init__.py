"""Make, copy and drop databases: one engine a file."""
