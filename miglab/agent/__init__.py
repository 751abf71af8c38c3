"""What runs in the project's own interpreter: the standard library and that project's Django.

Started by path (``python …/miglab/agent``), under the package name ``miglab_agent``, so that
miglab need not be installed there and none of its modules can hide one of the project's.
"""

import os

#: The whole agent lies below it: frames of its own are not shown as the project's.
FOLDER = os.path.dirname(os.path.abspath(__file__))
