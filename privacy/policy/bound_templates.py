"""The templates whose texts say what they rest on: every mail, every page with a form notice, and those that an app
names in the hook `bound_templates`, each with what it includes.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.template import Context, Engine, Origin, Template
from django.template.base import Node
from django.template.loader_tags import IncludeNode
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils import translation

from privacy import plugins
from privacy.policy import bound_texts
from privacy.policy.binding import KnownGrounds
from privacy.policy.bound_node import BoundNode
from privacy.policy.bound_texts import Mark, ShownText
from privacy.policy.lint import LintError

_FORM_NOTICE = "{% form_notice "


def problems(known: KnownGrounds) -> list[LintError]:
    """By file and line."""
    found = [problem for path, template in read() for problem in _problems(path, template, known)]
    return sorted(found, key=lambda problem: (problem.path, problem.line))


def read() -> Iterator[tuple[Path, Template]]:
    """Each template once, compiled, with its file."""
    engine = Engine.get_default()
    waiting, seen = [*_of_the_rule(engine), *_named(engine)], set[Path]()
    while waiting:
        path = waiting.pop(0)
        if path not in seen:
            seen.add(path)
            template = Template(path.read_text(encoding="utf-8"), Origin(str(path)), engine=engine)
            yield path, template
            waiting += [_path(engine, name) for name in _included(template.nodelist)]


def _of_the_rule(engine: Engine) -> Iterator[Path]:
    folders = [*map(Path, engine.dirs), *(Path(config.path) / "templates" for config in plugins.installed())]
    for path in (path for folder in folders for path in sorted(folder.rglob("*.html"))):
        if path.parent.name == "emails" or _FORM_NOTICE in path.read_text(encoding="utf-8"):
            yield path


def _named(engine: Engine) -> Iterator[Path]:
    yield from (_path(engine, name) for config in plugins.installed() for name in config.bound_templates)


def _path(engine: Engine, name: str) -> Path:
    return Path(engine.get_template(name).origin.name)


def _problems(path: Path, template: Template, known: KnownGrounds) -> Iterator[LintError]:
    for node, around in _walk(template.nodelist, None):
        if isinstance(node, BoundNode):
            yield from bound_texts.of_mark(path, _mark(node), known)
        elif isinstance(node, (TranslateNode, BlockTranslateNode)):
            yield from bound_texts.of_text(path, _shown(node, around))


def _walk(nodes: Iterable[Node], around: BoundNode | None) -> Iterator[tuple[Node, BoundNode | None]]:
    """Every node, with the innermost `bound` around it."""
    for node in nodes:
        yield node, around
        inside = node if isinstance(node, BoundNode) else around
        for name in node.child_nodelists:
            yield from _walk(getattr(node, name, ()), inside)


def _included(nodes: Iterable[Node]) -> Iterator[str]:
    """The names that are written out."""
    for node, _around in _walk(nodes, None):
        name = getattr(node.template, "var", None) if isinstance(node, IncludeNode) else None
        if isinstance(name, str):
            yield name


def _mark(node: BoundNode) -> Mark:
    return Mark(node.mark, _line(node))


def _line(node: Node) -> int:
    return (node.token and node.token.lineno) or 0


def _shown(node: TranslateNode | BlockTranslateNode, around: BoundNode | None) -> ShownText:
    said = bound_texts.in_each_language(lambda: _said(node))
    return ShownText(_line(node), _mark(around) if around else None, said)


def _said(node: TranslateNode | BlockTranslateNode) -> list[str]:
    """In the active language; nothing where a variable holds the text."""
    context = node.message_context.resolve(Context()) if node.message_context else None
    if isinstance(node, BlockTranslateNode):
        (one, _names), (many, _names) = map(node.render_token_list, (node.singular, node.plural or []))
        return [_plural(context, one, many, number) for number in (1, 2)] if many else [_text(context, one)]
    text = getattr(node.filter_expression.var, "literal", None)
    return [_text(context, text.replace("%", "%%"))] if isinstance(text, str) else []


def _text(context: str | None, text: str) -> str:
    return translation.pgettext(context, text) if context else translation.gettext(text)


def _plural(context: str | None, one: str, many: str, number: int) -> str:
    if context:
        return translation.npgettext(context, one, many, number)
    return translation.ngettext(one, many, number)
