//! The proxy with this process in the place of a node.

use super::*;
use crate::wait::eventually;
use std::io::ErrorKind;

/// A network with this process as node 1, and a connection from it to a node 2 that sends back
/// what it gets.
fn connected() -> (Network, Proxy, TcpStream) {
    let network = Network::default();
    network.set_pid(1, Some(std::process::id()));
    let echo = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let proxy = Proxy::listen(&network, 2).unwrap();
    proxy.set_target(echo.local_addr().unwrap().port());
    let stream = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    thread::spawn(move || {
        let (mut accepted, _) = echo.accept().unwrap();
        let mut buffer = [0; 16];
        while let Ok(count) = accepted.read(&mut buffer)
            && count > 0
            && accepted.write_all(&buffer[..count]).is_ok()
        {}
    });
    (network, proxy, stream)
}

fn exchange(stream: &mut TcpStream) -> std::io::Result<[u8; 4]> {
    let mut answer = [0; 4];
    stream.write_all(b"ping")?;
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

#[test]
fn bytes_pass_and_the_maker_is_known() {
    let (network, _proxy, mut stream) = connected();
    assert_eq!(&exchange(&mut stream).unwrap(), b"ping");
    assert_eq!(network.connections(), BTreeMap::from([((1, 2), 1)]));
}

#[test]
fn either_direction_can_be_cut_and_goes_on_where_it_was() {
    for cut in [(1, 2), (2, 1)] {
        let (network, _proxy, mut stream) = connected();
        assert_eq!(&exchange(&mut stream).unwrap(), b"ping");
        network.cut(cut.0, cut.1);
        stream.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let silence = exchange(&mut stream).unwrap_err().kind();
        assert!([ErrorKind::WouldBlock, ErrorKind::TimedOut].contains(&silence), "{silence:?}");
        network.heal();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut held = [0; 4];
        stream.read_exact(&mut held).unwrap();
        assert_eq!(&held, b"ping");
    }
}

#[test]
fn links_of_other_nodes_are_not_cut() {
    let (network, _proxy, mut stream) = connected();
    network.isolate(3, &[1, 2, 3], true, true);
    network.cut(2, 3);
    assert_eq!(&exchange(&mut stream).unwrap(), b"ping");
}

#[test]
fn connections_are_reset() {
    let (network, _proxy, mut stream) = connected();
    assert_eq!(&exchange(&mut stream).unwrap(), b"ping");
    assert_eq!(network.reset_connections(), 1);
    assert!(exchange(&mut stream).is_err());
    eventually("it is forgotten", || match network.connections().len() {
        0 => Ok(()),
        left => Err(left),
    });
}
