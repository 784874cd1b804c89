"""The settings under test: the program's own, deaf to the `.env` of whoever runs the tests."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

# one folder for a run, shared by its parallel processes, gone with the first of them
if "TEST_FOLDER" not in os.environ:
    _folder = TemporaryDirectory(prefix="seloste-test-", ignore_cleanup_errors=True)
    os.environ["TEST_FOLDER"] = _folder.name
TEST_FOLDER = os.environ["TEST_FOLDER"]

os.environ.update(
    DATA_DIR=TEST_FOLDER,
    STATIC_ROOT="",
    SECRET_KEY="a key for tests, long enough and worth nothing to anyone",
    SECRET_KEY_FALLBACKS="",
    ENCRYPTION_KEYS="dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMga2V5IG9ubHk=",
    DIGEST_KEYS="another key for tests",
    DEBUG="false",
    ALLOWED_HOSTS="127.0.0.1,localhost,testserver",
    HTTPS="false",
    BEHIND_PROXY="false",
    SECOND_FACTOR="required",
    EMAIL_URL="memorymail://",
)
# tests.postgres names another one
os.environ.setdefault("DATABASE_URL", f"sqlite:///{TEST_FOLDER}/seloste.sqlite3")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # a file and not memory: threads and processes meet in it as they do in the running program
    DATABASES["default"]["TEST"] = {"NAME": f"{TEST_FOLDER}/test.sqlite3"}

# the slow hash is Django's own and tested there; here it would only make every sign-in slow
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# what one test keeps in files, another of a parallel process neither counts nor removes
DATA_DIR = Path(TEST_FOLDER) / os.environ.get("PYTEST_XDIST_WORKER", "main")
DATA_DIR.mkdir(exist_ok=True)
