//! Ports of 127.0.0.1. Every stack takes free ones, so that clones and test runs don't meet.

use std::net::{Ipv4Addr, TcpListener};

use anyhow::{Result, bail};

/// The emulator's port where it is free and nobody asked for another.
const EMULATOR: u16 = 4566;

/// A port that nobody listens on.
pub(super) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// The emulator's port: the wanted one or an error; without a wish 4566 or any free one.
pub(super) fn emulator_port(wanted: Option<u16>) -> Result<u16> {
    match wanted {
        Some(port) if is_free(port) => Ok(port),
        Some(port) => bail!("LOCAL_PORT is {port}, but something listens there already: free it or choose another"),
        None if is_free(EMULATOR) => Ok(EMULATOR),
        None => free_port(),
    }
}

fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wanted_port_that_is_taken_is_an_error() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();

        assert!(emulator_port(Some(port)).unwrap_err().to_string().contains(&port.to_string()));
    }

    #[test]
    fn without_a_wish_there_is_always_a_port() {
        let _taken = TcpListener::bind((Ipv4Addr::LOCALHOST, EMULATOR));

        assert_ne!(emulator_port(None).unwrap(), EMULATOR);
    }
}
