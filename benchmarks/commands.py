"""What a command costs in CPU beyond starting the program, each in a process of its own."""

import json
import resource
import statistics
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTICE = ROOT / "demo" / "notice.toml"
ROUNDS = 5


def reading_and_checking(folder: Path) -> None:
    """Prints the CPU of load_notice and check_notice on one file beyond `manage.py help`."""
    text = folder / "notice.txt"
    text.write_text(as_text(NOTICE))
    baseline = cpu("help")
    for command in ("load_notice", "check_notice"):
        for path in (NOTICE, text):
            spent = cpu(command, str(path), "--json")
            print(
                f"{f'{command}, {path.suffix[1:]}':44} {spent - baseline:8.2f} s of CPU beyond "
                f"manage.py help ({spent:.2f} s, {baseline:.2f} s)",
                flush=True,
            )


def as_text(path: Path) -> str:
    """The Finnish of a TOML notice as firms publish it: headings and words."""
    sections = tomllib.loads(path.read_text())["section"]
    finnish = [section["fi"] for section in sections if "fi" in section]
    return "\n\n".join(f"{one['heading']}\n{one['text'].strip()}" for one in finnish)


def cpu(*command: str) -> float:
    """The median CPU seconds of a command, after one run that warms the disk."""
    run(*command)
    spent = []
    for _round in range(ROUNDS):
        before = children()
        run(*command)
        spent.append(children() - before)
    return statistics.median(spent)


def run(*command: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own commands
        [sys.executable, "manage.py", *command], cwd=ROOT, capture_output=True, check=False
    )
    # 1 tells of findings
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.decode())
    if "--json" in command:
        json.loads(done.stdout)


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
