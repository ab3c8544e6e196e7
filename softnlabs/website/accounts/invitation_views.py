"""Behind the mailed link of an invitation: the token goes into the session, the button makes the account."""

from allauth.account.internal.flows import login as login_flow
from allauth.account.models import Login
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.forms import SetPasswordMixin
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from privacy.web.fields import LineField
from softnlabs.website.accounts import invitations
from softnlabs.website.accounts.models import User

LINK_KEY = "invitation"


class JoinForm(SetPasswordMixin, forms.Form):  # type: ignore[type-arg]
    first_name = LineField(label=capfirst(_("first name")), max_length=100)
    surname = LineField(label=capfirst(_("surname")), max_length=100)
    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, data: QueryDict | None, *, email: str) -> None:
        super().__init__(data)
        self.email = email
        self.fields["password1"].help_text = _(
            "At least 12 characters. Several words in a row are easy to remember."
        )

    def clean(self) -> dict[str, object]:
        """As staff, whose passwords are the stricter ones."""
        self.validate_passwords()
        name = {field: self.cleaned_data.get(field, "") for field in ("first_name", "surname")}
        self.validate_password_for_user(User(email=self.email, is_staff=True, **name))
        return super().clean() or {}


@never_cache
@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    request.session[LINK_KEY] = token
    return redirect("website:invitation")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in here already signs out by it: it may be somebody else."""
    token, now = str(request.session.get(LINK_KEY, "")), timezone.now()
    try:
        invitation = invitations.find(token, now=now)
        form = JoinForm(request.POST or None, email=invitation.email)
        if not form.is_valid():
            return render(request, "account/join.html", {"form": form, "email": invitation.email})
        account = invitations.join(
            token,
            password=form.cleaned_data["password1"],
            first_name=form.cleaned_data["first_name"],
            surname=form.cleaned_data["surname"],
            now=now,
        )
    except invitations.OverError:
        request.session.pop(LINK_KEY, None)
        return render(request, "account/join_over.html", status=410)
    logout(request)
    login = Login(user=account, redirect_url=reverse("admin:index"))
    response: HttpResponse = login_flow.perform_password_login(request, {}, login)
    return response
