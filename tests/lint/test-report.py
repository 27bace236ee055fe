#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks how tests/report.py counts: a skip, a crash or a leak must not pass."""

import json
import pathlib
import subprocess
import sys
import tempfile

from tap import Tap

REPORT = pathlib.Path(__file__).resolve().parents[1] / 'report.py'


def program(result, *lines, stderr=''):
    return {'name': 'p', 'result': result, 'stdout': '\n'.join(lines) + '\n', 'stderr': stderr}


PASSED = program('OK', 'TAP version 14', '1..2', '# Start of x tests', 'ok 1 /x/a', 'ok 2 /x/b')
SKIPPED = program('OK', '1..2', 'ok 1 /x/a', 'ok 2 /x/b # SKIP no server here')
FAILED = program('FAIL', '1..2', 'ok 1 /x/a', 'not ok 2 /x/b')

# What it is, arguments, the programs' records, the last line, exit status, words to be told.
CASES = [
    ('all pass', [], [PASSED, PASSED], '4 passed, 0 failed, 0 skipped', 0, ''),
    ('a skip', [], [PASSED, SKIPPED], '3 passed, 0 failed, 1 skipped', 0, '/x/b: no server here'),
    ('a skip that may not be', ['--no-skips'], [SKIPPED], '1 passed, 0 failed, 1 skipped', 1, 'none may be'),
    ('a failure', [], [FAILED, PASSED], '3 passed, 1 failed, 0 skipped', 1, 'FAILED: p /x/b'),
    ('an assertion', [], [program('ERROR', '1..3', 'ok 1 /x/a', 'not ok /x/b - ERROR: 1 == 2', 'Bail out!')],
     '1 passed, 1 failed, 0 skipped', 1, '1 == 2'),
    ('a crash', [], [program('ERROR', '1..2', 'ok 1 /x/a', stderr='Segmentation fault')],
     '1 passed, 1 failed, 0 skipped', 1, 'Segmentation fault'),
    ('a leak', [], [program('ERROR', '1..1', 'ok 1 /x/a', stderr='LeakSanitizer: detected memory leaks')],
     '1 passed, 1 failed, 0 skipped', 1, 'LeakSanitizer'),
    ('a time-out', [], [program('TIMEOUT', '1..2', 'ok 1 /x/a')], '1 passed, 1 failed, 0 skipped', 1, 'timeout'),
    ('too few cases', [], [program('OK', '1..2', 'ok 1 /x/a')], '1 passed, 1 failed, 0 skipped', 1, '2 cases were planned'),
    ('unfinished work', [], [program('OK', '1..1', 'not ok 1 /x/a # TO' 'DO half')], '0 passed, 1 failed, 0 skipped', 1,
     'incomplete: half'),
    ('a program that skips all', [], [PASSED, program('SKIP', '1..0 # SKIP not here')],
     '2 passed, 0 failed, 1 skipped', 0, 'not here'),
    ('no TAP, good', [], [program('OK', 'words')], '1 passed, 0 failed, 0 skipped', 0, ''),
    ('no TAP, bad', [], [program('FAIL', 'words')], '0 passed, 1 failed, 0 skipped', 1, 'words'),
    ('nothing ran', [], [], '0 passed, 0 failed, 0 skipped', 1, 'No test ran'),
]


def main():
    tap = Tap(len(CASES))
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, 'testlog.json')
        for name, arguments, records, last_line, status, words in CASES:
            log.write_text(''.join(json.dumps(record) + '\n' for record in records), encoding='utf-8')
            done = subprocess.run([sys.executable, '-B', REPORT, *arguments, log], capture_output=True, text=True,
                                  check=False)
            good = (done.stdout.splitlines()[-1:] == [last_line] and done.returncode == status
                    and words in done.stdout)
            tap.case(good, name, f'{done.returncode}\n{done.stdout}{done.stderr}')
    tap.finish()


if __name__ == '__main__':
    main()
