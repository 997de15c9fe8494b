//! The HTTP edge: pages, headers, routes, problems.

mod apps;
mod batches;
mod copies;
mod feeds;
mod fixtures;
mod later;
mod offices;
mod open;
mod openapi;
mod openid;
mod pages;
mod paper;
mod reports;
mod routes;
mod scan;
mod shedding;
mod snapshots;
mod sockets;
mod soft_copies;
mod text;
mod transcript;
