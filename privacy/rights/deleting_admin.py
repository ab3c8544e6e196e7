from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from privacy.audit.admin_base import AuditedModelAdmin
from privacy.rights import erasure


class DeletingAdmin(AuditedModelAdmin):
    """Base of the admin pages that delete: with what depends on a record, and its encrypted files."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        erasure.delete(self.model._base_manager.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: "QuerySet[Model]") -> None:
        erasure.delete(queryset)
