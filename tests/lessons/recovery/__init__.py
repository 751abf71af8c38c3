"""Wrong ends of the lessons' tasks: what a learner may do instead, and what a check says then."""
