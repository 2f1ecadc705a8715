"""Keeping what was said: export, import, backup, restore, check. All but restore work while the server runs."""

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cyclopts import Parameter

from roomful import config, server
from roomful.errors import StoreUnavailable
from roomful.keeping import checking, copies, files
from roomful.keeping.exporting import Form, export_all, exported, find_room, new_file
from roomful.keeping.failures import KeepingError
from roomful.keeping.importing import Wishes, alone, bring_in
from roomful.keeping.sources import Format
from roomful.store import Store

from .common import FAILED, USAGE, ConfigFile, Data, server_flags, settings

Force = Annotated[bool, Parameter(negative=())]


def export(
    room: Annotated[str | None, Parameter(help="'#name' or '!id', in quotes.")] = None,
    /,
    *,
    form: Annotated[
        Form, Parameter(name="--format", help="jsonl: complete, for import; csv: for spreadsheets; md: for reading.")
    ] = "jsonl",
    out: Annotated[Path | None, Parameter(help="The file, or with --all the folder; else standard output.")] = None,
    everything: Annotated[bool, Parameter(name="--all", negative=(), help="Every room, each into a file.")] = False,
    timezone: Annotated[str | None, Parameter(help="Of times in md, as Europe/Zurich; else this machine's.")] = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Write a room's log into a file."""

    async def work(store: Store) -> None:
        if everything:
            assert out is not None
            written = await export_all(store, form, out, zone)
            _say(f"Exported {len(written):,} rooms into {out}.")
            return
        found = await find_room(store, room or "")
        with new_file(out) if out else contextlib.nullcontext(sys.stdout.buffer) as file:
            async for piece in exported(store, found, form, zone):
                file.write(piece)
            file.flush()
        if out:
            _say(f"Exported {found.head:,} events of {room} into {out}.")

    with _failing() as end:
        zone = _zone(timezone)
        if everything == bool(room) or (everything and out is None):
            raise config.ConfigError(
                "Name a room: roomful export '#lobby'. Or export all: roomful export --all --out FOLDER"
            )
        asyncio.run(_with_store(settings(config_file, data).data, work, must_exist=True))
    return end.code


def import_(
    file: Annotated[Path, Parameter(help="An export in JSONL, or a log of WeeChat or irssi.")],
    /,
    *,
    room: Annotated[str, Parameter(help="'#name' of the new room; else the one that the file names.")] = "",
    form: Annotated[Format | None, Parameter(name="--format", help="Else recognised by its first lines.")] = None,
    timezone: Annotated[str | None, Parameter(help="Of an IRC log's times; else this machine's.")] = None,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Make a room of an export or of a log of an IRC client."""

    async def work(store: Store) -> None:
        outcome = await bring_in(store, file, Wishes(room, form, zone))
        print(f"Imported {outcome.events:,} events into {outcome.room} ({outcome.format}).")
        if outcome.left_out:
            print(f"Left out: {outcome.left_out:,} lines that could not be understood. The first ones:")
            for bad in outcome.first_bad:
                print(f"  line {bad.number}: {bad.text:.60}\n    expected {bad.expected}")

    with _failing() as end:
        zone, folder = _zone(timezone), settings(config_file, data).data
        with alone(folder):
            asyncio.run(_with_store(folder, work, must_exist=False))
    return end.code


def backup(
    file: Annotated[Path, Parameter(help="Where to: one file, for its owner's eyes only.")],
    /,
    *,
    force: Annotated[Force, Parameter(help="Overwrite the file.")] = False,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Copy the whole database, consistent, while the server runs; and the files that were uploaded, beside it."""
    with _failing() as end:
        database = settings(config_file, data).data / server.DATABASE
        copies.back_up(server.copy_database, database, file, force=force, progress=_progress("copied"))
        wanted = server.uploaded_files(file)
        files.back_up(database.with_name(server.FILES), wanted, file, _progress("copied files"))
        and_files = f", and {len(wanted):,} files into {files.beside(file)}" if wanted else ""
        _say(f"Backed up {database} into {file} ({file.stat().st_size / 1024**2:.1f} MiB){and_files}. Keep it private.")
    return end.code


def restore(
    file: Annotated[Path, Parameter(help="What `roomful backup` has written.")],
    /,
    *,
    force: Annotated[
        Force, Parameter(help="Replace the data that are there; they are kept under another name.")
    ] = False,
    config_file: ConfigFile = None,
    data: Data = None,
) -> int:
    """Put a backup in place, while no server runs."""
    with _failing() as end:
        folder = settings(config_file, data).data
        with server.Lock(folder):
            now = time.time()
            kept = copies.bring_back(server.restore_database, file, folder / server.DATABASE, force=force, now=now)
            wanted = server.uploaded_files(folder / server.DATABASE)
            old_files, missing = files.bring_back(file, wanted, folder / server.FILES, now)
        names = " and ".join(str(path) for path in (kept, old_files) if path)
        _say(f"Restored {file} into {folder}." + (f" What was there is now {names}." if names else ""))
        if missing:
            _say(
                f"{missing:,} of {len(wanted):,} uploaded files are not in {files.beside(file)}: their messages are there."
            )
    return end.code


def check(*, config_file: ConfigFile = None, data: Data = None) -> int:
    """Look whether configuration and data are as they should be. Exit code 1: something is not."""
    well = True
    for finding in _findings(config_file, data):
        print(finding)
        well = well and finding.well
    return 0 if well else 1


def _findings(config_file: Path | None, data: Path | None) -> Iterator[checking.Finding]:
    faults = config.faults(config_file, config.environment(), server_flags(data))
    for fault in faults:
        yield checking.Finding(fault.rstrip("."), "correct it")
    if faults:
        return  # which data are meant is not known
    yield checking.Finding("configuration")
    found = settings(config_file, data)
    folder = found.data
    yield from checking.check_folder(folder)
    if found.tls.listen and found.tls.certificate:  # else it is one of our own, which nobody looks at the dates of
        key = Path(found.tls.key).expanduser() if found.tls.key else None
        yield from checking.check_certificate(Path(found.tls.certificate).expanduser(), key, time.time())
    yield from checking.findings(server.examine_database(folder / server.DATABASE))
    if (folder / server.DATABASE).exists():
        yield from checking.findings(server.examine_index(folder / copies.INDEX))
        yield from _uploaded(folder)


def _uploaded(folder: Path) -> Iterator[checking.Finding]:
    try:
        wanted = server.uploaded_files(folder / server.DATABASE)
    except StoreUnavailable:
        return  # why the database cannot be read is said already
    yield from files.check(folder / server.FILES, wanted)


# -- parts ---------------------------------------------------------------------------------------------


class _End:
    code = 0


@contextlib.contextmanager
def _failing() -> Iterator[_End]:
    """Turn what can go wrong into a sentence and an exit code."""
    end = _End()
    try:
        yield end
    except config.ConfigError as why:
        end.code = USAGE
        _say(str(why))
    except server.Running:
        end.code = FAILED
        _say("A server runs on these data: stop it first.")
    except (KeepingError, server.StartError) as why:
        end.code = FAILED
        _say(str(why))
    except StoreUnavailable as why:
        end.code = FAILED
        _say(why.message)
    except KeyboardInterrupt:
        end.code = FAILED
        _say("Interrupted: what was begun is not there.")
    except BrokenPipeError:  # whoever read standard output has seen enough
        end.code = FAILED
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _with_store(folder: Path, work: Callable[[Store], Awaitable[None]], *, must_exist: bool) -> None:
    store = await server.open_store(folder, must_exist=must_exist)
    try:
        await work(store)
    finally:
        await store.close()


def _zone(name: str | None) -> tzinfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise config.ConfigError(f"There is no time zone {name}. An example: --timezone Europe/Zurich") from None


def _progress(what: str) -> copies.Progress:
    """Tells a person how far it is; nobody else."""
    if not sys.stderr.isatty():
        return lambda done, of: None

    def show(done: int, of: int) -> None:
        sys.stderr.write(f"\r{what} {100 * done // max(of, 1)} %" + ("\n" if done >= of else ""))

    return show


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
