"""Pages that the desk writes, by their own word. Included last, since any word could be one."""

from django.conf import settings
from django.urls import path, register_converter
from django.urls.converters import SlugConverter

from softnlabs.website.pages import views


class WordConverter(SlugConverter):
    """Not the code of a language: `/fr/` is the home page in French, and no page in English."""

    regex = rf"(?!(?:{'|'.join(code for code, _name in settings.LANGUAGES)})/)[-a-zA-Z0-9_]+"


register_converter(WordConverter, "word")
app_name = "pages"
urlpatterns = [path("<word:slug>/", views.page, name="page")]
