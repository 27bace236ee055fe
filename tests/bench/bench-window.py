#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window beside a text editor: time to the first painted frame, and memory.

bench-window.py FIRST_FRAME UI PROGRAM: the program that measures (see
first-frame.c), the folder with ui.py, and the window's program. Both programs
run in turn on the same virtual screen, with the same session bus and the same
empty home, each once unmeasured to warm the caches. The ratio is that of the
medians; the machine's load moves the times, and moves both.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys

sys.path.insert(0, sys.argv[2])
import ui  # noqa: E402

OTHER = 'gnome-text-editor'
RUNS = 9
# Name, key, factor, unit, target of the ratio.
ROWS = (
    ('first frame', 'frame', 1e3, 'ms', 0.85),
    ('CPU until then', 'cpu', 1e3, 'ms', None),
    ('resident', 'resident', 1 / 1024, 'MiB', 1.0),
    ('private dirty', 'private', 1 / 1024, 'MiB', None),
    ('painted by then', 'painted', 100, '%', None),
)


def measure(program):
    return json.loads(subprocess.run([sys.argv[1], program], check=True, stdout=subprocess.PIPE, text=True).stdout)


def told(values, factor):
    values = [value * factor for value in values]
    return f'{statistics.median(values):.1f} ({min(values):.1f} to {max(values):.1f})'


def row(name, key, factor, unit, target, ours, theirs):
    ours, theirs = [run[key] for run in ours], [run[key] for run in theirs]
    if None in ours + theirs:
        return f'{name:16}{unit:>4}  not measured: there is no /proc'
    line = f'{name:16}{unit:>4}  {told(ours, factor):26}{told(theirs, factor):26}'
    if key == 'painted':
        return line.rstrip()
    ratio = statistics.median(ours) / statistics.median(theirs)
    line += f'{ratio:.2f}'
    if target is not None:
        line += f'   at most {target:.2f}: {"met" if ratio <= target else "missed"}'
    return line


def main():
    reason = ui.missing()
    if not reason and shutil.which(OTHER) is None:
        reason = f'not installed: {OTHER}'
    if reason:
        print(f'1..0 # SKIP {reason}')
        sys.exit(0)
    ui.inside_screen(animations=True)
    os.environ['G_DEBUG'] = ''
    pair = (sys.argv[3], OTHER)
    runs = {program: [] for program in pair}
    for number in range(RUNS + 1):
        for program in pair if number % 2 else reversed(pair):
            result = measure(program)
            if number > 0:
                runs[program].append(result)
    print(f'{RUNS} runs each, in turn: median (lowest to highest), drawn by GTK\'s renderer "{os.environ["GSK_RENDERER"]}"')
    print(f'{"":22}{"strongroom":26}{OTHER:26}ratio')
    for what in ROWS:
        print(row(*what, runs[pair[0]], runs[pair[1]]))


main()
