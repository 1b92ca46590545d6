use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use trunklog_records::TenantId;
use uuid::Uuid;

use super::*;
use crate::share::Origin;

type Waiting<'a> = Pin<Box<dyn Future<Output = Result<Hold, NoRoom>> + 'a>>;

const A: Share = Share::Tenant(TenantId::new(Uuid::from_u128(1)));
const B: Share = Share::Tenant(TenantId::new(Uuid::from_u128(2)));
const C: Share = Share::Tenant(TenantId::new(Uuid::from_u128(3)));
const D: Share = Share::Tenant(TenantId::new(Uuid::from_u128(4)));

fn backlog(server: usize, connection: usize) -> Backlog {
    with_little(server, connection, 0)
}

fn with_little(server: usize, connection: usize, little: usize) -> Backlog {
    let bounds = Bounds { server, connection, little, waiting: 3 };
    Backlog::new(bounds, Gauge::default(), Counter::default())
}

fn stranger(number: u8) -> Share {
    Share::Origin(Origin::of([10, 0, 0, number].into()))
}

fn on(share: Share, connection: u64) -> Reader {
    Reader { share, connection: Some(ConnectionId(connection)) }
}

fn poll(waiting: &mut Waiting<'_>) -> Poll<Result<Hold, NoRoom>> {
    waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()))
}

fn has(backlog: &Backlog, reader: Reader, bytes: usize) -> Hold {
    let mut waiting: Waiting<'_> = Box::pin(backlog.wait(reader, bytes));
    let Poll::Ready(Ok(hold)) = poll(&mut waiting) else { panic!("there is room for {bytes}") };
    hold
}

fn waits(backlog: &Backlog, reader: Reader, bytes: usize) -> Waiting<'_> {
    let mut waiting: Waiting<'_> = Box::pin(backlog.wait(reader, bytes));
    assert!(poll(&mut waiting).is_pending(), "there is no room for {bytes}");
    waiting
}

fn all(backlog: &Backlog) -> usize {
    let all = backlog.ledger.state().all;
    assert_eq!(backlog.ledger.gauge.get(), i64::try_from(all).unwrap());
    all
}

#[test]
fn a_connection_waits_for_its_own_share() {
    let backlog = backlog(1_000, 100);
    let first = has(&backlog, on(A, 1), 60);
    let mut second = waits(&backlog, on(A, 1), 60);
    // Others of the tenant are not after it once they are in line.
    let mut elsewhere: Waiting<'_> = Box::pin(backlog.wait(on(A, 2), 60));
    let elsewhere = poll(&mut elsewhere);
    assert!(matches!(elsewhere, Poll::Ready(Ok(_))));
    assert_eq!(all(&backlog), 120);
    drop(first);
    let second = poll(&mut second);
    assert!(matches!(second, Poll::Ready(Ok(_))));
    drop((second, elsewhere));
    assert_eq!(all(&backlog), 0);
    let state = backlog.ledger.state();
    assert!(state.shares.is_empty() && state.connections.is_empty(), "nobody is remembered for ever");
}

#[test]
fn an_answer_larger_than_a_limit_is_made_alone() {
    let backlog = backlog(100, 10);
    let large = has(&backlog, on(A, 1), 5_000);
    let mut small = waits(&backlog, on(A, 1), 1);
    drop(large);
    assert!(matches!(poll(&mut small), Poll::Ready(Ok(_))));
}

#[test]
fn a_large_answer_is_not_overtaken_on_its_connection() {
    let backlog = backlog(1_000, 100);
    let (first, second) = (has(&backlog, on(A, 1), 50), has(&backlog, on(A, 1), 50));
    let mut large = waits(&backlog, on(A, 1), 90);
    let mut small = waits(&backlog, on(A, 1), 10);
    drop(first);
    assert!(poll(&mut large).is_pending() && poll(&mut small).is_pending());
    drop(second);
    let large = poll(&mut large);
    assert!(matches!(large, Poll::Ready(Ok(_))));
    assert!(matches!(poll(&mut small), Poll::Ready(Ok(_))));
}

#[test]
fn one_tenant_holds_half_at_most() {
    let backlog = backlog(100, 100);
    let of_a = has(&backlog, on(A, 1), 50);
    let mut more_of_a = waits(&backlog, on(A, 2), 10);
    let of_b = has(&backlog, on(B, 3), 50);
    let mut of_c = waits(&backlog, on(C, 4), 30);
    drop(of_b);
    // C holds nothing; A was first.
    assert!(matches!(poll(&mut of_c), Poll::Ready(Ok(_))));
    assert!(poll(&mut more_of_a).is_pending());
    drop(of_a);
    assert!(matches!(poll(&mut more_of_a), Poll::Ready(Ok(_))));
}

#[test]
fn an_estimate_is_corrected() {
    let backlog = backlog(1_000, 100);
    let mut hold = has(&backlog, on(A, 1), 100);
    let mut next = waits(&backlog, on(A, 1), 50);
    hold.resize(40);
    assert!(matches!(poll(&mut next), Poll::Ready(Ok(_))));
    hold.resize(400);
    assert_eq!(all(&backlog), 400, "what is there is counted, room or not");
    drop(hold);
    assert_eq!(all(&backlog), 0);
}

#[test]
fn only_some_wait_and_who_gives_up_is_not_counted() {
    let backlog = backlog(100, 100);
    let _held = has(&backlog, on(A, 1), 50);
    let mut waiting: Vec<Waiting<'_>> = (0..3).map(|_| waits(&backlog, on(A, 1), 50)).collect();
    let mut fourth: Waiting<'_> = Box::pin(backlog.wait(on(A, 1), 50));
    assert!(matches!(poll(&mut fourth), Poll::Ready(Err(NoRoom))));
    waiting.pop();
    waiting.push(waits(&backlog, on(A, 1), 50));
    drop(waiting);
    assert_eq!(all(&backlog), 50);
    assert!(backlog.reserve_now(on(A, 2), 1).is_err());
    assert_eq!(backlog.refused.get(), 1);
    let counted = backlog.count(on(A, 2), 1).unwrap();
    assert_eq!(all(&backlog), 51);
    drop(counted);
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends() {
    let backlog = backlog(100, 100);
    let _held = backlog.count(on(A, 1), 100).unwrap();
    let begun = tokio::time::Instant::now();
    assert!(backlog.reserve(on(A, 1), 1).await.is_err());
    assert_eq!(begun.elapsed().as_secs(), PATIENCE.as_secs());
    assert_eq!(backlog.refused.get(), 1);
}

#[test]
fn who_waits_for_the_servers_room_is_not_overtaken() {
    let backlog = backlog(100, 100);
    let (first, second) = (has(&backlog, on(A, 1), 40), has(&backlog, on(B, 2), 40));
    let mut large = waits(&backlog, on(C, 3), 50);
    // There is room for it, but then there would never be any for the other.
    let mut small = waits(&backlog, on(D, 4), 10);
    drop(first);
    assert!(matches!(poll(&mut large), Poll::Ready(Ok(_))));
    drop(second);
    assert!(matches!(poll(&mut small), Poll::Ready(Ok(_))));
}

#[test]
fn who_waits_for_his_own_share_holds_up_nobody_else() {
    let backlog = backlog(100, 100);
    let _of_a = has(&backlog, on(A, 1), 50);
    let _more_of_a = waits(&backlog, on(A, 1), 10);
    let _of_b = has(&backlog, on(B, 2), 40);
}

#[test]
fn all_strangers_together_hold_a_quarter() {
    let backlog = backlog(1_000, 1_000);
    let first = has(&backlog, on(stranger(1), 1), 125);
    assert!(backlog.reserve_now(on(stranger(1), 2), 1).is_err(), "one has half of what they have");
    let _second = has(&backlog, on(stranger(2), 3), 125);
    for number in 3..200 {
        assert!(backlog.reserve_now(on(stranger(number), 4), 1).is_err());
        assert!(backlog.count(on(stranger(number), 4), 1).is_none());
    }
    let mut third = waits(&backlog, on(stranger(3), 4), 100);
    let mut fourth = waits(&backlog, on(stranger(4), 5), 10);
    // Tenants have all the rest, and do not wait with them.
    let _tenants = [has(&backlog, on(A, 6), 400), has(&backlog, on(B, 7), 350)];
    drop(first);
    let third = poll(&mut third);
    assert!(matches!(third, Poll::Ready(Ok(_))));
    assert!(matches!(poll(&mut fourth), Poll::Ready(Ok(_))));
    assert_eq!(all(&backlog), 985 - 10);
    assert_eq!(backlog.ledger.state().strangers, 225);
}

#[test]
fn every_stranger_may_have_a_little() {
    let backlog = with_little(1_000, 100, 10);
    let _tenants = [has(&backlog, on(A, 1), 500), has(&backlog, on(B, 2), 500)];
    let mut waiting = waits(&backlog, on(C, 3), 1);
    for number in 1..100 {
        let first = has(&backlog, on(stranger(number), 4), 6);
        let _second = has(&backlog, on(stranger(number), 5), 4);
        assert!(backlog.reserve_now(on(stranger(number), 5), 1).is_err());
        drop(first);
        assert!(backlog.count(on(stranger(number), 5), 1).is_some());
    }
    assert!(poll(&mut waiting).is_pending());
    // Their connections count all the same.
    let _full = backlog.count(on(A, 9), 100);
    assert!(backlog.reserve_now(on(stranger(1), 9), 1).is_err());
}
