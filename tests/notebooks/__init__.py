"""The notebooks: what runs them, records them, and compares what they put out."""

#: Tests run on all cores, those of one file one after the other.
AT_ONCE = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")

#: What pytest is told beside --nbval: the outputs are compared, but for what no run repeats.
CELLS = (
    *("notebooks", "-p", "no:cacheprovider"),
    *("--nbval-sanitize-with", "tests/notebooks/sanitize.cfg"),
)

#: This one needs each database that miglab knows.
COMPARING = "notebooks/explore/engines.ipynb"
