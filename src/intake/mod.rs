//! Packages in, entries out.
