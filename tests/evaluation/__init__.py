"""How right the tool is: suites with truth, a table for each; `python -m tests.evaluation`."""
