"""Which templates are read, and what is wrong with the texts in them."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template import Context, Template, TemplateSyntaxError
from django.utils.translation import override

import tests
from privacy import plugins
from privacy.policy import binding, bound_templates, lint, publishing
from privacy.policy.binding import KnownGrounds
from privacy.policy.bound_texts import NoVariableError, UnboundTextError

KNOWN = KnownGrounds(
    frozenset({"data.answered", "storage.sample"}),
    {"storage.periods": frozenset({"storage.sample"})},
    frozenset({"access"}),
)
LOAD = "{% load i18n bound %}\n"
PROMISE = '{% translate "We answer within a day." %}'
DATED = "{% blocktranslate %}We answer by {{ day }}.{% endblocktranslate %}"
PLURAL = "{% blocktranslate count n=n %}Once.{% plural %}In {{ n }} days.{% endblocktranslate %}"
Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch) -> Write:
    """Writes a template of an invented app that takes part."""
    app = plugins.PrivacyAppConfig("tests", tests)
    app.path = str(tmp_path / "invented")
    installed = plugins.installed()
    monkeypatch.setattr(plugins, "installed", lambda: [*installed, app])

    def write_template(name: str, text: str) -> Path:
        path = Path(app.path, "templates", name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(LOAD + text, encoding="utf-8")
        return path

    return write_template


def found_in(path: Path) -> list[lint.LintError]:
    return [problem for problem in bound_templates.problems(KNOWN) if problem.path == path]


def bound(mark: str, text: str) -> str:
    return f'{{% bound "{mark}" %}}{text}{{% endbound %}}'


# The tag -----------------------------------------------------------------------------------------------------------


def test_the_tag_changes_nothing():
    text = "<p> {% if day %}{{ day }}{% endif %}\n{% block words %}a{% endblock %} </p>\n"
    plain, marked = Template(text), Template("{% load bound %}" + bound("promise: data.answered", text))
    assert marked.render(Context({"day": "<1>"})) == plain.render(Context({"day": "<1>"}))


@pytest.mark.parametrize("words", ["bound", "bound data.answered", 'bound "fact" "fact"', "bound \"fact'"])
def test_the_tag_takes_one_mark_in_quotes(words: str):
    with pytest.raises(TemplateSyntaxError):
        Template(f"{{% load bound %}}{{% {words} %}}a{{% endbound %}}")


# Texts -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        bound("promise: data.answered", PROMISE),
        bound("promise: storage.periods", PROMISE),
        bound("right: access", PROMISE),
        bound("information: invented for a test", PROMISE),
        bound("fact", DATED),
        bound("fact; promise: data.answered", PROMISE),
        bound("promise: data.answered", "{% if a %}{% for b in c %}" + PROMISE + "{% endfor %}{% endif %}"),
        bound("fact", bound("promise: data.answered", PROMISE)),
        bound("information", '{% translate "Hello" %}'),
        '{% translate "Hello" %} {% translate a.promise %} We answer within a day, and nobody translates it.',
    ],
)
def test_a_text_that_rests_on_something_passes(write: Write, text: str):
    assert found_in(write("emails/sample.html", text)) == []


@pytest.mark.parametrize(
    ("text", "problem", "what"),
    [
        (PROMISE, UnboundTextError, "“We answer” (We answer within a day.)"),
        (DATED, UnboundTextError, "We answer by %(day)s."),
        (PLURAL, UnboundTextError, "“days”"),
        ('{% translate "Refuse all" as label %}', UnboundTextError, "“all”"),
        ('{% translate "until" context "a day" %}', UnboundTextError, "“until”"),
        ("{% if a %}b{% else %}{% for c in d %}" + PROMISE + "{% endfor %}{% endif %}", UnboundTextError, "We answer"),
        (bound("fact", DATED) + PROMISE, UnboundTextError, "within a day"),
        (bound("promised: data.answered", PROMISE), lint.MalformedGroundError, "promised: data.answered"),
        (bound("", PROMISE), lint.MalformedGroundError, ""),
        (bound("promise: data.forgotten", PROMISE), lint.UnknownPromiseError, "data.forgotten"),
        (bound("promise: data.forgotten", "{{ a }}"), lint.UnknownPromiseError, "data.forgotten"),
        (bound("right: erasure", PROMISE), lint.UnknownRightError, "erasure"),
        (bound("information", PROMISE), lint.UnboundPromiseError, "“We answer”"),
        (bound("fact", PROMISE), NoVariableError, "“We answer”"),
        (bound("promise: data.answered", bound("fact", PROMISE)), NoVariableError, "“We answer”"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_file_and_line(write: Write, text: str, problem: type, what: str):
    path = write("emails/sample.html", f"\n<p>{text}</p>")
    (found,) = found_in(path)
    assert type(found) is problem
    assert what in found.what
    assert str(found).startswith(f"{path}:3: ")


def test_a_word_of_promising_in_french_alone_is_enough(write: Write):
    path = write("emails/sample.html", '{% translate "Leave it empty if you prefer." %}')
    assert found_in(path) == []
    text = "You are signed in: your name and address are filled in, and no message has to be confirmed."
    (found,) = found_in(write("emails/sample.html", f'{{% translate "{text}" %}}'))
    assert "“aucun”" in found.what


# Which templates ---------------------------------------------------------------------------------------------------


def test_mails_and_pages_with_a_form_notice_are_read_and_no_others(write: Write):
    notice = '{% load information %}{% form_notice "website.contact" %}' + PROMISE
    assert found_in(write("sample/form.html", notice))
    assert found_in(write("deeper/emails/sample.html", PROMISE))
    assert found_in(write("sample/page.html", PROMISE)) == []


def test_what_a_template_includes_is_read_too(write: Write, settings, tmp_path: Path):
    folder = tmp_path / "invented" / "templates"
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], folder]}]
    write("emails/sample.html", '{% if a %}{% include "sample/part.html" %}{% endif %}{% include b %}')
    path = write("sample/part.html", '{% include "sample/part.html" %}' + PROMISE)
    assert [problem.line for problem in found_in(path)] == [2]


def test_an_app_names_other_templates(monkeypatch):
    banner = Path(settings.BASE_DIR, "consent/templates/consent/preferences/banner.html")
    assert banner in dict(bound_templates.read())
    monkeypatch.setattr(apps.get_app_config("consent"), "bound_templates", ())
    assert banner not in dict(bound_templates.read())


# Those of this site ------------------------------------------------------------------------------------------------


def test_the_banner_the_choices_the_notice_and_every_mail_are_read():
    read = {path.relative_to(settings.BASE_DIR).as_posix() for path, _template in bound_templates.read()}
    mails = {
        path.name
        for path in Path(settings.BASE_DIR).glob("*/**/templates/emails/*")
        if ".venv" not in path.parts
    }
    assert mails <= {Path(name).name for name in read}
    assert {
        "consent/templates/consent/preferences/banner.html",
        "consent/templates/consent/preferences/proof.html",
        "consent/templates/consent/preferences/row.html",
        "dsr/templates/dsr/intake/new.html",
        "dsr/templates/dsr/remedies.html",
        "privacy/templates/emails/base.html",
        "privacy/templates/privacy/datamap/form_notice.html",
        "privacy/templates/privacy/subscriptions/subscribe.html",
        "recruitment/templates/recruitment/applications/apply.html",
        "templates/website/contact.html",
    } <= read  # fmt: skip


def test_every_text_that_promises_says_what_it_rests_on():
    assert list(map(str, bound_templates.problems(binding.known()))) == []


# Publishing --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.usefixtures("acting", "root")
def test_nothing_is_published_while_a_mail_promises_what_nothing_keeps(write: Write, now):
    path = write("emails/sample.html", PROMISE)
    with pytest.raises(publishing.InvalidPolicyError) as refusal:
        publishing.publish(now=now)
    assert [(problem.path, problem.line) for problem in refusal.value.problems] == [(path, 2)]
    with pytest.raises(CommandError, match=f"{path}:2: this text promises something"):
        call_command("publish_policy", stdout=StringIO())
    write("emails/sample.html", bound("promise: data.answered", PROMISE))
    assert publishing.publish(now=now).number == 1


# Periods -----------------------------------------------------------------------------------------------------------


def test_a_template_says_what_an_app_gives_the_policy():
    text = '{% load information %}{% placeholder "deadline.answer" as time %}{{ time }}'
    assert Template(text).render(Context()) == "1 month"
    with override("fr"):
        assert Template(text).render(Context()) == "1 mois"


def test_a_template_that_names_an_unknown_placeholder_is_not_shown():
    with pytest.raises(TemplateSyntaxError):
        Template('{% load information %}{% placeholder "deadline.forgotten" %}').render(Context())
