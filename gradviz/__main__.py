"""`python -m gradviz`, and what the installed command `gradviz` runs."""

import sys

from gradviz import cli


def main() -> int:
    """Run gradviz with the arguments of this process; returns its exit code."""
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
