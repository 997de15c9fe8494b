//! What leaves the portal on paper and screens: for now the QR codes.

pub mod qr;
