#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shell and Python scripts parse; shellcheck agrees where it is installed."""

import ast
import shutil
import subprocess

import tree


def output_of_failure(command, top):
    done = subprocess.run(command, cwd=top, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False)
    return done.stdout.strip() if done.returncode else ''


def check(top):
    paths = tree.files(top)
    for path in paths:
        if path.suffix == '.py':
            try:
                ast.parse(tree.read(top, path))
            except SyntaxError as error:
                yield f'{path}:{error.lineno}: {error.msg}'
    scripts = [str(path) for path in paths if path.suffix in ('', '.sh') and tree.is_shell(top, path)]
    broken = [f for f in (output_of_failure(['bash', '-n', script], top) for script in scripts) if f]
    yield from broken
    if scripts and not broken and shutil.which('shellcheck'):
        complaints = output_of_failure(['shellcheck', '--format=gcc', *scripts], top)
        if complaints:
            yield complaints


if __name__ == '__main__':
    tree.run(check)
