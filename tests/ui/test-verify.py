#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A set is verified by a job that the window's going does not end, and that quitting asks about.

It waits for its turn behind a backup of the same CA, whose server stands still.

The programs are on PATH.
"""

import json
import os
import subprocess

import practice
import tap
import ui

SIZE = 1000, 1400       # the whole page is in sight
DATABASE = 64 << 20
BUTTON = 'button|push button'

app = notified = stopped = None


def picture(name):
    folder = os.environ.get('STRONGROOM_UI_PICTURES')
    if folder:
        app.picture(os.path.join(folder, name + '.png'))


def notification():
    note = json.loads(notified.stdout.readline())
    tap.note(note)
    return note


def open_oldest_set():
    def rows():
        return [node for node in app.walk() if node.get_role_name() == 'list item' and (node.get_name() or '').startswith('Full backup of')]
    app.click(app.wait(rows, 'a set in the list')[-1])
    app.find('Delete…', BUTTON)


def verifying():
    app.find('Stop Verifying', BUTTON)
    app.says('Waiting for its turn')


def test_a_set_waits_for_its_turn_to_be_verified():
    global stopped
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    practice.ask(do='pad', size=DATABASE)
    app.back_up_in_full()
    app.says('Backup Complete')
    app.hide_card()
    app.back_up_in_full()
    stopped = practice.stop_in_the_middle(DATABASE)
    open_oldest_set()
    app.press('Verify')
    verifying()
    ui.audit(app)


def test_another_page_of_the_same_set_shows_it():
    app.press('Back( to .*)?')
    app.gone('Delete…', BUTTON)
    open_oldest_set()
    verifying()
    assert not app.look('Verify', BUTTON)


def test_the_window_closed_and_opened_again_shows_it():
    app.key('ctrl+w')
    practice.wait_for(lambda: not app.windows(), 'the window to go')
    subprocess.run(['strongroom'], check=True, timeout=ui.WAIT)     # a second start shows the window again
    app.reattach()
    app.resize(*SIZE)
    open_oldest_set()
    verifying()
    picture('verify-waiting')


def test_quitting_asks_about_it():
    app.key('ctrl+q')
    app.says('1 backup is running')
    app.says('1 backup set is being verified. That will be stopped')
    picture('verify-quit')
    ui.audit(app)
    app.press('Keep Running')
    app.gone('Keep Running', BUTTON)
    verifying()


def test_it_can_be_stopped_and_begun_again():
    app.press('Stop Verifying')
    app.says('Stopped before the end')
    app.press('Verify')
    verifying()


def test_its_end_without_a_window_is_a_notification():
    app.key('ctrl+w')
    practice.wait_for(lambda: not app.windows(), 'the window to go')
    with stopped:
        pass
    note = notification()
    assert note['title'] == 'Practice CA is backed up', note
    note = notification()
    assert note['title'] == 'A backup set of Practice CA is verified', note
    assert note['body'].startswith('Full backup of '), note
    assert app.process.wait(ui.WAIT) == 0       # nothing is left to be done


def test_damage_without_a_window_is_told_and_found_again():
    global app, stopped
    app = ui.App()
    app.resize(*SIZE)
    app.back_up_in_full()
    stopped = practice.stop_in_the_middle(DATABASE)
    open_oldest_set()
    app.press('Verify')
    verifying()
    app.key('ctrl+w')
    practice.wait_for(lambda: not app.windows(), 'the window to go')
    oldest = min(found['path'] for found in practice.sets())
    database, = (os.path.join(oldest, 'DataBase', name) for name in os.listdir(os.path.join(oldest, 'DataBase')) if name.endswith('.edb'))
    with open(database, 'r+b') as file:
        file.seek(12345)
        byte = file.read(1)[0]
        file.seek(12345)
        file.write(bytes([byte ^ 1]))
    with stopped:
        pass
    assert notification()['title'] == 'Practice CA is backed up'
    note = notification()
    assert note['title'] == 'A backup set of Practice CA is damaged', note
    assert os.path.basename(database) in note['body'], note
    assert app.process.wait(ui.WAIT) == 0
    app = ui.App()
    app.resize(*SIZE)
    open_oldest_set()
    app.says('Damaged, as was found on ')


def main():
    global app, notified
    ui.begin(height=1500)
    if os.environ.get('STRONGROOM_UI_PICTURES'):
        ui.compositor()
    notified = practice.notifications()
    app = ui.App()
    app.resize(*SIZE)
    tap.run([test_a_set_waits_for_its_turn_to_be_verified, test_another_page_of_the_same_set_shows_it,
             test_the_window_closed_and_opened_again_shows_it, test_quitting_asks_about_it,
             test_it_can_be_stopped_and_begun_again, test_its_end_without_a_window_is_a_notification,
             test_damage_without_a_window_is_told_and_found_again])


main()
