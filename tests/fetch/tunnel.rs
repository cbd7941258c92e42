//! A proxy that tunnels everything to one address, by CONNECT or by SOCKS 5 (RFC 1928).

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
    /// Starts a proxy that leads to `target`, wherever it is asked to go.
    pub(crate) fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, asked) = channel();
        thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let mut first = [0];
            client.read_exact(&mut first).unwrap();
            let place = if first[0] == 5 {
                socks(&mut client)
            } else {
                connect(&mut client)
            };
            sender.send(place).unwrap();
            join(client, TcpStream::connect(target).unwrap());
        });
        Self { address, asked }
    }

    /// Returns the host and port that were asked for.
    pub(crate) fn asked(&self) -> String {
        self.asked.recv().unwrap()
    }
}

fn connect(client: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let head = String::from_utf8(head).unwrap();
    head.split(' ').nth(1).unwrap().to_owned()
}

fn socks(client: &mut TcpStream) -> String {
    let mut read = |count: usize| {
        let mut bytes = vec![0; count];
        client.read_exact(&mut bytes).unwrap();
        bytes
    };
    let methods = read(1)[0];
    read(methods.into());
    client.write_all(&[5, 0]).unwrap();
    let mut read = |count: usize| {
        let mut bytes = vec![0; count];
        client.read_exact(&mut bytes).unwrap();
        bytes
    };
    let head = read(5);
    assert_eq!(
        head[..4],
        [5, 1, 0, 3],
        "a name is asked for, not an address"
    );
    let name = String::from_utf8(read(head[4].into())).unwrap();
    let port = read(2);
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    format!("{name}:{}", u16::from_be_bytes([port[0], port[1]]))
}

fn join(client: TcpStream, target: TcpStream) {
    let (mut from, mut to) = (client.try_clone().unwrap(), target.try_clone().unwrap());
    // Either side may be gone before the other.
    thread::spawn(move || io::copy(&mut from, &mut to).ok());
    let (mut from, mut to) = (target, client);
    io::copy(&mut from, &mut to).ok();
}
