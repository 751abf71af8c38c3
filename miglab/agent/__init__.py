"""What runs in the project's own interpreter: the standard library and that project's Django.

Started by path (``python …/miglab/agent``), under the package name ``miglab_agent``, so that
miglab need not be installed there and none of its modules can hide one of the project's.
"""
