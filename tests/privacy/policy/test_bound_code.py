"""The texts of public forms, and the comments that say what they rest on."""

from pathlib import Path

import pytest
from django.conf import settings

import tests
from privacy import plugins
from privacy.policy import binding, bound_code, lint, publishing
from privacy.policy.binding import KnownGrounds
from privacy.policy.bound_texts import NoVariableError, UnboundTextError

KNOWN = KnownGrounds(frozenset({"data.answered"}), {}, frozenset({"access"}))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """Of an invented app that takes part."""
    app = plugins.PrivacyAppConfig("tests", tests)
    app.path = str(tmp_path)
    monkeypatch.setattr(plugins, "installed", lambda: [app])
    return tmp_path


def problems(folder: Path, source: str, name: str = "forms.py") -> list[lint.LintError]:
    path = folder / name
    path.write_text(source, encoding="utf-8")
    return bound_code.problems(KNOWN)


@pytest.mark.parametrize(
    "source",
    [
        'a = _("We answer within a day.")  # {promise: data.answered}',
        '# {promise: data.answered}\na = _("We answer within a day.")',
        'a = f(\n    # Why. {right: access}\n    _(\n        "We answer "\n        "within a day."\n    )\n)',
        'a = _(\n    "We answer within a day."  # {information: invented for a test}\n)',
        'a = _("We answer by %(day)s.") % {"day": day}  # {fact}',
        'a = _("Your name")',
        'a = "We answer within a day."',
    ],
)
def test_a_text_that_rests_on_something_passes(folder: Path, source: str):
    assert problems(folder, source) == []


@pytest.mark.parametrize(
    ("source", "line", "problem"),
    [
        ('\na = _("We answer within a day.")', 2, UnboundTextError),
        (
            'a = f(\n    help_text=gettext_lazy(\n        "We answer "\n        "within a day."))',
            2,
            UnboundTextError,
        ),
        ('a = 1  # {promise: data.answered}\nb = _("We answer.")', 2, UnboundTextError),
        ('# {promise: data.answered}\n\nb = _("We answer.")', 3, UnboundTextError),
        ('a = _("No photo")\nb = _("We answer.")  # Why', 2, UnboundTextError),
        ('a = _("We answer.")  # {promised: data.answered}', 1, lint.MalformedGroundError),
        ('# {promise: data.forgotten}\na = _("We answer.")', 1, lint.UnknownPromiseError),
        ('a = _("We answer.")  # {right: erasure}', 1, lint.UnknownRightError),
        ('a = _("We answer.")  # {information}', 1, lint.UnboundPromiseError),
        ('a = _("We answer.")  # {fact}', 1, NoVariableError),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(folder: Path, source: str, line: int, problem: type):
    (found,) = problems(folder, source)
    assert (type(found), found.path, found.line) == (problem, folder / "forms.py", line)


def test_a_word_of_promising_in_french_alone_is_enough(folder: Path):
    (found,) = problems(folder, 'a = _("Please write this on one line.")')
    assert "“seule”" in found.what


@pytest.mark.parametrize(("name", "is_read"), [
    ("forms.py", True), ("fields.py", True), ("letter_form.py", True), ("views.py", False), ("admin_forms.py", False),
])  # fmt: skip
def test_which_modules_are_read(folder: Path, name: str, is_read: bool):
    assert bool(problems(folder, 'a = _("We answer.")', name)) == is_read


@pytest.mark.django_db
@pytest.mark.usefixtures("acting", "root")
def test_nothing_is_published_while_a_form_promises_what_nothing_keeps(tmp_path: Path, monkeypatch, now):
    app = plugins.PrivacyAppConfig("tests", tests)
    app.path = str(tmp_path)
    installed = plugins.installed()
    monkeypatch.setattr(plugins, "installed", lambda: [*installed, app])
    path = tmp_path / "forms.py"
    path.write_text('a = _("We answer within a day.")')
    with pytest.raises(publishing.InvalidPolicyError) as refusal:
        publishing.publish(now=now)
    assert [(problem.path, problem.line) for problem in refusal.value.problems] == [(path, 1)]


def test_every_text_of_a_public_form_that_promises_says_what_it_rests_on():
    read = {path.relative_to(settings.BASE_DIR).as_posix() for path in bound_code.modules()}
    assert {
        "consent/preferences/forms.py",
        "dsr/intake/forms.py",
        "dsr/intake/letter_form.py",
        "privacy/subscriptions/forms.py",
        "privacy/web/fields.py",
        "recruitment/applications/forms.py",
        "softnlabs/website/enquiries/forms.py",
    } <= read
    assert list(map(str, bound_code.problems(binding.known()))) == []
