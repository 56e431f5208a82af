"""``python -m harness.sweep DIR``: put a sweep's tables and report together again."""

import sys

from harness.sweep.command import main

sys.exit(main())
