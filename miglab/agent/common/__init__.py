"""What all rooms of the agent use; ``protocol`` is also what miglab speaks to it by."""
