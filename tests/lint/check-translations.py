#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every source with words for the user is in po/POTFILES, and nothing else is."""

import re

import tree

MARKED = {
    '.c': re.compile(r'(?<!\w)(?:(?:N|C|NC|Q)?_|d?ngettext|g_dp?gettext2?) *\(\s*"'),
    '.blp': re.compile(r'(?<!\w)C?_\(\s*"'),
}
MARKED['.h'] = MARKED['.c']
WHOLLY = re.compile(r'\.(desktop|metainfo\.xml|gschema\.xml)(\.in)*$')


def check(top):
    listed = [line.strip() for line in tree.read(top, 'po/POTFILES').splitlines()]
    listed = {line for line in listed if line and not line.startswith('#')}
    wanted = set()
    for path in tree.files(top):
        name = path.as_posix()
        if not name.startswith(('src/', 'ui/', 'data/')):
            continue
        pattern = MARKED.get(path.suffix)
        if WHOLLY.search(name) or (pattern and pattern.search(tree.read(top, path))):
            wanted.add(name)
    for name in sorted(wanted - listed):
        yield f'po/POTFILES: {name} has words for the user and is not listed'
    for name in sorted(listed - wanted):
        reason = 'has no words for the user' if (top / name).exists() else 'does not exist'
        yield f'po/POTFILES: {name} is listed and {reason}'


if __name__ == '__main__':
    tree.run(check)
