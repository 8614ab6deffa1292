"""Run the command line as ``python -m harmoniqc``."""

import sys

from harmoniqc.cli import main

sys.exit(main())
