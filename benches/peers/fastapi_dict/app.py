"""The peer of verdict_vs_fastapi_dict: the same verdicts as rows of PostgreSQL, turned into a dictionary.

Nothing is checked: no signature, no ledger, no status. PGHOST and PGUSER say where the rows are.
"""

import json
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
from fastapi import FastAPI, HTTPException

ASKED = "SELECT code, verdict, level, checked_at, as_of, missing_years, sheets FROM verdicts WHERE code = $1"


async def read_json(connection):
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


@asynccontextmanager
async def lifespan(app):
    async with asyncpg.create_pool(database="postgres", min_size=16, max_size=16, init=read_json) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/api/v1/transcripts/{code}")
async def verdict(code: UUID):
    async with app.state.pool.acquire() as connection:
        row = await connection.fetchrow(ASKED, code)
    if row is None:
        raise HTTPException(404)
    return dict(row)
