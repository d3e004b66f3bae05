"""Where the tests of pages find what they hand to them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
