# SPDX-License-Identifier: GPL-3.0-or-later
"""Plants faults in a copy of the tree, and sees each of them found, so that no
check passes because it looks at nothing."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

COPIED = ('README.md', 'po', 'src', 'ui')


def run(script, top):
    done = subprocess.run([sys.executable, '-B', script, top], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    return done.returncode, done.stdout


def plant(copy, name, text):
    """Adds text to a file of the copy; gives back how to undo it."""
    path = copy / name
    before = path.read_bytes() if path.exists() else None
    missing = [folder for folder in path.parents if not folder.exists()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((before or b'') + text.encode())

    def undo():
        if before is not None:
            path.write_bytes(before)
        else:
            path.unlink()
        for folder in missing:
            folder.rmdir()
    return undo


def find_faults(tap, top, faults):
    """faults: script, file to change or make, text to add, words of the fault that must be told."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for name in COPIED:
            (shutil.copytree if (top / name).is_dir() else shutil.copy)(top / name, copy / name)
        (copy / 'tests').mkdir()
        for script, name, text, words in faults:
            undo = plant(copy, name, text)
            status, told = run(script, copy)
            undo()
            found = [line for line in told.splitlines() if words in line and pathlib.Path(name).name in line]
            tap.case(status == 1 and found, f'{script.stem} finds: {name}: {words}', told)
