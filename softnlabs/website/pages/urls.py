"""Pages that the desk writes, by their own word. Included last, since any word could be one."""

from django.urls import path

from softnlabs.website.pages import views

app_name = "pages"
urlpatterns = [path("<slug:slug>/", views.page, name="page")]
