# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the results of a test in Python to meson."""

import sys


class Tap:
    """As many cases as planned, each told as soon as it is known."""

    def __init__(self, planned):
        self.number = self.failed = 0
        print(f'TAP version 14\n1..{planned}', flush=True)

    def case(self, good, name, details=''):
        self.number += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.number} {name}")
        for line in '' if good else details.splitlines():
            print(f'# {line}')
        sys.stdout.flush()

    def finish(self):
        sys.exit(1 if self.failed else 0)
