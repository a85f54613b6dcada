"""
Runs cfn-lint on every template of a folder and prints {templates, found: [{template, rule, message, path}]} as JSON. Through its
library, as starting it takes longer than a template; its exit code would be a bit mask, here everything that is found counts.
"""

import json
import multiprocessing
import pathlib
import sys

from cfnlint import api
from cfnlint.config import ManualArgs


def lint(path):
    matches = api.lint(path.read_text(), config=ManualArgs(regions=['us-east-1']))
    return [{'template': path.name, 'rule': match.rule.id, 'message': match.message, 'path': '/'.join(map(str, match.path or []))} for match in matches]


def main(folder):
    paths = sorted(pathlib.Path(folder).glob('*.json'))
    with multiprocessing.Pool() as pool:
        found = [match for matches in pool.imap(lint, paths, chunksize=4) for match in matches]
    print(json.dumps({'templates': len(paths), 'found': found}))


if __name__ == '__main__':
    main(sys.argv[1])
