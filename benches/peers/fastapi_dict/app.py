"""The peer of verdict_vs_fastapi_dict: the same verdicts from rows of PostgreSQL, turned into dictionaries.

Nothing is checked: no signature, no ledger, no status. PGHOST and PGUSER say where the rows are.
"""

from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from fastapi import FastAPI, HTTPException

ASKED = "SELECT * FROM verdicts WHERE code = $1 ORDER BY school_year"
SHEET = ("school_year", "grade", "sheet_verdict", "effective_from", "transcribed_from_paper", "signed_with", "leaf_index")


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(database="postgres", min_size=16, max_size=16) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/api/v1/transcripts/{code}")
async def verdict(code: UUID):
    async with app.state.pool.acquire() as connection:
        rows = [dict(row) for row in await connection.fetch(ASKED, code)]
    if not rows:
        raise HTTPException(404)
    answer = {name: rows[0][name] for name in ("code", "verdict", "level", "checked_at", "missing_years")}
    answer["as_of"] = {name: rows[0][name] for name in ("ledger_size", "root_hash", "checkpoint_time")}
    answer["sheets"] = [sheet(row) for row in rows]
    return answer


def sheet(row):
    answer = {name.removeprefix("sheet_"): row[name] for name in SHEET}
    answer["province"] = {name: row[f"province_{name}"] for name in ("code", "vintage", "name")}
    answer["checks"] = {name: row[name] for name in ("school_signature", "province_signature", "ledger")}
    return answer
