//! What leaves the portal on paper and screens, and what comes back: QR codes and the tokens in them, signatures of
//! soft copies, and copies that somebody hands in.

pub mod pades;
pub mod qr;
pub mod read_back;
pub mod token;
pub mod url;
