//! What leaves the portal on paper and screens: the printed form (bản mềm), QR codes and the tokens in them.

pub mod printed;
pub mod qr;
pub mod token;
pub mod url;
