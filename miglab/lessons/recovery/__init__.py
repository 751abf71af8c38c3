"""What a learner reads when a task has ended wrongly: what happened, and how to recover."""
