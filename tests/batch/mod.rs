//! Many transcripts at once: tables that offices hand in, jobs, and what comes of them.

mod jobs;
mod tables;
