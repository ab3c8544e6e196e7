"""What the website brings to the portal, and what is declared of the tables that Django itself brings."""

from django.utils.translation import gettext_lazy as _

from privacy import plugins
from privacy.datamap.declarations import (
    Basis,
    Category,
    Datum,
    Keep,
    NotPersonal,
    PersonalData,
    Purpose,
    Recipient,
)
from privacy.datamap.periods import Period


class WebsiteConfig(plugins.PrivacyAppConfig):
    """Pages, enquiries, accounts."""

    name = "softnlabs.website"
    label = "website"
    verbose_name = _("Website")
    audit_labels = {
        "website.enquiry.received": _("a message from the contact form was received"),
        "website.enquiry.contacted": _("a contact with the person was noted"),
        "website.account.one_time_password_issued": _("a one-time password was issued"),
    }
    cases = {"website.enquiry": ""}
    third_party_data = {
        "auth.Permission": NotPersonal(
            _("A list of what can be done."),
            columns={
                "name": "the name of a permission",
                "codename": "the name of a permission",
            },
        ),
        "auth.Group": NotPersonal(
            _("A list of roles."),
            columns={
                "name": "the name of a role",
            },
        ),
        "auth.Group_permissions": NotPersonal(_("What each role may do.")),
        "website.User_groups": NotPersonal(
            _("Which account has which role; goes with the account."),
            columns={
                "user": "goes with the account, in the same period",
            },
        ),
        "website.User_user_permissions": NotPersonal(
            _("What an account may do; goes with the account."),
            columns={
                "user": "goes with the account, in the same period",
            },
        ),
        "contenttypes.ContentType": NotPersonal(
            _("A list of tables."),
            columns={
                "app_label": "the name of a table",
                "model": "the name of a table",
            },
        ),
        "sessions.Session": PersonalData(
            label=_("Open sessions"),
            subject={"sessions": "session_key"},
            purpose=Purpose.BUSINESS,
            basis=Basis.LEGITIMATE_INTEREST,
            keep=Keep(since="expire_date", period=Period(days=1), since_label=_("the end of the session")),
            not_objectable=_("It keeps you signed in, and ends when you sign out."),
            recipients=(Recipient.SECURITY, Recipient.HOST),
            fields={
                "session_key": Datum(
                    Category.LOGIN, provided=False, shown_as=_("a random number that keeps you signed in")
                ),
                "session_data": Datum(
                    Category.LOGIN,
                    provided=False,
                    shown_as=_("which pages you opened by a link from us, and which boxes you ticked"),
                ),
                "expire_date": Datum(Category.LOGIN, provided=False),
            },
        ),
        "admin.LogEntry": PersonalData(
            label=_("Actions of an account at the desk"),
            subject={"accounts": "user_id"},
            purpose=Purpose.BUSINESS,
            basis=Basis.LEGITIMATE_INTEREST,
            keep=Keep(since="action_time", period=Period(years=1), since_label=_("the action")),
            not_objectable=_("Who changed a record has to be known, to protect the people in it."),
            recipients=(Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST),
            fields={
                "user": Datum(Category.LOGIN, provided=False),
                "action_time": Datum(Category.LOGIN, provided=False),
                "object_repr": Datum(
                    Category.LOGIN, provided=False, shown_as=_("the record that was changed")
                ),
                "change_message": Datum(
                    Category.LOGIN, provided=False, shown_as=_("the fields that changed")
                ),
            },
            impersonal=("id", "content_type", "object_id", "action_flag"),
        ),
    }

    forms = {
        "website.contact": plugins.PublicForm(_("Contact form"), ("website.enquiry", "consent.prospect")),
    }

    def ready(self) -> None:
        from softnlabs import stores  # noqa: PLC0415
        from softnlabs.website import form_promises, promises  # noqa: PLC0415

        self.stores = stores.declared()
        self.promises = (promises.promises, form_promises.promises)
