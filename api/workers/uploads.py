"""What an upload to a register does, and what it tells of the sheet: estimates, and people likely registered twice."""

from __future__ import annotations

import sqlalchemy as sa

from api.identity.access import Principal
from api.storage.records import ProgrammeRecord
from api.uploads.uploads import Upload
from api.workers.duplicates import likely_duplicates
from api.workers.rows import write_register
from api.workers.schemas import UploadOut


def upload_rows(
    connection: sa.Connection, principal: Principal, programme: ProgrammeRecord, upload: Upload, instead: bool = False
) -> UploadOut:
    """Write an upload's rows to its register, as `write_register` does with its refusals, and tell what was done."""
    added, changed = write_register(connection, principal, programme, upload.raw, instead, upload.persons)
    return UploadOut(
        table=upload.raw.name,
        rows=upload.raw.size,
        added=added,
        changed=changed,
        revision=programme.revision + 1,
        headings=upload.headings,
        notices=[*upload.warnings, *likely_duplicates(connection, principal, programme, upload)],
    )


def recorded(upload: Upload, done: UploadOut) -> dict[str, object]:
    """What the audit log keeps of an upload: counts, and which columns told who the workers are."""
    persons = {"persons": sorted(upload.persons)} if upload.persons else {}
    return {"added": done.added, "changed": done.changed, **persons}
