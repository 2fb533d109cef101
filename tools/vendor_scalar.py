"""Replace the script of the API reference by that of another version of Scalar.

    npm pack @scalar/api-reference
    python tools/vendor_scalar.py scalar-api-reference-1.76.0.tgz

Compress the script, and write its version, digest and size into `app/api/pages/scalar.py`. Then run
`tests/api/pages` and look at `/docs`: the style sheet names classes of Scalar.
"""

import json
import re
import sys
import tarfile
from hashlib import sha256
from pathlib import Path
from typing import Final

import brotli

APP: Final = Path(__file__).resolve().parents[1] / "app"
SCRIPT: Final = "package/dist/browser/standalone.js"


def main(package: Path) -> None:
    """Write the script of a package, and what is known of it."""
    with tarfile.open(package) as archive:
        about = json.loads(read_member(archive, "package/package.json"))
        script = read_member(archive, SCRIPT)
    if about["license"] != "MIT":
        sys.exit(f"The licence of {about['name']} {about['version']} is {about['license']}, and not MIT.")
    (APP / "pages" / "assets" / "scalar.js.br").write_bytes(brotli.compress(script, quality=11, lgwin=24))
    module = APP / "api" / "pages" / "scalar.py"
    text = module.read_text(encoding="utf-8")
    for name, value in {
        "VERSION": json.dumps(about["version"]),
        "SHA256": json.dumps(sha256(script).hexdigest()),
        "SIZE": f"{len(script):_}",
    }.items():
        text = re.sub(rf"^{name}: Final = .*$", f"{name}: Final = {value}", text, flags=re.MULTILINE)
    module.write_text(text, encoding="utf-8")
    print(f"Scalar {about['version']}: {len(script):,} bytes")


def read_member(archive: tarfile.TarFile, name: str) -> bytes:
    """Return a file of the package."""
    found = archive.extractfile(name)
    if found is None:
        sys.exit(f"{name} is no file.")
    with found:
        return found.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
