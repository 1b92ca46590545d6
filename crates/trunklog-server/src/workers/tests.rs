use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use trunklog_records::TenantId;
use uuid::Uuid;

use super::*;

type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Place, Overload>> + 'a>>;

const A: Share = Share::Tenant(TenantId::new(Uuid::from_u128(1)));
const B: Share = Share::Tenant(TenantId::new(Uuid::from_u128(2)));
const C: Share = Share::Tenant(TenantId::new(Uuid::from_u128(3)));

fn short(all: usize, waiting: usize) -> Workers {
    Workers::new(Places::for_short_work(all, waiting), Counter::default())
}

fn long(all: usize, waiting: usize) -> Workers {
    Workers::new(Places::for_long_work(all, waiting), Counter::default())
}

fn poll<'a>(waiting: &mut Waiting<'a>) -> Poll<Result<Place, Overload>> {
    waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

/// Has a place at once.
fn has(workers: &Workers, share: Share) -> Place {
    let mut waiting: Waiting<'_> = Box::pin(workers.admit(share));
    match poll(&mut waiting) {
        Poll::Ready(Ok(place)) => place,
        other => panic!("there is a place, not {:?}", other.map(|result| result.map(drop))),
    }
}

/// Has to wait.
fn waits(workers: &Workers, share: Share) -> Waiting<'_> {
    let mut waiting: Waiting<'_> = Box::pin(workers.admit(share));
    assert!(poll(&mut waiting).is_pending());
    waiting
}

fn is_refused(mut waiting: Waiting<'_>) -> bool {
    matches!(poll(&mut waiting), Poll::Ready(Err(Overload)))
}

/// Which of those that wait has got a place; it is taken out.
fn served<'a>(waiting: &mut Vec<(&'static str, Waiting<'a>)>) -> (&'static str, Place) {
    let ready: Vec<(usize, Place)> = waiting
        .iter_mut()
        .enumerate()
        .filter_map(|(at, (_, waiting))| match poll(waiting) {
            Poll::Ready(Ok(place)) => Some((at, place)),
            Poll::Ready(Err(Overload)) => panic!("none is refused"),
            Poll::Pending => None,
        })
        .collect();
    assert_eq!(ready.len(), 1, "one place was free");
    let (at, place) = ready.into_iter().next().unwrap();
    (waiting.remove(at).0, place)
}

#[test]
fn shares_take_turns() {
    let workers = short(1, 100);
    let mut place = has(&workers, A);
    let mut waiting: Vec<(&str, Waiting<'_>)> = Vec::new();
    for name in ["a1", "a2", "a3"] {
        waiting.push((name, waits(&workers, A)));
    }
    for (name, share) in [("b1", B), ("b2", B), ("c1", C)] {
        waiting.push((name, waits(&workers, share)));
    }
    let mut order = Vec::new();
    while !waiting.is_empty() {
        drop(place);
        let (name, next) = served(&mut waiting);
        order.push(name);
        place = next;
    }
    // A had its turn already when the others came.
    assert_eq!(order, ["b1", "c1", "a1", "b2", "a2", "a3"]);
    drop(place);
    assert!(workers.queue.state().standings.is_empty(), "nobody is remembered for ever");
}

#[test]
fn the_next_place_is_that_of_who_has_fewer() {
    let workers = short(3, 100);
    let (first, _second, of_b) = (has(&workers, A), has(&workers, A), has(&workers, B));
    let mut waiting = vec![("a", waits(&workers, A)), ("b", waits(&workers, B))];
    drop(first);
    // One each now, and A's turn was longer ago.
    let (name, _third) = served(&mut waiting);
    assert_eq!(name, "a");
    drop(of_b);
    assert_eq!(served(&mut waiting).0, "b");
}

#[test]
fn long_work_leaves_a_place_for_others() {
    let workers = long(3, 100);
    let (_first, second) = (has(&workers, A), has(&workers, A));
    let mut more = waits(&workers, A);
    let of_b = has(&workers, B);
    let another = waits(&workers, C);
    drop(another);
    drop(of_b);
    assert!(poll(&mut more).is_pending(), "the place is for others");
    drop(second);
    assert!(poll(&mut more).is_ready());
    // Who has but one place has no other to leave.
    let single = long(1, 0);
    let _only = has(&single, A);
    assert!(is_refused(Box::pin(single.admit(B))));
}

#[test]
fn a_full_line_is_open_to_others() {
    let workers = short(1, 2);
    let place = has(&workers, A);
    let (mut first, last) = (waits(&workers, A), waits(&workers, A));
    assert!(is_refused(Box::pin(workers.admit(A))));
    let mut other = waits(&workers, B);
    assert!(is_refused(last));
    assert_eq!(workers.refused.get(), 2);
    drop(place);
    let Poll::Ready(Ok(of_b)) = poll(&mut other) else { panic!("B has had no turn yet") };
    assert!(poll(&mut first).is_pending());
    drop(of_b);
    assert!(poll(&mut first).is_ready());
}

#[test]
fn who_stops_waiting_leaves_the_line() {
    let workers = short(1, 1);
    let place = has(&workers, A);
    drop(waits(&workers, B));
    let called = waits(&workers, C);
    // It is C's now, who does not come for it.
    drop(place);
    drop(called);
    drop(has(&workers, A));
    assert_eq!(workers.queue.state().running, 0);
    assert!(workers.queue.state().standings.is_empty());
}

#[tokio::test]
async fn started_work_holds_its_place_until_it_ends() {
    let workers = short(1, 0);
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let work = move || assert!(wait.recv().is_ok());
    assert_eq!(workers.start(A, work).await, Ok(()));
    assert_eq!(workers.start(B, || ()).await, Err(Overload));
    release.send(()).unwrap();
    while workers.start(B, || ()).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_run_than_there_are_places_and_all_do_in_the_end() {
    let workers = Arc::new(short(2, 50));
    let counts = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let task = |share: Share| {
        let (workers, counts) = (Arc::clone(&workers), Arc::clone(&counts));
        let work = move || {
            let (inside, most) = &*counts;
            most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::yield_now();
            inside.fetch_sub(1, Ordering::SeqCst);
        };
        tokio::spawn(async move { workers.run(share, work).await })
    };
    let tasks: Vec<_> = [A, B, C].into_iter().cycle().take(50).map(task).collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), Ok(()));
    }
    assert!((1..=2).contains(&counts.1.load(Ordering::SeqCst)));
    assert_eq!(workers.queue.state().running, 0);
}

#[tokio::test]
async fn work_learns_that_nobody_waits_for_it() {
    let workers = short(1, 0);
    assert_eq!(workers.run(A, || Asker::check().is_ok()).await, Ok(true));
    // The place of that work is free once it has ended.
    let workers = short(1, 0);
    let (start, has_started) = std::sync::mpsc::channel();
    let (end, has_ended) = std::sync::mpsc::channel();
    let work = move || {
        start.send(()).unwrap();
        while Asker::check().is_ok() {
            std::thread::yield_now();
        }
        end.send(()).unwrap();
    };
    let mut running = Box::pin(workers.run(A, work));
    assert!(running.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    has_started.recv().unwrap();
    drop(running);
    assert!(has_ended.recv().is_ok());
}

#[tokio::test]
async fn a_result_comes_back() {
    assert_eq!(short(1, 0).run(A, || 7).await, Ok(7));
}
