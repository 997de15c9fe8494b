//! The HTTP edge: pages, headers, routes, problems.

mod feeds;
mod fixtures;
mod pages;
mod routes;
mod shedding;
mod snapshots;
mod sockets;
mod text;
