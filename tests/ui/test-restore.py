#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The restore wizard: the latest state after the database alone was destroyed, a point, a failure and the way back; and
what is asked for afterwards until a full backup has succeeded: after a kill, after a restart, on another machine.

The programs are on PATH.
"""

import glob
import hashlib
import json
import os
import shutil
import signal

import practice
import tap
import ui

CA = 'Practice CA'
DUE = 'The CA was restored: a full backup is due'

app = None


def picture(name):
    folder = os.environ.get('STRONGROOM_UI_PICTURES')
    if folder:
        app.picture(os.path.join(folder, name + '.png'))


# ---- The CA, from behind

def config():
    return practice.status()['config']


def rows():
    """What the CA holds: serial, disposition and revocation of every row."""
    return json.loads(practice.ctl('practice', 'inspect', '--json').stdout)['rows']


def database():
    folder = practice.status()['folder'] if practice.ctl('practice', 'status', '--json', check=False).returncode == 0 else state()
    return glob.glob(os.path.join(folder, 'drives', '**', '*.edb'), recursive=True)[0]


def state():
    return os.path.join(os.environ['XDG_STATE_HOME'], 'strongroom', 'practice')


def issue(number):
    practice.ctl('practice', 'issue', str(number))


def digest(path):
    with open(path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def replace(path, old, new):
    with open(path) as file:
        words = file.read()
    assert old in words, (path, old)
    with open(path, 'w') as file:
        file.write(words.replace(old, new))


def spoil(one):
    """Damages the last log of a set, whose manifest and sums say that it must be so."""
    path = sorted(glob.glob(os.path.join(one['path'], '**', '*.log'), recursive=True))[-1]
    manifest, sums = (os.path.join(one['path'], name) for name in ('manifest.json', 'SHA256SUMS'))
    before = digest(path), digest(manifest)
    with open(path, 'r+b') as file:
        file.seek(4200)      # in the first records
        file.write(b'damaged')
    replace(manifest, before[0], digest(path))
    replace(sums, before[0], digest(path))
    replace(sums, before[1], digest(manifest))


# ---- The window

def open_wizard():
    app.key('F5')
    app.press('Restore…')
    app.says('What to Restore')


def go_to_review():
    app.press('Next')
    app.find('Checks', 'label|heading')
    app.press('Next')
    app.find(f'Restore {CA}', 'button')


def radio(name):
    return app.find(name, 'radio button')


def checked(node):
    return node.get_state_set().contains(app.atspi.StateType.CHECKED)


# ---- Tests

def test_a_ca_without_sets_offers_no_restore():
    app.press('Try with a Practice CA')
    app.find('Back Up in Full', 'button')
    assert not app.look('Restore…', 'button')
    issue(5)
    practice.ctl('backup', config(), '--full')
    issue(3)
    practice.ctl('backup', config(), '--logs')
    issue(2)
    app.key('F5')
    app.find('Restore…', 'button')
    ui.audit(app)


def test_pages_are_gone_through_and_back_without_losing_what_was_chosen():
    open_wizard()
    app.says('they continue it, so nothing is lost')
    assert checked(radio('Latest Possible'))
    app.says('Nothing Is Lost')
    ui.audit(app)
    picture('what-latest')
    app.click(app.find('This Point', 'list item'))
    app.wait(lambda: checked(radio('This Point')), 'the point to be chosen')
    app.says('What Came Later Is Lost')
    app.says('Where to|On the host')
    go_to_review()
    app.says('What Came Later Is Lost')
    ui.audit(app)
    picture('review-point')
    app.key('alt+Left')
    app.says('Before Anything Changes')
    ui.audit(app)
    picture('checks')
    app.key('alt+Left')
    assert checked(radio('This Point'))
    app.key('Escape')
    app.find('Restore To', 'label')      # Esc does not take the wizard away
    app.press('Back')
    app.find('Restore…', 'button')


def test_latest_possible_after_the_database_alone_was_destroyed():
    before = rows()
    path = database()
    practice.ctl('practice', 'stop')
    with open(path, 'wb') as file:
        file.write(b'destroyed')
    practice.ctl('practice', 'start', check=False)
    open_wizard()
    app.says('they continue it, so nothing is lost')
    go_to_review()
    app.says('Nothing Is Lost')
    app.press(f'Restore {CA}')
    app.says('^Restored$')
    app.find('Back Up Now', 'button')
    app.says('Should the CA Stay Online')
    ui.audit(app)
    picture('restored-latest')
    assert rows() == before, (before, rows())
    tap.note(f'{len(before)} rows, all of them the same')


def due():
    app.says(DUE)
    app.find('Full backup due', 'label')
    app.says('Full. The CA was restored')


def test_the_prompt_stays_until_a_full_set_has_succeeded():
    global app
    app.press('Later')
    due()
    picture('due')
    refused = practice.ctl('backup', config(), '--logs', check=False)
    assert refused.returncode == 3, (refused.returncode, refused.stderr)
    app.press('Other Kinds of Backup')
    app.wait(lambda: (node := app.look('Logs Only', 'menu item')) and not app.sensitive(node), 'log-only to be greyed out')
    app.escape('Logs Only', 'menu item')
    app.process.send_signal(signal.SIGKILL)      # kill
    app.process.wait()
    app = ui.App()
    due()
    app.close()                                  # restart
    app = ui.App()
    due()
    app.close()                                  # another machine's home: the backup folder and the saved CA are all it has
    other = os.path.join(ui.home(), 'other')
    shutil.copytree(practice.repository(), os.path.join(other, 'data/strongroom/backups'), symlinks=True)
    shutil.copytree(os.path.join(os.environ['XDG_CONFIG_HOME'], 'strongroom'), os.path.join(other, 'config/strongroom'))
    app = ui.App(environment={'HOME': other, 'XDG_DATA_HOME': other + '/data', 'XDG_CONFIG_HOME': other + '/config',
                              'XDG_CACHE_HOME': other + '/cache'})
    due()
    app.close()
    app = ui.App()
    due()
    app.press('Back Up Now')
    app.says('Backup Complete')
    app.gone(DUE)
    app.says('Logs only. The next backup holds')
    app.hide_card()


def test_a_point_is_restored_row_by_row():
    point = rows()
    newest = practice.sets()[-1]
    assert newest['kind'] == 'full', newest
    issue(4)
    assert len(rows()) > len(point)
    open_wizard()
    app.click(app.find('This Point', 'list item'))
    app.wait(lambda: checked(radio('This Point')), 'the point to be chosen')
    app.says('What Came Later Is Lost')
    go_to_review()
    app.press(f'Restore {CA}')
    app.says('^Restored$')
    app.find('Make the Lists', 'list item')
    ui.audit(app)
    picture('restored-point')
    assert rows() == point, (point, rows())
    app.press('Back Up Now')
    app.says('Backup Complete')
    app.gone(DUE)
    app.hide_card()


def test_a_failure_is_put_back():
    """What the set holds cannot be recovered, although its manifest says that it is good: the service finds it when it starts."""
    issue(3)
    practice.ctl('backup', config(), '--logs')
    before = rows()
    spoil(practice.sets()[-1])
    open_wizard()
    app.click(app.find('This Point', 'list item'))
    app.wait(lambda: checked(radio('This Point')), 'the point to be chosen')
    go_to_review()
    app.press(f'Restore {CA}')
    app.says('^Restore Failed')
    ui.audit(app)
    picture('failed')
    app.click(app.find('Put Back', 'list item'))
    app.press('Put Back', root='alert|dialog')
    app.gone('What Can Be Done')
    app.find('Put Back', 'heading')
    picture('put-back')
    assert rows() == before, (before, rows())
    app.press('Close')
    app.gone('A restore of this CA was broken off')


def main():
    global app
    ui.begin()
    app = ui.App()
    tap.run([test_a_ca_without_sets_offers_no_restore, test_pages_are_gone_through_and_back_without_losing_what_was_chosen,
             test_latest_possible_after_the_database_alone_was_destroyed, test_the_prompt_stays_until_a_full_set_has_succeeded,
             test_a_point_is_restored_row_by_row, test_a_failure_is_put_back])


main()
