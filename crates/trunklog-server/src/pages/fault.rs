//! Why a page could not be made.

use trunklog_odata::{Error, ErrorKind};
use trunklog_reports::ReportError;
use trunklog_trunks::TrunkError;

use crate::answer::Failure;

/// Why a page could not be made.
#[derive(Debug)]
pub(super) enum Fault {
    /// A report said so, or the store.
    Report(ReportError),
    /// What was asked for makes no sense, is not there, or may not be read.
    Asked(Error),
}

impl Fault {
    /// A part is asked for that the page does not have.
    pub(super) fn no_such_part() -> Fault {
        let hint = "follow the links of a page";
        Error::bad_request("part: the page has no such part").hint(hint).into()
    }

    /// What the path names is not there.
    pub(super) fn not_found(message: &'static str, hint: &'static str) -> Fault {
        Error::new(ErrorKind::NotFound, message).hint(hint).into()
    }
}

impl From<ReportError> for Fault {
    fn from(error: ReportError) -> Fault {
        Fault::Report(error)
    }
}

impl From<trunklog_store::Error> for Fault {
    fn from(error: trunklog_store::Error) -> Fault {
        Fault::Report(error.into())
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Asked(error)
    }
}

impl From<TrunkError> for Fault {
    fn from(error: TrunkError) -> Fault {
        match error {
            TrunkError::Store(error) => error.into(),
            other => Fault::Asked(Error::bad_request(format!("trunk: {other}"))),
        }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        match fault {
            Fault::Asked(error) => error.into(),
            Fault::Report(error) => Failure::of_report(&error),
        }
    }
}
