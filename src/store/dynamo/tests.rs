//! What goes over the wire, and what comes back.

#[cfg(feature = "sandbox")]
mod embedded;
