# Forwards to dev.py, which needs no make: `python dev.py --help`.
PYTHON ?= python3

.PHONY: setup lab test record bench
setup lab test record bench:
	@$(PYTHON) dev.py $@
