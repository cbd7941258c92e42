//! What does the service manager hear that started us? Whether we are ready, as `sd_notify(3)` has it: a datagram to the socket
//! that it named. Where it named none, or does not listen, nothing is said and nothing is amiss.

/// Where the socket is.
const SOCKET: &str = "NOTIFY_SOCKET";

/// Tells it something, such as `READY=1`.
#[cfg(unix)]
pub(super) fn tell(state: &str) {
    use std::os::unix::net::UnixDatagram;

    let Some(name) = std::env::var_os(SOCKET) else {
        return;
    };
    let Some(address) = address(&name) else {
        return;
    };
    if let Ok(socket) = UnixDatagram::unbound() {
        // A manager that does not read holds nobody up.
        socket.set_nonblocking(true).ok();
        socket.send_to_addr(state.as_bytes(), &address).ok();
    }
}

/// Returns the address of a name: a path, or, of one that begins with `@`, one that has no file.
#[cfg(target_os = "linux")]
fn address(name: &std::ffi::OsStr) -> Option<std::os::unix::net::SocketAddr> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::net::SocketAddr;

    match name.as_bytes().strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name).ok(),
        None => SocketAddr::from_pathname(name).ok(),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn address(name: &std::ffi::OsStr) -> Option<std::os::unix::net::SocketAddr> {
    std::os::unix::net::SocketAddr::from_pathname(name).ok()
}

#[cfg(not(unix))]
pub(super) fn tell(_state: &str) {}
