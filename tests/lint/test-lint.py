#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every check on the source tree, then plants faults in a copy and sees
each of them found, so that no check passes because it looks at nothing."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from tap import Tap

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = sorted(path.stem for path in HERE.glob('check-*.py'))

# Check, file to change or make, text to add, words of the fault that must be told.
FAULTS = [
    ('check-layers', 'src/base/sr-planted.c', '#include "rpc/sr-ndr.h"\n', 'base may not use rpc'),
    ('check-layers', 'src/store/sr-planted.c', '#include "session/sr-planted.h"\n', 'store may not use session'),
    ('check-layers', 'src/practice/sr-planted.c', '#include "worker/sr-planted.h"\n', 'practice may not use worker'),
    ('check-layers', 'src/practice/sr-planted.c', '# include "host/sr-planted.h"\n', 'practice may not use host ('),
    ('check-layers', 'src/host/tables/sr-planted.h', '#include "csra/sr-planted.h"\n',
     'host/tables may not use csra'),
    ('check-layers', 'src/cli/sr-planted.c', '#include "practice/sr-planted.h"\n', 'cli may not use practice'),
    ('check-layers', 'src/practice/sr-planted.c', '#include "csra/sr-cert-admin.h"\n', 'not its client'),
    ('check-layers', 'src/base/sr-planted.c', '#include "nowhere/sr-planted.h"\n', 'in no room'),
    ('check-layers', 'src/nowhere/sr-planted.c', '\n', 'not on the layer map'),
    ('check-layers', 'src/cli/sr-planted.c', '#include <gtk/gtk.h>\n', 'belongs to app alone'),
    ('check-layers', 'src/session/sr-planted.h', '#include <adwaita.h>\n', 'belongs to app alone'),
    ('check-layers', 'src/ese/sr-planted.c', '#include <sys/socket.h>\n', 'nothing to do with the network'),
    ('check-layers', 'src/store/sr-planted.c', 'static GSocket *socket;\n', 'nothing to do with the network'),
    ('check-layers', 'src/store/meson.build', 'dependencies: [sr_session_dep]\n', 'may not link session'),
    ('check-source', 'src/base/sr-planted.c', '\tint a;\n', 'a tab'),
    ('check-source', 'src/base/sr-planted.c', 'int a; \n', 'blanks at the end'),
    ('check-source', 'src/base/sr-planted.c', 'int a;', 'no newline at the end'),
    ('check-source', 'src/base/sr-planted.c', 'int a;\n', 'no SPDX-License-Identifier'),
    ('check-source', 'src/base/sr-planted.c', 'int a;\n' * 801, '801 lines'),
    ('check-source', 'src/base/sr-planted.c', '/* TO' 'DO: all of it */\n', 'finish it'),
    ('check-source', 'src/base/sr-planted.c', '#define A "/ho' 'me/somebody"\n', 'path of one machine'),
    ('check-source', 'src/base/sr-planted.h', 'void sr_planted (void);\n', 'no documentation'),
    ('check-source', 'src/base/sr-planted.h', '/**\n * sr_planted:\n */\nvoid sr_planted (int a);\n',
     'leaves out @a'),
    ('check-source', 'src/base/sr-planted.h', '/**\n * sr_planted:\n */\nint sr_planted (void);\n',
     'does not say what it returns'),
    ('check-translations', 'src/base/sr-planted.c', 'g_print (_("Words"));\n', 'is not listed'),
    ('check-translations', 'po/POTFILES', 'src/base/sr-gone.c\n', 'does not exist'),
    ('check-translations', 'po/POTFILES', 'src/base/sr-guid.c\n', 'has no words'),
    ('check-scripts', 'tests/planted', '#!/bin/sh\nif true; then\n', 'planted'),
    ('check-scripts', 'tests/planted.py', 'def f(:\n', 'planted.py:1'),
]


def run(check, top):
    done = subprocess.run([sys.executable, '-B', HERE / f'{check}.py', top], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def copy_tree(top, copy):
    """What the planted faults need to be found in."""
    for name in ('README.md', 'po', 'src'):
        source = top / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, copy / name)
    (copy / 'tests').mkdir()


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


def main():
    top = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1]
    tap = Tap(len(CHECKS) + len(FAULTS))
    for check in CHECKS:
        status, told = run(check, top)
        tap.case(status == 0 and not told, f'{check} on the tree', told)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        copy_tree(top, copy)
        for check, name, text, words in FAULTS:
            undo = plant(copy, name, text)
            status, told = run(check, copy)
            undo()
            found = [line for line in told.splitlines() if words in line and pathlib.Path(name).name in line]
            tap.case(status == 1 and found, f'{check} finds: {name}: {words}', told)
    tap.finish()


if __name__ == '__main__':
    main()
