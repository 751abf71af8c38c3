"""What is said to who reached a wrong end of a task: what happened, and how to recover."""
