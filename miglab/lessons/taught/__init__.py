"""The questions, tasks and claims of the lessons: one module for each lesson."""
