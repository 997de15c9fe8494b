//! The HTTP edge: pages, headers, routes, problems.

mod feeds;
mod fixtures;
mod pages;
mod routes;
mod scan;
mod shedding;
mod sockets;
mod text;
