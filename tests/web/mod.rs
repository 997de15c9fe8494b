//! The HTTP edge: pages, headers, routes, problems.

mod feeds;
mod fixtures;
mod pages;
mod paper;
mod routes;
mod shedding;
mod sockets;
mod text;
mod transcript;
