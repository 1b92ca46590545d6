//! Where meanings come from.

/// A page that documents codes.
///
/// ```
/// use trunklog_reports::Texts;
/// use trunklog_reports::codes::SIP_REGISTRY;
///
/// assert_eq!(SIP_REGISTRY.url, "https://www.iana.org/assignments/sip-parameters");
/// assert_eq!(Texts::english().text(SIP_REGISTRY.name, &[]), "IANA: SIP parameters");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// What it is called in JSON.
    pub key: &'static str,
    /// The key of the text that names it.
    pub name: &'static str,
    /// Its address.
    pub url: &'static str,
}

/// Teams' page of SIP codes and subcodes, with a page for each SIP code.
pub static TEAMS_CODES: Source = Source {
    key: "teamsCodes",
    name: "source-teamsCodes",
    url: "https://learn.microsoft.com/microsoftteams/troubleshoot/phone-system/direct-routing/microsoft-sip-response-codes",
};

/// Azure Communication Services' list of codes of calls to the telephone network.
pub static AZURE_CODES: Source = Source {
    key: "azureCodes",
    name: "source-azureCodes",
    url: "https://learn.microsoft.com/azure/communication-services/resources/troubleshooting/voice-video-calling/troubleshooting-codes",
};

/// Teams' page on notifications of forked calls.
pub static CALL_NOTIFICATIONS: Source = Source {
    key: "callNotifications",
    name: "source-callNotifications",
    url: "https://learn.microsoft.com/microsoftteams/direct-routing-call-notifications",
};

/// The registry of SIP's codes, which names the RFC of each.
pub static SIP_REGISTRY: Source = Source {
    key: "sipRegistry",
    name: "source-sipRegistry",
    url: "https://www.iana.org/assignments/sip-parameters",
};

/// All of them.
///
/// ```
/// use trunklog_reports::codes::SOURCES;
///
/// assert!(SOURCES.iter().all(|source| source.url.starts_with("https://")));
/// ```
pub static SOURCES: [&Source; 4] = [&TEAMS_CODES, &AZURE_CODES, &CALL_NOTIFICATIONS, &SIP_REGISTRY];
