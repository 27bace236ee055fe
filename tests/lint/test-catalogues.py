#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every language is complete; and what is missing would be found."""

import pathlib
import shutil
import sys

import planting
from tap import Tap

HERE = pathlib.Path(__file__).resolve().parent
CHECK = HERE / 'catalogues.py'


def entry(words, *translations, before=''):
    """An entry of a catalogue; with two translations it has a plural."""
    lines = [f'\n{before}msgid "{words}"']
    if len(translations) == 1:
        lines.append(f'msgstr "{translations[0]}"')
    else:
        lines.append(f'msgid_plural "{words}s"')
        lines += [f'msgstr[{i}] "{translation}"' for i, translation in enumerate(translations)]
    return '\n'.join(lines) + '\n'


# File to change, text to add, words of the fault that must be told.
FAULTS = [
    ('src/base/sr-file.c', 'static const char *planted = N_("Planted words");\n', 'lacks “Planted words” of'),
    ('src/base/sr-file.c', 'static const char *planted = NC_("new", "Closing “%s”");\n', 'lacks “Closing “%s”” (new) of'),
    ('src/base/sr-file.c', 'static const char *planted = g_dngettext (NULL, "One planted", "%u planted", n);\n',
     'lacks “One planted” of'),
    ('ui/window.blp', 'Label {\n  label: _("Planted words");\n}\n', 'lacks “Planted words” of'),
    ('po/de.po', entry('Planted', ''), 'untranslated: “Planted”'),
    ('po/de.po', entry('Planted', 'Gepflanzt', ''), 'untranslated: “Planted”'),
    ('po/de.po', entry('Planted', 'Gepflanzt', before='#, fuzzy\n'), 'fuzzy: “Planted”'),
    ('po/de.po', entry('Planted words', 'Planted words'), 'the same as in English: “Planted words”'),
    ('po/de.po', entry('Planted %s', 'Gepflanzt %d', before='#, c-format\n'), 'not the same'),
    ('po/de.po', entry('Planted', 'Gepflanzt', before='#: src/base/sr-file.c:12\n'), 'a place in the sources'),
    ('po/de.po', entry('_Planted', 'Gepflanzt'), 'the mnemonic is lost'),
    ('po/de.po', entry('“Planted”', '“Gepflanzt”'), 'quotes that do not pair'),
    ('po/de.po', entry('Planted…', 'Gepflanzt...'), 'a ... that is not in English'),
    ('po/de.po', 'msgid "Unfinished\n', 'de.po'),
    ('po/LINGUAS', 'fr\n', 'po/LINGUAS names it'),
    ('po/fr.po', '', 'leaves out fr.po'),
]


def main():
    top = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE.parents[1]
    missing = [program for program in ('xgettext', 'msgfmt') if not shutil.which(program)]
    if missing:
        print(f'1..0 # SKIP there is no {" and no ".join(missing)}')
        return
    tap = Tap(1 + len(FAULTS))
    status, told = planting.run(CHECK, top)
    tap.case(status == 0 and not told, 'every catalogue is complete', told)
    planting.find_faults(tap, top, [(CHECK, *fault) for fault in FAULTS])
    tap.finish()


if __name__ == '__main__':
    main()
