#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states of the backup folder and of the CA in the window: each says what is the matter, and offers one
thing that helps, which is tried. Sets are verified, opened, deleted.

The programs are on PATH.

Mounts are made in a mount namespace of this test's own. Where that is not allowed those cases are skipped.
"""

import glob
import os
import re
import shutil
import socket
import subprocess
import sys
import time

import practice
import tap
import ui

SIZE = 1000, 1400       # the whole page is in sight
BUTTON = 'button|push button'
SMALL = 8 << 20         # the disk that gets full, and
LARGE = 32 << 20        # the database that does not fit
NAMESPACE = 'STRONGROOM_UI_NAMESPACE'

app = None


def picture(name, alert=False):
    """An alert's heading that has to be wrapped makes GTK 4.18 warn: those are taken in a wide window alone."""
    folder = os.environ.get('STRONGROOM_UI_PICTURES')
    if folder:
        for width, suffix in ((1000, ''), (360, '-narrow'))[:1 if alert else 2]:
            app.resize(width, 720)
            app.picture(os.path.join(folder, name + suffix + '.png'))
        app.resize(*SIZE)


def inside_namespace():
    """Starts this again where mounts are nobody else's, if that may be."""
    if os.environ.get(NAMESPACE):
        return
    # A root that is no mount point of its own (chroot) has no propagation to be changed.
    for arguments in (['--mount'], ['--mount', '--propagation', 'unchanged'], ['--user', '--map-root-user', '--mount']):
        command = ['unshare', *arguments]
        try:
            if subprocess.run([*command, 'true'], capture_output=True).returncode == 0:
                os.environ[NAMESPACE] = 'yes'
                os.execvp('unshare', [*command, sys.executable, '-B', *sys.argv])
        except FileNotFoundError:
            break
    os.environ[NAMESPACE] = 'no'


def mount(*arguments):
    if os.environ[NAMESPACE] != 'yes':
        raise tap.Skip('a mount namespace may not be made here')
    done = subprocess.run(['mount', *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise tap.Skip('mounting is not allowed here: ' + done.stderr.strip())


def unmount(path):
    subprocess.run(['umount', path], check=True)


def vault():
    return os.path.join(ui.home(), 'vault')


def disk():
    return os.path.join(ui.home(), 'disk')


def plug():
    mount('--bind', disk(), vault())


def use(path, create=False):
    if create:
        practice.ctl('repository', 'create', path)
    practice.ctl('repository', 'use', path)


def check_now():
    app.key('F5')


def banner(words, button):
    """What the banner says, and that its button is there."""
    app.says(words)
    app.find(button, BUTTON)


def dismiss(heading):
    """Closes an alert; the window has a button Close too."""
    app.escape(heading)


def no_banner(button):
    app.gone(button, BUTTON)


def card(*words):
    for word in words:
        app.says(word)


def balanced():
    prepares, ends, rundowns = practice.counts()
    assert prepares == ends and rundowns == 0, (prepares, ends, rundowns)
    return prepares


def set_items():
    found = app.look('Backup sets', 'list')
    return [node for node in app.walk(found) if node.get_role_name() == 'list item'] if found else []


def open_newest_set():
    app.click(app.wait(set_items, 'a set in the list')[0])
    app.find('Verify', BUTTON)


def back():
    app.press('Back( to .*)?')
    app.gone('Verify', BUTTON)


def test_first_set_of_a_disk():
    os.mkdir(vault())
    os.mkdir(disk())
    if os.environ[NAMESPACE] == 'yes':
        plug()
    use(vault(), create=True)
    app.press('Try with a Practice CA')
    app.says('Never backed up')
    app.back_up_in_full()
    app.says('Backup Complete')
    app.says('1 set, ')
    app.says('Verified on ')
    app.says('which is in the newest set')
    picture('protected')
    ui.audit(app)
    app.hide_card()
    assert len(practice.sets()) == 1


def test_disk_that_is_not_mounted_is_waited_for():
    plug()
    unmount(vault())
    unmount(vault())
    assert os.listdir(vault()) == []
    check_now()
    banner('Another folder lies where the backup folder was. Is its disk mounted', 'Check Again')
    app.says('Backup folder not there')
    app.says('“/[^ ]*/vault” is not a backup folder')
    picture('folder-unmounted')
    ui.audit(app)
    app.back_up_in_full()
    app.says('Backup Folder Unusable')
    picture('folder-unmounted-refused', alert=True)
    dismiss('Backup Folder Unusable')
    assert os.listdir(vault()) == [], 'something was made at the empty mount point'
    os.rmdir(vault())
    app.press('Check Again')
    banner('The backup folder is not there', 'Check Again')
    app.back_up_in_full()
    app.says('Backup Folder Unusable')
    dismiss('Backup Folder Unusable')
    assert not os.path.exists(vault()), 'the folder was made again'
    os.mkdir(vault())
    plug()
    app.press('Check Again')
    no_banner('Check Again')
    app.says('1 set, ')
    assert balanced() == 1


def test_disk_that_is_away_at_the_start():
    global app
    plug()
    unmount(vault())
    unmount(vault())
    app.close()
    app = ui.App()
    app.resize(*SIZE)
    banner('Another folder lies where the backup folder was', 'Check Again')
    app.says('Not known')
    app.says('Backup Folder Not There')
    assert not app.look('.*Never.*'), 'a backup folder that cannot be read says nothing of backups'
    picture('folder-away-at-start')
    app.press('More About This CA', 'toggle button')
    app.choose_item('Remove CA…')
    app.says('Its backup sets, if it has any, stay in\n.*/vault')
    picture('folder-away-remove', alert=True)
    app.press('Cancel')
    app.gone('Remove CA', BUTTON)
    ui.audit(app)
    plug()
    app.press('Check Again')
    no_banner('Check Again')
    app.says('1 set, ')


def test_read_only_disk():
    mount('-o', 'remount,bind,ro', vault())
    check_now()
    banner('The backup folder is read-only', 'Check Again')
    app.says('Backup folder read-only')
    app.says('mount it for writing, or choose another backup folder')
    picture('folder-read-only')
    ui.audit(app)
    app.back_up_in_full()
    card('Backup Failed', 'Read-only file system', 'Step: Before the CA was asked', 'No set was made')
    picture('folder-read-only-failed')
    assert balanced() == 1
    app.hide_card()
    # What is there can be read and verified all the same.
    open_newest_set()
    app.press('Verify')
    app.says('Every file is what the manifest says')
    back()
    mount('-o', 'remount,bind,rw', vault())
    app.press('Check Again')
    no_banner('Check Again')
    app.says('1 set, ')


def test_full_disk():
    small = os.path.join(ui.home(), 'small')
    os.mkdir(small)
    mount('-t', 'tmpfs', '-o', f'size={SMALL}', 'tmpfs', small)
    use(small, create=True)
    practice.ask(do='pad', size=LARGE)
    before = balanced()
    check_now()
    app.says('No Backups Yet')
    app.back_up_in_full()
    card('Backup Failed', 'Reading database: Making room for .*No space left on device. Make room there, or choose another backup folder',
         'The backup session on the CA was ended')
    picture('folder-full-failed')
    ui.audit(app)
    assert balanced() == before + 1
    assert practice.staging(small) == [] and practice.journal() == []
    app.hide_card()
    filler = os.path.join(small, 'filler')
    with open(filler, 'wb') as file:
        try:
            while True:
                file.write(bytes(65536))
                file.flush()
        except OSError:
            pass
    check_now()
    banner('The backup folder’s disk is full', 'Open Folder')
    app.says('Backup disk full')
    picture('folder-full')
    opened = openers()
    app.press('Open Folder')
    assert practice.wait_for(opened, 'the folder to be opened') == small
    os.remove(filler)
    check_now()
    no_banner('Open Folder')
    use(vault())
    unmount(small)
    check_now()
    app.says('1 set, ')


def openers():
    """A program that opens folders; returns a function that tells what was opened."""
    record = os.path.join(ui.home(), 'opened')
    if os.path.exists(record):
        os.remove(record)
    ui.write(os.path.join(ui.home(), 'opener'), f'#!/bin/sh\nprintf %s "$1" > {record}.part && mv {record}.part {record}\n')
    os.chmod(os.path.join(ui.home(), 'opener'), 0o755)
    applications = os.path.join(os.environ['XDG_DATA_HOME'], 'applications')
    ui.write(applications + '/opener.desktop', '[Desktop Entry]\nType=Application\nName=Opener\n'
             f'Exec={ui.home()}/opener %f\nMimeType=inode/directory;\n')
    ui.write(os.path.join(os.environ['XDG_CONFIG_HOME'], 'mimeapps.list'), '[Default Applications]\ninode/directory=opener.desktop\n')

    def opened():
        if not os.path.exists(record):
            return None
        with open(record) as file:
            return file.read()
    return opened


def test_folder_of_a_newer_version():
    identity = os.path.join(vault(), '.strongroom-repository.json')
    with open(identity) as file:
        good = file.read()
    with open(identity, 'w') as file:
        file.write(re.sub(r'"format"\s*:\s*1', '"format" : 99', good))
    check_now()
    banner('A newer version of Strongroom has written the backup folder', 'Choose Another')
    app.says('Backup folder too new')
    picture('folder-newer')
    ui.audit(app)
    app.press('Choose Another')
    app.find('Choose the Backup Folder', 'frame|dialog|file chooser|window')
    app.escape('Choose the Backup Folder', 'frame|dialog|file chooser|window')
    app.back_up_in_full()
    app.says('Backup Folder Unusable')
    dismiss('Backup Folder Unusable')
    with open(identity, 'w') as file:
        file.write(good)
    check_now()
    no_banner('Choose Another')
    app.says('1 set, ')


def test_another_process_at_work_is_named():
    practice.ask(do='pad', size=LARGE)
    before = balanced()
    other = subprocess.Popen(['strongroomctl', 'backup', practice.status()['config'], '--full', '--read-size', '64'],
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with practice.stop_in_the_middle(LARGE, other.pid, vault()):
        check_now()
        holder = f'strongroomctl is working on this CA’s sets: started by .* on {re.escape(socket.gethostname())}, process {other.pid}'
        banner(holder, 'Check Again')
        app.says('In use by another program')
        picture('folder-locked')
        ui.audit(app)
        app.back_up_in_full()
        card('Backup Failed', f'is in use by strongroomctl, started by .*process {other.pid}', 'Step: Before the CA was asked')
        picture('folder-locked-failed')
        assert practice.counts() == (before + 1, before, 0), 'the other one’s session was touched'
    assert other.wait(ui.WAIT) == 0
    app.gone('Check Again', BUTTON)      # the window looks by itself
    app.press('Try Again')
    app.says('Backup Complete')
    assert balanced() == before + 2
    assert len(practice.sets()) == 3
    app.hide_card()


def test_remote_backup_disabled_is_explained():
    flags = {'do': 'config', 'node': 'ca', 'entry': 'InterfaceFlags'}
    practice.ask(**flags, value=0x641)
    practice.ask(do='restart')
    before = practice.counts()
    check_now()
    banner('The CA does not allow remote backup', 'What to Do')
    app.says('Remote backup disabled')
    app.press('What to Do')
    app.says('Remote Backup Is Disabled')
    app.says('certutil -setreg CA.InterfaceFlags -IF_NOREMOTEICERTADMINBACKUP')
    picture('remote-backup', alert=True)
    ui.audit(app)
    app.press('Copy Command')
    app.says('Command copied')
    app.back_up_in_full()
    card('Backup Failed', 'Code: 0x80070005 .E_ACCESSDENIED', 'Step: Preparing', 'Remote backup is disabled on the CA .flag 0x40',
         'No backup session is open on the CA')
    picture('remote-backup-failed')
    assert practice.counts() == before
    app.hide_card()
    practice.ask(**flags, value=0x601)
    practice.ask(do='restart')
    check_now()
    no_banner('What to Do')
    app.says('Reachable')


def test_offline_and_back_again():
    app.press('Stop')
    app.says('Does not run')
    check_now()
    app.says('Offline since [0-9][0-9]:[0-9][0-9]')
    picture('offline')
    app.press('Start')
    app.says('Runs with')
    check_now()
    app.says('Reachable again since [0-9][0-9]:[0-9][0-9]')
    assert not app.look('Offline since.*')


def newest():
    return max(glob.glob(os.path.join(vault(), '*', '2*-full*')))


def test_changed_byte_is_found_and_named():
    database, = glob.glob(os.path.join(newest(), 'DataBase', '*.edb'))
    flip(database)
    open_newest_set()
    app.says('Every file was what the manifest says, read on ')
    picture('set')
    app.press('Verify')
    app.says('What Was Found')
    app.find('DataBase/' + os.path.basename(database), 'list item')
    app.says(f'“DataBase/{os.path.basename(database)}” does not hold what it should: its SHA-256 is another')
    picture('set-damaged')
    ui.audit(app)
    assert not app.look('SHA-256 Found'), 'the hashes are shown without being asked for'
    app.click(app.find('DataBase/' + os.path.basename(database), 'list item'))
    hashes = []
    for name in ('SHA-256 Found', 'SHA-256 Expected'):
        app.find(name, 'list item')
        hashes.append(app.wait(lambda: next((node.get_name() for node in app.walk(app.look(name, 'list item'))
                                             if re.fullmatch('[0-9a-f]{64}', node.get_name() or '')), None), 'a hash'))
    assert hashes[0] != hashes[1], hashes
    picture('set-damaged-hashes')
    ui.audit(app)
    back()
    app.says('Damaged, as was found on ')
    banner('The newest full backup is damaged', 'Back Up Now')
    app.says('Newest backup damaged')
    picture('damaged')
    flip(database)
    open_newest_set()
    app.says('Damaged, as was found on ')
    app.press('Verify')
    app.says('Every file is what the manifest says')
    assert not app.look('What Was Found')
    back()
    app.says('Verified on ')
    no_banner('Back Up Now')


def flip(path):
    with open(path, 'r+b') as file:
        file.seek(12345)
        byte = file.read(1)[0]
        file.seek(12345)
        file.write(bytes([byte ^ 1]))


def test_open_folder():
    applications = os.path.join(os.environ['XDG_DATA_HOME'], 'applications')
    shutil.rmtree(applications, ignore_errors=True)
    shutil.rmtree(os.path.join(os.environ['XDG_CONFIG_HOME'], 'mimeapps.list'), ignore_errors=True)
    open_newest_set()
    opened = openers()
    app.press('Open Folder')
    assert practice.wait_for(opened, 'the folder to be opened') == newest()
    # Nothing that opens folders: that is said.
    shutil.rmtree(applications)
    os.remove(os.path.join(os.environ['XDG_CONFIG_HOME'], 'mimeapps.list'))
    time.sleep(1)        # GIO looks after its folders at most that often
    app.press('Open Folder')
    app.says('” could not be opened: ')
    picture('open-folder-toast')
    back()


def test_delete_asks_and_deletes_that_set_alone():
    kept = sorted(glob.glob(os.path.join(vault(), '*', '2*-full*')))
    assert len(kept) == 3
    victim = kept.pop()
    open_newest_set()
    app.press('Delete…')
    app.says('Full backup of .*, of localhost.Practice CA: .* in [0-9]+ files and the restore sheet are removed for good')
    app.says('It is the newest full backup of this CA')
    picture('delete', alert=True)
    ui.audit(app)
    app.press('Cancel')
    app.gone('Delete Backup Set', BUTTON)
    assert os.path.isdir(victim)
    # Another set lies at its path by now: nothing is deleted.
    os.rename(victim, victim + '.away')
    shutil.copytree(kept[0], victim)
    app.press('Delete…')
    app.press('Delete Backup Set')
    app.says('Another set lies in .* nothing was deleted')
    picture('delete-refused', alert=True)
    dismiss('Backup Set Not Deleted')
    assert os.path.isfile(os.path.join(victim, 'manifest.json'))
    shutil.rmtree(victim)
    os.rename(victim + '.away', victim)
    app.press('Delete…')
    app.press('Delete Backup Set')
    app.says('Backup set deleted')
    app.says('2 sets, ')
    app.wait(lambda: len(set_items()) == 2, 'two sets in the list')
    assert sorted(glob.glob(os.path.join(vault(), '*', '2*-full*'))) == kept
    assert glob.glob(os.path.join(vault(), '*', '.trash*')) == []


def test_set_deleted_elsewhere_leaves_the_list():
    shutil.rmtree(newest())
    check_now()
    app.says('1 set, ')
    app.wait(lambda: len(set_items()) == 1, 'one set in the list')
    open_newest_set()
    shutil.rmtree(newest())
    app.press('Verify')
    app.says('manifest.json” cannot be read any more')
    picture('set-gone')
    back()
    check_now()
    app.says('No Backups Yet')


def main():
    global app
    inside_namespace()
    ui.begin(height=1500)
    if os.environ.get('STRONGROOM_UI_PICTURES'):
        ui.compositor()
    practice.notifications()
    app = ui.App()
    app.resize(*SIZE)
    tap.run([test_first_set_of_a_disk, test_disk_that_is_not_mounted_is_waited_for, test_disk_that_is_away_at_the_start,
             test_read_only_disk, test_full_disk, test_folder_of_a_newer_version, test_another_process_at_work_is_named,
             test_remote_backup_disabled_is_explained, test_offline_and_back_again, test_changed_byte_is_found_and_named,
             test_open_folder, test_delete_asks_and_deletes_that_set_alone, test_set_deleted_elsewhere_leaves_the_list])


main()
