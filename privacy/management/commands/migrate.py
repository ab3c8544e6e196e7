from typing import Any

from django.core.management.commands import migrate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from privacy.database import functions, owner, rights


class Command(migrate.Command):
    """Django's, as the owner of the database. Then the application has the rights that the models give it."""

    help = f"{migrate.Command.help} As the owner of the database (DATABASE_OWNER_URL), who then gives rights."

    def handle(self, *args: Any, **options: Any) -> None:
        with owner.connected():
            if options["plan"] or options["check_unapplied"]:
                super().handle(*args, **options)
                return
            functions.install_for_visits()  # migrations make partitions
            super().handle(*args, **options)
            if self._is_complete():
                functions.install()
                if role := owner.application_role():
                    rights.give(role)

    def _is_complete(self) -> bool:
        """Not where only one app was asked for, or an older migration."""
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
