//! Handlers for apps: access tokens for partners, and what they read with one under somebody's consent.

pub mod citizens;
mod refusal;
pub mod token;
pub mod wire;

use std::sync::Arc;

use crate::portal::app_desk::AppDesk;
use crate::web::problem::Problem;
use crate::web::{AppDoor, AppState};

/// Where apps are, in a process that answers them.
fn desk(state: &AppState) -> Result<&Arc<AppDesk>, Problem> {
    match &state.apps {
        AppDoor::Open(desk) => Ok(desk),
        AppDoor::Closed => Err(Problem::Busy),
        AppDoor::Absent => Err(Problem::NotFound),
    }
}
