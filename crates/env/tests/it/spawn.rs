//! The spawning and time seams: one suite on both sides.

use keld_env::os::OsRuntime;
use keld_env::sim::{Simulation, Stalled};
use keld_env::{Env, Spawn};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::oneshot;

async fn conformance(env: Env) {
    assert!(env.spawn.workers() > 0);
    let ran = Arc::new(AtomicUsize::new(0));
    let mut waits = Vec::new();
    for worker in 0..5 {
        let (sender, receiver) = oneshot::channel();
        let ran = Arc::clone(&ran);
        let task = async move {
            ran.fetch_add(1, Ordering::SeqCst);
            sender.send(()).ok();
        };
        env.spawn.spawn_on(worker, "count", Box::pin(task));
        waits.push(receiver);
    }
    for wait in waits {
        wait.await.unwrap();
    }
    let jobs: Vec<_> = (0..20)
        .map(|_| {
            let ran = Arc::clone(&ran);
            env.spawn.blocking(
                "count",
                Box::new(move || {
                    ran.fetch_add(1, Ordering::SeqCst);
                }),
            )
        })
        .collect();
    for job in jobs {
        job.await;
    }
    assert_eq!(ran.load(Ordering::SeqCst), 25);

    let start = env.clock.monotonic();
    let deadline = start + Duration::from_millis(20);
    env.clock.sleep_until(deadline).await;
    assert!(env.clock.monotonic() >= deadline);
    env.clock.sleep_until(start).await;
    assert!(env.clock.wall_ms() > 1_700_000_000_000);
    assert_ne!(env.random.uuid(), env.random.uuid());
    assert_eq!(env.random.below(0), 0);
    assert!((0..100).all(|_| env.random.below(3) < 3));

    let bell = env.spawn.bell();
    bell.ring();
    bell.ring();
    assert!(bell.wait(Duration::from_hours(1)), "it was rung before");
    assert!(!bell.wait(Duration::ZERO), "that was for the wait before");
}

#[test]
fn a_bell_ends_the_wait_of_another_thread() {
    let runtime = OsRuntime::start(1, 1).unwrap();
    let bell = runtime.spawn().bell();
    let ringer = Arc::clone(&bell);
    runtime.spawn().urgent("ring", Box::new(move || ringer.ring()));
    assert!(bell.wait(Duration::from_hours(1)));
}

#[test]
fn the_real_threads_and_clock_keep_the_promises() {
    let runtime = OsRuntime::start(2, 3).unwrap();
    runtime.block_on(conformance(runtime.env())).unwrap();
}

#[test]
fn a_panic_in_blocking_work_ends_only_that_work() {
    let runtime = OsRuntime::start(1, 1).unwrap();
    let env = runtime.env();
    let waited = runtime.block_on(async move {
        env.spawn.blocking("panics", Box::new(|| panic!("on purpose"))).await;
        env.spawn.blocking("works", Box::new(|| ())).await;
    });
    assert_eq!(waited, Some(()));
}

#[test]
fn the_simulated_tasks_and_clock_keep_the_promises() {
    for seed in 0..50 {
        let mut simulation = Simulation::new(seed);
        let process = simulation.process("one");
        simulation.run(&process, conformance(process.env().clone())).unwrap();
        let never = simulation.run(&process, std::future::pending::<()>());
        assert_eq!(never.unwrap_err(), Stalled::Deadlock, "seed {seed}");
    }
}

#[test]
fn simulated_time_passes_only_when_nothing_can_run() {
    let mut simulation = Simulation::new(9);
    let process = simulation.process("one");
    let clock = process.env().clock.clone();
    let waited = simulation.run(&process, async move {
        clock.sleep_until(Duration::from_secs(86_400)).await;
        clock.monotonic()
    });
    assert_eq!(waited.unwrap(), Duration::from_secs(86_400));
}

#[test]
fn the_order_in_which_tasks_are_woken_does_not_matter() {
    let order_of = |backwards: bool| {
        let mut simulation = Simulation::new(5);
        let process = simulation.process("a");
        let order = Arc::new(std::sync::Mutex::new(Vec::new()));
        let mut senders = Vec::new();
        for number in 0..8 {
            let (sender, receiver) = oneshot::channel::<()>();
            let order = Arc::clone(&order);
            let task = async move {
                receiver.await.ok();
                order.lock().unwrap().push(number);
            };
            process.env().spawn.spawn("wait", Box::pin(task));
            senders.push(sender);
        }
        simulation.run_for(Duration::from_millis(1)).unwrap();
        if backwards {
            senders.reverse();
        }
        senders.into_iter().for_each(|sender| sender.send(()).unwrap());
        simulation.run_for(Duration::from_millis(1)).unwrap();
        order.lock().unwrap().clone()
    };
    assert_eq!(order_of(false), order_of(true));
}

#[test]
fn a_stopped_process_does_nothing_until_it_goes_on_and_others_do_not_wait() {
    let mut simulation = Simulation::new(10);
    let (one, other) = (simulation.process("one"), simulation.process("other"));
    let count = |process: &keld_env::sim::Process| {
        let turns = Arc::new(AtomicUsize::new(0));
        let (clock, counted) = (process.env().clock.clone(), Arc::clone(&turns));
        let task = async move {
            loop {
                clock.sleep_until(clock.monotonic() + Duration::from_millis(10)).await;
                counted.fetch_add(1, Ordering::SeqCst);
            }
        };
        process.env().spawn.spawn("counts", Box::pin(task));
        turns
    };
    let (stopped, runs) = (count(&one), count(&other));
    let turns = |of: &AtomicUsize| of.load(Ordering::SeqCst);
    simulation.run_for(Duration::from_millis(105)).unwrap();
    assert_eq!((turns(&stopped), turns(&runs)), (10, 10));
    one.stop();
    simulation.run_for(Duration::from_millis(100)).unwrap();
    assert_eq!((turns(&stopped), turns(&runs)), (10, 20));
    one.go_on();
    simulation.run_for(Duration::from_millis(100)).unwrap();
    assert_eq!(turns(&runs), 30);
    assert!((19..=21).contains(&turns(&stopped)), "what was due once comes once");
}
