"""A project and its databases as a throwaway copy on disk."""
