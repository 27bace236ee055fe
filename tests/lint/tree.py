# SPDX-License-Identifier: GPL-3.0-or-later
"""What the checks share: the files of the source tree, and telling of faults."""

import os
import pathlib
import sys

# Folders that hold nothing written by hand. Names beginning with "_" are builds.
SKIPPED_FOLDERS = {'.git', '.cache', '.flatpak-builder', '__pycache__', 'build', 'screenshots'}


def files(top):
    """All files of the tree, as paths relative to its top, in a stable order."""
    top = pathlib.Path(top)
    found = []
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if f not in SKIPPED_FOLDERS and not f.startswith('_')]
        found += [pathlib.Path(folder, name).relative_to(top) for name in names]
    return sorted(f for f in found if (top / f).is_file())


def read(top, path):
    return pathlib.Path(top, path).read_text(encoding='utf-8')


def is_shell(top, path):
    """Whether a file is a shell script, by its first line."""
    with open(pathlib.Path(top, path), 'rb') as script:
        line = script.readline(80)
    return line.startswith(b'#!') and line.split()[-1].rsplit(b'/')[-1] in (b'sh', b'bash')


def run(check):
    """Runs a check, a generator of faults, on the tree that the command line names."""
    top = sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]
    faults = list(check(pathlib.Path(top)))
    for fault in faults:
        print(fault)
    sys.exit(1 if faults else 0)
