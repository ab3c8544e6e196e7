"""The node of `{% bound %}` (`privacy.templatetags.bound`), which :mod:`privacy.policy.bound_templates` looks for."""

from django.template import Context
from django.template.base import Node, NodeList
from django.utils.safestring import SafeString


class BoundNode(Node):
    """Renders its content as it is: the mark is read before publishing."""

    def __init__(self, nodelist: NodeList, mark: str) -> None:
        self.nodelist = nodelist
        self.mark = mark

    def render(self, context: Context) -> SafeString:
        return self.nodelist.render(context)
