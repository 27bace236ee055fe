#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the first start to the end of the program by the keyboard alone.

The programs are on PATH. Nothing is pressed over AT-SPI here: it only
tells where the focus is.
"""

import os
import re
import time

import states
import tap
import ui

app = None


def focused():
    """The control that has the keyboard, or None."""
    for node in app.walk():
        if node.get_state_set().contains(app.atspi.StateType.FOCUSED) and node.get_role_name() not in ('frame', 'window'):
            return node
    return None


def focus():
    """What has the keyboard, in words. It is never lost, nor left to what can only be scrolled."""
    def held():
        node = focused()
        return node if node is not None and (node.get_name() or '').strip() else None
    node = app.wait(held, 'a control that has the keyboard', 10)
    assert app.sensitive(node), f'{node.get_role_name()} “{node.get_name()}” has the keyboard and does nothing'
    return f'{node.get_role_name()} “{node.get_name()}”'


def tab_to(name, key='Tab', most=60):
    seen = []
    for _ in range(most):
        node = app.wait(focused, 'a control that has the keyboard', 5)
        if re.fullmatch(name, node.get_name() or ''):
            return node
        seen.append(f'{node.get_role_name()} “{node.get_name()}”')
        app.key(key)
    raise AssertionError(f'Tab does not lead to “{name}”, but to ' + ', '.join(seen))


def press(name, key='Return'):
    tab_to(name)
    app.key(key)


def test_practice_ca_is_started():
    app.find('Back Up a Certificate Authority')
    app.focus_window()
    press('Try with a Practice CA')
    app.says('Never backed up')
    app.find('Issue', 'button')
    focus()


def test_back_up_by_its_button():
    states.ask(do='pad', size=64 << 20)
    press('Back Up in Full', 'space')
    app.find('Cancel Backup', 'button')
    focus()
    app.says('Backup Complete')
    app.gone('Cancel Backup', 'button')
    focus()


def test_set_is_opened_and_verified():
    press('Show Set')
    app.says('Log Generations')
    focus()
    press('Verify')
    app.says('Every file is what the manifest says')
    app.find('Verify', 'button')
    focus()
    app.key('alt+Left')
    app.find('Show Set', 'button')
    focus()


def test_set_is_opened_from_the_list():
    press('Full backup of .*')
    app.says('Log Generations')
    focus()
    app.key('Escape', 'alt+Left')
    app.find('Show Set', 'button')
    focus()


def test_card_is_hidden():
    press('Hide')
    app.gone('Hide', 'button')
    app.find('Back Up Logs Only', 'button')
    focus()


def test_preferences():
    before = focus()
    app.key('ctrl+comma')
    app.find('Verify After Backup', 'check box|switch|list item')
    focus()
    tab_to('Verify After Backup')
    app.escape('Verify After Backup', 'check box|switch|list item')
    assert focus() == before, (focus(), before)


def test_menu_and_shortcuts():
    before = focus()
    app.key('F10')
    app.find('Preferences', 'menu item')
    for name in ('Preferences', 'Keyboard Shortcuts'):
        app.key('Down')
        assert focus() == f'menu item “{name}”', focus()
    app.escape('Preferences', 'menu item')
    app.key('ctrl+question')
    app.says('Back up now')
    app.escape('Back up now')
    app.focus_window()
    assert focus() != 'menu item “Keyboard Shortcuts”', before


def test_refresh():
    states.practice('stop')
    app.key('F5')
    app.says('Offline since')
    focus()
    states.practice('start')
    app.key('ctrl+r')
    app.says('Backed up')
    app.gone('Offline since.*', 'label')


def test_back_up_by_its_key_and_cancel():
    states.ask(do='pad', size=256 << 20)
    # With circular logging the next one is full again: long enough to be cancelled.
    states.ask(do='config', node='root', entry='DBFlags', value=0xb4)
    app.key('F5')
    app.says('Full. The CA overwrites its logs')
    app.key('ctrl+b')
    app.find('Cancel Backup', 'button')
    with states.stopped():
        tab_to('Cancel Backup')
    app.key('Return')
    app.says('Backup Cancelled')
    app.gone('Cancel Backup', 'button')
    # The button that had the keyboard is gone: another of the card's has it.
    app.wait(lambda: focus() in ('button “Try Again”', 'button “Details”'), 'a button of the card to have the keyboard', 10)
    tab_to('Try Again')
    app.key('Return')
    app.find('Cancel Backup', 'button')
    focus()
    app.says('Backup Complete')
    app.gone('Cancel Backup', 'button')
    focus()


def test_add_dialog_and_escape():
    app.key('ctrl+n')
    app.find('Connect Elsewhere', 'list item')
    assert 'HOST' in focus(), focus()
    app.escape('Connect Elsewhere', 'list item')
    focus()


def test_quit():
    app.key('ctrl+q')
    end = time.monotonic() + ui.WAIT
    while app.process.poll() is None and time.monotonic() < end:
        time.sleep(0.05)
    assert app.process.returncode == 0, app.process.returncode


def main():
    global app
    ui.begin()
    # Leaks at the end of the program are for the tests that end it while nothing goes on.
    app = ui.App(environment={'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'})
    tap.run([test_practice_ca_is_started, test_back_up_by_its_button, test_set_is_opened_and_verified,
             test_set_is_opened_from_the_list, test_card_is_hidden, test_preferences, test_menu_and_shortcuts,
             test_refresh, test_back_up_by_its_key_and_cancel, test_add_dialog_and_escape, test_quit])


main()
