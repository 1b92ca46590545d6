//! What is wrong with what was said of a trunk.

/// What is wrong with what was said of a trunk, and what to do.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrunkError {
    /// It is no name of a host.
    #[error(
        "a trunk is named by a host name such as sbc1.example.com: letters, digits, '-' and '.', with a dot"
    )]
    Name,
    /// It is empty, too long, or no text.
    #[error("write 1 to {most} characters without control characters")]
    Text {
        /// How long it may be.
        most: usize,
    },
    /// A number of channels that none has.
    #[error("write a number of channels from 1 to 100000")]
    Channels,
    /// It is no port.
    #[error("write a port from 1 to 65535")]
    Port,
    /// It ends before it starts.
    #[error("the last day is before the first: write them the other way round")]
    Days,
    /// An entry that says nothing, or several things.
    #[error("an entry says one of name, carrier, alias, channels and port")]
    Entry,
    /// Nothing of that kind can be said.
    #[error("take one of name, carrier, alias, channels and port")]
    Kind,
    /// A name that another trunk has.
    #[error("{name} is a name of the trunk {trunk} already: remove it there first")]
    Taken {
        /// The name.
        name: String,
        /// Whose it is.
        trunk: String,
    },
    /// The trunk has enough entries.
    #[error("a trunk has at most {} entries: remove some that hold no more", crate::MOST_ENTRIES)]
    Full,
    /// There is no such entry.
    #[error("there is no such entry any more: load the page again")]
    NoEntry,
    /// Others change it all the time.
    #[error("somebody else changed the trunk at the same moment: try again")]
    Busy,
    /// What is stored of it is no entry.
    #[error("what is stored of the trunk {trunk} cannot be read by this version of the program")]
    Unreadable {
        /// The trunk.
        trunk: String,
    },
    /// A file that has no gateways.
    #[error("this is not the JSON that Get-CsOnlinePSTNGateway | ConvertTo-Json writes: {problem}")]
    Gateways {
        /// What is wrong with it.
        problem: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] trunklog_store::Error),
}
