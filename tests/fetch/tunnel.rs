//! A proxy that tunnels everything to one address: by CONNECT, SOCKS 4a or SOCKS 5 (RFC 1928, RFC 1929).

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A proxy for one connection.
pub(crate) struct Tunnel {
    pub(crate) address: SocketAddr,
    asked: Receiver<String>,
}

impl Tunnel {
    /// Starts a proxy that leads to `target`, wherever it is asked to go; one that refuses where there is none.
    pub(crate) fn start(target: Option<SocketAddr>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, asked) = channel();
        thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let admits = target.is_some();
            let place = match read(&mut client, 1)[0] {
                4 => socks4(&mut client, admits),
                5 => socks5(&mut client, admits),
                _ => connect(&mut client, admits),
            };
            sender.send(place).unwrap();
            if let Some(target) = target {
                join(client, TcpStream::connect(target).unwrap());
            }
        });
        Self { address, asked }
    }

    /// Returns the host and port that were asked for, after `NAME:PASSWORD@` where these were given.
    pub(crate) fn asked(&self) -> String {
        self.asked.recv().unwrap()
    }
}

fn read(client: &mut TcpStream, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    client.read_exact(&mut bytes).unwrap();
    bytes
}

fn text(client: &mut TcpStream, count: usize) -> String {
    String::from_utf8(read(client, count)).unwrap()
}

/// Reads up to a zero.
fn text_to_zero(client: &mut TcpStream) -> String {
    let bytes = std::iter::from_fn(|| Some(read(client, 1)[0]).filter(|byte| *byte != 0));
    String::from_utf8(bytes.collect()).unwrap()
}

fn connect(client: &mut TcpStream, admits: bool) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(read(client, 1));
    }
    let answer: &[u8] = if admits {
        b"HTTP/1.1 200 OK\r\n\r\n"
    } else {
        b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"
    };
    client.write_all(answer).unwrap();
    let head = String::from_utf8(head).unwrap();
    let place = head.split(' ').nth(1).unwrap().to_owned();
    // Names of fields may be written in any case.
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    match fields.find(|field| field.0.eq_ignore_ascii_case("proxy-authorization")) {
        Some((_, value)) => format!("{value}@{place}"),
        None => place,
    }
}

fn socks4(client: &mut TcpStream, admits: bool) -> String {
    let head = read(client, 7);
    assert_eq!(
        (head[0], &head[3..6]),
        (1, &[0; 3][..]),
        "a name is asked for, not an address"
    );
    let user = text_to_zero(client);
    assert_eq!(user, "");
    let name = text_to_zero(client);
    let code = if admits { 90 } else { 91 };
    client.write_all(&[0, code, 0, 0, 0, 0, 0, 0]).unwrap();
    format!("{name}:{}", u16::from_be_bytes([head[1], head[2]]))
}

fn socks5(client: &mut TcpStream, admits: bool) -> String {
    let count = read(client, 1)[0];
    let methods = read(client, count.into());
    let mut user = String::new();
    if methods.contains(&2) {
        client.write_all(&[5, 2]).unwrap();
        let length = read(client, 2)[1];
        user = text(client, length.into());
        let length = read(client, 1)[0];
        user = format!("{user}:{}@", text(client, length.into()));
        client.write_all(&[1, 0]).unwrap();
    } else {
        client.write_all(&[5, 0]).unwrap();
    }
    let head = read(client, 5);
    assert_eq!(
        head[..4],
        [5, 1, 0, 3],
        "a name is asked for, not an address"
    );
    let name = text(client, head[4].into());
    let port = read(client, 2);
    let code = if admits { 0 } else { 2 };
    client
        .write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0])
        .unwrap();
    format!("{user}{name}:{}", u16::from_be_bytes([port[0], port[1]]))
}

fn join(client: TcpStream, target: TcpStream) {
    let (mut from, mut to) = (client.try_clone().unwrap(), target.try_clone().unwrap());
    // Either side may be gone before the other.
    thread::spawn(move || io::copy(&mut from, &mut to).ok());
    let (mut from, mut to) = (target, client);
    io::copy(&mut from, &mut to).ok();
}
