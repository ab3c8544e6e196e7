"""Against what a new browser gets: the pages themselves, and the cookies that come with them."""

import re
from collections.abc import Callable

from cookie_consent.models import Cookie
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from consent.cookies import registry
from consent.preferences.forms import OPT_IN
from dsr.intake.forms import RequestForm
from dsr.rules.rights import Right
from privacy.datamap.periods import Period
from privacy.subscriptions.views import SubscriptionForm
from privacy.visits import recording
from privacy.web.request_facts import Browser
from recruitment.applications.forms import ApplicationForm
from softnlabs.website.enquiries.forms import ContactForm
from tests import holdings as made
from tests.sabotage.stage import Saboteur, Stage

Handler = Callable[[HttpRequest], HttpResponse]


def _before_all_others(name: str) -> Saboteur:
    """As a careless proxy could: a middleware of this module stands outside all others."""

    def sabotage(stage: Stage) -> None:
        stage.settings.MIDDLEWARE = [f"tests.sabotage.pages.{name}", *settings.MIDDLEWARE]

    return sabotage


def _replacing(pattern: str, replacement: str) -> Callable[[Handler], Handler]:
    def make(get_response: Handler) -> Handler:
        def middleware(request: HttpRequest) -> HttpResponse:
            response = get_response(request)
            if response["Content-Type"].startswith("text/html"):
                response.content = re.sub(pattern, replacement, response.content.decode())
            return response

        return middleware

    return make


def _setting(name: str, value: str) -> Callable[[Handler], Handler]:
    def make(get_response: Handler) -> Handler:
        def middleware(request: HttpRequest) -> HttpResponse:
            response = get_response(request)
            response.set_cookie(name, value)
            return response

        return middleware

    return make


def _losing(header: str) -> Callable[[Handler], Handler]:
    def make(get_response: Handler) -> Handler:
        def middleware(request: HttpRequest) -> HttpResponse:
            request.META.pop(header, None)
            return get_response(request)

        return middleware

    return make


def counting_everybody(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        Browser.of(request).records_visits = True
        return get_response(request)

    return middleware


def prolonging(get_response: Handler) -> Handler:
    def middleware(request: HttpRequest) -> HttpResponse:
        number = request.COOKIES.get("visitor")
        response = get_response(request)
        if number:
            response.set_cookie("visitor", number, max_age=1000)
        return response

    return middleware


linkless = _replacing(r'<a href="(/fr)?/privacy/">', "<a>")
hidden_question = _replacing(r'<section class="band question"', r'<section hidden class="band"')
quiet_refusal = _replacing(r'<button (type="submit" formaction="[^"]*/refuse/")', r'<button class="quiet" \1')
second_layer = _replacing(r'<button type="submit" formaction="([^"]*)/refuse/">', r'<a href="\1/"><button>')
wordless_refusal = _replacing(r'(<button type="submit" formaction="[^"]*/refuse/">)[^<]*', r"\1")
no_way_back = _replacing(r'<li><a href="(/fr)?/privacy/choices/">', "<li><a>")
silent_question = _replacing(r'<span data-says="refusing">[^<]*</span>', "")
targeting = _setting("topics", "careers")
undeclared = _setting("spy", "you")
speaking = _setting("csrf", "alice@example.org")
deaf = _losing("HTTP_SEC_GPC")
forgetful = _losing("HTTP_COOKIE")
anonymous = _losing("HTTP_USER_AGENT")
unmarked = _replacing(r'<span class="mark">[^<]*</span>', "")
nameless = _replacing(r'data-says="who"', "")
without_consequence = _replacing(r'<p data-says="left-out">[^<]*</p>', "")

policy_that_no_page_names = _before_all_others("linkless")
question_that_nobody_sees = _before_all_others("hidden_question")
smaller_refusal = _before_all_others("quiet_refusal")
refusal_on_another_page = _before_all_others("second_layer")
refusal_without_words = _before_all_others("wordless_refusal")
undeletable = _replacing(r'action="[^"]*visits/delete/"', 'action="/"')
choices_that_no_page_links = _before_all_others("no_way_back")
question_without_consequence = _before_all_others("silent_question")
refusal_that_is_lost = _before_all_others("forgetful")
targeting_cookie = _before_all_others("targeting")
undeclared_cookie = _before_all_others("undeclared")
cookie_that_names_its_visitor = _before_all_others("speaking")
signal_that_is_lost = _before_all_others("deaf")
objection_that_is_lost = _before_all_others("forgetful")
number_that_is_prolonged = _before_all_others(prolonging.__name__)
robot_that_hides = _before_all_others("anonymous")
field_without_mark = _before_all_others("unmarked")
notice_of_nobody = _before_all_others("nameless")
notice_without_consequence = _before_all_others("without_consequence")


def visits_that_no_page_deletes(stage: Stage) -> None:
    made.visit(stage.person(), stage.now - made.RECENT)
    stage.settings.MIDDLEWARE = ["tests.sabotage.pages.undeletable", *settings.MIDDLEWARE]


def objection_that_is_ignored(stage: Stage) -> None:
    stage.settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.{counting_everybody.__name__}"]


def number_for_two_years(stage: Stage) -> None:
    stage.monkeypatch.setattr(recording, "PERIOD", Period(years=2))


def cookie_without_purpose(stage: Stage) -> None:
    Cookie.objects.filter(name="csrf").update(description=" ")
    registry.invalidate()


def box_ticked_in_advance(stage: Stage) -> None:
    stage.monkeypatch.setattr(ContactForm.base_fields["opt_in"], "initial", True)


def right_ticked_in_advance(stage: Stage) -> None:
    stage.monkeypatch.setattr(RequestForm.base_fields["rights"], "initial", [Right.ACCESS])


def form_without_box(stage: Stage) -> None:
    stage.monkeypatch.setattr(ApplicationForm.base_fields["opt_in"], "widget", forms.HiddenInput())


def box_where_none_belongs(stage: Stage) -> None:
    box = forms.BooleanField(required=False, label=OPT_IN % {"company": "SoftNLabs"})
    stage.monkeypatch.setitem(SubscriptionForm.base_fields, "opt_in", box)


def box_with_another_sentence(stage: Stage) -> None:
    stage.monkeypatch.setattr("consent.preferences.forms.OPT_IN", "I accept the terms of %(company)s")


def box_that_says_more(stage: Stage) -> None:
    stage.monkeypatch.setattr("consent.preferences.forms.OPT_IN", f"{OPT_IN} I accept all the rest too.")


def box_that_has_to_be_ticked(stage: Stage) -> None:
    stage.monkeypatch.setattr(ContactForm.base_fields["opt_in"], "required", True)
