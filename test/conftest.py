# SPDX-License-Identifier: MIT
"""pytest puts this folder on sys.path because this file is here; so `import support` works."""


def pytest_report_header():
    import support
    return f"source root {support.SOURCE_ROOT}, gen-opaque {support.os.environ.get('GEN_OPAQUE', '(default)')}"
