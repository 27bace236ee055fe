#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every check on the source tree, then plants faults in a copy and sees
each of them found, so that no check passes because it looks at nothing."""

import pathlib
import sys

import planting
from tap import Tap

HERE = pathlib.Path(__file__).resolve().parent
CHECKS = sorted(HERE.glob('check-*.py'))

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
    ('check-translations', 'src/base/sr-planted.c', 'g_print (_("%" G_GUINT64_FORMAT " bytes"), n);\n', 'cuts the message'),
    ('check-translations', 'src/base/sr-planted.c', 'g_set_error (e, SR_ERROR, 1, "“%s” is planted", path);\n',
     'without gettext'),
    ('check-translations', 'src/app/sr-planted.c', 'adw_toast_new ("Planted words");\n', 'without gettext'),
    ('check-translations', 'ui/window.blp', 'Label {\n  label: "Planted";\n}\n', 'without gettext'),
    ('check-scripts', 'tests/planted', '#!/bin/sh\nif true; then\n', 'planted'),
    ('check-scripts', 'tests/planted.py', 'def f(:\n', 'planted.py:1'),
]


def main():
    top = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1]
    tap = Tap(len(CHECKS) + len(FAULTS))
    for check in CHECKS:
        status, told = planting.run(check, top)
        tap.case(status == 0 and not told, f'{check.stem} on the tree', told)
    planting.find_faults(tap, top, [(HERE / f'{check}.py', *fault) for check, *fault in FAULTS])
    tap.finish()


if __name__ == '__main__':
    main()
