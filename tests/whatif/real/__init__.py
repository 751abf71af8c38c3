"""Real projects with long histories, from the package index, held against plain Django.

``projects`` makes them, ``fill`` puts rows in, ``walk`` goes back in each app and compares.
"""
