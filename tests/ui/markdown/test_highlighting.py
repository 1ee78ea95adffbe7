from __future__ import annotations

from ui.markdown.highlighting import Span, highlight, tail_start, utf16_length


def test_words_get_the_colour_of_what_they_are() -> None:
    lines = highlight("python", 'def f(x):\n    return "s"  # c\n')
    assert Span(0, 3, "code_keyword") in lines[0]
    assert Span(4, 1, "code_function") in lines[0]
    assert Span(4, 6, "code_keyword") in lines[1]
    assert Span(16, 3, "code_comment") in lines[1]
    assert len(lines) == 3


def test_a_string_over_several_lines_is_coloured_on_each() -> None:
    lines = highlight("python", '"""a\nb\n"""')
    assert all(line and line[0].role == "code_string" for line in lines)


def test_an_unknown_language_has_no_colours() -> None:
    assert highlight("no-such-language", "a\nb") == [(), ()]
    assert highlight("", "a") == [()]


def test_columns_count_as_qt_counts_them() -> None:
    assert utf16_length("한😀") == 3
    line = highlight("python", 's = "😀"; t = 1')[0]
    assert Span(4, 4, "code_string") in line
    assert Span(14, 1, "code_number") in line


def test_very_long_code_is_not_read() -> None:
    assert highlight("python", "x = 1\n" * 40_000)[0] == ()


def test_growing_code_is_read_again_from_a_statement() -> None:
    lines = ["def f():"] + ["    pass"] * 60 + ["def g():"] + ["    pass"] * 20
    assert lines[tail_start(lines)] == "def g():"
    assert tail_start(["a"]) == 0
