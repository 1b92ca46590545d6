//! By which way an issuer is reached.

/// How an issuer may be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Transport {
    /// By https only.
    #[default]
    Https,
    /// Also by plain http if it runs on this machine. For tests.
    HttpsOrPlainLoopback,
}
