#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Preferences, of which each has an effect; Remove CA; About and the shortcuts by keyboard alone.

The programs are on PATH, tap.py and practice_ca.py on PYTHONPATH.
"""

import json
import os
import subprocess
import time

import lab_ca
import tap
import ui

VERIFY = 'Verify After Backup'

app = ca = None


def preferences():
    lab_ca.settle(app)
    app.key('ctrl+comma')
    app.find('Preferences', 'dialog')
    app.find(VERIFY, 'check box|switch')
    time.sleep(0.3)


def leave(name='Preferences'):
    settle_alerts()
    app.escape(name, 'dialog')


def settle_alerts():
    app.wait(lambda: not any(node.get_role_name() == 'alert' for node in app.walk()), 'every alert to close')
    time.sleep(0.5)


def settings_file():
    return os.path.join(ui.home(), 'config/strongroom/preferences.json')


def back_up():
    lab_ca.settle(app)
    app.key('ctrl+b')
    app.says('Backup Complete')


def test_verify_after_backup():
    lab_ca.add(app, ca)
    preferences()
    ui.audit(app)
    assert lab_ca.is_on(app, VERIFY), 'it is on from the start'
    lab_ca.switch(app, VERIFY, False)
    leave()
    back_up()
    app.says('logs were kept')
    assert json.load(open(settings_file()))['verify_after_backup'] is False
    app.hide_card()
    preferences()
    assert not lab_ca.is_on(app, VERIFY), 'it was forgotten'
    lab_ca.switch(app, VERIFY, True)
    leave()
    back_up()
    app.says('the CA has truncated its logs')
    app.hide_card()


def test_a_switch_whose_change_failed_goes_back():
    with open(settings_file()) as file:
        before = file.read()
    newer = dict(json.loads(before), format=99)
    with open(settings_file(), 'w') as file:
        json.dump(newer, file)
    preferences()
    assert lab_ca.is_on(app, VERIFY)
    app.click(app.find(VERIFY, 'check box|switch'))
    app.find('Preferences Not Changed', 'label')
    app.says('newer version of Strongroom')
    app.key('Escape')
    assert lab_ca.is_on(app, VERIFY), 'the switch says what is not so'
    assert json.load(open(settings_file())) == newer
    leave()
    with open(settings_file(), 'w') as file:
        file.write(before)


def test_ntlm_is_allowed_per_ca():
    preferences()
    assert lab_ca.is_on(app, ca.name), 'it was allowed when the CA was added'
    let_in = len(ca.log('activation'))
    lab_ca.switch(app, ca.name, False)
    leave()
    app.says('Sign-in refused')
    app.says('LAB.operator cannot sign in')
    assert len(ca.log('activation')) == let_in, 'NTLM was used all the same'
    assert listed()['ntlm_allowed'] is False, listed()
    preferences()
    lab_ca.switch(app, ca.name, True)
    leave()
    app.says('Reachable')
    assert len(ca.log('activation')) > let_in
    assert listed()['ntlm_allowed'] is True, listed()


def listed():
    found = subprocess.run(['strongroomctl', 'ca', 'list', '--json'], check=True, capture_output=True, text=True).stdout
    return json.loads(found)[0]


def test_backup_folder_by_the_folder_chooser():
    folder = os.path.join(ui.home(), 'elsewhere')
    os.mkdir(folder, 0o700)
    preferences()
    app.press('Choose…')
    app.choose_folder('Choose the Backup Folder', folder)
    app.says('/elsewhere$')
    ui.audit(app)
    leave()
    assert json.load(open(settings_file()))['backup_folder']['path'] == folder
    back_up()
    sets = lab_ca.sets()
    assert len(sets) == 1 and sets[0]['path'].startswith(folder), sets
    app.hide_card()


def test_about_and_shortcuts_by_keyboard():
    lab_ca.settle(app)
    app.key('ctrl+question')
    app.find('Back up now', 'label')
    app.find('Keyboard shortcuts', 'label')
    app.escape('Keyboard shortcuts', 'label')
    lab_ca.settle(app)
    app.key('F10')
    time.sleep(0.5)
    app.key('a')
    app.find('About.*', 'dialog')
    app.says('GNU General Public License|Strongroom')
    app.find('Strongroom', 'label')
    app.escape('About.*', 'dialog')


def test_remove_ca_keeps_its_sets_and_says_where():
    path = lab_ca.sets()[0]['path']
    lab_ca.settle(app)
    app.press('More About This CA', 'toggle button')
    time.sleep(0.5)
    app.key('r')
    app.find('Remove This CA\\?', 'label|alert|dialog')
    app.says('Its 1 backup set stays in\n' + os.path.dirname(path))
    ui.audit(app)
    app.key('Return')    # nothing that destroys is the default
    app.wait(lambda: app.look('Remove This CA\\?', 'label') is None, 'the question to close')
    assert listed()['config'] == ca.config
    lab_ca.settle(app)
    app.press('More About This CA', 'toggle button')
    time.sleep(0.5)
    app.key('r')
    app.press('Remove CA')
    app.find('Back Up a Certificate Authority', 'label')
    app.says(f'{ca.name} was removed')
    assert os.path.isdir(path), 'the set is gone'
    assert [kept['path'] for kept in lab_ca.sets()] == [path]
    found = subprocess.run(['strongroomctl', 'ca', 'list', '--json'], check=True, capture_output=True, text=True).stdout
    assert json.loads(found) == [], found
    lab_ca.add(app, ca)     # and it can be added again, and has its sets
    app.says('Backed up (just now|[0-9]+ minute)')


def main():
    global app, ca
    ui.begin()
    ca = lab_ca.LabCa('Contoso CA')
    app = ui.App()
    tap.run([test_verify_after_backup, test_a_switch_whose_change_failed_goes_back, test_ntlm_is_allowed_per_ca,
             test_backup_folder_by_the_folder_chooser, test_about_and_shortcuts_by_keyboard,
             test_remove_ca_keeps_its_sets_and_says_where])


main()
