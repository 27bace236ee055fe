#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The script dev: its words, what it refuses, and the parts that touch the caller's files.

test-dev.py TOP, the source folder. Nothing is installed or built.
"""

import os
import re
import subprocess
import sys
import tempfile

import tap

TOP = sys.argv[1]

home = None


def dev(*arguments, **environment):
    return subprocess.run([TOP + '/dev', *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env={**os.environ, 'HOME': home, 'XDG_CACHE_HOME': home + '/cache', **environment})


def part(script, *arguments, **environment):
    """Runs a function of the script, with its scratch folder."""
    done = subprocess.run(['bash', '-c', f'source "$0/dev"; mkdir -p "$scratch"; {script}', TOP, *arguments],
                          capture_output=True, text=True,
                          env={**os.environ, 'HOME': home, 'XDG_CACHE_HOME': home + '/cache', **environment})
    assert done.returncode == 0, (done.returncode, done.stderr)
    return done.stdout.splitlines()


def write(path, text='', mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w') as file:
        file.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path) as file:
        return file.read()


def test_help_names_every_verb():
    done = dev('--help')
    assert done.returncode == 0 and not done.stderr, done
    verbs = set(re.findall(r'^  ([a-z]+) ', done.stdout, re.MULTILINE))
    inner = set(re.findall(r'^inside_(\w+) \(\)', read(TOP + '/tests/dev/inside'), re.MULTILINE))
    assert inner and verbs == inner | {'clean'}, (verbs, inner)


def test_misuse_is_refused_before_anything_is_made():
    for arguments in ([], ['nothing'], ['run', 'now'], ['run', '--terminal', 'now'], ['exec']):
        done = dev(*arguments)
        assert done.returncode == 2 and './dev' in done.stderr, (arguments, done)
    assert not os.listdir(home), os.listdir(home)
    done = dev('run', HOME='nowhere')
    assert done.returncode == 1 and 'HOME' in done.stderr, done


def test_clean_removes_its_own_folder_alone():
    assert dev('clean').returncode == 0
    write(home + '/cache/strongroom/dev/build/file')
    write(home + '/cache/strongroom/other')
    done = dev('clean')
    assert done.returncode == 0, done
    assert os.listdir(home + '/cache/strongroom') == ['other']


def test_each_package_is_listed_once():
    names = part('printf "%s\\n" "${build_packages[@]}" "${screen_packages[@]}" "${test_packages[@]}" "${bench_packages[@]}"')
    assert len(names) > 30 and len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)
    first = part('printf "%s\\n" "${build_packages[@]}" "${screen_packages[@]}"')
    assert not [name for name in first if 'samba' in name], first


def test_only_packages_that_the_root_lacks_are_installed():
    stamp = home + '/cache/strongroom/dev/root-debian13.stamp'
    assert part('packages_not_in_root a b.c d') == ['a', 'b.c', 'd']
    write(stamp, 'a\nbxc\n')
    assert part('packages_not_in_root a b.c d') == ['b.c', 'd']
    write(stamp, 'a\nb.c\nd\ne\n')
    assert part('packages_not_in_root a b.c d') == []


def test_the_screen_is_reached_by_its_files():
    cookie, bus = home + '/cookie', home + '/bus'
    write(cookie)
    write(bus)
    nothing = dict(DISPLAY='', XAUTHORITY='', WAYLAND_DISPLAY='', DBUS_SESSION_BUS_ADDRESS='')
    assert part('screen_files', **nothing) == []
    some = dict(nothing, XAUTHORITY=cookie, WAYLAND_DISPLAY='wayland-0',
                DBUS_SESSION_BUS_ADDRESS=f'unix:path={bus},guid=0123;unix:abstract=/x')
    assert part('screen_files', **some) == [cookie, bus]
    names = set(part('own_environment', **dict(some, SECRET='x', LC_TIME='C', XDG_DATA_HOME='/x')))
    assert {'XAUTHORITY', 'WAYLAND_DISPLAY', 'LC_TIME', 'XDG_DATA_HOME', 'HOME'} <= names and 'SECRET' not in names, names
    assert 'XAUTHORITY' not in part('forget_screen; own_environment', **some)


def test_a_copy_follows_its_original():
    original, copy = home + '/original', home + '/copy'
    write(original + '/same', 'same')
    write(original + '/a b/changed\nname', 'old')
    write(original + '/gone/file')
    write(original + '/screenshots/picture', 'theirs')
    os.symlink('same', original + '/link')
    prune = '-path ./screenshots -prune -o'
    part(f'mirror "$1" "$2" {prune}', original, copy)
    assert sorted(os.listdir(copy)) == ['a b', 'gone', 'link', 'same'], os.listdir(copy)
    os.unlink(original + '/gone/file')
    os.rmdir(original + '/gone')
    write(original + '/a b/changed\nname', 'newer', 0o600)
    write(copy + '/stray')
    write(copy + '/screenshots/picture', 'ours')
    part(f'mirror "$1" "$2" {prune}', original, copy)
    assert sorted(os.listdir(copy)) == ['a b', 'link', 'same', 'screenshots'], os.listdir(copy)
    assert read(copy + '/a b/changed\nname') == 'newer' and read(copy + '/screenshots/picture') == 'ours'
    assert os.stat(copy + '/a b/changed\nname').st_mode & 0o777 == 0o600
    assert os.readlink(copy + '/link') == 'same'


def test_changes_alone_are_carried_home():
    copy, own = home + '/copy', home + '/own'
    for folder in (copy, own):
        write(folder + '/kept', 'kept')
        write(folder + '/removed/file')
    part('listing "$1" >"$2"', copy, home + '/old')
    write(own + '/written meanwhile', 'mine')
    write(own + '/removed/mine')
    write(copy + '/backups/set/file', 'new')
    os.unlink(copy + '/removed/file')
    os.rmdir(copy + '/removed')
    part('listing "$1" >"$3"; carry "$1" "$2" "$4" "$3"', copy, own, home + '/new', home + '/old')
    assert sorted(os.listdir(own)) == ['backups', 'kept', 'removed', 'written meanwhile'], os.listdir(own)
    assert os.listdir(own + '/removed') == ['mine'] and read(own + '/backups/set/file') == 'new'


def fresh(case):
    def run():
        global home
        with tempfile.TemporaryDirectory(prefix='sr-dev-') as home:
            case()
    run.__name__ = case.__name__
    return run


tap.run([fresh(case) for name, case in list(globals().items()) if name.startswith('test_')])
