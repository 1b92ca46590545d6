//! Why something that a step needs is not there.

/// A preparation that did not succeed.
#[derive(Debug)]
pub(crate) enum Unready {
    /// This machine lacks a program and the user must decide to install it;
    /// what needs it is skipped. Holds what to do.
    Missing(String),
    /// It was tried and went wrong; what needs it has failed.
    Broken(anyhow::Error),
}

impl From<anyhow::Error> for Unready {
    fn from(error: anyhow::Error) -> Unready {
        Unready::Broken(error)
    }
}

impl From<std::io::Error> for Unready {
    fn from(error: std::io::Error) -> Unready {
        Unready::Broken(error.into())
    }
}

impl From<Unready> for anyhow::Error {
    fn from(unready: Unready) -> anyhow::Error {
        match unready {
            Unready::Missing(what) => anyhow::anyhow!(what),
            Unready::Broken(error) => error,
        }
    }
}
