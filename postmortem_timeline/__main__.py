"""`python -m postmortem_timeline` is the same program as `pmt`."""

from postmortem_timeline.cli import main

if __name__ == "__main__":
    main()
