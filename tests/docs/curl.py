"""Stand-in for curl where it is not installed: the options that the documentation uses, over urllib."""

import argparse
import sys
import urllib.error
import urllib.request


def main() -> None:
    """Send one request and print its response, as curl does."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("url")
    parser.add_argument("-s", action="store_true")
    parser.add_argument("-N", action="store_true")
    parser.add_argument("--max-time", type=float, default=30)
    parser.add_argument("-i", dest="with_head", action="store_true")
    parser.add_argument("-I", dest="head_only", action="store_true")
    parser.add_argument("-X", dest="method")
    parser.add_argument("-H", dest="fields", action="append", default=[])
    parser.add_argument("-d", dest="body")
    given = parser.parse_args()
    body = given.body.encode() if given.body is not None else None
    method = given.method or ("HEAD" if given.head_only else "POST" if body is not None else "GET")
    request = urllib.request.Request(given.url, data=body, method=method)  # noqa: S310 - the test's own server
    for field in given.fields:
        request.add_header(*field.split(": ", 1))
    try:
        response = urllib.request.urlopen(request, timeout=given.max_time)  # noqa: S310
    except urllib.error.HTTPError as error:
        response = error
    with response:
        if given.with_head or given.head_only:
            sys.stdout.write(f"HTTP/1.1 {response.status} {response.reason}\n")
            sys.stdout.writelines(f"{name.lower()}: {value}\n" for name, value in response.headers.items())
            sys.stdout.write("\n")
        for line in response:
            sys.stdout.write(line.decode())
            sys.stdout.flush()


if __name__ == "__main__":
    main()
