//! What leaves the portal on paper and screens: QR codes, the tokens in them, and the tickets that let a visitor who has
//! opened a transcript go on.

pub mod qr;
pub mod ticket;
pub mod token;
pub mod url;
