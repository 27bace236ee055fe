# SPDX-License-Identifier: GPL-3.0-or-later
"""Tells the results of a test in Python, as TAP."""

import sys
import traceback


def say(line):
    print(line, flush=True)


def note(*words):
    for line in ' '.join(str(word) for word in words).splitlines() or ['']:
        say(f'# {line}')


def skip_all(reason):
    say(f'TAP version 14\n1..0 # SKIP {reason}')
    sys.exit(0)


class Tap:
    """As many cases as planned, each told as soon as it is known."""

    def __init__(self, planned):
        self.number = self.failed = 0
        say(f'TAP version 14\n1..{planned}')

    def case(self, good, name, details=''):
        """Details are told of a failure alone."""
        self.number += 1
        self.failed += not good
        if details and not good:
            note(details)
        say(f"{'ok' if good else 'not ok'} {self.number} - {name}")

    def skip(self, name, reason):
        self.number += 1
        say(f'ok {self.number} - {name} # SKIP {reason}')

    def finish(self):
        sys.exit(1 if self.failed else 0)


class Skip(Exception):
    """Why a case cannot run here."""


def run(cases):
    """Runs functions of no arguments. One that raises has failed; one that raises Skip is skipped."""
    tap = Tap(len(cases))
    for case in cases:
        name = case.__name__.removeprefix('test_').replace('_', ' ')
        try:
            case()
        except Skip as reason:
            tap.skip(name, reason)
        except Exception:
            tap.case(False, name, traceback.format_exc())
        else:
            tap.case(True, name)
    tap.finish()
