"""What a text rests on, written beside it: `{% load bound %}`."""

from django import template
from django.template.base import Parser, Token

from privacy.policy.bound_node import BoundNode

register = template.Library()


@register.tag
def bound(parser: Parser, token: Token) -> BoundNode:
    """`{% bound "promise: data.answered" %}…{% endbound %}`: its content, unchanged.

    The mark is written as behind a sentence of the policy (:mod:`privacy.policy.grounds`), and is read when a policy
    is published (:mod:`privacy.policy.bound_templates`).
    """
    words = token.split_contents()
    if len(words) != 2 or words[1][0] not in "\"'" or words[1][0] != words[1][-1]:
        raise template.TemplateSyntaxError('bound is written {% bound "promise: data.answered" %}')
    nodelist = parser.parse(("endbound",))
    parser.delete_first_token()
    return BoundNode(nodelist, words[1][1:-1])
