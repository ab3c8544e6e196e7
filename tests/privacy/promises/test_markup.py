"""Reading a page of ours."""

from privacy.promises.markup import parse

PAGE = """<!doctype html><main id="main"><p class="hint">One <b>two</b>
  three<br>four</p><div hidden><a href="/x/">x</a></div><a href="/y/" required>y</a></p></div>
<span class="hidden-text"><a>z</a></span><input value="&lt;"></main>"""


def test_elements_are_found_with_their_attributes_and_words():
    main = parse(PAGE).with_id("main")
    assert main is not None
    assert [link["href"] for link in main.all("a")] == ["/x/", "/y/", ""]
    assert main.all("p")[0].text() == "One two threefour"
    assert main.all("input")[0]["value"] == "<"
    assert main.all("input")[0]["name"] == ""
    assert "required" in main.all("a")[1].attributes
    assert len(main.all()) == 9
    assert parse(PAGE).with_id("nothing") is None


def test_what_is_hidden_is_so_by_anything_around_it():
    assert [link.is_visible() for link in parse(PAGE).all("a")] == [False, True, False]
    assert not parse('<section aria-hidden="true"><a>x</a></section>').all("a")[0].is_visible()


def test_an_end_without_a_start_closes_nothing():
    link = parse(PAGE).all("a")[1]
    assert [each.tag for each in link.within()] == ["a", "main", ""]
