#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the includes and the dependencies of src/ against README.md's layer map.

The map is the fenced block marked "layers". "a -> b, c" lets room a use rooms
b and c; in a chain "a -> b -> c" a room uses all that stand to its right.
"everything" is every room. Remarks in parentheses are for people. A room with
a folder within it (host/tables) may use that folder, and the folder what its
room may use.
"""

import re

import tree

MAP = re.compile(r'^```layers\n(.*?)^```$', re.MULTILINE | re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+(["<])([^">]+)[">]', re.MULTILINE)
DEPENDENCY = re.compile(r'\bsr_([a-z0-9_]+)_dep\b')

TOOLKIT = re.compile(r'^(gtk|gdk|gsk|adwaita|libadwaita|graphene)([-/.]|$)')
NETWORK = re.compile(r'^(gio/gnetworking|gio/gsocket|sys/socket|sys/un|netinet/|arpa/|netdb)')
NETWORK_WORDS = re.compile(r'\b(g_socket_\w+|GSocket\w*|g_resolver_\w+|GResolver|GNetwork\w*|GInetAddress)\b')
OFFLINE_ROOMS = ('store', 'ese')
# The client end of csra: "call tables only" keeps it out of the practice CA.
CSRA_CLIENT = re.compile(r'^csra/sr-cert-admin')


def read_map(readme):
    """The rooms that each room may use, or None if there is no map."""
    block = MAP.search(readme)
    if not block:
        return None
    arrows = []
    for line in block[1].splitlines():
        line = re.sub(r'\([^)]*\)', '', line).strip()
        groups = [re.split(r'[ ,]+(?:and )?', part.strip()) for part in line.split('->')]
        arrows += [(users, used) for i, users in enumerate(groups) for used in groups[i + 1:]]
    rooms = {room for arrow in arrows for group in arrow for room in group} - {'everything'}
    uses = {room: {room} for room in rooms}
    for users, used in arrows:
        for user in rooms if users == ['everything'] else users:
            uses[user].update(used)
    for room in rooms:
        outer = room.split('/')[0]
        if outer != room and outer in uses:
            uses[outer].add(room)
            uses[room].update(uses[outer] - {outer})
    return uses


def room_of(path, uses):
    """The room of "room/file" or "room/folder/file": the longest that the map knows."""
    folders = path.split('/')[:-1]
    for length in range(len(folders), 0, -1):
        if '/'.join(folders[:length]) in uses:
            return '/'.join(folders[:length])
    return None


def line_of(text, match):
    return text.count('\n', 0, match.start()) + 1


def check_source(name, text, room, uses):
    for include in INCLUDE.finditer(text):
        where = f'src/{name}:{line_of(text, include)}'
        quote, path = include.groups()
        if quote == '"' and '/' in path:
            used = room_of(path, uses)
            if used is None:
                yield f'{where}: "{path}" is in no room of the map'
            elif used not in uses[room]:
                yield f'{where}: {room} may not use {used} ("{path}")'
        if room == 'practice' and CSRA_CLIENT.match(path):
            yield f'{where}: practice may use the call tables of csra, not its client ("{path}")'
        if room != 'app' and TOOLKIT.match(path):
            yield f'{where}: <{path}> belongs to app alone'
        if room in OFFLINE_ROOMS and NETWORK.match(path):
            yield f'{where}: {room} has nothing to do with the network (<{path}>)'
    if room in OFFLINE_ROOMS:
        for word in NETWORK_WORDS.finditer(text):
            yield f'src/{name}:{line_of(text, word)}: {room} has nothing to do with the network ({word[0]})'


def check_build(name, text, room, uses):
    for dependency in DEPENDENCY.finditer(text):
        words = dependency[1].split('_')
        used = next((r for r in ('/'.join(words), words[0]) if r in uses), None)
        if used is not None and used not in uses[room]:
            yield f'src/{name}:{line_of(text, dependency)}: {room} may not link {used} ({dependency[0]})'


def check(top):
    uses = read_map(tree.read(top, 'README.md'))
    if not uses:
        yield 'README.md: the layer map (a block marked "layers") is missing'
        return
    for path in tree.files(top / 'src'):
        name = path.as_posix()
        if '/' not in name or not (path.suffix in ('.c', '.h') or path.name == 'meson.build'):
            continue
        room = room_of(name, uses)
        if room is None:
            yield f'src/{name}: its room is not on the layer map'
        elif path.name == 'meson.build':
            yield from check_build(name, tree.read(top / 'src', path), room, uses)
        else:
            yield from check_source(name, tree.read(top / 'src', path), room, uses)


if __name__ == '__main__':
    tree.run(check)
