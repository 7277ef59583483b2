//! A server whose handler is told by the request what to do.

use bytes::Bytes;
use keld_env::sim::{Process, Simulation};
use keld_env::{Address, Clock, Env, File, OpenMode, Stream};
use keld_net::{
    Answer, Frame, Limits, ListenerLimits, ListenerSpec, Outcome, Part, RequestHandler, Server,
    Session,
};
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::path::Path;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Request: API key (2 bytes), what to do (1 byte), a number (1 byte), anything.
struct Scripted {
    env: Env,
    file: Arc<dyn File>,
    seen: Mutex<Vec<u8>>,
}

impl RequestHandler for Scripted {
    fn handle(&self, _session: &mut Session, frame: Bytes) -> Answer {
        let (Some(&what), Some(&number)) = (frame.get(2), frame.get(3)) else {
            return Answer::Now(Outcome::Close);
        };
        self.seen.lock().unwrap().push(number);
        let reply = Outcome::Reply(Bytes::copy_from_slice(&[number]).into());
        match what {
            b'n' => Answer::Now(reply),
            b'0' => Answer::Now(Outcome::Nothing),
            b'c' => Answer::Now(Outcome::Close),
            b'e' => Answer::Now(Outcome::Reply(frame.into())),
            b'f' => {
                let mut answer = Frame::new();
                for (position, length) in [(0, 10), (5, 100_000), (7, 3)] {
                    answer.push(Part::Bytes(Bytes::from_static(b"|")));
                    answer.push(Part::File { file: Arc::clone(&self.file), position, length });
                }
                Answer::Now(Outcome::Reply(answer))
            }
            _ => {
                // Later: after `number` seconds.
                let clock = Arc::clone(&self.env.clock);
                let deadline = clock.monotonic() + Duration::from_secs(u64::from(number));
                Answer::Later(Box::pin(async move {
                    clock.sleep_until(deadline).await;
                    reply
                }))
            }
        }
    }
}

pub(crate) struct World {
    pub(crate) simulation: Simulation,
    node: Process,
    pub(crate) client: Process,
    handler: Arc<Scripted>,
    pub(crate) server: Server,
}

pub(crate) fn world(limits: Limits) -> World {
    world_in(limits, Env::clone)
}

/// A world whose node sees what `seen` makes of its environment.
pub(crate) fn world_in(limits: Limits, seen: impl FnOnce(&Env) -> Env) -> World {
    let mut simulation = Simulation::new(5);
    let node = simulation.process("node");
    let client = simulation.process("client");
    let env = seen(node.env());
    let file = env.disk.open(Path::new("/file"), OpenMode::Create).unwrap();
    let content: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
    file.write_all_at(&mut [IoSlice::new(&content)], 0).unwrap();
    let handler = Arc::new(Scripted { env: env.clone(), file, seen: Mutex::new(Vec::new()) });
    let spec = ListenerSpec {
        name: "PLAINTEXT".into(),
        address: Address { host: String::new(), port: 9092 },
    };
    let shared = Arc::clone(&handler);
    let binding = async move { Server::bind(&env, &[spec], limits, shared).await.unwrap() };
    let server = simulation.run(&node, binding).unwrap();
    server.start(|_| true);
    World { simulation, node, client, handler, server }
}

pub(crate) struct Client(Box<dyn Stream>);

impl Client {
    pub(crate) async fn connect(env: &Env) -> Self {
        let address = Address { host: "node".into(), port: 9092 };
        Self(env.network.connect(address).await.unwrap())
    }

    pub(crate) async fn send(&mut self, body: &[u8]) {
        let mut frame = (body.len() as i32).to_be_bytes().to_vec();
        frame.extend_from_slice(body);
        self.send_raw(&frame).await.unwrap();
    }

    pub(crate) async fn send_raw(&mut self, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            let slices = [IoSlice::new(data)];
            let sent = poll_fn(|context| self.0.poll_write(context, &slices)).await?;
            data = &data[sent..];
        }
        Ok(())
    }

    async fn read(&mut self, length: usize) -> Vec<u8> {
        let mut out = Vec::new();
        while out.len() < length {
            let mut buffer = vec![0; length - out.len()];
            match poll_fn(|context| self.0.poll_read(context, &mut buffer)).await {
                Ok(0) | Err(_) => break,
                Ok(read) => out.extend_from_slice(&buffer[..read]),
            }
        }
        out
    }

    /// One answer; `None` at the end of the connection.
    pub(crate) async fn answer(&mut self) -> Option<Vec<u8>> {
        let prefix = self.read(4).await;
        let length = i32::from_be_bytes(prefix.try_into().ok()?);
        Some(self.read(length as usize).await)
    }
}

pub(crate) const PRODUCE: [u8; 2] = [0, 0];
pub(crate) const OTHER: [u8; 2] = [0, 3];

pub(crate) fn request(key: [u8; 2], what: u8, number: u8) -> Vec<u8> {
    vec![key[0], key[1], what, number]
}

#[test]
fn answers_keep_the_order_and_only_produce_requests_overlap() {
    let world = world(Limits::default());
    let (env, handler) = (world.client.env().clone(), Arc::clone(&world.handler));
    let clock = world.simulation.clock().clone();
    let talk = async move {
        let mut client = Client::connect(&env).await;
        let start = clock.monotonic();
        for (key, what, number) in [
            (PRODUCE, b'l', 3),
            (PRODUCE, b'0', 9),
            (PRODUCE, b'l', 1),
            (OTHER, b'l', 2),
            (PRODUCE, b'n', 4),
        ] {
            client.send(&request(key, what, number)).await;
        }
        clock.sleep_until(start + Duration::from_secs(1)).await;
        let seen_early = handler.seen.lock().unwrap().clone();
        let mut answers = Vec::new();
        for _ in 0..4 {
            answers.push(client.answer().await.unwrap()[0]);
        }
        (seen_early, answers, clock.monotonic() - start)
    };
    let (seen_early, answers, took) = world.simulation.run(&world.client, talk).unwrap();
    assert_eq!(seen_early, [3, 9, 1], "the other request waits for the produce requests");
    assert_eq!(answers, [3, 1, 2, 4]);
    // Three seconds for the overlapping two, then two for the one that waited.
    assert!(took >= Duration::from_secs(5) && took < Duration::from_millis(5100), "{took:?}");
}

#[test]
fn requests_that_come_in_one_piece_are_answered_in_order_up_to_the_one_that_ends_it() {
    let world = world(Limits { in_flight_max: 3, ..Limits::default() });
    let (env, handler) = (world.client.env().clone(), Arc::clone(&world.handler));
    let talk = async move {
        let mut client = Client::connect(&env).await;
        let mut piece = Vec::new();
        for (key, what, number) in [
            (PRODUCE, b'n', 1),
            (PRODUCE, b'l', 2),
            (PRODUCE, b'0', 3),
            (PRODUCE, b'n', 4),
            (OTHER, b'n', 5),
            (PRODUCE, b'n', 6),
            (PRODUCE, b'c', 7),
            (PRODUCE, b'n', 8),
        ] {
            piece.extend_from_slice(&4i32.to_be_bytes());
            piece.extend_from_slice(&request(key, what, number));
        }
        client.send_raw(&piece).await.unwrap();
        let mut answers = Vec::new();
        while let Some(answer) = client.answer().await {
            answers.extend(answer);
        }
        answers
    };
    let answers = world.simulation.run(&world.client, talk).unwrap();
    assert_eq!(answers, [1, 2, 4, 5, 6]);
    assert_eq!(*handler.seen.lock().unwrap(), [1, 2, 3, 4, 5, 6, 7], "8 comes after the end");
    assert_eq!(world.server.stats().requests.load(Ordering::Relaxed), 7);
}

#[test]
fn file_ranges_and_bytes_arrive_as_one_frame() {
    let world = world(Limits::default());
    let env = world.client.env().clone();
    let talk = async move {
        let mut client = Client::connect(&env).await;
        client.send(&request(OTHER, b'f', 0)).await;
        client.send(&request(OTHER, b'n', 7)).await;
        (client.answer().await.unwrap(), client.answer().await.unwrap())
    };
    let (answer, next) = world.simulation.run(&world.client, talk).unwrap();
    let content: Vec<u8> = (0..200_000u32).map(|i| (i % 251) as u8).collect();
    let mut expected = b"|".to_vec();
    expected.extend_from_slice(&content[..10]);
    expected.push(b'|');
    expected.extend_from_slice(&content[5..100_005]);
    expected.push(b'|');
    expected.extend_from_slice(&content[7..10]);
    assert_eq!(answer, expected);
    assert_eq!(next, [7]);
}

#[test]
fn hostile_frames_end_their_connection_and_no_other() {
    let world = world(Limits { request_bytes_max: 1000, ..Limits::default() });
    let env = world.client.env().clone();
    let talk = async move {
        let mut good = Client::connect(&env).await;
        for bad in [
            (-1i32).to_be_bytes().to_vec(),
            i32::MIN.to_be_bytes().to_vec(),
            1001i32.to_be_bytes().to_vec(),
            0i32.to_be_bytes().to_vec(),
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        ] {
            let mut client = Client::connect(&env).await;
            client.send_raw(&bad).await.unwrap();
            assert_eq!(client.answer().await, None, "{bad:?}");
            good.send(&request(OTHER, b'n', 5)).await;
            assert_eq!(good.answer().await.unwrap(), [5]);
        }
        let mut close = Client::connect(&env).await;
        close.send(&request(PRODUCE, b'l', 1)).await;
        close.send(&request(PRODUCE, b'c', 2)).await;
        close.send(&request(PRODUCE, b'n', 3)).await;
        assert_eq!(close.answer().await.unwrap(), [1]);
        assert_eq!(close.answer().await, None);
        let mut largest = Client::connect(&env).await;
        let mut body = request(OTHER, b'e', 0);
        body.resize(1000, 9);
        largest.send(&body).await;
        assert_eq!(largest.answer().await.unwrap(), body);
    };
    world.simulation.run(&world.client, talk).unwrap();
    assert_eq!(world.server.stats().requests.load(Ordering::Relaxed), 5 + 1 + 2 + 1 + 1);
    drop(world.node);
}

#[test]
fn a_silent_connection_is_closed_and_a_busy_one_is_not() {
    let world = world(Limits { idle: Duration::from_secs(10), ..Limits::default() });
    let (env, clock) = (world.client.env().clone(), world.simulation.clock().clone());
    let talk = async move {
        let start = clock.monotonic();
        let mut client = Client::connect(&env).await;
        client.send(&request(OTHER, b'l', 25)).await;
        assert_eq!(client.answer().await.unwrap(), [25], "waiting for an answer is not silence");
        assert_eq!(client.answer().await, None);
        clock.monotonic() - start
    };
    let took = world.simulation.run(&world.client, talk).unwrap();
    assert!(took >= Duration::from_secs(35) && took < Duration::from_secs(46), "{took:?}");
    assert_eq!(world.server.stats().open_connections.load(Ordering::SeqCst), 0);
}

#[test]
fn limits_of_connections_hold() {
    let limits = Limits { connections_per_ip_max: 2, ..Limits::default() };
    let world = world(limits);
    let env = world.client.env().clone();
    let talk = async move {
        let mut first = Client::connect(&env).await;
        let mut second = Client::connect(&env).await;
        first.send(&request(OTHER, b'n', 1)).await;
        second.send(&request(OTHER, b'n', 1)).await;
        assert!(first.answer().await.is_some() && second.answer().await.is_some());
        let mut third = Client::connect(&env).await;
        assert_eq!(third.answer().await, None);
        drop(first);
        env.clock.sleep_until(env.clock.monotonic() + Duration::from_secs(1)).await;
        let mut fourth = Client::connect(&env).await;
        fourth.send(&request(OTHER, b'n', 4)).await;
        assert_eq!(fourth.answer().await.unwrap(), [4]);
    };
    world.simulation.run(&world.client, talk).unwrap();
    assert_eq!(world.server.stats().refused_connections.load(Ordering::Relaxed), 1);
}

#[test]
fn accepting_waits_at_the_limit_of_all_connections() {
    let world = world(Limits { connections_max: 1, ..Limits::default() });
    let env = world.client.env().clone();
    let server = Arc::new(world.server);
    let changed = Arc::clone(&server);
    let talk = async move {
        let mut first = Client::connect(&env).await;
        first.send(&request(OTHER, b'n', 1)).await;
        assert_eq!(first.answer().await.unwrap(), [1]);
        let mut second = Client::connect(&env).await;
        second.send(&request(OTHER, b'n', 2)).await;
        drop(first);
        assert_eq!(second.answer().await.unwrap(), [2]);
        // The limit can be raised while somebody waits at it.
        let mut third = Client::connect(&env).await;
        third.send(&request(OTHER, b'n', 3)).await;
        env.clock.sleep_until(env.clock.monotonic() + Duration::from_secs(1)).await;
        changed.set_limits(Limits { connections_max: 2, ..Limits::default() });
        assert_eq!(third.answer().await.unwrap(), [3]);
    };
    world.simulation.run(&world.client, talk).unwrap();
}

#[test]
fn accepting_waits_at_the_limit_of_its_listener() {
    let of = |name: &str, limits| Limits {
        listeners: [(name.to_owned(), limits)].into(),
        ..Limits::default()
    };
    let one = ListenerLimits { connections_max: Some(1), ..ListenerLimits::default() };
    let world = world(of("PLAINTEXT", one.clone()));
    let env = world.client.env().clone();
    let server = Arc::new(world.server);
    let changed = Arc::clone(&server);
    let talk = async move {
        let mut first = Client::connect(&env).await;
        first.send(&request(OTHER, b'n', 1)).await;
        assert_eq!(first.answer().await.unwrap(), [1]);
        let mut second = Client::connect(&env).await;
        second.send(&request(OTHER, b'n', 2)).await;
        env.clock.sleep_until(env.clock.monotonic() + Duration::from_secs(1)).await;
        assert_eq!(changed.stats().open_connections.load(Ordering::SeqCst), 1);
        drop(first);
        assert_eq!(second.answer().await.unwrap(), [2]);
        // The limit of another listener is not this one's.
        changed.set_limits(of("INTERNAL", one));
        let mut third = Client::connect(&env).await;
        third.send(&request(OTHER, b'n', 3)).await;
        assert_eq!(third.answer().await.unwrap(), [3]);
    };
    world.simulation.run(&world.client, talk).unwrap();
}

#[test]
fn connections_come_no_faster_than_allowed() {
    let slow = ListenerLimits { creation_rate: Some(2), ..ListenerLimits::default() };
    for limits in [
        Limits { creation_rate: 2, ..Limits::default() },
        Limits { listeners: [("PLAINTEXT".to_owned(), slow)].into(), ..Limits::default() },
    ] {
        let world = world(limits);
        let (env, clock) = (world.client.env().clone(), world.simulation.clock().clone());
        let start = clock.monotonic();
        let talk = async move {
            let mut clients = Vec::new();
            for number in 0..6 {
                let mut client = Client::connect(&env).await;
                client.send(&request(OTHER, b'n', number)).await;
                clients.push(client);
            }
            for (number, client) in (0..6).zip(&mut clients) {
                assert_eq!(client.answer().await.unwrap(), [number]);
            }
        };
        world.simulation.run(&world.client, talk).unwrap();
        // Two at once, then one each half second.
        let took = clock.monotonic() - start;
        assert!((1900..2200).contains(&took.as_millis()), "{took:?}");
        assert_eq!(world.server.stats().refused_connections.load(Ordering::Relaxed), 0);
    }
}

#[test]
fn stopping_lets_answers_out_and_then_closes() {
    let world = world(Limits::default());
    let (env, clock) = (world.client.env().clone(), world.simulation.clock().clone());
    let connect = async move {
        let mut quick = Client::connect(&env).await;
        let mut slow = Client::connect(&env).await;
        quick.send(&request(OTHER, b'l', 2)).await;
        slow.send(&request(OTHER, b'l', 200)).await;
        env.clock.sleep_until(env.clock.monotonic() + Duration::from_secs(1)).await;
        (quick, slow)
    };
    let (mut quick, mut slow) = world.simulation.run(&world.client, connect).unwrap();
    let (server, start) = (world.server, clock.monotonic());
    let stop = async move { server.stop(Duration::from_secs(10)).await };
    world.simulation.run(&world.node, stop).unwrap();
    assert_eq!((clock.monotonic() - start).as_secs(), 10);
    let env = world.client.env().clone();
    let after = async move {
        let refused = env.network.connect(Address { host: "node".into(), port: 9092 }).await;
        (quick.answer().await, quick.answer().await, slow.answer().await, refused.is_err())
    };
    let after = world.simulation.run(&world.client, after).unwrap();
    assert_eq!(after, (Some(vec![2]), None, None, true));
}
