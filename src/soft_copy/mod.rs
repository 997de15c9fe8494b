//! What leaves the portal on paper and screens: QR codes and the tokens in them.

pub mod qr;
pub mod token;
pub mod url;
