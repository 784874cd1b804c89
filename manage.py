#!/usr/bin/env python
"""Runs a command of the program: `python manage.py help` lists them."""

import os
import sys

from django.core.management import execute_from_command_line
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections


def main() -> None:
    """Raises SystemExit with one sentence where the database is not up to date with the program."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        if not _is_behind():
            raise
        sys.exit("The database is not up to date with the program. Run: python manage.py migrate")


def _is_behind() -> bool:
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return False


if __name__ == "__main__":
    main()
