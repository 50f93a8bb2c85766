"""``python -m convlab`` is ``convlab``."""

from convlab.cli import main

if __name__ == "__main__":
    main(prog_name="convlab")
