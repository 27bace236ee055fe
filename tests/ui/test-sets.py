#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CA with a thousand sets: its page, the page of all of them, and a set of many logs.

test-sets.py [--sanitized]: the programs are on PATH. Of a sanitized program, which is several times slower than what
users have, the times are told and held against nothing.
"""

import copy
import datetime
import json
import os
import shutil
import subprocess
import sys
import uuid

import stalls
import tap
import ui

SETS = 1000
LOGS = 400
FILE_ROWS = 250         # and one that tells how many more there are
ON_THE_PAGE = 10
# A list view makes rows for what is seen and some around it.
MOST_ROWS = 300
SANITIZED = '--sanitized' in sys.argv
SET = 'Full backup of .*'

app = None


def run(*arguments):
    return subprocess.run(['strongroomctl', *arguments], check=True, capture_output=True, text=True).stdout


def day(days_ago):
    return datetime.datetime.now().astimezone() - datetime.timedelta(days=days_ago)


def moment(days_ago):
    return day(days_ago).astimezone(datetime.timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000000Z')


def many_logs(manifest):
    """Lists more logs than the set has: nobody reads them here."""
    log = next(file for file in manifest['files'] if file['role'] == 'log')
    for generation in range(2, LOGS + 1):
        name = f'edb{generation:05x}.log'
        manifest['files'].append(dict(log, path=f'DataBase/{name}', generation=generation,
                                      serverName=log['serverName'].replace('edb00001.log', name)))


def make_sets():
    """One real set, and manifests like its own that tell of later ones."""
    run('practice', 'start')
    run('backup', json.loads(run('ca', 'list', '--json'))[0]['config'], '--full')
    path = json.loads(run('sets', '--json'))[0]['path']
    with open(os.path.join(path, 'manifest.json')) as file:
        real = json.load(file)
    for sequence in range(2, SETS + 1):
        manifest = copy.deepcopy(real)
        time = moment(SETS - sequence)
        manifest.update(id=str(uuid.uuid4()), sequence=sequence, times={'started': time, 'finished': time})
        if sequence == SETS:
            many_logs(manifest)
        folder = os.path.join(os.path.dirname(path), f'{time[:10].replace("-", "")}T000000Z-full')
        os.mkdir(folder)
        shutil.copy(os.path.join(path, 'session.json'), folder)
        with open(os.path.join(folder, 'manifest.json'), 'w') as file:
            json.dump(manifest, file)
    assert len(json.loads(run('sets', '--json'))) == SETS


def rows(beginning):
    return [node for node in app.walk(showing=False)
            if node.get_role_name() == 'list item' and (node.get_name() or '').startswith(beginning)]


def quiet(label):
    """What was done since the last mark has let the main loop wait for nothing."""
    _, found = stalls.mark(label, tap.note)
    waiting = stalls.of_the_program(found, busy=False)
    assert SANITIZED or not waiting, waiting


def show_all():
    app.press(f'Show All {SETS} Sets')
    app.gone(f'Show All {SETS} Sets', 'button')
    app.find(SET, 'list item')


def to_the_oldest():
    """With End, again and again while the list is still filled. The oldest is of today, and all others but the newest are not."""
    today = 'Full backup of ' + day(0).strftime('%-d %B %Y')

    def there():
        row = app.focused()
        return row is not None and (row.get_name() or '').startswith(today)
    app.key('Page_Down')
    app.wait(lambda: not there(), 'the newest set to be left')
    app.wait(lambda: app.key('End') or there(), 'the oldest set')


def test_page_of_the_ca_shows_the_newest():
    app.says('Backed up (just now|[0-9]+ minute)')
    app.find(f'Show All {SETS} Sets', 'button')
    shown = len(rows('Full backup of'))
    assert shown == ON_THE_PAGE, shown
    ui.audit(app)
    quiet('start')


def test_all_sets_are_on_a_page_that_scrolls():
    show_all()
    ui.audit(app)
    quiet('all-sets')
    app.tab_to(SET)
    for _ in range(20):
        app.key('Page_Down')
    to_the_oldest()
    made = len(rows('Full backup of'))
    assert made <= MOST_ROWS + ON_THE_PAGE, made
    quiet('scrolling')
    oldest = json.loads(run('sets', '--json'))[0]
    assert oldest['sequence'] == 1
    app.key('Return')
    app.says(oldest['set'])
    app.press('Back( to .*)?')
    app.find('Backup Sets', 'label|heading')
    app.press('Back( to .*)?')
    app.find(f'Show All {SETS} Sets', 'button')
    quiet('oldest')


def test_timeline_is_made_for_what_is_seen():
    show_all()
    quiet('before')
    app.press('Timeline', 'page tab')
    app.find('Timeline of backups, oldest first', 'list')
    app.tab_to(SET)
    app.key('Home', 'End')
    made = len(rows('Full backup of'))
    assert made <= 2 * MOST_ROWS + ON_THE_PAGE, made
    app.press('Back( to .*)?')
    app.find(f'Show All {SETS} Sets', 'button')
    quiet('timeline')


def test_set_of_many_logs_fills_its_page_piece_by_piece():
    show_all()
    app.tab_to(SET)
    app.key('Home', 'Return')
    app.find('Verify', 'button')
    more = LOGS + 3 - FILE_ROWS
    app.wait(lambda: any((node.get_name() or '') == f'{more} more files' for node in app.walk(showing=False)), 'the last row')
    quiet('set')
    assert len(rows('DataBase/')) == FILE_ROWS - 1, len(rows('DataBase/'))


def main():
    global app
    ui.begin()
    stalls.prepare()
    make_sets()
    app = ui.App()
    tap.run([test_page_of_the_ca_shows_the_newest, test_all_sets_are_on_a_page_that_scrolls,
             test_timeline_is_made_for_what_is_seen, test_set_of_many_logs_fills_its_page_piece_by_piece])


main()
