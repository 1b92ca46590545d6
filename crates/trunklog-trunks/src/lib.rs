//! The inventory of trunks: what each is called, who carries its calls, how many
//! channels it has, and under which names its calls are stored, each with the days
//! on which that holds.
//!
//! An inventory is put together of what the configuration says and of what people
//! entered, which is kept as a named state of the store for each trunk
//! ([`read`], [`change`]). Saved answers of `Get-CsOnlinePSTNGateway` are read by
//! [`gateways`].
//!
//! This crate must not know who asks, how calls are counted, or what time it is: no
//! HTTP, no clock, no network.
//!
//! ```
//! use trunklog_trunks::{Entry, Fact, Inventory};
//!
//! let mut inventory = Inventory::default();
//! let sbc = "sbc1.contoso.example".parse()?;
//! inventory.configure(&sbc, vec![Entry::always(Fact::Alias("old.contoso.example".parse()?))])?;
//! let today = "2026-11-30".parse().unwrap();
//! assert_eq!(inventory.main_name("old.contoso.example", today), "sbc1.contoso.example");
//! # Ok::<(), trunklog_trunks::TrunkError>(())
//! ```

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod entry;
mod error;
mod finding;
mod fqdn;
mod gateways;
mod inventory;
mod kept;
mod names;

pub use entry::{DEFAULT_PORT, Entry, Fact, Kind};
pub use error::TrunkError;
pub use finding::{Answer, Certificate, Finding, NoAnswer, Probed, RENEW_DAYS, TrustFault};
pub use fqdn::Fqdn;
pub use gateways::{Gateway, Gateways, gateways};
pub use inventory::{Inventory, Origin, Trunk};
pub use kept::{MOST_ENTRIES, change, read};
pub use names::{Names, OTHERS};
