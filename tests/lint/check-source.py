#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for what no reviewer should have to look for.

White space, licence lines, length, marks of unfinished work, paths of one
machine, and public functions without documentation.
"""

import re

import tree

TEXT = {'.c', '.h', '.py', '.sh', '.build', '.options', '.md', '.css', '.blp', '.xml', '.in', '.json', '.yml', '.txt'}
LICENSED = {'.c', '.h', '.py', '.sh', '.css', '.blp'}
MAX_LINES = 800

UNFINISHED = re.compile(r'\b(TODO|FIXME|XXX)(?=[:( ]|$)')
MACHINE_PATH = re.compile(r'''(?:^|[\s"'`=:(<])(/(?:home|root|work|Users)/[\w.-]+)''')

# "/** ... */" and, right behind it, a declaration.
PROTOTYPE = re.compile(r'^(?P<type>[A-Za-z][\w \t]*?[ *]+)(?P<name>sr_\w+)[ \t]*'
                       r'\((?P<arguments>(?:[^;{()]|\([^()]*\))*)\)[^;{]*;', re.MULTILINE)
# Functions whose name says all: the ends of a life, getters of one object, and
# setters that cannot fail.
LIFE = re.compile(r'_(get_type|quark|ref|unref|copy|clear|free)$')
GETTER = re.compile(r'_(get|is|has)_')
SETTER = re.compile(r'_set_')


def check_lines(name, text):
    for number, line in enumerate(text.split('\n'), 1):
        where = f'{name}:{number}'
        if '\t' in line:
            yield f'{where}: a tab'
        if line != line.rstrip():
            yield f'{where}: blanks at the end of the line'
        for mark in UNFINISHED.finditer(line):
            yield f'{where}: "{mark[1]}": finish it'
        for path in MACHINE_PATH.finditer(line):
            yield f'{where}: {path[1]} is a path of one machine'
    if text and not text.endswith('\n'):
        yield f'{name}: no newline at the end'


def argument_names(arguments):
    """The names in "int a, char *b, void (*c) (int)"; none for "void"."""
    arguments = re.sub(r'\(\*+ *(\w+)\) *\([^()]*\)', r'\1', arguments)
    for argument in arguments.split(','):
        name = re.search(r'(\w+)\W*$', re.sub(r'\[[^]]*\]|G_GNUC_\w+', '', argument))
        if name and argument.strip() not in ('void', '...'):
            yield name[1]


def doc_before(text, position):
    """The documentation block that ends right before a position, or ''."""
    before = text[:position].rstrip()
    if not before.endswith('*/'):
        return ''
    block = before[before.rfind('/*'):]
    return block if block.startswith('/**') else ''


def is_plain(function, arguments):
    return (LIFE.search(function) or (GETTER.search(function) and len(arguments) == 1)
            or (SETTER.search(function) and len(arguments) == 2)
            or (function.endswith('_new') and not arguments))


def check_documentation(name, text):
    """A function has a block of its own, or stands in the lines right below one
    that has, and is like it."""
    documented, end = False, 0
    for prototype in PROTOTYPE.finditer(text):
        function = prototype['name']
        where = f"{name}:{text.count(chr(10), 0, prototype.start('name')) + 1}"
        arguments = list(argument_names(prototype['arguments']))
        below_another = text[end:prototype.start()] == '\n'
        end = prototype.end()
        doc = doc_before(text, prototype.start())
        if not re.search(rf'^ \* {function}:', doc, re.MULTILINE):
            documented = documented and below_another
            if not documented and not is_plain(function, arguments):
                yield f'{where}: {function}() has no documentation'
            continue
        documented = True
        if not re.search(r'^ \* @\w+:', doc, re.MULTILINE) and re.search(r'\bsr_\w+\(\)', doc):
            continue            # it says which function it is like
        for argument in arguments:
            if f'@{argument}:' not in doc:
                yield f'{where}: the documentation of {function}() leaves out @{argument}'
        returned = re.sub(r'\b(extern|G_\w+|const)\b', '', prototype['type']).split()
        if returned != ['void'] and 'Returns:' not in doc:
            yield f'{where}: the documentation of {function}() does not say what it returns'


def check(top):
    for path in tree.files(top):
        name = path.as_posix()
        script = path.suffix == '' and tree.is_shell(top, path)
        if path.suffix not in TEXT and not script:
            continue
        text = tree.read(top, path)
        yield from check_lines(name, text)
        if (script or path.suffix in LICENSED) and text and 'SPDX-License-Identifier:' not in text[:200]:
            yield f'{name}: no SPDX-License-Identifier in the first lines'
        lines = text.count('\n')
        if path.suffix in ('.c', '.h') and lines > MAX_LINES:
            yield f'{name}: {lines} lines; past {MAX_LINES} a file is split by topic'
        if path.match('src/*/sr-*.h') and not name.endswith('-private.h'):
            yield from check_documentation(name, text)


if __name__ == '__main__':
    tree.run(check)
