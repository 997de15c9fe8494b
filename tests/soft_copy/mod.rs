//! Copies: their printed form, and the tokens in their QR codes.

mod printed;
mod token;
