"""python-dotenv's parser, by which `app.environment` names the line of an error in a file `.env`."""

from io import StringIO

from dotenv.parser import parse_stream


def test_parser_reads_names_values_and_lines() -> None:
    first, comment, second, flawed = parse_stream(
        StringIO("export DAYLINE_PORT=8001\n# a comment\nDAYLINE_HOST='::1'\nDAYLINE KEY=x\n")
    )
    assert (first.key, first.value, first.original.line, first.error) == ("DAYLINE_PORT", "8001", 1, False)
    assert (comment.key, comment.value, comment.error) == (None, None, False)
    assert (second.key, second.value, second.original.line, second.error) == ("DAYLINE_HOST", "::1", 3, False)
    assert (flawed.original.line, flawed.original.string, flawed.error) == (4, "DAYLINE KEY=x\n", True)


def test_name_without_a_value_has_none() -> None:
    (binding,) = parse_stream(StringIO("DAYLINE_PORT\n"))
    assert (binding.key, binding.value, binding.error) == ("DAYLINE_PORT", None, False)
