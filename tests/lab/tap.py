# SPDX-License-Identifier: GPL-3.0-or-later
"""A test program's results, told as TAP."""

import sys
import traceback


def skip_all(reason):
    print(f'TAP version 14\n1..0 # SKIP {reason}', flush=True)
    sys.exit(0)


def note(*words):
    for line in ' '.join(str(word) for word in words).splitlines() or ['']:
        print('#', line, flush=True)


def run(cases):
    """Runs functions of no arguments. One that raises has failed; one that raises Skip is skipped."""
    print(f'TAP version 14\n1..{len(cases)}', flush=True)
    failed = 0
    for number, case in enumerate(cases, 1):
        name = case.__name__.removeprefix('test_').replace('_', ' ')
        try:
            case()
        except Skip as reason:
            print(f'ok {number} - {name} # SKIP {reason}', flush=True)
        except Exception:
            failed += 1
            note(traceback.format_exc())
            print(f'not ok {number} - {name}', flush=True)
        else:
            print(f'ok {number} - {name}', flush=True)
    sys.exit(1 if failed else 0)


class Skip(Exception):
    """Why a case cannot run here."""
