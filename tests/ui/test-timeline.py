#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The history of a CA that was restored: its sets by lineage and chain, and the timeline; by keyboard, and of a thousand sets.

The programs are on PATH.
"""

import copy
import datetime
import json
import os
import re
import shutil
import uuid

import practice
import tap
import ui

SETS = 1000
LOGS_A_CHAIN = 9
# A list view makes widgets for what is seen and some around it.
MOST_MARKS = 300
# Who restored, nobody has told; a generation that came back with other contents tells that somebody has.
FOREIGN = 'Before the CA Came Back With Other Logs'
RESTORED = 'Before the Restore'     # of a day

app = None


# ---- What the window shows

def shown(page=None):
    """Headings of lineages and sets, as they follow each other: (words, description)."""
    return [(node.get_name(), node.get_description()) for node in app.walk(page)
            if node.get_role_name() == 'heading' and is_section(node) or node.get_role_name() == 'list item' and is_item(node)]


def is_section(node):
    return re.match('Current Sets$|Earlier Sets$|Before ', node.get_name() or '') is not None


def is_item(node):
    return re.match('Full backup of|Log-only backup of|Failed|Cancelled|Restore$|Break', node.get_name() or '') is not None


def kinds(found):
    """What is shown, a word each."""
    return [re.sub(' of [0-9].*', '', words) for words, _ in found]


def wait_for(wanted):
    """Waits until just this is shown, in this order; the descriptions of all."""
    def look():
        found = shown()
        if len(found) != len(wanted) or not all(re.fullmatch(pattern, kind) for pattern, kind in zip(wanted, kinds(found))):
            return None
        return [description for _, description in found]
    try:
        return app.wait(look, f'{wanted}')
    except ui.Gone:
        raise AssertionError(f'{kinds(shown())} is shown, not {wanted}') from None


def focused():
    for node in app.walk():
        if node.get_state_set().contains(app.atspi.StateType.FOCUSED) and node.get_role_name() not in ('frame', 'window'):
            return node
    return None


def focus_is(pattern, position=None):
    """Waits until an item of that name has the keyboard; position counts the items that are shown, 1 for the first."""
    def look():
        node = focused()
        if node is None or re.match(pattern, node.get_name() or '') is None:
            return False
        return position is None or position == [item == node for item in app.walk() if item.get_role_name() == 'list item'
                                                and is_item(item)].index(True) + 1
    app.wait(look, f'“{pattern}” to have the keyboard' + (f', the item {position}' if position else ''))


def tab_to(pattern):
    """Tab, as often as it takes until what is called so has the keyboard."""
    def there():
        node = focused()
        return node is not None and re.match(pattern, node.get_name() or '') is not None
    app.wait(lambda: there() or app.key('Tab'), f'“{pattern}” to have the keyboard')


def open_history():
    app.press('Show Chains and Timeline')
    app.find('Timeline', 'page tab')


def open_timeline():
    app.press('Timeline', 'page tab')
    app.find('Timeline of backups, oldest first', 'list')


def back_to_the_ca():
    app.key('alt+Left')
    app.find('Show Chains and Timeline', 'button')


def set_page_is(name):
    """Waits for the page of the set whose folder has that name, and goes back."""
    app.find('Verify', 'button')
    app.says(re.escape(name) + '$')
    app.key('alt+Left')
    app.gone('Verify', 'button')


def refresh():
    app.key('F5')


# ---- Two lineages

def test_page_of_the_ca_tells_the_lineages():
    wait_for(['Current Sets', 'Full backup', FOREIGN, 'Log-only backup', 'Log-only backup', 'Full backup'])
    ui.audit(app)


def test_list_tells_lineages_and_chains():
    open_history()
    told = wait_for(['Current Sets', 'Full backup', FOREIGN, 'Full backup', 'Log-only backup', 'Log-only backup'])
    assert all(re.search(r'\d\s[kMG]B, logs truncated; log generations? \d', words) for words in told if words), told
    assert told[1].endswith('. Current Sets'), told[1]
    assert all(words.endswith('. ' + FOREIGN) for words in told[3:]), told[3:]
    app.says('another tool restored it, or it has a new database')
    app.says('can be restored as a whole, but are never mixed with newer ones')
    ui.audit(app)


def test_set_is_opened_from_the_list_by_keyboard():
    oldest = practice.sets()[0]['set']
    tab_to('Full backup of')
    app.key('Home')
    focus_is('Full backup of', 1)
    app.key('Down')
    focus_is('Full backup of', 2)
    app.key('Return')
    set_page_is(oldest)
    app.find('Timeline', 'page tab')
    app.wait(lambda: (focus_is('Full backup of', 2), True)[1], 'the keyboard where it was')
    app.key('Down', 'Return')
    set_page_is(practice.sets()[1]['set'])


def test_timeline_tells_what_was():
    open_timeline()
    told = wait_for(['Full backup', 'Log-only backup', 'Log-only backup', 'Break in the CA’s logs', 'Full backup'])
    assert all(words.endswith('. ' + FOREIGN) for words in told[:3]), told
    assert 'another tool restored it' in told[3] and 'never mixed' in told[3], told[3]
    assert told[4].endswith('. Current Sets'), told[4]
    app.says('Full backup: the larger, the taller')
    ui.audit(app)


def test_set_is_opened_from_the_timeline_by_keyboard():
    tab_to('Full backup of|Log-only backup of')
    app.key('End')
    focus_is('Full backup of', 5)
    app.key('Left')
    focus_is('Break in the CA’s logs', 4)
    # What the chosen one is stands below, too.
    app.find('Break in the CA’s logs', 'label')
    app.key('Return')
    app.key('Left')
    focus_is('Log-only backup of', 3)
    app.key('Home')
    focus_is('Full backup of', 1)
    app.key('Right')
    focus_is('Log-only backup of', 2)
    app.key('Return')
    set_page_is(practice.sets()[1]['set'])
    focus_is('Log-only backup of', 2)
    back_to_the_ca()


# ---- What comes while the window is open

def test_failed_backup_is_on_the_timeline():
    practice.ctl('practice', 'stop')
    app.key('ctrl+b')
    app.says('Backup Failed')
    practice.ctl('practice', 'start')
    open_history()
    open_timeline()
    wait_for(['Full backup', 'Log-only backup', 'Log-only backup', 'Break in the CA’s logs', 'Full backup', 'Failed backup'])
    ui.audit(app)


def test_note_of_a_restore_is_told_at_once():
    practice.note_restore(practice.sets()[-1]['sequence'] - 1)     # ahead of the newest set
    refresh()
    told = wait_for(['Full backup', 'Log-only backup', 'Log-only backup', 'Restore', 'Full backup', 'Failed backup'])
    assert re.match('The CA was restored on [0-9]+ ', told[3]), told[3]
    app.press('Sets', 'page tab')
    wait_for(['Current Sets', 'Full backup', RESTORED, 'Full backup', 'Log-only backup', 'Log-only backup'])
    app.find('Before the Restore of [0-9]+ [A-Z][a-z]+', 'heading')
    app.says('The CA was restored on [0-9].* never mixed with newer ones')
    back_to_the_ca()
    app.hide_card()


def test_lost_and_broken_sets_are_told():
    first, second = practice.sets()[1:3]
    shutil.rmtree(first['path'])
    hole(practice.sets()[-1]['path'])
    refresh()
    open_history()
    # Newest first: what continues nothing stands by itself.
    told = wait_for(['Current Sets', 'Full backup', 'Full backup', RESTORED, 'Log-only backup', 'Full backup'])
    assert 'Logs in the middle of it are missing: nothing can be restored from it.' in told[1], told
    assert 'missing' not in told[2], told
    assert 'It continues no full set here' in told[4], told
    app.find('It continues no full set here.*', 'label')
    ui.audit(app)
    tab_to('Full backup of')
    app.key('Home', 'Down', 'Down', 'Return')
    set_page_is(second['set'])


def test_wide_and_narrow():
    for width in (360, 1000):
        app.resize(width, 700)
        for view in ('Timeline', 'Sets'):
            app.press(view, 'page tab')
            app.find('Full backup of .*', 'list item')
            ui.audit(app)
    back_to_the_ca()


# ---- Sets that were never made

def write_set(path, real, **changes):
    manifest = dict(copy.deepcopy(real), id=str(uuid.uuid4()), **changes)
    os.mkdir(path)
    with open(os.path.join(path, 'session.json'), 'w') as file:
        json.dump(session, file)
    with open(os.path.join(path, 'manifest.json.part'), 'w') as file:
        json.dump(manifest, file)
    os.rename(os.path.join(path, 'manifest.json.part'), os.path.join(path, 'manifest.json'))


def read_set(path):
    global session
    with open(os.path.join(path, 'session.json')) as file:
        session = json.load(file)
    with open(os.path.join(path, 'manifest.json')) as file:
        return json.load(file)


def log(real, generation):
    """A log that continues those before it, by what a manifest says."""
    one = next(file for file in real['files'] if file['role'] == 'log')
    name = f'edb{generation:05x}.log'
    return dict(one, path=f'DataBase/{name}', generation=generation, serverName=re.sub('edb[0-9a-f]{5}.log', name, one['serverName']),
                sha256=f'{generation:064x}', created=stamp(generation), previousCreated=stamp(generation - 1))


def stamp(generation):
    start = datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc)
    return (start + datetime.timedelta(hours=generation)).strftime('%Y-%m-%dT%H:%M:%S.000000Z')


def hole(path):
    """A newer set like that one, which lacks a log between two."""
    real = read_set(path)
    last = max(file.get('generation', 0) for file in real['files'])
    files = [file for file in real['files'] if file['role'] != 'log'] + [log(real, last + 10), log(real, last + 12)]
    write_set(path + '-9', real, sequence=real['sequence'] + 1, files=files)


def make_many():
    """A thousand manifests: chains of a full set and nine of logs."""
    real = read_set(practice.sets()[-1]['path'])
    folder = os.path.dirname(practice.sets()[-1]['path'])
    for old in practice.sets():
        shutil.rmtree(old['path'])
    for event in [name for name in os.listdir(folder) if name.startswith('event-')]:
        os.unlink(os.path.join(folder, event))
    rest = [file for file in real['files'] if file['role'] != 'log']
    for sequence in range(1, SETS + 1):
        full = sequence % (LOGS_A_CHAIN + 1) == 1
        files = (rest if full else []) + [log(real, sequence)]
        write_set(os.path.join(folder, f'set-{sequence:04d}'), real, sequence=sequence, kind='full' if full else 'log', files=files,
                  times=dict(real['times'], started=stamp(sequence), finished=stamp(sequence)))
    found = practice.sets()
    assert len(found) == SETS, len(found)
    assert len({(one['lineage'], one['chain']) for one in found}) == SETS / (LOGS_A_CHAIN + 1), found[:12]


def marks():
    return [node for node in app.walk(showing=False) if node.get_role_name() == 'list item' and is_item(node)]


def test_timeline_of_a_thousand_sets():
    make_many()
    refresh()
    app.press(f'Show All {SETS} Sets')
    app.find('Timeline', 'page tab')
    app.find('Full backup of .*', 'list item')
    open_timeline()
    tab_to('Full backup of|Log-only backup of')
    last, first = (re.escape(f'{words} backup of ') for words in ('Log-only', 'Full'))
    app.key('End')
    focus_is(last)
    app.key('Home')
    focus_is(first)
    assert len(marks()) <= MOST_MARKS, len(marks())
    found = ui.nameless(app)
    assert not found, '\n'.join(found)
    app.key('Return')
    set_page_is('set-0001')
    app.key('End', 'Return')
    set_page_is(f'set-{SETS:04d}')


def main():
    global app
    ui.begin()
    practice.ctl('practice', 'start')
    config = json.loads(practice.ctl('ca', 'list', '--json').stdout)[0]['config']
    for kind in ('--full', '--logs', '--logs'):
        practice.ctl('backup', config, kind)
        practice.ctl('practice', 'issue', '3')
    practice.restore(practice.sets()[1]['set'])
    practice.ctl('practice', 'issue', '3')
    practice.ctl('backup', config, '--full')
    app = ui.App()
    tap.run([test_page_of_the_ca_tells_the_lineages, test_list_tells_lineages_and_chains,
             test_set_is_opened_from_the_list_by_keyboard, test_timeline_tells_what_was,
             test_set_is_opened_from_the_timeline_by_keyboard, test_failed_backup_is_on_the_timeline,
             test_note_of_a_restore_is_told_at_once, test_lost_and_broken_sets_are_told,
             test_wide_and_narrow, test_timeline_of_a_thousand_sets])


main()
