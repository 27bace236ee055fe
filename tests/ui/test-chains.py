#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the next backup is, as the window tells and offers it: full first, then logs only.

The programs are on PATH.
"""

import os
import subprocess

import practice
import tap
import ui

app = None


def picture(name):
    folder = os.environ.get('STRONGROOM_UI_PICTURES')
    if folder:
        app.picture(os.path.join(folder, name + '.png'))


def kinds():
    return [item['kind'] for item in practice.sets()]


def offered(name, sensitive):
    """Opens the split button's menu, and waits until an item can be chosen or cannot."""
    app.press('Other Kinds of Backup')

    def look():
        node = app.look(name, 'menu item')
        return node is not None and app.sensitive(node) == sensitive
    app.wait(look, f'“{name}” ' + ('to be offered' if sensitive else 'to be greyed out'))


def test_without_a_full_set_logs_have_nothing_to_continue():
    app.press('Try with a Practice CA')
    app.find('Back Up in Full', 'button')
    app.says('Full. There is no full backup that logs could continue.')
    offered('Logs Only', False)
    picture('menu-full')
    app.key('Escape')
    ui.audit(app)
    picture('never')


def test_full_backup_is_followed_by_logs_only():
    app.press('Back Up in Full')
    app.says('Backup Complete')
    app.says('Logs only. The next backup holds the logs since the last one.')
    assert kinds() == ['full'], kinds()
    app.press('Hide')
    app.find('Back Up Logs Only', 'button')
    offered('Logs Only', True)
    picture('menu-logs')
    app.key('Escape')
    ui.audit(app)
    picture('after-full')


def test_logs_only_makes_a_log_only_set():
    app.press('Issue')
    app.says('Runs with 11 certificates')
    app.press('Back Up Logs Only')
    app.says('Backup Complete')
    app.find('Log-only backup of .*', 'list item')
    assert sorted(kinds()) == ['full', 'log'], kinds()
    assert practice.counts() == (2, 2, 0), practice.counts()
    app.press('Hide')
    ui.audit(app)
    picture('after-logs')


def test_the_menu_makes_a_full_one_all_the_same():
    app.back_up_in_full()
    app.says('Backup Complete')
    assert sorted(kinds()) == ['full', 'full', 'log'], kinds()
    assert practice.counts() == (3, 3, 0), practice.counts()
    app.press('Hide')


def test_circular_logging_takes_logs_only_away():
    practice.ask(do='config', node='root', entry='DBFlags', value=0xb4)
    app.key('F5')
    app.says('Full. The CA overwrites its logs .circular logging., so only full backups can be had.')
    app.find('Back Up in Full', 'button')
    offered('Logs Only', False)
    app.key('Escape')
    app.resize(360, 720)
    ui.audit(app)
    picture('circular-narrow')


def main():
    global app
    reason = ui.missing()
    if reason:
        tap.skip_all(reason)
    ui.inside_screen()
    app = ui.App()
    try:
        tap.run([test_without_a_full_set_logs_have_nothing_to_continue, test_full_backup_is_followed_by_logs_only,
                 test_logs_only_makes_a_log_only_set, test_the_menu_makes_a_full_one_all_the_same,
                 test_circular_logging_takes_logs_only_away])
    finally:
        subprocess.run(['strongroomctl', 'practice', 'stop'], capture_output=True)
        app.close()


main()
