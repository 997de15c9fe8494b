//! Copies: their printed form (bản mềm), signed, checked by the programs of others, read back, refused when they are not
//! ours; and the tokens in their QR codes.

mod base;
mod hostile;
mod keys;
mod printed;
mod read_back;
mod signing;
mod stamps;
mod table;
mod token;
mod verifiers;
mod whole;
