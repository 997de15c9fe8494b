//! PostgreSQL: `unaccent` and `pg_trgm`, a btree on the birth date by which the table is clustered, a GIN index on the trigrams.
//! The planner chooses; trigrams see marks, order of words and typing errors.

use std::io::Write as _;

use postgres::{Client, NoTls, Statement};

use super::{Asked, Fault, Peer, Row};

const TABLE: &str = "
    CREATE EXTENSION IF NOT EXISTS unaccent;
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE FUNCTION plain(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
        AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$;
    CREATE TABLE sheets (
        leaf bigint NOT NULL, code text NOT NULL, name text NOT NULL, birth integer NOT NULL,
        school text[] NOT NULL, year smallint NOT NULL,
        plain_name text NOT NULL GENERATED ALWAYS AS (plain(name)) STORED);";
const INDEXES: &str = "
    CREATE INDEX by_birth ON sheets (birth);
    CLUSTER sheets USING by_birth;
    CREATE INDEX by_name ON sheets USING gin (plain_name gin_trgm_ops);";
/// The name is made plain once, and trigrams of less than a third in common are another name (the default).
const NAMED: &str = "SELECT code FROM sheets WHERE birth = ANY($2) AND plain_name % (SELECT plain($1))
    GROUP BY code ORDER BY max(similarity(plain_name, (SELECT plain($1)))) DESC, code LIMIT 20";
const NARROWED: &str = "SELECT code FROM sheets WHERE birth = ANY($2) AND plain_name % (SELECT plain($1))
    AND year = $4 AND school @> string_to_array($3, ' ')
    GROUP BY code ORDER BY max(similarity(plain_name, (SELECT plain($1)))) DESC, code LIMIT 20";

pub(super) struct Sheets {
    client: Client,
    named: Statement,
    narrowed: Statement,
}

impl Sheets {
    pub(super) fn load(socket: &str, rows: impl Iterator<Item = Result<Row, Fault>>) -> Result<Self, Fault> {
        let mut client = Client::connect(&format!("host={socket} user=postgres dbname=postgres"), NoTls)?;
        client.batch_execute(TABLE)?;
        let mut copy = client.copy_in("COPY sheets (leaf, code, name, birth, school, year) FROM STDIN")?;
        for row in rows {
            let row = row?;
            let school = row.school.replace(' ', ",");
            writeln!(copy, "{}\t{}\t{}\t{}\t{{{school}}}\t{}", row.leaf, row.code, row.name, row.birth, row.year)?;
        }
        copy.finish()?;
        client.batch_execute(INDEXES)?;
        // Not inside a transaction.
        client.execute("VACUUM (ANALYZE) sheets", &[])?;
        let (named, narrowed) = (client.prepare(NAMED)?, client.prepare(NARROWED)?);
        Ok(Self { client, named, narrowed })
    }
}

impl Peer for Sheets {
    fn find(&mut self, asked: &Asked) -> Result<Vec<String>, Fault> {
        let births = &asked.births()[..];
        let rows = match &asked.narrowed {
            None => self.client.query(&self.named, &[&asked.name, &births])?,
            Some((school, year)) => self.client.query(&self.narrowed, &[&asked.name, &births, school, year])?,
        };
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }
}
