"""Sets Seloste up and runs it: what `make demo`, `start`, `reset` and `test` call.

Nothing but the standard library, and no syntax younger than Python 3.6: an old Python is told
what is wrong in a sentence, not in a traceback.
"""

import ctypes
import fcntl
import hashlib
import http.client
import itertools
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
from collections import deque
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# there while packages are being installed: found at the start of a run, it tells of a killed one
UNFINISHED = VENV / "unfinished"
DEMO = ROOT / "var" / "demo"
NEEDED = (3, 11)
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class CannotGoOn(Exception):
    """Why the set-up stops, in a sentence that says what to do."""


def main(command):
    check_python(command)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    os.chdir(str(ROOT))
    commands[command]()


def check_python(command):
    if sys.version_info < NEEDED:
        have = ".".join(str(part) for part in sys.version_info[:2])
        again = "test" if command == "prepare-test" else command
        raise CannotGoOn(
            f"Seloste needs Python 3.11 or newer; you have {have}. Install a newer one "
            f"(python.org, or your system's package python3.12 with python3.12-venv) "
            f"and run again with: make {again} PYTHON=python3.12"
        )


# --- the commands


def demo():
    port = free_port("demo")
    env = environment(
        BASE_URL=f"http://127.0.0.1:{port}",
        DATA_DIR=DEMO,
        STATIC_ROOT="",
        DATABASE_URL=f"sqlite:///{quote(str(DEMO / 'seloste.sqlite3'))}",
        EMAIL_URL="filemail://",
        ALLOWED_HOSTS="127.0.0.1,localhost",
        SECOND_FACTOR="optional",
        DEBUG="false",
        HTTPS="false",
        BEHIND_PROXY="false",
    )
    with in_use(DEMO):
        run("demo", port, env, "Loading the demo", "load_demo")


def start():
    """A register of one's own, in the folder and database that every other command uses too."""
    port = free_port("start")
    first_account = ["first_account", f"--base-url=http://127.0.0.1:{port}"]
    settings = {"STATIC_ROOT": ""}
    if port != 8000 and "BASE_URL" not in os.environ:
        settings["BASE_URL"] = f"http://127.0.0.1:{port}"
    run("start", port, environment(**settings), "Looking for the first account", *first_account)


def run(command, port, env, title, *last_step):
    """Prepares everything, serves until told to stop, and shows what the last step said."""
    say(f"Seloste: make {command}")
    steps = Steps(5)
    prepare(steps, "runtime", command)
    with steps.next("Bringing the database up to date"):
        manage(env, command, "migrate", "--noinput", "--verbosity=0")
    with steps.next(title):
        words = manage(env, command, *last_step)
    with running(env, port) as processes:
        with steps.next("Starting the server and the worker"):
            wait_for_answer(port, processes)
        say(
            f"\nSeloste runs, until you press Ctrl-C.\n"
            f"  the notice, as everyone sees it  http://127.0.0.1:{port}/\n"
            f"  the register, for staff          http://127.0.0.1:{port}/admin/\n\n"
            f"{textwrap.indent(words, '  ')}"
        )
        while True:
            check_alive(processes)
            time.sleep(0.3)


def reset():
    with in_use(DEMO):
        shutil.rmtree(str(DEMO), ignore_errors=True)
    say("The demo is empty; make demo fills it again.")


def prepare_test():
    steps = Steps(3)
    prepare(steps, "dev", "test")
    with steps.next("Looking for Chromium"):
        say(f"    {chromium() or install_chromium()}")


# --- the virtual environment and its packages


def prepare(steps, lock, command):
    """`.venv` with the packages of `requirements/{lock}.txt`; instant where nothing is to do."""
    with alone("set-up"):
        with steps.next("Virtual environment in .venv"):
            make_environment(command)
        with steps.next(f"Packages of requirements/{lock}.txt"):
            install_packages(lock, command)


def make_environment(command):
    if UNFINISHED.exists() or not environment_works():
        shutil.rmtree(str(VENV), ignore_errors=True)
        VENV.mkdir()
        UNFINISHED.touch()
        made, words = listen([sys.executable, "-m", "venv", str(VENV)])
        if not made:
            say(words)
            raise CannotGoOn(
                "Python could not make a virtual environment (its words are above): install its "
                f"venv module (Debian, Ubuntu: apt install python3-venv), then make {command}."
            )
        UNFINISHED.unlink()


def environment_works():
    question = f"import sys, pip; sys.exit(sys.version_info < {NEEDED})"
    return PYTHON.exists() and listen([str(PYTHON), "-c", question])[0]


def install_packages(lock, command):
    path = ROOT / "requirements" / f"{lock}.txt"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    stamp = VENV / f"{lock}.installed"
    if stamp.exists() and stamp.read_text() == digest:
        return
    # a pip that is killed while it writes leaves packages that the next pip takes for whole
    UNFINISHED.touch()
    total = path.read_text().count("==")
    pip = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "-r", str(path)]
    installed, words = listen(pip, each_line=pip_progress(total))
    UNFINISHED.unlink()
    if not installed:
        say(words)
        raise CannotGoOn(
            "The packages could not be installed (pip's words are above): check that this machine "
            f"reaches a Python package index, then make {command} again; what is done is kept."
        )
    stamp.write_text(digest)


def pip_progress(total):
    """Tells every five seconds how far pip is."""
    collected, told = itertools.count(1), [time.monotonic()]

    def each_line(line):
        if line.startswith("Collecting "):
            number = next(collected)
            if time.monotonic() - told[0] > 5:
                told[0] = time.monotonic()
                say(f"    {number} of about {total} packages")
        elif line.startswith("Installing "):
            say("    unpacking")

    return each_line


def chromium():
    """Path of a Chromium on this machine, or None."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else CHROMIUM_NAMES))
    return next(filter(None, found), None)


def install_chromium():
    if os.environ.get("CHROMIUM"):
        raise CannotGoOn(f"CHROMIUM={os.environ['CHROMIUM']} is no program: name one that is.")
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say("    none found, installing it with apt-get")
        install = "apt-get update && apt-get install -y --no-install-recommends chromium"
        words = listen(["sh", "-c", f"export DEBIAN_FRONTEND=noninteractive; {install}"])[1]
        if chromium():
            return chromium()
        say(words)
    say("    none found, letting Playwright download its own")
    installed, words = listen([str(PYTHON), "-m", "playwright", "install", "chromium"])
    if installed:
        return "Playwright's own"
    say(words)
    raise CannotGoOn(
        "The browser tests need Chromium and none could be installed (see above): install "
        "chromium or google-chrome, or name one with CHROMIUM=/path/to/it, then make test."
    )


# --- the program


def environment(**settings):
    """What our processes see: the caller's environment without what would bend Python."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    env.update({key: str(value) for key, value in settings.items()})
    return dict(env, PYTHONUNBUFFERED="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_USER="0")


def manage(env, command, *arguments):
    done = subprocess.run(
        [str(PYTHON), "manage.py", *arguments], env=env, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        say(done.stdout)
        hint = " A demo of an older release may be in the way: make reset." * (command == "demo")
        raise CannotGoOn(f"manage.py {arguments[0]} failed (its words are above).{hint}")
    return done.stdout


def free_port(command):
    port = os.environ.get("PORT") or "8000"
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except (OSError, OverflowError, ValueError):
            raise CannotGoOn(
                f"Port {port} cannot be had; perhaps a Seloste runs there already. "
                f"Stop it, or take another port: make {command} PORT=8001"
            ) from None
    return int(port)


@contextmanager
def running(env, port):
    """The server and the worker; both have stopped when the block is left, however it is left."""
    gunicorn = ["-m", "gunicorn", "config.wsgi", f"--bind=127.0.0.1:{port}", "--workers=2"]
    arguments = {
        "server": [*gunicorn, "--log-level=warning"],
        "worker": ["manage.py", "run_worker"],
    }
    processes = {}
    try:
        for name, words in arguments.items():
            # in sessions of their own: Ctrl-C reaches only this process, which stops them in order
            processes[name] = subprocess.Popen(
                [str(PYTHON), *words], env=env, start_new_session=True, preexec_fn=end_with_parent
            )
        yield processes
    except KeyboardInterrupt:
        pass  # the ordinary end
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for process in processes.values():
            process.terminate()
        for process in processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        say("\nSeloste has stopped.")


def end_with_parent():
    """Linux ends the process when its parent is killed outright: no server is left on the port."""
    if sys.platform == "linux":
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGTERM)


def check_alive(processes):
    for name, process in processes.items():
        if process.poll() is not None:
            raise CannotGoOn(
                f"The {name} stopped by itself (exit code {process.returncode}; its words are "
                "above), so everything was stopped."
            )


def wait_for_answer(port, processes):
    until = time.monotonic() + 60
    while time.monotonic() < until:
        check_alive(processes)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("GET", "/")
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            time.sleep(0.1)
            continue
        finally:
            connection.close()
        if status >= 500:
            raise CannotGoOn(f"The server answers with error {status} (its words are above).")
        return
    raise CannotGoOn("The server did not answer within a minute.")


# --- small things


class Steps:
    """Numbered steps, each with the seconds it took."""

    def __init__(self, total):
        self.number, self.total = 0, total

    @contextmanager
    def next(self, title):
        self.number += 1
        began = time.monotonic()
        say(f"{self.number}/{self.total} {title}")
        yield
        say(f"    {time.monotonic() - began:.1f} s")


def listen(command, each_line=None):
    """Runs `command`; gives whether it succeeded and its last lines."""
    lines = deque(maxlen=15)
    with subprocess.Popen(
        command,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    ) as process:
        try:
            for line in process.stdout:
                lines.append(line)
                if each_line:
                    each_line(line)
        except BaseException:
            process.kill()
            raise
    return process.returncode == 0, "".join(lines)


@contextmanager
def alone(what):
    """One process at a time sets up; a second one waits for the first."""
    with locked(ROOT / "var" / f"{what}.lock", wait=True):
        yield


@contextmanager
def in_use(folder):
    """`folder` belongs to this process while the block runs."""
    with locked(folder.parent / f"{folder.name}.lock", wait=False):
        yield


@contextmanager
def locked(path, wait):
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise CannotGoOn("The demo is running already: stop it first (Ctrl-C).") from None
        yield


def say(words):
    print(words, flush=True)


commands = {"demo": demo, "start": start, "reset": reset, "prepare-test": prepare_test}

if __name__ == "__main__":
    if sys.argv[1:2] not in [[command] for command in commands]:
        sys.exit(f"usage: python3 start.py {{{'|'.join(commands)}}}")
    try:
        main(sys.argv[1])
    except CannotGoOn as reason:
        sys.exit(f"\n{reason}")
    except OSError as error:
        sys.exit(
            f"\n{error}: check that there is room, and that this folder and all in it are yours."
        )
    except KeyboardInterrupt:
        sys.exit(130)
