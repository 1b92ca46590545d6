//! The trunks of the organisation.

/// A trunk to the telephone network, with its SBC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// The SBC's name.
    pub name: String,
    /// Its share of the calls, relative to the other trunks' shares.
    pub share: u32,
    /// Whether media go straight between users and the SBC.
    pub media_bypass: bool,
    /// Microsoft's data centre that serves it, such as `EUWE`.
    pub location: String,
    /// How many of a thousand calls fail because of the SBC or its carrier.
    pub fault_permille: u32,
}

/// Four trunks: two that share most of the calls, one without media bypass,
/// and one abroad that could be better.
pub(super) fn usual() -> Vec<Trunk> {
    let trunk = |name: &str, share, media_bypass, location: &str, fault_permille| Trunk {
        name: name.to_owned(),
        share,
        media_bypass,
        location: location.to_owned(),
        fault_permille,
    };
    vec![
        trunk("sbc1.contoso.com", 45, true, "EUWE", 6),
        trunk("sbc2.contoso.com", 30, true, "EUNO", 9),
        trunk("sbc-london.contoso.com", 15, false, "EUNO", 14),
        trunk("sbc-seattle.fabrikam.com", 10, false, "USWE", 38),
    ]
}
