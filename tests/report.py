#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what a run of `meson test` did, case by case.

Meson counts programs; one g_test program holds many cases, and a skipped case
in a passing program is easily overlooked. The report names every skip with its
reason and every failure with the end of its output. Its last line is
"N passed, N failed, N skipped".
"""

import argparse
import json
import os
import re
import sys

CASE = re.compile(r'^(?P<no>not )?ok(?= |$) *(?P<number>\d+)?(?: -)? *(?P<name>.*?)'
                  r'(?: +# *(?P<directive>SKIP|TODO)\b *(?P<reason>.*))?$', re.IGNORECASE)
PLAN = re.compile(r'^1\.\.(?P<count>\d+)(?: *# *SKIP *(?P<reason>.*))?$', re.IGNORECASE)
TAIL_LINES = 40
MAX_WIDTH = 400


class Program:
    """One program of the run, and the cases its TAP output tells of."""

    def __init__(self, record):
        self.name = record['name']
        self.result = record['result']
        self.output = record.get('stdout') or ''
        self.errors = record.get('stderr') or ''
        self.passed = 0
        self.skips = []
        self.failures = []
        self.planned = None
        self._read_cases()
        self._read_result()

    def _read_cases(self):
        for line in self.output.splitlines():
            plan = PLAN.match(line)
            if plan:
                self.planned = int(plan['count'])
                if self.planned == 0:
                    self.skips.append(('all of it', plan['reason'] or 'no reason given'))
                continue
            case = CASE.match(line)
            if not case:
                continue
            directive = (case['directive'] or '').upper()
            if directive == 'SKIP':
                self.skips.append((case['name'], case['reason'] or 'no reason given'))
            elif directive == 'TODO':
                # g_test_incomplete(): unfinished work is not a pass.
                self.failures.append(f"{case['name']} (incomplete: {case['reason']})")
            elif case['no']:
                self.failures.append(case['name'])
            else:
                self.passed += 1

    def _read_result(self):
        cases = self.passed + len(self.skips) + len(self.failures)
        if self.result == 'SKIP' and not self.skips:
            self.skips.append(('all of it', 'the program says no more'))
        elif self.result not in ('OK', 'EXPECTEDFAIL', 'SKIP') and not self.failures:
            # A crash, a leak found at the end, a time-out: no case tells it.
            self.failures.append(f'the program itself ({self.result.lower()})')
        elif self.planned is None and cases == 0:
            self.passed = 1         # not TAP: its exit status is the one case
        elif self.planned and cases != self.planned and not self.failures:
            self.failures.append(f'{self.planned} cases were planned, {cases} were told of')

    def tail(self):
        lines = self.output.splitlines()[-TAIL_LINES:] + self.errors.splitlines()[-TAIL_LINES:]
        return ''.join(f'    {line[:MAX_WIDTH]}\n' for line in lines)


def read_programs(path):
    with open(path, encoding='utf-8', errors='replace') as log:
        return [Program(json.loads(line)) for line in log if line.strip()]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('log', help="meson's testlog.json")
    parser.add_argument('--no-skips', action='store_true', help='a skip is a failure')
    parser.add_argument('--print-output', action='store_true', help='print what each program printed')
    options = parser.parse_args()

    programs = read_programs(options.log) if os.path.exists(options.log) else []
    passed = sum(p.passed for p in programs)
    failed = sum(len(p.failures) for p in programs)
    skipped = sum(len(p.skips) for p in programs)

    for program in programs:
        if options.print_output:
            print(f'\n{program.name}\n{program.output}')
        for name, reason in program.skips:
            print(f'Skipped: {program.name} {name}: {reason}')
    for program in programs:
        for name in program.failures:
            print(f'\nFAILED: {program.name} {name}')
        if program.failures:
            print(program.tail())
    if not programs:
        print('No test ran.')
    elif options.no_skips and skipped:
        print(f'{skipped} skipped, and none may be (--no-skips).')

    print(f'{passed} passed, {failed} failed, {skipped} skipped')
    return 1 if failed or not passed or (options.no_skips and skipped) else 0


if __name__ == '__main__':
    sys.exit(main())
