"""A gauntlet for what keeps a project in its copy: ways to do harm, and a world to be harmed."""
