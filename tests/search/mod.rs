//! Search for offices: who is found, who is not, and what damage does to the index.

mod bounds;
mod cases;
mod damage;
mod nation;
