//! The network seam: one conversation on both sides, then failures of the simulated links.

use bytes::BytesMut;
use keld_env::os::OsRuntime;
use keld_env::sim::{Simulation, Stalled};
use keld_env::{Address, Env, Listener, OpenMode, Stream};
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::path::PathBuf;
use std::time::Duration;

fn address(host: &str, port: u16) -> Address {
    Address { host: host.into(), port }
}

async fn read_exact(stream: &mut Box<dyn Stream>, length: usize) -> io::Result<Vec<u8>> {
    let mut out = BytesMut::new();
    let mut buffer = [0; 1000];
    while out.len() < length {
        let wanted = buffer.len().min(length - out.len());
        // Both ways to read, in turn.
        let read = poll_fn(|context| stream.poll_read(context, &mut buffer[..wanted])).await?;
        out.extend_from_slice(&buffer[..read]);
        let (filled, limit) = (out.len(), (length - out.len()).min(777));
        if read == 0 || limit == 0 {
            break;
        }
        let read = poll_fn(|context| stream.poll_read_buf(context, &mut out, limit)).await?;
        assert_eq!(out.len(), filled + read);
        assert!(read <= limit);
    }
    Ok(out.into())
}

async fn write_all(stream: &mut Box<dyn Stream>, data: &[u8]) -> io::Result<()> {
    let mut rest = data;
    while !rest.is_empty() {
        let slices = [IoSlice::new(rest)];
        let written = poll_fn(|context| stream.poll_write(context, &slices)).await?;
        rest = &rest[written..];
    }
    Ok(())
}

/// A client sends, the server answers with the same bytes and a file range, both close.
async fn conversation(env: Env, dir: PathBuf) {
    let path = dir.join("range");
    let content: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
    let file = env.disk.open(&path, OpenMode::Create).unwrap();
    file.write_all_at(&mut [IoSlice::new(&content)], 0).unwrap();

    let mut listener = env.network.listen(address("127.0.0.1", 0), 10).await.unwrap();
    let port = listener.local_address().port();
    assert_ne!(port, 0);
    env.spawn.spawn(
        "server",
        Box::pin(async move {
            let (mut stream, _peer) =
                poll_fn(|context| listener.poll_accept(context)).await.unwrap();
            let request = read_exact(&mut stream, 100_000).await.unwrap();
            write_all(&mut stream, &request).await.unwrap();
            let (mut position, mut length) = (1000, 150_000);
            while length > 0 {
                let sent =
                    poll_fn(|context| stream.poll_send_file(context, &file, position, length))
                        .await
                        .unwrap();
                position += sent as u64;
                length -= sent;
            }
            let beyond = poll_fn(|context| stream.poll_send_file(context, &file, 200_000, 1)).await;
            assert_eq!(beyond.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
            poll_fn(|context| stream.poll_shutdown(context)).await.unwrap();
            // Waits for the peer's close, so that no unread byte turns this into a reset.
            assert!(read_exact(&mut stream, 1).await.unwrap().is_empty());
        }),
    );
    let mut stream = env.network.connect(address("127.0.0.1", port)).await.unwrap();
    let request: Vec<u8> = content[..100_000].to_vec();
    write_all(&mut stream, &request).await.unwrap();
    assert_eq!(read_exact(&mut stream, 100_000).await.unwrap(), request);
    assert_eq!(read_exact(&mut stream, 150_000).await.unwrap(), &content[1000..151_000]);
    assert!(read_exact(&mut stream, 1).await.unwrap().is_empty(), "end of stream");
    drop(stream);

    let taken = env.network.listen(address("127.0.0.1", 0), 1).await.unwrap();
    let port = taken.local_address().port();
    let error = env.network.listen(address("127.0.0.1", port), 1).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    drop(taken);
    let refused = env.network.connect(address("127.0.0.1", port)).await.unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
}

#[test]
fn the_real_network_keeps_the_promises() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = OsRuntime::start(2, 2).unwrap();
    runtime.block_on(conversation(runtime.env(), dir.path().to_owned())).unwrap();
}

#[test]
fn the_simulated_network_keeps_the_promises_and_repeats_itself() {
    let run = |seed| {
        let mut simulation = Simulation::new(seed);
        let process = simulation.process("one");
        let talk = conversation(process.env().clone(), PathBuf::from("/"));
        simulation.run(&process, talk).unwrap();
        simulation.steps()
    };
    assert_eq!(run(1), run(1));
    assert!((2..10).any(|seed| run(seed) != run(1)), "seeds differ");
}

async fn accept(listener: &mut Box<dyn Listener>) -> Box<dyn Stream> {
    poll_fn(|context| listener.poll_accept(context)).await.unwrap().0
}

/// Two hosts with a connection from `client` to `server`.
fn connected() -> (Simulation, [keld_env::sim::Process; 2], [Box<dyn Stream>; 2]) {
    let mut simulation = Simulation::new(3);
    let server = simulation.process("server");
    let client = simulation.process("client");
    let listening = server.env().network.listen(address("", 9092), 10);
    let mut listener = simulation.run(&server, listening).unwrap().unwrap();
    let connecting = client.env().network.connect(address("server", 9092));
    let near = simulation.run(&client, connecting).unwrap().unwrap();
    let far = simulation.run(&server, async move { accept(&mut listener).await }).unwrap();
    (simulation, [client, server], [near, far])
}

#[test]
fn a_partition_holds_bytes_until_it_heals() {
    let (simulation, [client, server], [mut near, mut far]) = connected();
    simulation.net().partition("client", "server");
    simulation
        .run(&client, async move {
            write_all(&mut near, b"late").await.unwrap();
            near
        })
        .unwrap();
    let received = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let slot = received.clone();
    server.env().spawn.spawn(
        "read",
        Box::pin(async move {
            let bytes = read_exact(&mut far, 4).await.unwrap();
            *slot.lock().unwrap() = bytes;
        }),
    );
    simulation.run_for(Duration::from_secs(10)).unwrap();
    // The client dropped its end meanwhile, which must not overtake what it sent.
    assert!(received.lock().unwrap().is_empty());
    simulation.net().heal();
    simulation.run_for(Duration::from_secs(1)).unwrap();
    assert_eq!(*received.lock().unwrap(), b"late");
}

#[test]
fn a_host_without_power_says_nothing_and_a_killed_one_closes() {
    for power in [true, false] {
        let (simulation, [client, server], [mut near, far]) = connected();
        server.env().spawn.spawn(
            "holds the stream",
            Box::pin(async move {
                let _far = far;
                std::future::pending().await
            }),
        );
        simulation.run_for(Duration::from_secs(1)).unwrap();
        if power {
            drop(server.power_off(keld_env::sim::Crash::PowerLossAll));
        } else {
            drop(server.kill());
        }
        let read = simulation.run(&client, async move { read_exact(&mut near, 1).await });
        if power {
            assert_eq!(read.unwrap_err(), Stalled::Deadlock);
        } else {
            assert_eq!(read.unwrap().unwrap(), b"");
        }
    }
}

#[test]
fn a_reset_is_seen_by_both_ends() {
    let (simulation, [client, server], [mut near, mut far]) = connected();
    simulation.net().reset("client", "server");
    let near = simulation.run(&client, async move { read_exact(&mut near, 1).await }).unwrap();
    let far = simulation.run(&server, async move { write_all(&mut far, b"x").await }).unwrap();
    assert_eq!(near.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(far.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
}
