//! What the pairs of SIP code and Microsoft subcode mean.
//!
//! Source: learn.microsoft.com/microsoftteams/troubleshoot/phone-system/direct-routing/microsoft-sip-response-codes
//! and Azure Communication Services' list of codes; the words are ours.
//!
//! ```
//! use trunklog_records::failure_codes::meaning;
//!
//! let expired = meaning(504, 569_008).unwrap();
//! assert_eq!(expired.meaning, "the SBC's certificate has expired");
//! assert_eq!(expired.action, "renew it and drop the old TLS connections");
//! ```

/// The end of a call as a pair of codes.
///
/// ```
/// use trunklog_records::failure_codes::meaning;
///
/// let busy = meaning(486, 560_486).unwrap();
/// assert_eq!((busy.sip_code, busy.subcode), (486, 560_486));
/// assert_eq!((busy.meaning, busy.action), ("the called party is busy", ""));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureCode {
    /// `finalSipCode`; 0 where a call ended normally.
    pub sip_code: i32,
    /// `callEndSubReason`.
    pub subcode: i32,
    /// What happened.
    pub meaning: &'static str,
    /// What to do about it; empty when nothing is wrong.
    pub action: &'static str,
}

const fn code(sip_code: i32, subcode: i32, meaning: &'static str, action: &'static str) -> FailureCode {
    FailureCode { sip_code, subcode, meaning, action }
}

/// The pairs that are documented, by SIP code and subcode.
///
/// ```
/// use trunklog_records::failure_codes::FAILURE_CODES;
///
/// let of_dns = FAILURE_CODES.iter().filter(|code| code.action.contains("DNS"));
/// assert!(of_dns.map(|code| code.subcode).eq([569_015, 569_016]));
/// ```
#[rustfmt::skip]
pub const FAILURE_CODES: &[FailureCode] = &[
    code(0, 0, "ended by the local participant", ""),
    code(0, 540_000, "an inbound call ended normally", ""),
    code(0, 560_000, "an outbound call ended normally", ""),
    code(400, 540_400, "the SBC sent a malformed or unsupported message", "check the SBC's SIP profile"),
    code(402, 560_402, "the carrier demands payment", "look for a pattern in destinations and carriers"),
    code(403, 10_199, "the callee may not make private calls", "check the calling policy 'Make private calls'"),
    code(403, 10_500, "the site's state does not allow the call to be forked", "check the Location-Based Routing set-up"),
    code(403, 10_553, "the compliance recorder could not join", "check the recording bot and its policy"),
    code(403, 510_403, "no caller id was given, or the SBC refused it", "use another caller id; check the SBC's rules"),
    code(403, 510_532, "no trunk is configured for the tenant", "the FQDN in the SBC's Contact header must be a registered trunk"),
    code(403, 510_534, "the caller's number is blocked", "check the list of blocked inbound numbers"),
    code(403, 510_559, "no route fits the number", "the number must match a voice route of the user"),
    code(403, 510_560, "the user is not enabled for voice, or may not dial out", "check the Phone System licence and Enterprise Voice"),
    code(403, 510_562, "the user may not call the PSTN", "check the licence and that Direct Routing is enabled"),
    code(403, 510_563, "the user may call within the country only", "check the dial-out policy"),
    code(403, 511_532, "no trunk is configured for the resource account", "check the provisioning of Direct Routing"),
    code(403, 560_403, "the SBC refused the call", "read the SBC's log"),
    code(404, 10_202, "the call to be replaced was not found", "the SBC must not repeat a transfer that has completed"),
    code(404, 511_404, "no user has this number", "send the number in E.164, as it is assigned"),
    code(404, 560_404, "the SBC does not know or allow the number", "check the number and the SBC's routing"),
    code(408, 0, "the client did not establish the call in time", "check the client's network"),
    code(408, 1_106, "the SBC did not acknowledge the answer", "check the SBC's SIP and TLS path"),
    code(408, 500_001, "the SBC did not answer before the failover timer ran out", "find out why it is slow; FailoverTimeSeconds can be raised to 20"),
    code(408, 560_408, "the SBC reports that the user did not respond", "watch the trend by destination"),
    code(410, 531_000, "the SDP cannot be read", "check the SBC's SDP"),
    code(410, 531_004, "the ICE connectivity checks failed", "check media addresses, ports and firewall"),
    code(410, 531_005, "the media path broke", "check the network"),
    code(412, 510_412, "the called number is malformed", "correct its format"),
    code(420, 560_420, "the SBC does not support a SIP extension", "the SBC must support the headers in use, such as Replaces"),
    code(480, 10_037, "the callee has no endpoint signed in", "normal when long signed out; otherwise sign out and in"),
    code(480, 10_140, "the bot refused because it has no settings", "provision the bot"),
    code(480, 10_191, "the policy does not allow voicemail", "check the calling policy"),
    code(480, 560_480, "no answer, or temporarily unavailable", ""),
    code(484, 560_484, "the number's format is invalid", "check the dial plan's normalisation and the SBC's transfer set-up"),
    code(486, 10_321, "the bot is busy", "ask the bot's owner"),
    code(486, 540_486, "the called user is busy", ""),
    code(486, 560_486, "the called party is busy", ""),
    code(487, 540_200, "the call was completed elsewhere", ""),
    code(487, 540_487, "the caller hung up before an answer", ""),
    code(487, 560_487, "the caller hung up before an answer", ""),
    code(488, 531_000, "no acceptable media, or SRTP is missing", "check the codecs and enable SRTP"),
    code(488, 531_027, "media bypass without ICE candidates", "enable ICE Lite on the SBC"),
    code(488, 531_052, "the SDP holds the address 0.0.0.0", "check how the SBC puts calls on hold"),
    code(500, 510_482, "the call went round in a loop", "look for endless forwarding"),
    code(500, 510_544, "no trunk for the outbound call, or the emergency route failed", "check the trunk and the emergency policy"),
    code(500, 560_500, "the SBC or carrier reports a fault", "read the SBC's log"),
    code(503, 10_320, "the bot is unreachable or slow", "ask the bot's owner"),
    code(503, 560_503, "the SBC is overloaded or in maintenance", "check the SBC's session licences and the destinations"),
    code(504, 549_002, "no TLS connection to the SBC, or a bad request line", "check that the SBC is up, its firewall and its SIP syntax"),
    code(504, 549_018, "a request or response line is invalid", "check the SBC's SIP syntax"),
    code(504, 569_002, "could not connect to the SBC", "check reachability and certificate"),
    code(504, 569_003, "the TLS negotiation failed", "check the certificate's issuer and its expiry"),
    code(504, 569_008, "the SBC's certificate has expired", "renew it and drop the old TLS connections"),
    code(504, 569_009, "the SBC's certificate has an untrusted root", "use a public CA and the right TLS profile"),
    code(504, 569_015, "the SBC's name does not exist", "check DNS"),
    code(504, 569_016, "the SBC's name has no address", "check the DNS record's type"),
    code(504, 569_018, "a request or response line is invalid", "check the SBC's SIP syntax"),
    code(603, 560_603, "declined by the callee or a fraud control", "check with the carrier; concurrency limits answer so too"),
];

/// The meaning of a pair of codes.
///
/// ```
/// use trunklog_records::failure_codes::meaning;
///
/// assert_eq!(meaning(0, 540_000).unwrap().meaning, "an inbound call ended normally");
/// assert_eq!(meaning(200, 0), None);
/// ```
pub fn meaning(sip_code: i32, subcode: i32) -> Option<&'static FailureCode> {
    FAILURE_CODES.iter().find(|code| (code.sip_code, code.subcode) == (sip_code, subcode))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_unique_and_in_order() {
        assert!(FAILURE_CODES.is_sorted_by(|a, b| (a.sip_code, a.subcode) < (b.sip_code, b.subcode)));
    }

    #[test]
    fn answers_by_the_sbc_repeat_their_sip_code() {
        for code in
            FAILURE_CODES.iter().filter(|code| matches!(code.subcode / 1_000, 540 | 560) && code.sip_code > 0)
        {
            assert!(code.subcode % 1_000 == code.sip_code || code.subcode == 540_200, "{code:?}");
        }
    }
}
