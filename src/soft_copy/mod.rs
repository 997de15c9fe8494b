//! What leaves the portal on paper and screens, and what comes back: the printed form (bản mềm), its signature, QR codes
//! and the tokens in them, and copies that somebody hands in.

pub mod pades;
pub mod photo;
pub mod printed;
pub mod qr;
pub mod read_back;
pub mod token;
pub mod url;
