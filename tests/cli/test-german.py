#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""strongroomctl speaks German to people, and the same as ever to programs.

test-german.py STRONGROOMCTL PRACTICE-CA, both with the translations of this
build. glibc translates nothing in C.UTF-8, whatever LANGUAGE says, so a locale
is made by localedef.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from tap import Tap

# English words that no German text of this program has.
ENGLISH = re.compile(r'\b(the|and|with|which|not|there|of|that|from|its)\b')


class German:
    def __init__(self, program, practice, home):
        self.program, self.practice, self.home = program, practice, home
        self.tap = Tap(15)
        self.environment = {name: value for name, value in os.environ.items()
                            if not name.startswith(('LC_', 'LANG', 'XDG_'))}
        self.environment |= {'HOME': home, 'LOCPATH': os.path.join(home, 'locales'), 'TZ': 'UTC',
                             # setlocale() with LOCPATH leaks 56 bytes in glibc
                             'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0',
                             'DBUS_SESSION_BUS_ADDRESS': 'disabled:',
                             'PATH': os.path.join(home, 'programs') + ':' + os.environ['PATH']}

    def run(self, *arguments, language='de_DE.UTF-8', program=None):
        return subprocess.run([program or self.program, *arguments], env=self.environment | {'LC_ALL': language},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)

    def says(self, name, done, status, *patterns):
        """The status, all the patterns, and no English."""
        told = done.stdout + done.stderr
        missing = [pattern for pattern in patterns if not re.search(pattern, told, re.MULTILINE)]
        english = sorted({match[0] for match in ENGLISH.finditer(told)})
        self.tap.case(done.returncode == status and not missing and not english, name,
                      f'status {done.returncode}, not there: {missing}, English: {english}\n{told}')

    def help(self):
        self.says('the overview is in German', self.run('--help'), 0, r'^Aufruf: strongroomctl VERB',
                  r'^Verben:', r'show SATZ +Zeigen, was in einem Sicherungssatz ist')
        verbs = re.findall(r'^  ([a-z]+(?: (?:add|check|list|remove|start|status|stop|inspect|issue|revoke|create|use))?)\b',
                           self.run('--help', language='C').stdout, re.MULTILINE)
        english = []
        for verb in verbs:
            told = self.run(*verb.split(), '--help').stdout
            if not told.startswith('Aufruf: ') or 'Optionen:' not in told or ENGLISH.search(told):
                english.append(f'{verb}: {told}')
        self.tap.case(len(verbs) >= 16 and not english, f'the help of every verb is in German ({len(verbs)})',
                      '\n'.join(english) or f'verbs: {verbs}')
        self.says('the practice CA’s help is in German', self.run('--help', program=self.practice), 0,
                  r'Die Version zeigen', r'--role=BENUTZER=ROLLE', r'Eine Zertifizierungsstelle zum Üben')

    def misuse(self):
        self.says('a wrong command line', self.run('verbessern'), 2, r'Ein Verb „verbessern“ gibt es nicht',
                  r'Versuchen Sie „strongroomctl --help“\.')
        self.says('an error tells step and advice', self.run('backup', 'Nirgends CA', '--full'), 1,
                  r'^Fehler: Keine CA der Liste heißt „Nirgends CA“', r'^  Schritt: Suchen der CA')
        here, there = self.run('practice', 'issue', 'x'), self.run('practice', 'issue', 'x', language='C')
        self.tap.case(here.returncode == there.returncode == 2 and here.stderr != there.stderr
                      and 'is not a number' in there.stderr, 'the same in the locale C is in English', there.stderr)

    def backup(self):
        self.says('a practice CA starts', self.run('practice', 'start'), 0,
                  r'Die Übungs-CA .* läuft auf 127\.0\.0\.1, Port \d+')
        self.says('it issues', self.run('practice', 'issue', '3'), 0, r'3 Zertifikate ausgestellt, ab Anforderungs-ID \d+')
        self.says('what it issued', self.run('practice', 'inspect'), 0, r'^ID +ZUSTAND +SERIENNUMMER +ANTRAGSTELLER',
                  r'^1 +der CA selbst', r'^\d+ +ausgestellt', r'^Sicherungen vorbereitet: 0, beendet: 0')
        self.says('a backup', self.run('backup', 'Practice CA', '--full'), 0, r'Datenbanken: 1, Protokolle: \d+, \d+,\d\sMB',
                  r'Der Satz wurde geprüft, die Protokolle der CA wurden gekürzt, und die Sitzung wurde beendet\.')
        self.says('the list of sets', self.run('sets'), 0, r'^SATZ +CA +BEGONNEN +GRÖSSE +PROTOKOLLE',
                  r'\d\d\.\d\d\.\d{4} \d\d:\d\d:\d\d +\d+,\d\sMB +gekürzt')
        name = json.loads(self.run('sets', '--json').stdout)[0]['set']
        self.says('a set', self.run('show', name), 0, r'^Art: voll', r'^Entstanden: \d\d\.\d\d\.\d{4}',
                  r'^Protokolle gekürzt: ja', r'^Größe: \d+,\d\sMB \([\d.]+\sBytes\)|^Größe: \d+,\d\sMB')
        self.says('verifying it', self.run('verify', name), 0, r'ist gut: \d+ Dateien sind so, wie das Manifest sagt\.')
        calls = [('sets', '--json'), ('show', name, '--json'), ('ca', 'list', '--json'), ('sets', 'Nirgends CA', '--json'),
                 ('verify', 'nichts', '--json'), ('verbessern', '--json'), ('sessions', '--json'),
                 ('practice', 'revoke', '4711', '--json')]
        other = []
        for call in calls:
            here, there = self.run(*call), self.run(*call, language='C.UTF-8')
            if (here.returncode, here.stdout, here.stderr) != (there.returncode, there.stdout, there.stderr):
                other.append(f'{call}: {here.stdout}{here.stderr} and not {there.stdout}{there.stderr}')
        self.says('a practice CA that speaks German', self.run('practice', 'revoke', '4711'), 1, r'^Fehler: Die Übungs-CA (meldet|sagt): ')
        self.tap.case(not other, 'with --json every byte is the same as in English', '\n'.join(other))
        self.run('practice', 'stop')


def main():
    program, practice = sys.argv[1:]
    home = tempfile.mkdtemp(prefix='strongroom-german-')
    try:
        folder = os.path.join(home, 'locales')
        os.makedirs(folder)
        # As installed: the practice CA has translations of its own.
        programs = os.path.join(home, 'programs')
        os.makedirs(programs)
        os.symlink(os.path.abspath(practice), os.path.join(programs, 'strongroom-practice-ca'))
        made = shutil.which('localedef') and subprocess.run(
            ['localedef', '-i', 'de_DE', '-f', 'UTF-8', os.path.join(folder, 'de_DE.UTF-8')],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
        if not made:
            print('1..0 # SKIP localedef makes no German locale here')
            return
        german = German(program, practice, home)
        german.help()
        german.misuse()
        german.backup()
        german.tap.finish()
    finally:
        shutil.rmtree(home)


if __name__ == '__main__':
    main()
