#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every language that po/LINGUAS names is complete, and says no less than the sources.

Not one of the checks of ./dev lint: a message is written before its
translations are, and this wants gettext's programs.
"""

import pathlib
import re
import subprocess
import tempfile

import tree

# As meson's i18n module has them for GLib.
KEYWORDS = ['_', 'N_', 'C_:1c,2', 'NC_:1c,2', 'g_dcgettext:2', 'g_dngettext:2,3', 'g_dpgettext2:2c,3']
FLAGS = ['N_:1:pass-c-format', 'C_:2:pass-c-format', 'NC_:2:pass-c-format', 'g_dngettext:2:pass-c-format',
         'g_strdup_printf:1:c-format', 'g_error_new:3:c-format', 'g_set_error:4:c-format', 'g_print:1:c-format']

# What is the same in both languages: names, units, and patterns without a word.
SAME = {
    'de': {
        'CA', 'CA: %s', 'CACHE', 'Code', 'ID', 'KIB', 'N', 'NAME', 'NTLM', 'Name', 'PORT', 'PROBLEM', 'SHA-256',
        'Strongroom', '  Code: %s %s', '%s in %s. %s', '%s, in %s', '%s/s', '%s: %s', '%s: %s. %s', '%s (%s)', '%H:%M',
        '%1$s, %2$s',
    },
}
QUOTES = {'de': '„“'}
ESCAPES = {'n': '\n', 't': '\t'}
# A button or a menu's item, not an identifier within a sentence.
MNEMONIC = re.compile(r'[^_%]{0,40}_\w[^_%]{0,40}')
PLACE = re.compile(r'#: .*:[0-9]+( |$)')


class Entry:
    """A message: its context, its words in the singular and plural, and their translations."""

    def __init__(self):
        self.context = self.plural = None
        self.words, self.translations, self.flags, self.places = '', [], set(), []

    @property
    def key(self):
        return self.context, self.words, self.plural

    def __str__(self):
        context = f' ({self.context})' if self.context else ''
        return '“' + self.words.replace('\n', '\\n') + '”' + context


def unquote(line):
    text = line[line.index('"') + 1:line.rindex('"')]
    return re.sub(r'\\(.)', lambda escape: ESCAPES.get(escape[1], escape[1]), text)


def add_line(entry, field, line):
    """Takes in a line of an entry; gives back which field a line below continues."""
    if line.startswith('"'):
        text = unquote(line)
    else:
        field, text = line.split(' ', 1)[0], unquote(line)
        if field.startswith('msgstr'):
            entry.translations.append('')
    if field.startswith('msgstr'):
        entry.translations[-1] += text
    else:
        name = {'msgctxt': 'context', 'msgid': 'words', 'msgid_plural': 'plural'}[field]
        setattr(entry, name, (getattr(entry, name) or '') + text)
    return field


def parse(text):
    """The entries of a catalogue but its head; obsolete ones are left out."""
    entries, entry, field = [], Entry(), ''
    for line in text.split('\n') + ['']:
        if not line:
            if entry.words:
                entries.append(entry)
            entry = Entry()
        elif line.startswith('#,'):
            entry.flags |= {flag.strip() for flag in line[2:].split(',')}
        elif line.startswith('#:'):
            entry.places += line[2:].split()
        elif not line.startswith('#'):
            field = add_line(entry, field, line)
    return entries


def extract(top):
    """What xgettext finds in the sources."""
    command = ['xgettext', '--from-code=UTF-8', '--files-from=po/POTFILES', '--output=-']
    command += [f'--keyword={word}' for word in KEYWORDS] + [f'--flag={flag}' for flag in FLAGS]
    done = subprocess.run(command, cwd=top, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return parse(done.stdout)


def check_entry(entry, language):
    """Faults of one translation, without the place."""
    if 'fuzzy' in entry.flags:
        yield f'fuzzy: {entry}'
    if not all(entry.translations):
        yield f'untranslated: {entry}'
        return
    same = entry.translations[0] == entry.words
    if same and entry.words not in SAME.get(language, ()):
        yield f'the same as in English: {entry}'
    for translation in entry.translations:
        if MNEMONIC.fullmatch(entry.words) and not MNEMONIC.fullmatch(translation):
            yield f'the mnemonic is lost: {entry}: {translation}'
        for mark in ('...', '"'):
            if mark in translation and mark not in entry.words:
                yield f'a {mark} that is not in English: {entry}: {translation}'
        opened, closed = (translation.count(quote) for quote in QUOTES.get(language, '“”'))
        if opened != closed:
            yield f'quotes that do not pair: {entry}: {translation}'


def check_catalogue(top, language, wanted):
    name = f'po/{language}.po'
    if not (top / name).exists():
        yield f'{name}: does not exist, and po/LINGUAS names it'
        return
    text = tree.read(top, name)
    with tempfile.NamedTemporaryFile() as binary:
        done = subprocess.run(['msgfmt', '-c', '-o', binary.name, name], cwd=top, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        yield done.stdout.strip()
    for number, line in enumerate(text.split('\n'), 1):
        if PLACE.match(line):
            yield f'{name}:{number}: a place in the sources, which every change of them changes (msgmerge --no-location)'
    entries = parse(text)
    for entry in entries:
        yield from (f'{name}: {fault}' for fault in check_entry(entry, language))
    there = {entry.key for entry in entries}
    for entry in wanted:
        if entry.key not in there:
            yield f'{name}: lacks {entry} of {" ".join(entry.places)}'


def check(top):
    top = pathlib.Path(top)
    wanted = extract(top)
    if not wanted:
        yield 'po/POTFILES: xgettext finds no message'
    languages = [line for line in tree.read(top, 'po/LINGUAS').split() if not line.startswith('#')]
    for path in sorted((top / 'po').glob('*.po')):
        if path.stem not in languages:
            yield f'po/LINGUAS: leaves out {path.name}'
    for language in languages:
        yield from check_catalogue(top, language, wanted)


if __name__ == '__main__':
    tree.run(check)
