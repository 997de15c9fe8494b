//! The HTTP edge: pages, headers, routes, problems.

mod fixtures;
mod pages;
mod routes;
mod sockets;
mod text;
