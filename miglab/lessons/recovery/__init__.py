"""What a learner reads at a wrong end of a task: what happened, and how to recover."""
