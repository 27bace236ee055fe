#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a backup in the window: cancelled in the middle of a file, its server or the window's own program
killed there, the window closed and the program quit meanwhile.

The programs are on PATH.
"""

import json
import os
import signal
import subprocess

import practice
import tap
import ui

DATABASE = 192 << 20
READ_FILE = 25          # opnum of BackupReadFile, MS-CSRA 3.1.4.1.23
LONG = 180              # an end that nobody answers is tried for a minute
BUTTON = 'button|push button'

app = None
notified = None


def picture(name):
    folder = os.environ.get('STRONGROOM_UI_PICTURES')
    if folder:
        app.picture(os.path.join(folder, name + '.png'))


def clipboard():
    """What is in the clipboard, as it comes when it is pasted into an entry."""
    app.key('ctrl+n')
    entry = app.wait(lambda: next((node for node in app.walk() if node.get_role_name() in ('text', 'entry')
                                   and node.get_editable_text_iface() is not None), None), 'an entry')
    app.key('ctrl+v')
    text = app.wait(lambda: app.atspi.Text.get_text(entry.get_text_iface(), 0, -1), 'what was pasted')
    app.key('Escape')
    app.wait(lambda: not any(node.get_editable_text_iface() and node.get_role_name() in ('text', 'entry') for node in app.walk()),
             'the entry to go')
    return text


def balanced():
    prepares, ends, rundowns = practice.counts()
    assert prepares == ends and rundowns == 0, (prepares, ends, rundowns)
    return prepares


def test_cancel_in_the_middle_of_a_file():
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    practice.ask(do='pad', size=DATABASE)
    app.back_up_in_full()
    with practice.stop_in_the_middle(DATABASE):
        length = practice.half_read(DATABASE)
        tap.note(f'{length} of {DATABASE} bytes have come')
        app.says('Reading database')
        picture('job-running')
        app.press('Details')
        app.find('Last Call', 'list item')
        app.find('Begun', 'list item')
        app.says('Reading database · BackupReadFile')
        picture('job-running-details')
        app.escape('Details of the backup', 'list')
        app.press('Cancel Backup')
        app.says('Cancelling')
        assert practice.half_read(DATABASE) == length
        picture('job-cancelling')
    app.says('Backup Cancelled')
    app.says('No set was made.')
    app.says('The backup session on the CA was ended.')
    app.find('Try Again', BUTTON)
    picture('job-cancelled')
    ui.audit(app)
    assert balanced() == 1
    assert practice.staging() == [] and practice.journal() == [] and practice.sets() == []


def test_killed_server_is_a_failure_with_words_and_a_code():
    app.press('Try Again')
    with practice.stop_in_the_middle(DATABASE) as stopped:
        os.kill(stopped.pid, signal.SIGKILL)
    app.says('Backup Failed', LONG)
    app.says('Step: Reading database · Host: localhost · Code: 0x800706b[ae] .RPC_S_')
    app.says('Start it under “Practice CA” on its page')
    app.says('No set was made. The backup session could not be ended.')
    picture('job-failed')
    ui.audit(app)
    assert practice.staging() == [], practice.staging()
    assert len(practice.journal()) == 1, practice.journal()


def test_details_and_copy_tell_all():
    app.press('Details')
    app.find('Details of the backup', 'list')
    lines = {}
    for node in app.walk():
        if node.get_role_name() == 'list item' and node.get_name():
            lines[node.get_name()] = node.get_description()
    picture('job-details')
    ui.audit(app)
    app.escape('Details of the backup', 'list')
    app.press('Copy')
    app.says('Report copied')
    report = clipboard()
    tap.note(report)
    for word in ('CA: localhost\\Practice CA', 'Host: localhost', 'Outcome: Failed', 'Step: Reading database', 'Error: Reading database: ',
                 'Code: 0x800706b', 'What to Do: The practice CA does not run any more', 'State of the Set: No set was made',
                 'Session on the CA: The backup session could not be ended', 'Last Call: Backup', 'Begun: ', 'Ended: ', 'Read: ',
                 'Preparing the CA · BackupPrepare', 'Reading database · BackupReadFile'):
        assert word in report, f'no “{word}” in:\n{report}'
    for line in report.splitlines():
        assert line.split(': ')[0] in lines, f'“{line}” is not among {lines}'


def test_try_again_after_a_restart_succeeds():
    app.press('Start')
    app.says('Runs with')
    app.press('Try Again')
    app.says('Backup Complete', LONG)
    picture('job-done')
    assert practice.journal() == [] and practice.staging() == []
    prepares, ends, rundowns = practice.counts()
    lost = practice.ask(do='status')['counts']['lost']
    tap.note(f'prepared {prepares}, ended {ends}, lost with the killed server {lost}')
    assert (prepares, ends, rundowns, lost) == (3, 2, 0, 1), (prepares, ends, rundowns, lost)
    assert len(practice.sets()) == 1
    app.hide_card()


def close_window_in_the_middle():
    app.back_up_in_full()
    with practice.stop_in_the_middle(DATABASE):
        app.key('ctrl+w')
        practice.wait_for(lambda: not app.windows(), 'the window to go')


def notification():
    note = json.loads(notified.stdout.readline())
    tap.note(note)
    return note


def test_window_closed_and_opened_again_meanwhile():
    app.back_up_in_full()
    with practice.stop_in_the_middle(DATABASE):
        app.key('ctrl+w')
        practice.wait_for(lambda: not app.windows(), 'the window to go')
        subprocess.run(['strongroom'], check=True, timeout=ui.WAIT)     # a second start shows the window again
        app.reattach()
        app.says('Reading database')
        app.find('Cancel Backup', BUTTON)
    app.says('Backup Complete')
    assert len(practice.sets()) == 2
    app.hide_card()


def test_failure_without_a_window_is_kept_for_one():
    practice.ask(do='drop', opnum=READ_FILE, when='before', call=(DATABASE >> 19) - 1)
    close_window_in_the_middle()
    note = notification()
    assert note['title'] == 'Backing up Practice CA failed', note
    assert note['body'].startswith('Reading database: ') and note['urgency'] == 1, note
    assert app.process.poll() is None and not app.windows()
    notified.stdin.write(f'{note["id"]}\n')         # as a click does
    notified.stdin.flush()
    app.reattach()
    app.says('Backup Failed')
    app.says('Code: 0x800706be')
    app.says('The backup session on the CA was ended.')
    assert practice.staging() == [] and practice.journal() == [] and len(practice.sets()) == 2
    app.hide_card()


def test_failure_without_a_window_does_not_keep_a_program_that_nobody_finds():
    global app
    assert app.close() == 0
    app = ui.App(arguments=['--gapplication-app-id=io.github.strongroom.Strongroom.Demo'])
    app.find('Practice CA', 'label')
    practice.ask(do='drop', opnum=READ_FILE, when='before', call=(DATABASE >> 19) - 1)
    close_window_in_the_middle()
    assert notification()['title'] == 'Backing up Practice CA failed'
    assert app.process.wait(ui.WAIT) == 0
    app = ui.App()


def test_end_without_a_window_is_a_notification():
    global app
    close_window_in_the_middle()
    note = notification()
    assert note['title'] == 'Practice CA is backed up', note
    assert app.process.wait(ui.WAIT) == 0       # nothing is left to be done
    assert len(practice.sets()) == 3
    app = ui.App()
    app.says('Backed up (just now|[0-9]+ minute)')


def test_quitting_meanwhile_asks():
    global app
    before = practice.counts()
    app.back_up_in_full()
    with practice.stop_in_the_middle(DATABASE):
        app.key('ctrl+q')
        app.says('1 backup is running')
        picture('quit')
        ui.audit(app)
        app.press('Keep Running')
        app.gone('Keep Running', BUTTON)
        assert app.process.poll() is None
        app.find('Cancel Backup', BUTTON)
        app.key('ctrl+q')
        app.press('Cancel Backup and Quit')
    status = app.process.wait(ui.WAIT)
    assert status == 0, f'the program ended with {status}'
    after = practice.counts()
    assert after == (before[0] + 1, before[1] + 1, before[2]), (before, after)
    assert practice.staging() == [] and practice.journal() == [] and len(practice.sets()) == 3
    app = ui.App()
    app.says('Backed up')
    app.key('ctrl+q')
    assert app.process.wait(ui.WAIT) == 0


def kill_in_the_middle():
    """Kills the window's program while a backup runs: nothing of it is ended."""
    global app
    app = ui.App()
    before = practice.counts()
    app.back_up_in_full()
    with practice.stop_in_the_middle(DATABASE):
        app.process.kill()
        app.process.wait()
    after = practice.counts()
    assert after == (before[0] + 1, before[1], before[2]), (before, after)
    assert len(practice.staging()) == 1 and len(practice.journal()) == 1
    return after


def assert_recovered(before):
    after = practice.counts()
    assert after == (before[0], before[1] + 1, before[2]), (before, after)
    assert practice.staging() == [] and practice.journal() == [] and len(practice.sets()) == 3


def test_session_left_open_is_shown_and_ended_by_a_button():
    global app
    before = kill_in_the_middle()
    ready = os.path.join(practice.status()['folder'], 'ready.json')
    os.rename(ready, ready + '.away')       # so that nobody knows how to reach it
    app = ui.App()
    app.says('A backup session of ours was left open on this CA')
    app.says('A session was left open')
    picture('session-open')
    ui.audit(app)
    app.press('End It')
    app.says('The session may still be open: the CA could not be asked.')
    picture('session-not-ended')
    app.escape('Session May Still Be Open')
    os.rename(ready + '.away', ready)
    app.press('End It')
    app.says('The session was still open, and has been ended now.')
    picture('session-ended')
    app.escape('The Session Is Over')
    app.gone('End It', BUTTON)
    assert_recovered(before)
    assert app.close() == 0


def test_session_left_open_is_ended_at_the_next_start():
    global app
    before = kill_in_the_middle()
    app = ui.App()
    app.says('The session was still open, and has been ended now.')
    app.says('Backed up')
    assert_recovered(before)


def test_failure_of_a_ca_that_is_not_looked_at_is_told():
    global app
    app.close()
    practice.ctl('ca', 'add', 'old.example.com\\Example Root CA', '--address', '127.0.0.1', '--port', '1')
    app = ui.App()
    app.click(app.find('Practice CA, practice CA', 'list item'))
    app.says('Backed up')
    practice.ask(do='drop', opnum=READ_FILE, when='before', call=(DATABASE >> 19) - 1)
    app.back_up_in_full()
    with practice.stop_in_the_middle(DATABASE):
        app.click(app.find('Example Root CA', 'list item'))
        app.gone('Cancel Backup', BUTTON)
    note = notification()
    assert note['title'] == 'Backing up Practice CA failed', note
    assert app.windows(), 'the window is there, and shows the other CA'
    app.says('Last backup failed')


def main():
    global app, notified
    ui.begin()
    if os.environ.get('STRONGROOM_UI_PICTURES'):
        ui.compositor()
    notified = practice.notifications()
    app = ui.App()
    tap.run([test_cancel_in_the_middle_of_a_file, test_killed_server_is_a_failure_with_words_and_a_code,
             test_details_and_copy_tell_all, test_try_again_after_a_restart_succeeds,
             test_window_closed_and_opened_again_meanwhile, test_failure_without_a_window_is_kept_for_one,
             test_failure_without_a_window_does_not_keep_a_program_that_nobody_finds,
             test_end_without_a_window_is_a_notification, test_quitting_meanwhile_asks,
             test_session_left_open_is_shown_and_ended_by_a_button, test_session_left_open_is_ended_at_the_next_start,
             test_failure_of_a_ca_that_is_not_looked_at_is_told])


main()
