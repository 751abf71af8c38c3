"""What all rooms of the agent use; miglab itself uses ``protocol``, too, to speak to the agent."""
