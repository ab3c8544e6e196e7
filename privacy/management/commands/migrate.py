from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connection
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
            self._require_owner()
            functions.install_for_visits()  # migrations make partitions
            super().handle(*args, **options)
            if self._is_complete():
                functions.install()
                if role := owner.application_role():
                    rights.give(role)

    def _require_owner(self) -> None:
        """Raises ``CommandError`` with what to do, before anything is changed."""
        role = connection.settings_dict["USER"]
        try:
            is_owner = owner.is_connected()
        except OperationalError as error:
            raise CommandError(f"No connection to the database as {role}: {error}") from error
        if not is_owner:
            raise CommandError(
                f"The role {role} may not migrate: the database belongs to another one. Name that one in"
                " DATABASE_OWNER_URL, for this command alone (docs/operations.md)."
            )

    def _is_complete(self) -> bool:
        """Not where only one app was asked for, or an older migration."""
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
