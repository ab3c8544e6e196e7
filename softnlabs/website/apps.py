"""What the website brings to the portal, and what is declared of the tables that Django itself brings."""

from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
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

ENQUIRIES = (
    "website.view_enquiry", "website.change_enquiry",
    "website.view_replytemplate", "website.add_replytemplate", "website.change_replytemplate",
)  # fmt: skip


class WebsiteConfig(plugins.PrivacyAppConfig):
    """Pages, enquiries, accounts."""

    name = "softnlabs.website"
    label = "website"
    verbose_name = _("Website")
    audit_labels = {
        "website.enquiry.received": _("a message from the contact form was received"),
        "website.enquiry.contacted": _("a contact with the person was noted"),
        "website.enquiry.answered": _("a reply was sent to the person who wrote"),
        "website.enquiry.assigned": _("an enquiry was assigned"),
        "website.enquiry.closed": _("an enquiry was closed"),
        "website.enquiry.closed_as_spam": _("an enquiry was closed as spam"),
        "website.enquiry.reopened": _("a closed enquiry was opened again"),
        "website.enquiry.file_shown": _("a page of a file of an enquiry was looked at, at the desk"),
        "website.enquiry.file_downloaded": _(
            "the original of a file of an enquiry was downloaded at the desk"
        ),
        "website.account.left": _("the access of somebody who leaves was ended"),
        "website.account.one_time_password_issued": _("a one-time password was issued"),
        "website.account.invited": _("somebody was invited to the staff"),
        "website.account.invitation_withdrawn": _("an invitation to the staff was withdrawn"),
        "website.account.joined": _("somebody invited joined the staff"),
        "website.second_factor.reset": _("the second step of a sign-in was taken off"),
        "website.session.ended": _("sessions of an account were ended"),
        "website.account.made": _("somebody made an account"),
        "website.account.password_changed": _("a password was changed"),
        "website.account.password_reset": _("a forgotten password was replaced"),
        "website.account.address_changed": _("the address of an account was changed"),
        "website.account.app_added": _("an app for codes was added to an account"),
        "website.account.app_removed": _("an app for codes was removed from an account"),
        "website.account.passkey_added": _("a passkey was added to an account"),
        "website.account.passkey_removed": _("a passkey was removed from an account"),
        "website.account.codes_made": _("recovery codes were made"),
        "website.account.code_used": _("a recovery code was used"),
        "website.page.restored": _("an earlier version of a page of the website was restored"),
    }
    cases = {"website.enquiry": ""}
    looks = ("website.enquiry.file_shown", "website.enquiry.file_downloaded")
    decisions = {"website.enquiry.answered": False}
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
        "account.EmailAddress": NotPersonal(
            _("Always empty: the address stands on the account."),
            columns={"user": "no row is written", "email": "no row is written"},
        ),
        "account.EmailConfirmation": NotPersonal(
            _("Always empty: a confirmation is a signed link."), columns={"key": "no row is written"}
        ),
        "socialaccount.SocialApp": NotPersonal(
            _("Always empty: the company's sign-in service is set in the environment."),
            columns=dict.fromkeys(("name", "provider_id", "client_id", "secret", "key"), "no row is written"),
        ),
        "socialaccount.SocialAccount": NotPersonal(
            _("Always empty: what the company's sign-in service says is not kept."),
            columns=dict.fromkeys(("user", "provider", "uid", "last_login"), "no row is written"),
        ),
        "socialaccount.SocialToken": NotPersonal(
            _("Always empty: what the company's sign-in service says is not kept."),
            columns=dict.fromkeys(("token", "token_secret"), "no row is written"),
        ),
        "mfa.Authenticator": PersonalData(
            label=_("Second steps of your sign-in"),
            subject={"accounts": "user_id"},
            purpose=Purpose.BUSINESS,
            basis=Basis.CONTRACT,
            keep=Keep(since="user__active_at", period=Period(years=3), since_label=_("your last sign-in")),
            recipients=(Recipient.CONTROLLER, Recipient.SECURITY, Recipient.HOST),
            fields={
                "user": Datum(Category.LOGIN, provided=False),
                "type": Datum(Category.LOGIN),
                "data": Datum(
                    Category.LOGIN, shown_as=_("a secret that only your device and our server use")
                ),
                "created_at": Datum(Category.LOGIN, provided=False),
                "last_used_at": Datum(Category.LOGIN, provided=False),
            },
            impersonal=("id",),
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

    served_rights = {
        "my_data": plugins.ServedRight(_("My data, for whoever has an account"), "website:my-data")
    }
    forms = {
        "website.contact": plugins.PublicForm(
            _("Contact form"), ("website.enquiry", "consent.prospect", "consent.consentevent")
        ),
        "website.sign_up": plugins.PublicForm(
            _("Form to make an account"), ("website.user", "consent.prospect", "consent.consentevent")
        ),
    }

    permissions_of_groups = {
        "sales": (
            *ENQUIRIES,
            "website.view_page", "website.add_page", "website.change_page", "website.view_pageversion",
        ),
        "support": ENQUIRIES,
    }  # fmt: skip

    def ready(self) -> None:
        from allauth.account.signals import authentication_step_completed  # noqa: PLC0415
        from allauth.mfa.signals import authenticator_added  # noqa: PLC0415

        from softnlabs import stores  # noqa: PLC0415
        from softnlabs.website import form_promises, promises, starting_content  # noqa: PLC0415
        from softnlabs.website.accounts import (  # noqa: PLC0415
            addresses,
            factor_secrets,
            recovery_codes,
            sessions,
            staff_factor,
        )
        from softnlabs.website.enquiries import my_data, waiting  # noqa: PLC0415

        recovery_codes.install()
        self.confirmed_addresses = addresses.confirmed
        self.wrapped_secrets = (factor_secrets.FactorSecrets(),)
        user_logged_in.connect(sessions.begin, dispatch_uid="website")
        authentication_step_completed.connect(staff_factor.note, dispatch_uid="website")
        authenticator_added.connect(staff_factor.note, dispatch_uid="website")
        user_logged_out.connect(sessions.finish, dispatch_uid="website")
        self.stores = stores.declared()
        self.policy_placeholders = {
            "session.idle": sessions.idle_at_desk,
            "session.longest": sessions.longest,
        }
        self.policy_facts = {
            "session.idle": lambda: int(settings.IDLE_AT_DESK.total_seconds()),
            "session.longest": lambda: int(settings.SESSION_LONGEST.total_seconds()),
        }
        self.promises = (promises.promises, form_promises.promises)
        self.waiting_work = waiting.work
        self.my_data = (plugins.MyDataSection("messages", _("Your messages to us"), my_data.body),)
        self.load_content = starting_content.load
